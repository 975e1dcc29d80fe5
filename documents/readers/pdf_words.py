"""What is known of a page's words: texts, boxes, and the runs they stand in. Nothing here reads a file.

Coordinates are points from the top left corner of the page as it is shown. A page printed sideways is turned for the
layout alone (Page.turn), so that its lines run left to right there, while the boxes kept for the page image stay where
they are. Nothing here decides what a line, a column or a paragraph is.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from documents.model import ReadMethod

__all__ = ["DIVIDED", "WORD", "Box", "Page", "Run", "Word", "pack", "runs_of", "split_words", "turner"]

Box = tuple[float, float, float, float]

# pdfium marks a hyphen at a line's end that it believes to divide a word.
DIVIDED = "\ufffe"
# Scripts written without spaces: each character is a word of its own, set without a space before it.
_SOLID = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\u3000-\u303f"
WORD = re.compile(f"[{_SOLID}]|[^\\s{_SOLID}{DIVIDED}]+{DIVIDED}?|{DIVIDED}")
_SPLIT_GAP = 1.1  # in type sizes: a wider gap within a line parts two cells or columns


class Word(NamedTuple):
    """One word in layout coordinates; `at` counts in its page, `glued` means no space stands before it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    glued: bool
    divided: bool
    at: int


class Run(NamedTuple):
    """Words [first, last) of a page that stand in one line with ordinary spaces between them."""

    first: int
    last: int
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool
    aslant: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page, packed: about 40 bytes a word, so that a long book fits in memory until its layout is known.

    `boxes` holds left, top, right, bottom of every word as shown; `turn` counts the quarter turns clockwise that make
    its lines run left to right; `unreadable` is the share of characters that no reader could make sense of.
    """

    number: int
    width: float
    height: float
    method: ReadMethod
    runs: tuple[Run, ...] = ()
    texts: str = ""
    boxes: "array[float]" = field(default_factory=lambda: array("f"))
    marks: bytes = b""
    turn: int = 0
    unreadable: float = 0.0

    def box(self, index: int) -> Box:
        """The box of one word as shown, in points."""
        left, top, right, bottom = self.boxes[4 * index : 4 * index + 4]
        return left, top, right, bottom

    def words(self) -> list[Word]:
        """The words, in layout coordinates."""
        if not self.texts:
            return []
        place = turner(self.turn, self.width, self.height)
        flat = iter(self.boxes)
        return [
            Word(text, *place(box), bool(mark & 1), bool(mark & 2), i)
            for i, (text, box, mark) in enumerate(
                zip(self.texts.split("\n"), zip(flat, flat, flat, flat, strict=True), self.marks, strict=True)
            )
        ]

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in layout coordinates."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)


def pack(
    number: int,
    width: float,
    height: float,
    method: ReadMethod,
    words: Sequence[Word],
    runs: Sequence[Run],
    turn: int = 0,
    unreadable: float = 0.0,
) -> Page:
    """A Page of words whose boxes are as shown."""
    return Page(
        number,
        width,
        height,
        method if words else "none",
        tuple(runs),
        "\n".join(w.text for w in words),
        array("f", [value for w in words for value in w[1:5]]),
        bytes(w.glued | w.divided << 1 for w in words),
        turn,
        unreadable,
    )


def split_words(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and "stands without a space before it" of every word of one line."""
    before = -1
    for match in WORD.finditer(text):
        yield match.start(), match.end(), match.start() == before
        before = match.end()


def turner(turn: int, width: float, height: float) -> Callable[[Box], Box]:
    """From the shown page to the page turned by so many quarters clockwise."""
    if turn == 1:
        return lambda b: (height - b[3], b[0], height - b[1], b[2])
    if turn == 2:
        return lambda b: (width - b[2], height - b[3], width - b[0], height - b[1])
    if turn == 3:
        return lambda b: (b[1], width - b[2], b[3], width - b[0])
    return lambda b: b


def runs_of(words: Sequence[Word]) -> list[Run]:
    """Words in the order of the file, cut where the line or the cell ends."""
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(words)) if _parts(a, b)), len(words)]
    runs = []
    for first, last in pairwise(cuts):
        group = words[first:last]
        top, bottom = min(w.top for w in group), max(w.bottom for w in group)
        left, right = min(w.left for w in group), max(w.right for w in group)
        runs.append(Run(first, last, left, top, right, bottom, bottom - top, False))
    return runs


def _parts(a: Word, b: Word) -> bool:
    """Whether two consecutive words stand in different lines or cells."""
    lower = min(a.bottom - a.top, b.bottom - b.top)
    if min(a.bottom, b.bottom) - max(a.top, b.top) < 0.4 * lower:
        return True
    gap = b.left - a.right
    return gap > _SPLIT_GAP * max(a.bottom - a.top, b.bottom - b.top) * 0.85 or gap < -0.5 * lower
