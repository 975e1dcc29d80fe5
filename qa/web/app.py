"""The web chat as a server: the Gradio page inside a FastAPI app, its limits, the headers that keep it local."""

import errno
import ipaddress
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from index.library import Library
from qa.history import History
from qa.web.export import KINDS, exported
from qa.web.layout import layout
from qa.web.page import Page
from qa.web.pages import page_png

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from langchain_core.runnables import Runnable

__all__ = ["application", "build", "serve"]

MAX_UPLOAD = "512mb"
CONVERSATIONS = "conversations.db"
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
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class LocalHeaders:
    """ASGI middleware that adds HEADERS to every response, streams included, without buffering them."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def build(library: Library, chain: "Runnable[Any, Any] | None" = None) -> "gr.Blocks":
    """The page over a library; `chain` answers, the library's own extractive chain unless given."""
    if chain is None:
        from qa.chain import build_chain

        chain = build_chain(library)
    return layout(Page(library, chain, History(library.path / CONVERSATIONS)))


def application(
    library: Library, chain: "Runnable[Any, Any] | None" = None, *, hosts: tuple[str, ...] = LOCAL_NAMES
) -> "FastAPI":
    """The server as an ASGI app; requests for other host names than `hosts` are refused (DNS rebinding)."""
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import PlainTextResponse, Response

    system = ["system-ui", "sans-serif"]
    theme = gr.themes.Base(font=system, font_mono=["ui-monospace", "monospace"])
    asset = resources.files("qa.web")
    style, script = ((asset / name).read_text("utf-8") for name in ("style.css", "script.js"))
    app = FastAPI(title="Footnote", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(LocalHeaders)

    @app.get("/pages/{document_id}/{number}.png")
    def page(document_id: str, number: int) -> Response:
        try:
            picture = page_png(library, document_id, number)
        except FootnoteError as error:
            return PlainTextResponse(str(error), status_code=404)
        return Response(picture, media_type="image/png", headers={"cache-control": "private, max-age=300"})

    @app.get("/conversations/{talk}.{kind}")
    def export(talk: str, kind: str) -> Response:
        history = History(library.path / CONVERSATIONS)
        found = next((c for c in history.conversations() if c.id == talk), None)
        if found is None or kind not in KINDS:
            return PlainTextResponse(f"no such conversation, or not one of: {', '.join(KINDS)}", status_code=404)
        name = {"content-disposition": f'attachment; filename="conversation.{kind}"'}
        return Response(exported(kind, found.title, history.load(talk)), media_type=KINDS[kind], headers=name)

    gr.mount_gradio_app(
        app,
        build(library, chain),
        path="/",
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
        theme=theme,
        # css= would confine the rules to Gradio's container
        head=f"<style>{style}</style><script>{script}</script>",
    )
    return app


def serve(library: Library, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serves the web chat until Ctrl-C, printing its address once it takes requests.

    Raises:
        FootnoteError: the address can't be used.
    """
    import uvicorn

    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    hosts = (*LOCAL_NAMES, shown) if _loopback(host) else ("*",)
    try:
        app = application(library, hosts=hosts)
        threading.Thread(target=_warm, args=(library,), daemon=True, name="footnote-warm").start()
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, access_log=False)
        sys.stdout.write(f"Footnote is at {address} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if open_browser:
            import webbrowser

            threading.Timer(0.5, webbrowser.open, [address]).start()
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise FootnoteError(
                f"port {port} of {host} is in use, perhaps by another Footnote: open http://{host}:{port}, "
                "or choose another port (--port, or PORT=… with make chat)"
            ) from error
        raise FootnoteError(f"can't listen on port {port} of {host}: {error}; choose another with --port") from error
    return listening


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _warm(library: Library) -> None:
    """Loads the encoder and the vectors, so that the first question doesn't wait for them."""
    if library.documents():
        library.search("warm up", k=1)
