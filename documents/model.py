"""What a document is: canonical text, and everything else as [start, end) offsets into it.

Nothing here reads a file. A reader (documents/readers) fills a Draft (documents/draft.py), which becomes a Document;
documents/split.py derives sentences and passages from it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

__all__ = ["Document", "PageLayout", "Passage", "Place", "Problem", "Section", "Sentence", "WordBox"]

PlaceKind = Literal["page", "slide", "sheet", "row", "chapter", "cue", "line", "message"]
ReadMethod = Literal["text", "ocr", "none"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading.

    [start, end) covers the heading's line and the body; the body is [body, end). A document's text before its
    first heading is a section with an empty path and body == start. Sections tile the text.
    """

    start: int
    body: int
    end: int
    path: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        """The heading's depth: 0 for text before any heading."""
        return len(self.path)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of text stands in its original: a page, slide, sheet, row, chapter, subtitle cue, …

    Places may nest (a row in a sheet). `number` counts from 1 as the reader of the original would; `label` is a name
    the original gives it (a sheet's name, a chapter's title, a cue's time). `method` says where the text came from.
    """

    kind: PlaceKind
    start: int
    end: int
    number: int | None = None
    label: str | None = None
    method: ReadMethod = "text"

    def __str__(self) -> str:
        name = self.label if self.label is not None else ("" if self.number is None else str(self.number))
        return f"{self.kind} {name}".strip()


@dataclass(frozen=True, slots=True)
class WordBox:
    """One word of a page: its span in the text and its box in points, from the page's top left corner."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The geometry of one page: its size in points and a box for every word on it."""

    number: int
    width: float
    height: float
    words: tuple[WordBox, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a user must know about the reading of a document: `kind` for programs, `message` for people."""

    kind: Literal["no_text", "garbled", "empty_sheet", "attachment_skipped", "member_failed", "truncated", "other"]
    message: str
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as Footnote sees it.

    `id` is the SHA-256 (hex) of the file's bytes; `source` its path or name ("archive.zip!/inner.docx" for a member);
    `text` the canonical text that every offset counts in, in code points.
    """

    id: str
    source: str
    title: str
    media_type: str
    text: str
    sections: tuple[Section, ...]
    places: tuple[Place, ...] = ()
    layout: tuple[PageLayout, ...] = ()
    problems: tuple[Problem, ...] = ()
    size: int = 0
    author: str | None = None
    created: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: [start, end) in the document's text, without surrounding white space."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole consecutive sentences of one section; the unit that is retrieved.

    [start, end) runs from its first sentence's start to its last one's end; `path` is the section's heading path.
    """

    start: int
    end: int
    path: tuple[str, ...]
    sentences: tuple[Sentence, ...]
