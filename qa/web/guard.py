"""The gatekeeper of the server: who may call, from which host and origin, how often and with how much.

An ASGI middleware in front of everything, the page included, so that no route can be forgotten. It leaves the caller's
name in the scope: scope["state"]["user"], "" where nobody signs in.
"""

import ipaddress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response

from qa.people import People
from qa.rights import PROGRAM
from qa.web.api.errors import refused
from qa.web.throttle import BODY, UPLOAD, App, Message, Rate, Receive, Send, counted, declared, too_large

__all__ = ["COOKIE", "SIGN_IN", "Guard", "Rules", "address_of", "caller_of", "loopback", "person", "session_of"]

COOKIE = "footnote_session"
SIGN_IN = "/sign-in"
OPEN = (SIGN_IN, "/api/health")  # needs no signing in
API = ("/api/", "/v1/", "/mcp")  # for programs: limited in rate and size, and answered in JSON
UPLOADS = ("/api/documents",)
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed: the names this server answers to, its people (None: no signing in), and how often one may call.

    With `any_address` every IP address will do as a host's name: only names can be made to point here by a stranger
    (DNS rebinding); "*" among the hosts lets every name through.
    """

    hosts: tuple[str, ...]
    people: People | None = None
    rate: Rate = field(default_factory=lambda: Rate(600))
    any_address: bool = False


class Guard:
    """ASGI middleware that refuses what the rules don't allow."""

    def __init__(self, app: App, rules: Rules) -> None:
        self.app, self.rules = app, rules

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuses, or hands the request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        if scope["type"] != "http":  # nothing here speaks WebSocket: unanswered, a connection is refused
            return
        headers = Headers(scope=scope)
        refusal = self._misplaced(scope["method"], headers) or self._too_large(scope)
        user: str | None = ""
        if refusal is None and self.rules.people is not None:
            user = await to_thread.run_sync(_caller, self.rules.people, headers)
            refusal = _stranger(scope, headers) if user is None else None
        refusal = refusal or self._too_often(scope, user or "")
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        scope.setdefault("state", {})["user"] = user
        if scope["path"].startswith(API):
            receive = counted(receive, _most(scope["path"]))
        await self.app(scope, receive, send)

    def _misplaced(self, method: str, headers: Headers) -> Response | None:
        """A name that isn't ours, or another site's page that has its reader's browser send something here."""
        host = headers.get("host", "")
        if not self._ours(host):
            return refused(400, f"this server is not called {host[:100]!r}: use one of {', '.join(self.rules.hosts)}")
        if method in SAFE:
            return None
        origin = headers.get("origin", "")
        foreign = bool(origin) and urlsplit(origin).netloc.lower() != host.lower()
        if foreign or headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return refused(403, "pages of other sites may not change anything here: call from this server's own page")
        return None

    def _ours(self, host: str) -> bool:
        name = (host if host.endswith("]") else host.rsplit(":", 1)[0]).lower()
        return "*" in self.rules.hosts or name in self.rules.hosts or (self.rules.any_address and _is_address(name))

    def _too_large(self, scope: Message) -> Response | None:
        most = _most(scope["path"])
        if scope["path"].startswith(API) and (declared(scope) or 0) > most:
            return refused(413, too_large(most), {"connection": "close"})
        return None

    def _too_often(self, scope: Message, user: str) -> Response | None:
        if not scope["path"].startswith(API):
            return None
        wait = self.rules.rate.take(user or address_of(scope))
        if not wait:
            return None
        most = f"{self.rules.rate.most} requests in {self.rules.rate.seconds:.0f} seconds"
        return refused(429, f"that is more than {most}: go on in {wait} s", {"retry-after": str(wait)})


def session_of(headers: Headers) -> str:
    """The secret of the session that a request's cookie names, empty where there is none."""
    cookie: SimpleCookie = SimpleCookie()
    try:
        cookie.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookie[COOKIE].value if COOKIE in cookie else ""


def caller_of(scope: Message) -> str:
    """Who calls, as the guard found; "" where nobody needs to sign in."""
    return str(scope.get("state", {}).get("user") or "")


def address_of(scope: Message) -> str:
    """The address a request came from."""
    return str((scope.get("client") or ("",))[0])


def person(caller: str, address: str) -> str:
    """Who it is that sends so much: the caller, or where nobody signs in the address; "" for this machine's own.

    Behind a proxy on this machine all have its address, and so they can't be told apart.
    """
    return caller or ("" if loopback(address) else address)


def loopback(host: str) -> bool:
    """Whether a host's name or address is this machine itself, and can't be reached from another."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _caller(people: People, headers: Headers) -> str | None:
    """The name of who calls, None where it is nobody we know."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        name = people.token(token.strip())
        return None if name is None else f"{PROGRAM}{name}"
    session = session_of(headers)
    return people.signed_in(session) if session else None


def _stranger(scope: Message, headers: Headers) -> Response | None:
    """What someone who hasn't signed in gets: nothing to stop them at the open paths, elsewhere the way to sign in."""
    path = scope["path"]
    if path in OPEN:
        return None
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        return RedirectResponse(f"{SIGN_IN}?next={quote(path, safe='/')}", 303)
    return refused(
        401,
        "sign in first: on the page, or with a token as `Authorization: Bearer …` (`footnote token add` makes one)",
        {"www-authenticate": "Bearer"},
    )


def _most(path: str) -> int:
    return UPLOAD if path in UPLOADS else BODY


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
