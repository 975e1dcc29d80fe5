"""The canvas a reader writes on: blocks go in, canonical text with offsets comes out.

Canonical text: blocks apart by one blank line, lines of a list or table apart by one line break, no trailing space, no
carriage return, no control characters. A line break always ends a sentence, so a paragraph wrapped by its editor is
joined into one line. Headings are blocks of their own. Nothing here opens a file.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from documents.model import Document, PageLayout, Place, PlaceKind, Problem, ReadMethod, Section

__all__ = ["Draft", "Member", "clean"]

# Controls that no reader of a text wants, and characters that hide text or turn its direction: zero width spaces and
# joiners of no script (joiners U+200C/D shape Persian and emoji, so they stay), byte order marks, bidi overrides, tags.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Canonical characters: \\n line ends, runs of spaces as one, no controls or hidden characters.

    Lone surrogates, which no encoding can store, become U+FFFD.
    """
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    return _SURROGATES.sub("\ufffd", _SPACES.sub(" ", text))


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside the file: an attachment or an archive's member, read only when it is its turn."""

    name: str
    size: int
    """Its size in bytes as the container claims it."""
    read: Callable[[], bytes]

    @classmethod
    def holding(cls, name: str, data: bytes) -> "Member":
        """A member whose bytes are there already."""
        return cls(name, len(data), lambda: data)


class Draft:
    """Collects the blocks of one document, in reading order, and the places they stand in."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._length = 0
        self._headings: list[tuple[int, int, int, str]] = []  # start, body, level, text
        self._places: list[Place] = []
        self._layout: list[PageLayout] = []
        self.members: list[Member] = []
        self.problems: list[Problem] = []
        self.title: str | None = None
        self.author: str | None = None
        self.created: datetime | None = None
        self.modified: datetime | None = None
        self.language: str | None = None
        self.extra: dict[str, str] = {}

    @property
    def position(self) -> int:
        """The offset in code points at which the next block's separator will be written."""
        return self._length

    def _write(self, text: str, separator: str) -> tuple[int, int]:
        if self._length:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._starts.append(start)
        self._parts.append(text)
        self._length += len(text)
        return start, self._length

    def heading(self, text: str, level: int) -> tuple[int, int] | None:
        """A heading on one line, `level` 1 (highest) and up; returns its span, None where it is blank."""
        text = " ".join(clean(text).split())
        if not text:
            return None
        start, end = self._write(text, "\n\n")
        self._headings.append((start, end, max(1, level), text))
        return start, end

    def block(self, text: str) -> tuple[int, int] | None:
        """A paragraph, its lines joined by spaces; returns its span, None where it is blank."""
        text = " ".join(clean(text).split())
        return self._write(text, "\n\n") if text else None

    def line(self, text: str) -> tuple[int, int] | None:
        """A line of a list or table: one line break after the line before; returns its span, None where blank."""
        text = " ".join(clean(text).split())
        return self._write(text, "\n") if text else None

    def raw(self, text: str) -> tuple[int, int] | None:
        """Text that is canonical already (offsets computed by the reader, code whose indentation matters)."""
        return self._write(text, "\n\n") if text else None

    @contextmanager
    def place(
        self,
        kind: PlaceKind,
        number: int | None = None,
        label: str | None = None,
        method: ReadMethod = "text",
    ) -> Iterator[None]:
        """Everything written inside the with-block stands in this place."""
        slot, before = len(self._places), self._length
        yield
        first = bisect_left(self._starts, before)  # the separator before a block belongs to no place
        start = self._starts[first] if first < len(self._starts) else before
        self._places.insert(slot, Place(kind, start, max(start, self._length), number, label, method))

    def stand(self, place: Place) -> None:
        """Adds a place whose span the reader knows: pages, over which paragraphs run on."""
        self._places.append(place)

    def page(self, layout: PageLayout) -> None:
        """Adds the geometry of one page; its word spans count in the canonical text."""
        self._layout.append(layout)

    def finish(self, *, id: str, source: str, media_type: str, size: int, fallback_title: str) -> Document:
        """The document; the title is the one the reader set, else the first heading of level 1, else the fallback."""
        title = self.title or next((h[3] for h in self._headings if h[2] == 1), "") or fallback_title
        return Document(
            id=id,
            source=source,
            title=" ".join(clean(title).split()),
            media_type=media_type,
            text="".join(self._parts),
            sections=self._sections(),
            places=tuple(self._places),
            layout=tuple(self._layout),
            problems=tuple(self.problems),
            size=size,
            author=self.author,
            created=self.created,
            modified=self.modified,
            language=self.language,
            extra=dict(self.extra),
        )

    def _sections(self) -> tuple[Section, ...]:
        sections: list[Section] = []
        path: list[tuple[int, str]] = []
        first = self._headings[0][0] if self._headings else self._length
        if first > 0 or not self._headings:
            sections.append(Section(0, 0, first))
        for i, (start, body, level, text) in enumerate(self._headings):
            end = self._headings[i + 1][0] if i + 1 < len(self._headings) else self._length
            path = [*(p for p in path if p[0] < level), (level, text)]
            sections.append(Section(start, body, end, tuple(p[1] for p in path)))
        return tuple(sections)
