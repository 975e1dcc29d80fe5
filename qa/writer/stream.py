"""A chat model's words as they come, within limits; whatever goes wrong is a ModelError that says what.

Nothing that a server sends as an error is ever shown: it may repeat the key it was given. Errors are told by their kind
and status alone.
"""

import queue
import re
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from documents.errors import ContextOverflow, ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk, BaseMessage

__all__ = ["LIMITS", "Limits", "failure", "is_set", "stream"]

_OVERFLOW = re.compile(
    r"exceed_context_size|context_length_exceeded|context (?:size|length|window)|maximum context|prompt is too long|"
    r"too many (?:input )?tokens|input (?:is )?too long|n_ctx",
    re.IGNORECASE,
)
# What a status means to whoever waits for an answer.
_STATUS = {
    400: "it refused the request (status 400)",
    401: "it refused the key (status 401): set the right one in the environment",
    402: "the account has no credit (status 402)",
    403: "it refused the key (status 403): set the right one in the environment",
    404: "it does not know this model, or the address is wrong (status 404)",
    413: "the question with its passages is too long for it (status 413)",
    429: "it was asked too often (rate limit, status 429): wait, and ask again",
}
_CUT = frozenset(("length", "max_tokens", "MAX_TOKENS"))
_NONE = "none"  # how a stream ended that never said so


@dataclass(frozen=True, slots=True)
class Limits:
    """What a model may take: seconds to its first words and in all, characters of an answer."""

    first: float = 60.0
    total: float = 120.0
    characters: int = 6_000


LIMITS = Limits()
TICK = 0.1  # seconds between two looks at whether a silent model was stopped


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


class _Handed:
    """Hands to the thread that waits whatever ends this one: providers' packages raise what they like."""

    def __init__(self, told: "queue.SimpleQueue[Any]") -> None:
        self._told = told

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        self._told.put(_End(error))
        return True


def stream(
    chat: "BaseChatModel",
    messages: "Sequence[BaseMessage]",
    limits: Limits,
    *,
    says_end: bool = False,
    halt: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[str, None, dict[str, int]]:
    """The model's words piece by piece; returns the tokens it counted, {"input": n, "output": n}, or {}.

    `says_end` tells that this model's streams end with a reason: one that doesn't was broken off. `halt`, once set,
    ends it with what was said until then.

    Raises:
        ContextOverflow: the messages are longer than the model can take.
        ModelError: it could not be reached, refused, was too slow, said nothing, or did not come to an end.
    """
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_pump, args=(chat, messages, told, stop), name="footnote-model", daemon=True).start()
    began, pieces, written, reason = clock(), 0, 0, _NONE
    usage: dict[str, int] = {}
    try:
        while True:
            alive = written > 0 or pieces > 1  # one piece may come before any thought: it names the role
            until = began + (limits.total if alive else min(limits.first, limits.total))
            item = _next(told, until - clock(), alive, limits, halt)
            if isinstance(item, _End):
                break
            pieces += 1
            usage, reason = _usage(item) or usage, _reason(item) or reason
            text = str(item.text)
            written += len(text)
            if written > limits.characters:
                raise ModelError(f"it wrote more than {limits.characters:,} characters and did not come to an end")
            if text:
                yield text
    finally:
        stop.set()
    if is_set(halt):
        return usage
    if item.error is not None:
        raise failure(item.error)
    if reason in _CUT:
        raise ModelError("it wrote to the limit of its length and did not come to an end")
    if says_end and reason == _NONE:
        raise ModelError("it broke off in the middle of its answer")
    return usage


def _pump(
    chat: "BaseChatModel", messages: "Sequence[BaseMessage]", told: "queue.SimpleQueue[Any]", stop: threading.Event
) -> None:
    with _Handed(told), closing(chat.stream(list(messages))) as chunks:  # type: ignore[type-var]
        for chunk in chunks:
            told.put(chunk)
            if stop.is_set():
                return


def is_set(halt: threading.Event | None) -> bool:
    """Whether somebody stopped what is being written."""
    return halt is not None and halt.is_set()


def _next(
    told: "queue.SimpleQueue[Any]", seconds: float, alive: bool, limits: Limits, halt: threading.Event | None
) -> "AIMessageChunk | _End":
    while seconds > 0:
        if is_set(halt):
            return _End(None)
        wait = seconds if halt is None else min(TICK, seconds)
        try:
            item: AIMessageChunk | _End = told.get(timeout=wait)
        except queue.Empty:
            seconds -= wait
        else:
            return item
    if alive:
        raise ModelError(f"it was not done after {limits.total:g} seconds")
    raise ModelError(f"it said nothing for {min(limits.first, limits.total):g} seconds")


def _usage(chunk: "AIMessageChunk") -> dict[str, int]:
    counted = chunk.usage_metadata
    return {"input": counted["input_tokens"], "output": counted["output_tokens"]} if counted else {}


def _reason(chunk: "AIMessageChunk") -> str | None:
    told = chunk.response_metadata
    return next((str(told[key]) for key in ("finish_reason", "stop_reason", "done_reason") if told.get(key)), None)


def failure(error: BaseException) -> ModelError:
    """What went wrong, in our own words: none of the server's, which may hold a key."""
    if isinstance(error, ModelError):
        return error
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    said = f"{error} {getattr(error, 'body', '')}"
    if status in (None, 400, 413, 500) and _OVERFLOW.search(said):
        return ContextOverflow("the question with its passages is too long for it")
    if isinstance(status, int) and status >= 400:
        unable = f"it failed (status {status})" if status >= 500 else f"it refused the request (status {status})"
        return ModelError(_STATUS.get(status, unable))
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "Timeout" in names:
        return ModelError("it did not answer in time")
    if "Protocol" in names or "ReadError" in names:
        return ModelError("the connection broke in the middle of its answer")
    if "Connect" in names or isinstance(error, OSError):
        return ModelError("it could not be reached; see that its server runs, and that the address is right")
    return ModelError(f"it sent what could not be understood ({type(error).__name__})")
