"""Server-sent events: an iterator that does its work step by step in threads, told to one client as it goes."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from anyio import CancelScope, to_thread

from documents.errors import FootnoteError
from qa.answer import Answer, Draft, Event, Step
from qa.web.api.errors import told

__all__ = ["HEADERS", "event", "stepped", "stream"]

HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}  # a proxy must not collect them
_END = object()


def event(name: str | None, data: Any) -> bytes:
    """One event; JSON has no line break in it, so its data is one line."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {text}\n\n".encode("utf-8", "replace")


async def stepped(iterator: Iterator[Event]) -> AsyncIterator[Event]:
    """Each item, made in a thread; when the client goes away, the iterator is closed after its present step."""
    try:
        while (item := await to_thread.run_sync(next, iterator, _END)) is not _END:
            yield item  # type: ignore[misc]  # _END is the only other value
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(getattr(iterator, "close", _nothing))


async def stream(first: Event, rest: AsyncIterator[Event], shown: Callable[[Answer], Any]) -> AsyncIterator[bytes]:
    """Events step, draft and answer; error in the place of the answer, where there is none."""
    try:
        yield _told(first, shown)
        async for item in rest:
            yield _told(item, shown)
    except FootnoteError as error:
        yield event("error", told(error))


def _told(item: Event, shown: Callable[[Answer], Any]) -> bytes:
    if isinstance(item, Step):
        return event("step", {"name": item.name, "ms": round(item.ms, 2)})
    if isinstance(item, Draft):
        return event("draft", {"text": item.text})
    return event("answer", shown(item))


def _nothing() -> None:
    """Closes what needs no closing."""
