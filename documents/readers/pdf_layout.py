"""Words of one page to blocks in reading order: columns, tables, paragraphs, list items; pure geometry.

A page is swept from top to bottom. Runs of text that leave the same vertical gutters free form an area, which is read
column by column where its columns hold prose, and row by row where they hold cells. A paragraph's line ends where the
next line's first word would not have fitted: a line that stops earlier was meant to. All measures are in type sizes,
so that a slide and a footnote obey the same rules.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from math import inf
from statistics import median
from typing import Literal, NamedTuple

from documents.readers.pdf_words import Page, Run, Word

__all__ = ["LARGER", "MARK", "Block", "Line", "blocks_of"]

MARK = re.compile(r"[-–—*•◦▪‣·●○■□▸✓❖o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,5})[.)]")
"""A list item's mark, when it is a word of its own."""
_BULLET = re.compile(r"[*•◦▪‣·●○■□▸✓❖]|[-–—]")

_DIVIDED = re.compile("[^\\W\\d_]{2}[-\u2010\u00ad]$")

_GUTTER = 0.8  # the narrowest gap between columns, in type sizes
_DEEPEST = 4  # columns within columns
_NEAR_SIZE = 0.08  # sizes closer than this share are the same
LARGER = 1.12  # times the usual size: a heading
_PITCH = 1.3  # lines further apart than so many usual pitches belong to two paragraphs

Cells = list[list[Word]]


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


class _Area(NamedTuple):
    """Runs to be read together: as lines of prose or as rows of a table."""

    table: bool
    runs: list[Run]


@dataclass(slots=True)
class _Gutter:
    left: float
    right: float
    before: int = 0  # runs on its left
    after: int = 0  # runs on its right

    @property
    def sure(self) -> bool:
        return self.before >= 2 and self.after >= 2


def blocks_of(page: Page, runs: Sequence[Run], body: float) -> list[Block]:
    """The blocks of one page in reading order; `body` is the document's usual type size in points."""
    words = page.words()
    upright = [run for run in runs if not run.aslant]
    blocks: list[Block] = []
    for area in _areas(_joined_marks(upright, words), 0):
        blocks.extend(_table(page, area.runs, words, body) if area.table else _prose(page, area.runs, words, body))
    for run in runs:
        if run.aslant:
            blocks.append(Block("text", page, (_line([run], words),), first=True, last=True, aside=True))
    return blocks


def _joined_marks(runs: Sequence[Run], words: Sequence[Word]) -> list[Run]:
    """Runs, with a list item's mark joined to the text it marks however far it hangs out."""
    ordered = sorted(runs, key=lambda r: (r.top, r.left))
    joined: list[Run] = []
    marks = [r for r in ordered if r.last - r.first == 1 and MARK.fullmatch(words[r.first].text)]
    if not marks:
        return ordered
    taken: set[Run] = set()
    for mark in marks:
        texts = [
            r
            for r in ordered
            if r.first == mark.last and 0 < r.left - mark.right < 4 * r.size and _level(mark, r) and r not in marks
        ]
        if texts:
            text = texts[0]
            taken |= {mark, text}
            joined.append(text._replace(first=mark.first, left=mark.left, top=min(mark.top, text.top)))
    return sorted([*(r for r in ordered if r not in taken), *joined], key=lambda r: (r.top, r.left))


def _level(a: Run | Line, b: Run | Line) -> bool:
    """Whether two stretches stand in one line."""
    return min(a.bottom, b.bottom) - max(a.top, b.top) >= 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _areas(runs: list[Run], depth: int) -> Iterator[_Area]:
    """Areas in reading order; `runs` are sorted from the top."""
    plain: list[Run] = []
    start = 0
    narrowest = max(5.0, _GUTTER * median(r.size for r in runs)) if runs else 0.0
    rights = list(accumulate((r.right for r in reversed(runs)), max))[::-1]
    while start < len(runs):
        stop, gutters = _sweep(runs, start, rights[start], narrowest)
        if not gutters:
            plain.append(runs[start])
            start += 1
            continue
        if plain:
            yield _Area(False, plain)
            plain = []
        yield from _columns(runs[start:stop], gutters, depth)
        start = stop
    if plain:
        yield _Area(False, plain)


def _sweep(runs: list[Run], start: int, edge: float, narrowest: float) -> tuple[int, list[_Gutter]]:
    """How far the gutters that open at `start` reach: the index after the last run that leaves them free."""
    gutters = [_Gutter(-inf, edge)]
    stop = start
    for run in islice(runs, start, None):
        left: list[_Gutter] = []
        for gutter in gutters:
            if run.right <= gutter.left:
                gutter.before += 1
                left.append(gutter)
            elif run.left >= gutter.right:
                gutter.after += 1
                left.append(gutter)
            else:
                pieces = [
                    _Gutter(gutter.left, run.left, gutter.before, gutter.after + 1),
                    _Gutter(run.right, gutter.right, gutter.before + 1, gutter.after),
                ]
                kept = [piece for piece in pieces if piece.right - piece.left >= narrowest]
                left.extend(kept)
        # A run across one of several gutters is a cell or headline over two columns; one across the last ends the area.
        if not left or (any(g.sure for g in gutters) and not any(g.sure for g in left)):
            break
        gutters = left
        stop += 1
    found = [g for g in gutters if g.sure and _side_by_side(runs[start:stop], g)]
    return (stop, found) if found else (start, [])


def _side_by_side(runs: list[Run], gutter: _Gutter) -> bool:
    left = [r for r in runs if r.right <= gutter.left]
    right = [r for r in runs if r.left >= gutter.right]
    top = max(min(r.top for r in left), min(r.top for r in right))
    bottom = min(max(r.bottom for r in left), max(r.bottom for r in right))
    low = min(max(r.bottom for r in side) - min(r.top for r in side) for side in (left, right))
    return bottom - top >= 0.5 * low


def _columns(runs: list[Run], gutters: list[_Gutter], depth: int) -> Iterator[_Area]:
    """An area with gutters: columns of prose, parted at the widest gutter that has prose on both sides, or a table."""
    rows = _rows(runs)
    wide = sum(len(row) > 1 for row in rows)
    if depth < _DEEPEST:
        for gutter in sorted(gutters, key=lambda g: g.left - g.right):
            middle = (gutter.left + gutter.right) / 2
            sides = [r for r in runs if r.left < middle], [r for r in runs if r.left >= middle]
            sparse = len(gutters) == 1 and wide < 0.5 * len(rows)
            if sparse and (paired := _paired(rows, middle)):
                for part in paired:
                    yield from _areas([run for row in part for run in row], depth + 1)
                return
            if sparse or all(map(_is_prose, sides)):
                for side in sides:
                    yield from _areas(side, depth + 1)
                return
    yield _Area(wide >= (3 if len(gutters) == 1 else 2), runs)


def _paired(rows: list[list[Run]], middle: float) -> list[list[list[Run]]]:
    """Rows parted before and behind those with cells on both sides, where none has a cell on the right alone."""
    both = [i for i, row in enumerate(rows) if row[0].left < middle <= row[-1].left]
    alone = [i for i, row in enumerate(rows) if row[0].left >= middle]
    if alone or not both or both[-1] - both[0] + 1 == len(rows):
        return []
    parts = rows[: both[0]], rows[both[0] : both[-1] + 1], rows[both[-1] + 1 :]
    return [part for part in parts if part]


def _is_prose(runs: list[Run]) -> bool:
    """Whether most words stand in long runs, as in text, rather than in the short ones of cells."""
    words = [run.last - run.first for run in runs]
    return len(runs) >= 3 and sum(n for n in words if n >= 5) >= 0.7 * sum(words)


def _rows(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs by line, each from the left."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (r.top + r.bottom, r.left)):
        if rows and _level(rows[-1][-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.left) for row in rows]


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
    area = _Lines([_line(row, words) for row in _rows(runs)], body)
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
    rows = _rows(runs)
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
    if not rows:
        return
    columns = _intervals([run for row in rows for run in row])
    most = max(map(len, rows))
    if len(columns) < most:  # a cell that spans columns hides the gap between them
        columns = _intervals([run for row in rows if len(row) == most for run in row])
    columns = _merged(columns, rows)
    grid: list[Cells] = []
    bottom = 0.0
    for row in rows:
        cells: Cells = [[] for _ in columns]
        for run in row:
            cells[_column(run, columns)].extend(words[run.first : run.last])
        height = row[0].bottom - row[0].top
        few = 2 * sum(map(bool, cells)) <= max(2, len(cells))
        if grid and few and not cells[0] and row[0].top - bottom < 0.35 * height:
            for above, cell in zip(grid[-1], cells, strict=True):  # the second line of a cell
                above.extend(cell)
        else:
            grid.append(cells)
        bottom = max(r.bottom for r in row)
    yield Block("table", page, rows=tuple(grid), first=True, last=True)


def _intervals(runs: Iterable[Run]) -> list[tuple[float, float]]:
    """The columns that these cells occupy, from the left."""
    columns: list[tuple[float, float]] = []
    for run in sorted(runs, key=lambda r: r.left):
        if columns and run.left < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], run.right)
        else:
            columns.append((run.left, run.right))
    return columns


def _merged(columns: list[tuple[float, float]], rows: list[list[Run]]) -> list[tuple[float, float]]:
    """Columns, neighbours that no row fills both of made one: cells of one column set left, right and centred."""
    filled = [{_column(run, columns) for run in row} for row in rows]
    merged: list[tuple[float, float]] = []
    together: list[set[int]] = []  # the original columns in each
    for i, column in enumerate(columns):
        if merged and not any(i in row and row & together[-1] for row in filled):
            merged[-1] = merged[-1][0], column[1]
            together[-1].add(i)
        else:
            merged.append(column)
            together.append({i})
    return merged


def _column(run: Run, columns: list[tuple[float, float]]) -> int:
    """The column a cell shares most with, or the nearest."""
    return max(range(len(columns)), key=lambda i: min(run.right, columns[i][1]) - max(run.left, columns[i][0]))
