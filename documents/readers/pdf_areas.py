"""Runs of one page to areas in reading order: columns of prose, or the cells of a table; pure geometry.

A page is swept from top to bottom. Runs of text that leave the same vertical gutters free form an area, which is read
column by column where its columns hold prose, and row by row where they hold cells. All measures are in type sizes, so
that a slide and a footnote obey the same rules.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from documents.readers.pdf_words import Run, Word

__all__ = ["MARK", "Area", "areas_of", "rows_of"]

MARK = re.compile(r"[-–—*•◦▪‣·●○■□▸✓❖o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,5})[.)]")
"""A list item's mark, when it is a word of its own."""

_GUTTER = 0.8  # the narrowest gap between columns, in type sizes
_DEEPEST = 4  # columns within columns


class Area(NamedTuple):
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


def areas_of(runs: Sequence[Run], words: Sequence[Word]) -> Iterator[Area]:
    """The areas of a page's upright runs."""
    return _areas(_joined_marks(runs, words), 0)


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


def _level(a: Run, b: Run) -> bool:
    """Whether two stretches stand in one line."""
    return min(a.bottom, b.bottom) - max(a.top, b.top) >= 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _areas(runs: list[Run], depth: int) -> Iterator[Area]:
    """Areas in reading order; `runs` are sorted from the top."""
    plain: list[Run] = []
    start = 0
    narrowest = max(5.0, _GUTTER * median(r.size for r in runs)) if runs else 0.0
    rights = list(accumulate((r.right for r in reversed(runs)), max))[::-1]
    # A gutter has runs that begin right of it and runs that end left of it: most lines of a column needn't be swept.
    begins = list(accumulate((r.left for r in reversed(runs)), max))[::-1]
    ends = list(accumulate((r.right for r in reversed(runs)), min))[::-1]
    while start < len(runs):
        may = begins[start] - ends[start] >= narrowest
        stop, gutters = _sweep(runs, start, rights[start], narrowest) if may else (start, [])
        if not gutters:
            plain.append(runs[start])
            start += 1
            continue
        if plain:
            yield Area(False, plain)
            plain = []
        yield from _columns(runs[start:stop], gutters, depth)
        start = stop
    if plain:
        yield Area(False, plain)


def _sweep(runs: list[Run], start: int, edge: float, narrowest: float) -> tuple[int, list[_Gutter]]:
    """How far the gutters that open at `start` reach: the index after the last run that leaves them free."""
    gutters = [_Gutter(-inf, edge)]
    stop = start
    for run in islice(runs, start, None):
        left: list[_Gutter] = []
        crossed = False
        for gutter in gutters:
            if run.right <= gutter.left:
                gutter.before += 1
                left.append(gutter)
            elif run.left >= gutter.right:
                gutter.after += 1
                left.append(gutter)
            else:
                crossed = True
                pieces = [
                    _Gutter(gutter.left, run.left, gutter.before, gutter.after + 1),
                    _Gutter(run.right, gutter.right, gutter.before + 1, gutter.after),
                ]
                kept = [piece for piece in pieces if piece.right - piece.left >= narrowest]
                left.extend(kept)
        # A run across one of several gutters is a cell or headline over two columns; one across the last ends the area.
        if crossed and (not left or (any(g.sure for g in gutters) and not any(g.sure for g in left))):
            break
        gutters = left
        stop += 1
    row = _row_at(runs, start, stop)
    if start < row < stop:  # an area ends with a whole row
        return _sweep(runs[:row], start, edge, narrowest)
    found = [g for g in gutters if g.sure and _side_by_side(runs[start:stop], g)]
    return (stop, found) if found else (start, [])


def _row_at(runs: list[Run], start: int, stop: int) -> int:
    """Where the row begins that the run at `stop` stands in."""
    row = stop
    while stop < len(runs) and row > start and _level(runs[row - 1], runs[stop]):
        row -= 1
    return row


def _side_by_side(runs: list[Run], gutter: _Gutter) -> bool:
    left = [r for r in runs if r.right <= gutter.left]
    right = [r for r in runs if r.left >= gutter.right]
    top = max(min(r.top for r in left), min(r.top for r in right))
    bottom = min(max(r.bottom for r in left), max(r.bottom for r in right))
    low = min(max(r.bottom for r in side) - min(r.top for r in side) for side in (left, right))
    return bottom - top >= 0.5 * low


def _columns(runs: list[Run], gutters: list[_Gutter], depth: int) -> Iterator[Area]:
    """An area with gutters: columns of prose, parted at the widest gutter that has prose on both sides, or a table."""
    rows = rows_of(runs)
    wide = sum(len(row) > 1 for row in rows)
    if _shown_large(rows):
        edges = [-inf, *sorted((g.left + g.right) / 2 for g in gutters), inf]
        for left, right in pairwise(edges):
            side = [run for run in runs if left <= run.left < right]
            if side:
                yield Area(False, side)
        return
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
    yield Area(wide >= (3 if len(gutters) == 1 else 2), runs)


def _paired(rows: list[list[Run]], middle: float) -> list[list[list[Run]]]:
    """Rows parted before and behind those with cells on both sides, where none has a cell on the right alone."""
    both = [i for i, row in enumerate(rows) if row[0].left < middle <= row[-1].left]
    alone = [i for i, row in enumerate(rows) if row[0].left >= middle]
    if alone or not both or both[-1] - both[0] + 1 == len(rows):
        return []
    parts = rows[: both[0]], rows[both[0] : both[-1] + 1], rows[both[-1] + 1 :]
    return [part for part in parts if part]


def _shown_large(rows: list[list[Run]]) -> bool:
    """Whether two rows are figures in large type, side by side, each with what it counts under or over it."""
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return False
    low, high = sorted(rows, key=lambda row: row[0].size)
    return min(run.size for run in high) >= 1.5 * max(run.size for run in low)


def _is_prose(runs: list[Run]) -> bool:
    """Whether most words stand in long runs, as in text, rather than in the short ones of cells."""
    words = [run.last - run.first for run in runs]
    return len(runs) >= 3 and sum(n for n in words if n >= 5) >= 0.7 * sum(words)


def rows_of(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs by line, each from the left."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (r.top + r.bottom, r.left)):
        if rows and _level(rows[-1][-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.left) for row in rows]
