"""Signing in and out: one page in the look of the chat, a cookie that scripts can't read, attempts that are limited."""

from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING

from anyio import to_thread
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from qa.people import SIGNED_IN, People
from qa.web.guard import COOKIE, SIGN_IN, address_of, session_of
from qa.web.throttle import Rate, counted

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["SIGN_OUT", "SignIn"]

SIGN_OUT = "/sign-out"
LARGEST = 10_000  # bytes of the form
WRONG = "That name and password don't go together."
QUARTER = 15 * 60.0  # seconds
_PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in to Footnote</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><style>{}</style></head><body><main>'
    '<h1>Footnote<sup>1</sup></h1>{}<p class="note"><sup>1</sup> Ask your own documents, and check every sentence.</p>'
    "</main></body></html>"
)
_FORM = Markup(
    '<form method="post" action="{}">{}<label>Name<input name="name" autocomplete="username" required autofocus '
    'maxlength="64" value="{}"></label><label>Password<input name="password" type="password" '
    'autocomplete="current-password" required maxlength="1000"></label><input type="hidden" name="next" value="{}">'
    "<button>Sign in</button></form>"
)
_LEAVE = Markup(
    '<form method="post" action="{}"><p>Signed in as <b>{}</b></p><button>Sign out</button>'
    '<a href="/">Back to the chat</a></form>'
)
_ERROR = Markup('<p class="error" role="alert">{}</p>')


class SignIn:
    """The routes over the people of one library. Wrong attempts are counted by name and address, and by address."""

    def __init__(self, people: People, *, tries: Rate | None = None, address_tries: Rate | None = None) -> None:
        self.people = people
        self.tries = tries or Rate(5, QUARTER)
        self.address_tries = address_tries or Rate(30, QUARTER)

    def routes(self) -> "list[BaseRoute]":
        """What to add to an app."""
        return [
            Route(SIGN_IN, self.page, methods=["GET"]),
            Route(SIGN_IN, self.enter, methods=["POST"]),
            Route(SIGN_OUT, self.leave, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The form; for who is signed in, the way out."""
        session = session_of(request.headers)
        user = await to_thread.run_sync(self.people.signed_in, session) if session else None
        if user is not None:
            return _shown(_LEAVE.format(SIGN_OUT, user))
        return _page(local(request.query_params.get("next", "")))

    async def enter(self, request: Request) -> Response:
        """Signs in, or shows the form again with what was wrong."""
        form = await Request(request.scope, counted(request.receive, LARGEST)).form(max_files=0, max_fields=5)
        name, password, then = (_text(form, key) for key in ("name", "password", "next"))
        address = address_of(request.scope)
        keys = ((self.tries, f"{name.lower()[:100]} {address}"), (self.address_tries, address))
        wait = max(rate.take(key) for rate, key in keys)
        if wait:
            told = f"Too many attempts: try again in {-(-wait // 60)} min."
            return _page(local(then), name, told, 429, {"retry-after": str(wait)})
        secret = await to_thread.run_sync(self.people.sign_in, name, password)
        if secret is None:
            return _page(local(then), name, WRONG, 401)
        for rate, key in keys:
            rate.give_back(key)
        answer = RedirectResponse(local(then), 303)
        answer.set_cookie(
            COOKIE,
            secret,
            max_age=int(SIGNED_IN.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """Signs out."""
        await to_thread.run_sync(self.people.sign_out, session_of(request.headers))
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(COOKIE)
        return answer


def local(path: str) -> str:
    """A path of this server to go on to; the page itself for anything that could lead elsewhere."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe and not path.startswith((SIGN_IN, SIGN_OUT)) else "/"


def _text(form: Mapping[str, object], key: str) -> str:
    value = form.get(key)
    return value if isinstance(value, str) else ""


def _page(
    then: str, name: str = "", error: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return _shown(_FORM.format(SIGN_IN, _ERROR.format(error) if error else "", name, then), status, headers)


def _shown(form: Markup, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    style = Markup((resources.files("qa.web") / "sign_in.css").read_text("utf-8"))  # noqa: S704  # our own file
    return HTMLResponse(_PAGE.format(style, form), status, headers={"cache-control": "no-store", **(headers or {})})
