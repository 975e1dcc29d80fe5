"""The server's end: what would never end by itself is told of it, so that nothing has to be cut off.

An open page keeps streams open as long as it is open. When the server is about to end they are told that their client
has gone, which is how they end every day; what still works when its time is over answers that the server is ending.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qa.web.throttle import App, Message, Receive, Send

if TYPE_CHECKING:
    import uvicorn

__all__ = ["End", "Ending", "server"]

GONE: Message = {"type": "http.disconnect"}
SAID = b"Footnote is being ended: ask again when it is back"


class End:
    """Knows the requests that are open, and what else is to be ended: `calls`, which must not wait."""

    def __init__(self, *calls: Callable[[], None]) -> None:
        self._calls = calls
        self._open: set[asyncio.Event] = set()

    @contextmanager
    def open(self) -> Iterator[asyncio.Event]:
        """Set when the end begins; for the time of one request."""
        event = asyncio.Event()
        self._open.add(event)
        try:
            yield event
        finally:
            self._open.discard(event)

    def begin(self) -> None:
        """Begins the end, on the server's event loop; twice is as good as once."""
        for event in self._open:
            event.set()
        for call in self._calls:
            call()


class Ending:
    """ASGI middleware, the outermost, through which requests hear of the end."""

    def __init__(self, app: App, end: End) -> None:
        self.app, self.end = app, end

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hands the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = whole = False

        async def sent(message: Message) -> None:
            nonlocal started, whole
            started = True
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        with self.end.open() as ended:
            # What reads needs no more time; what changes something or is being answered has what the server allows.
            heard = _until(ended, receive) if scope["method"] == "GET" else receive
            try:
                await self.app(scope, heard, sent)
            except asyncio.CancelledError:
                if not ended.is_set():
                    raise
            if ended.is_set() and not whole:
                said = b"" if started else SAID
                if not started:
                    await send({"type": "http.response.start", "status": 503, "headers": [(b"connection", b"close")]})
                await send({"type": "http.response.body", "body": said})


def _until(ended: asyncio.Event, receive: Receive) -> Receive:
    """What is received until the end; then, that the client has gone."""

    async def heard() -> Message:
        waiting = asyncio.ensure_future(ended.wait())
        coming = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((coming, waiting), return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else GONE
        finally:
            coming.cancel()
            waiting.cancel()

    return heard


def server(config: "uvicorn.Config", end: End) -> "uvicorn.Server":
    """A server that begins the end before it waits for its requests."""
    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: object = None) -> None:
            end.begin()
            await super().shutdown(sockets)  # type: ignore[arg-type]  # as it came

    return Server(config)
