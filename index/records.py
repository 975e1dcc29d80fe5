"""What a library tells of its documents, files and passages, and what a search can be limited to: plain values."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from documents.detect import SUFFIXES
from documents.model import Passage, Problem
from index.database import glob

__all__ = ["DocumentRecord", "FileRecord", "Filter", "PassageRow", "Unread", "heading_of"]

_TIMES = range(-(1 << 63), 1 << 63)  # nanoseconds that the database can hold: up to the year 2262


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search or a listing is limited to; None sets no limit.

    `path` is a pattern over sources as in SQLite's GLOB: * any characters, ? one, [a-c] one of these. `since` and
    `until` are days, both included, that a document's own date of change or creation is held against, or where it has
    none, the time of the file it was read from.
    """

    documents: tuple[str, ...] | None = None
    collections: tuple[str, ...] | None = None
    media_types: tuple[str, ...] | None = None
    path: str | None = None
    since: date | None = None
    until: date | None = None

    def lets_file(self, path: str) -> bool:
        """Whether it lets a file through that could not be read, of which nothing but its path is known."""
        if (self.documents, self.collections, self.since, self.until) != (None, None, None, None):
            return False
        typed = self.media_types is None or SUFFIXES.get(PurePath(path).suffix.lower()) in self.media_types
        return typed and (self.path is None or glob(path, self.path))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as a list shows it. `sources` are all the names its bytes are known by."""

    id: str
    title: str
    sources: tuple[str, ...]
    collections: tuple[str, ...]
    media_type: str
    characters: int
    passages: int
    size: int
    added: datetime
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when last read; `error` says why it could not be, `sha256` is its content's where it could."""

    path: str
    size: int
    mtime_ns: int
    error: str | None
    sha256: str | None = None

    @classmethod
    def of(cls, path: str, state: os.stat_result) -> "FileRecord":
        """A file as it is now; a time that the database can't hold is the nearest that it can."""
        return cls(path, state.st_size, max(_TIMES[0], min(state.st_mtime_ns, _TIMES[-1])), None)

    def same_time(self, other: "FileRecord") -> bool:
        """Whether size and time are the same."""
        return (self.size, self.mtime_ns) == (other.size, other.mtime_ns)


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that was not read in full, with its problems; or a file that was not read at all, with none."""

    name: str
    document_id: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as stored, with its vectors: (dimension,) and (sentences, dimension)."""

    id: int
    document_id: str
    source: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    spans: list[tuple[int, int]]
    vector: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]


def heading_of(passage: Passage) -> str:
    """A heading path as one line."""
    return " › ".join(passage.path)
