"""How far adding files has come: what several threads do, told to one caller at a time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Counter", "Ended", "Progress", "Report", "Stage"]

Stage = Literal["read", "encode", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far adding has come: the `file`-th of `files` is being read or encoded, `done` of its `total` passages are.

    Files count in the order in which they are encoded, not in that of a listing; several are under way at once.
    """

    path: str
    stage: Stage
    file: int
    files: int
    done: int = 0
    total: int = 0


class Report(Protocol):
    """Whatever is told of a file's stage."""

    def __call__(self, path: str, stage: Stage, done: int = 0, total: int = 0) -> None:
        """A file has come to this stage, in it to `done` of its `total` passages."""


class Ended(Exception):
    """Raised in the thread that encodes, where adding ended before its time."""


class Counter:
    """Turns what is being done, by several threads, into Progress; told to one caller at a time.

    Once it is `ended`, the next word of a document that is being encoded ends that too.
    """

    def __init__(self, files: int, progress: Callable[[Progress], None] | None) -> None:
        self._files, self._progress = files, progress
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()
        self.ended = False

    def __call__(self, path: str, stage: Stage, done: int = 0, total: int = 0) -> None:
        """See Report; raises Ended."""
        if self.ended and stage == "encode":
            raise Ended
        with self._lock:
            last = len(self._numbers)
            number = max(1, last) if stage == "read" else self._numbers.setdefault(path, last + 1)
            if self._progress:
                self._progress(Progress(path, stage, number, self._files, done, total))
