"""How much one caller may send: so many requests a minute, so many bytes at once. Nothing here knows who calls."""

import math
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

__all__ = ["BODY", "UPLOAD", "App", "Message", "Rate", "Receive", "Send", "counted", "declared", "too_large"]

UPLOAD = 512 << 20  # bytes of a request that brings files
BODY = 2 << 20  # bytes of any other
_CALLERS = 10_000  # remembered at a time

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Rate:
    """A token bucket for each caller: `most` at once, and as many again in `seconds`; 0 sets no limit."""

    def __init__(self, most: int, seconds: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self.most, self.seconds = most, seconds
        self._now = now
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # by caller: tokens left, and when that was so

    def take(self, caller: str) -> int:
        """Takes one; returns 0, or where there is none left, after how many whole seconds there will be one."""
        if not self.most:
            return 0
        with self._lock:
            left = self._now_left(caller)
            if left < 1:
                return math.ceil((1 - left) * self.seconds / self.most)
            self._keep(caller, left - 1)
            return 0

    def give_back(self, caller: str) -> None:
        """Takes back that one was taken."""
        if self.most:
            with self._lock:
                self._keep(caller, min(self.most, self._now_left(caller) + 1))

    def _now_left(self, caller: str) -> float:
        left, at = self._left.get(caller, (float(self.most), self._now()))
        return min(self.most, left + (self._now() - at) * self.most / self.seconds)

    def _keep(self, caller: str, left: float) -> None:
        self._left.pop(caller, None)  # so that the dict's order is that of use
        self._left[caller] = (left, self._now())
        if len(self._left) > _CALLERS:
            del self._left[next(iter(self._left))]


def declared(scope: Message) -> int | None:
    """The bytes a request says its body has; None where it doesn't say."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else None


def counted(receive: Receive, most: int) -> Receive:
    """The same body, that ends in a refusal (413) once more than `most` bytes of it have come."""
    come = 0

    async def receive_counted() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise HTTPException(413, too_large(most), {"connection": "close"})
        return message

    return receive_counted


def too_large(most: int) -> str:
    """Says that a body is too large, and what to do."""
    size = f"{most >> 20} MB"
    return f"the request is larger than {size}, the most that is taken here: send less at once, or use `footnote add`"
