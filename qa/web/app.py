"""The server: the Gradio page and the API in one FastAPI app, behind one guard, with headers that keep it local."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.routing import BaseRoute, Match

from index.library import Library
from qa.chain import Options
from qa.history import CONVERSATIONS, History
from qa.libraries import Libraries
from qa.web.assets import head
from qa.web.disk import refused
from qa.web.ending import End, Ending
from qa.web.fetched import add_routes
from qa.web.guard import API, Guard, Rules, caller_of
from qa.web.layout import layout
from qa.web.originals import sweep
from qa.web.page import Page
from qa.web.service import Service
from qa.web.sign_in import SignIn
from qa.web.testing import Evaluation
from qa.web.throttle import App, Message, Receive, Send

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from langchain_core.runnables import Runnable
    from starlette.requests import Request

__all__ = ["LOCAL_NAMES", "application", "build", "user_of"]

MAX_UPLOAD = "512mb"
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")

# Gradio compiles its templates with Function() and styles with inline <style>. Nothing may come from another
# host or go to one, so that even markup which slipped through could not carry a document away.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # none at all would have forms sent with "Origin: null"
    (b"cross-origin-resource-policy", b"same-origin"),
)


class LocalHeaders:
    """ASGI middleware that adds HEADERS to every response, streams included, without buffering them."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def build(library: Library) -> "gr.Blocks":
    """The page over a library alone, without the server around it."""
    return layout(Page(library, None, History(library.path / CONVERSATIONS)))


def application(
    library: Library,
    chain: "Runnable[Any, Any] | None" = None,
    *,
    options: Options | None = None,
    rules: Rules | None = None,
    tests: Evaluation | None = None,
) -> "FastAPI":
    """The server as an ASGI app: the page, the API and MCP, behind a guard that keeps to the rules.

    `chain` answers the page's questions; the API always asks the library, as `options` say.
    """
    from fastapi import FastAPI
    from mcp.server.transport_security import TransportSecuritySettings

    from qa.web.api.app import Counted, api
    from qa.web.api.incoming import INCOMING, sweep_incoming
    from qa.web.api.mcp import server

    rules = rules or Rules(LOCAL_NAMES)
    libraries = Libraries(library, rules.people, opened=sweep)
    service = Service(library, options or Options(), tests=tests, libraries=libraries)
    page = Page(
        library,
        chain or service,
        History(library.path / CONVERSATIONS),
        tests,
        any_model=rules.people is None and not rules.any_address,
        line=service.line,
        libraries=None if rules.people is None else libraries,
    )
    end = End(page.end)
    calls = api(service)
    sweep_incoming(library.path / INCOMING)
    tools = server(service)
    mcp = tools.streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the guard sees to it
    )

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            yield
        end.begin()
        calls.state.jobs.close()
        await to_thread.run_sync(page.ended)

    app = FastAPI(title="Footnote", docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    app.state.end = end
    app.add_middleware(Guard, rules=rules)
    app.add_middleware(Counted, meters=service.meters, paths=API)
    app.add_middleware(LocalHeaders)
    app.add_middleware(Ending, end=end)  # the outermost
    app.router.routes.append(Under(("/mcp",), mcp))
    app.router.routes.append(Under(("/api/", "/v1/"), calls))
    if rules.people is not None:
        app.router.routes.extend(SignIn(rules.people).routes())
    add_routes(app, libraries)
    _mount(app, layout(page), library, signed_in=rules.people is not None)
    return app


class Under(BaseRoute):
    """Hands every request whose path begins so to another app, its path as it is, so that no other route answers it."""

    def __init__(self, paths: tuple[str, ...], app: App) -> None:
        self.paths, self.app = paths, app

    def matches(self, scope: Message) -> tuple[Match, Message]:
        """Whether the path is below one of ours."""
        ours = scope["type"] == "http" and scope["path"].startswith(self.paths)
        return (Match.FULL if ours else Match.NONE), {}

    async def handle(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hands it on."""
        await self.app(scope, receive, send)


def user_of(request: "Request") -> str:
    """Who signed in, as the guard found; "" where nobody needs to."""
    return caller_of(request.scope)


def _mount(app: "FastAPI", page: "gr.Blocks", library: Library, *, signed_in: bool) -> None:
    """Mounts the page at the root, after all other routes."""
    import gradio as gr

    system = ["system-ui", "sans-serif"]
    theme = gr.themes.Base(font=system, font_mono=["ui-monospace", "monospace"])
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth_dependency=user_of if signed_in else None,
        allowed_paths=[],
        blocked_paths=[str(library.path.resolve())],
        max_file_size=MAX_UPLOAD,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        app_kwargs={"exception_handlers": {OSError: refused}},
        theme=theme,
        # css= would confine the rules to Gradio's container
        head=head(),
    )
