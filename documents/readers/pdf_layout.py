"""Words of one page to blocks in reading order: columns, tables, paragraphs, list items; pure geometry.

A paragraph's line ends where the next line's first word would not have fitted: a line that stops earlier was meant to.
All measures are in type sizes, so that a slide and a footnote obey the same rules.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from documents.readers.pdf_areas import MARK, areas_of, rows_of
from documents.readers.pdf_grid import Cells, grid_of, tables_of
from documents.readers.pdf_words import Page, Run, Word

__all__ = ["LARGER", "MARK", "Block", "Line", "blocks_of"]

_BULLET = re.compile(r"[*•◦▪‣·●○■□▸✓❖]|[-–—]")

_DIVIDED = re.compile("[^\\W\\d_]{2}[-\u2010\u00ad]$")

_NEAR_SIZE = 0.08  # sizes closer than this share are the same
LARGER = 1.12  # times the usual size: a heading
_PITCH = 1.3  # lines further apart than so many usual pitches belong to two paragraphs


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line, left to right."""

    words: tuple[Word, ...]
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table of one page.

    `tight`: set right under the block before it, as the lines of an address are. `first` and `last`: at an end of its
    column. `full`: its last line reaches the column's edge, so the paragraph may go on elsewhere. `indented`: its
    first line starts further in than its column.
    """

    kind: Literal["text", "item", "table"]
    page: Page
    lines: tuple[Line, ...] = ()
    rows: tuple[Cells, ...] = ()
    tight: bool = False
    first: bool = False
    last: bool = False
    full: bool = False
    indented: bool = False
    aside: bool = False

    @property
    def size(self) -> float:
        """The type size of its first line, in points; 0 for a table."""
        return self.lines[0].size if self.lines else 0.0

    @property
    def bold(self) -> bool:
        """Whether every line is bold throughout."""
        return bool(self.lines) and all(line.bold for line in self.lines)

    def words(self) -> Iterator[Word]:
        """All its words in order."""
        for line in self.lines:
            yield from line.words
        for row in self.rows:
            for cell in row:
                yield from cell


def blocks_of(page: Page, runs: Sequence[Run], body: float) -> list[Block]:
    """The blocks of one page in reading order; `body` is the document's usual type size in points."""
    words = page.words()
    upright = [run for run in runs if not run.aslant]
    blocks: list[Block] = []
    for area in areas_of(upright, words):
        blocks.extend(_table(page, area.runs, words, body) if area.table else _prose(page, area.runs, words, body))
    for run in runs:
        if run.aslant:
            blocks.append(Block("text", page, (_line([run], words),), first=True, last=True, aside=True))
    return blocks


def _line(row: Sequence[Run], words: Sequence[Word]) -> Line:
    longest = max(row, key=lambda r: r.right - r.left)
    return Line(
        tuple(word for run in row for word in words[run.first : run.last]),
        row[0].left,
        min(r.top for r in row),
        max(r.right for r in row),
        max(r.bottom for r in row),
        longest.size,
        all(r.bold for r in row),
    )


def _prose(page: Page, runs: list[Run], words: Sequence[Word], body: float) -> Iterator[Block]:
    """The paragraphs and list items of one area."""
    area = _Lines([_line(row, words) for row in rows_of(runs)], body)
    groups: list[list[Line]] = [[area.lines[0]]]
    tight = [False]
    for line in area.lines[1:]:
        why = area.breaks(groups[-1], line)
        if why:
            tight.append(why == "tight")
            groups.append([line])
        else:
            groups[-1].append(line)
    left = min(line.left for line in area.lines)
    for i, group in enumerate(groups):
        item = _marked(group[0])
        before = i > 0 and (_marked(groups[i - 1][0]) if item else len(group) == len(groups[i - 1]) == 1)
        yield Block(
            "item" if item else "text",
            page,
            tuple(group),
            tight=(tight[i] or item) and before,
            first=i == 0,
            last=i == len(groups) - 1,
            full=area.room(group[-1]) < 3 * group[-1].size,
            indented=group[0].left - left > 0.8 * group[0].size,
        )


def _same_size(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) <= _NEAR_SIZE * max(a.size, b.size)


def _marked(line: Line) -> bool:
    return len(line.words) > 1 and MARK.fullmatch(line.words[0].text) is not None and not line.words[1].glued


class _Lines:
    """The lines of one area, and what their setting tells about where its paragraphs end."""

    def __init__(self, lines: list[Line], body: float) -> None:
        self.lines = lines
        self._body = body
        pairs = [(a, b) for a, b in pairwise(lines) if _same_size(a, b) and b.bottom > a.bottom]
        pitches = sorted(b.bottom - a.bottom for a, b in pairs)
        self._pitch = median(pitches[: len(pitches) // 2 + 1]) if pitches else 0.0
        self._edges: dict[Line, tuple[float, float]] = {}
        for stack in self._stacks():
            # Four lines show their own measure; fewer are measured by all lines of their size.
            same = stack if len(stack) >= 4 else [line for line in lines if _same_size(line, stack[0])]
            edges = min(line.left for line in same), max(line.right for line in same)
            self._edges |= dict.fromkeys(stack, edges)
        # Addresses, receipts and verse: most lines end before they must, or hold a few words only.
        wrapped = sum(self._lacks_room(a, b) for a, b in pairs)
        self._ragged = wrapped < 0.5 * len(pairs) or median(len(line.words) for line in lines) < 4

    def _stacks(self) -> list[list[Line]]:
        """Lines of one size and about one left edge, right under each other."""
        stacks: list[list[Line]] = []
        for line in self.lines:
            last = stacks[-1][-1] if stacks else None
            near = last is not None and abs(line.left - last.left) < 2 * line.size and _same_size(last, line)
            if last is not None and near and line.bottom - last.bottom <= self._limit(line):
                stacks[-1].append(line)
            else:
                stacks.append([line])
        return stacks

    def _limit(self, line: Line) -> float:
        """The greatest distance between two lines of one paragraph, baseline to baseline."""
        heading = 1.6 * line.size if line.size > LARGER * self._body else 0.0
        return max(_PITCH * self._pitch + 0.5, heading)

    def room(self, line: Line) -> float:
        """The width left free on a line, in points; on both sides of one that is centred."""
        left, right = self._edges[line]
        before, after = line.left - left, right - line.right
        return before + after if before > line.size and abs(before - after) < line.size else after

    def _lacks_room(self, last: Line, line: Line) -> bool:
        """Whether the first word of `line` would not have fitted on `last`."""
        return self.room(last) < line.words[0].right - line.words[0].left + 0.75 * last.size

    def _wraps(self, last: Line, line: Line) -> bool:
        """Whether `line` goes on where `last` had to end."""
        lower = line.words[0].text[0].islower()
        if lower and _DIVIDED.search(last.words[-1].text):
            return True
        return self._lacks_room(last, line) and (not self._ragged or len(last.words) >= 8 or lower)

    def breaks(self, group: list[Line], line: Line) -> Literal["", "tight", "gap"]:
        """Why `line` starts a new block after `group`: "" where it doesn't."""
        last = group[-1]
        if not _same_size(last, line) or line.bottom - last.bottom > self._limit(line):
            return "gap"
        wrapped = self._wraps(last, line)
        if line.bold != last.bold and not wrapped:
            return "gap"
        item = _marked(group[0])
        if _marked(line):
            sure = _BULLET.fullmatch(line.words[0].text) or item or not wrapped
            if sure or last.words[-1].text[-1:] in ".:;":
                return "tight"
        if item and line.left > group[0].left + 0.5 * line.size:
            return ""
        if last.size > LARGER * self._body and last.bold == line.bold:
            return ""  # a heading breaks its lines where it looks well
        if not wrapped:
            return "tight" if len(group) == 1 and not _indents(group, line) else "gap"
        return "gap" if _indents(group, line) else ""


def _indents(group: list[Line], line: Line) -> bool:
    """Whether a wrapped line nevertheless starts a paragraph: set in, or hanging out as an entry of a list does."""
    step = 0.8 * line.size
    if line.left > group[-1].left + step:
        return len(group) > 1 or line.left - group[0].left < 4 * line.size
    hangs = len(group) > 1 and group[1].left > group[0].left + step
    return hangs and line.left < group[-1].left - step and abs(line.left - group[0].left) < step


def _table(page: Page, runs: list[Run], words: Sequence[Word], body: float) -> Iterator[Block]:
    """The tables of an area of cells, and the captions above and between them."""
    rows = rows_of(runs)
    pending: list[list[Run]] = []
    for row in rows:
        caption = len(row) == 1 and row[0].left <= min(r.left for r in runs) + row[0].size
        if not caption:
            pending.append(row)
            continue
        yield from _grid(page, pending, words)
        pending = []
        yield from _prose(page, row, words, body)
    yield from _grid(page, pending, words)


def _grid(page: Page, rows: list[list[Run]], words: Sequence[Word]) -> Iterator[Block]:
    for table in tables_of(rows) if rows else ():
        yield Block("table", page, rows=grid_of(table, words), first=True, last=True)
