"""Rows of a sheet or CSV file to lines: each row with its columns' names, its own place, and what stands around tables.

A sheet has no markup that says where a table starts. Bands of rows are parted by blank rows, or where a row shares no
column with the row before; in a band, single cells on top are titles and the first row of names is the header.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from documents.draft import Draft
from documents.model import Problem
from documents.readers.table import is_figure, row_line

__all__ = ["MAX_CELLS", "Row", "write_grid"]

MAX_CELLS = 2_000_000
"""The most filled cells read out of one file; the rest is left out and told as a problem."""

_YEAR = re.compile(r"(?:19|20)\d\d(?:[/–-]\d{2,4})?|(?:Q[1-4]|H[12])\b.*|\d{4}-\d\d(?:-\d\d)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, from 1, and its filled cells by column, from 0."""

    number: int
    cells: Mapping[int, str]


def write_grid(draft: Draft, rows: Iterable[Row], spans: Mapping[int, Sequence[int]] | None = None) -> None:
    """Writes rows that hold something, up to MAX_CELLS cells.

    `spans` tells merged header cells: row number -> columns that a merged cell of this row covers.
    """
    cells = 0
    names: dict[int, str] = {}
    for band in _bands(rows):
        first, names = _names(band, names, spans or {})
        write = draft.block
        for i, row in enumerate(band):
            cells += len(row.cells)
            if cells > MAX_CELLS:
                draft.problems.append(Problem("truncated", f"only the first {MAX_CELLS:,} cells were read"))
                return
            with draft.place("row", row.number):
                text = _line(names, row) if names and i >= first else _bare(row, bool(names) and i + 1 == first)
                if write(text):
                    write = draft.line


def _bands(rows: Iterable[Row]) -> Iterator[list[Row]]:
    band: list[Row] = []
    for row in rows:
        if not row.cells:
            continue
        # A lone cell right above columns it doesn't share is their title.
        titled = len(band) == 1 and len(band[0].cells) == 1
        apart = band and not titled and not (row.cells.keys() & band[-1].cells.keys())
        if apart or (band and row.number > band[-1].number + 1):
            yield band
            band = []
        band.append(row)
    if band:
        yield band


def _names(
    band: Sequence[Row], before: dict[int, str], spans: Mapping[int, Sequence[int]]
) -> tuple[int, dict[int, str]]:
    """(how many rows stand before the first row of data, column -> name)."""
    start = 0
    while start < len(band) and len(band[start].cells) == 1:
        start += 1
    if start == len(band):
        return start, before
    head, body = band[start], band[start + 1 :]
    # A merged name over several columns has the names of those columns below it.
    double = head.number in spans and len(body) > 1 and not any(is_figure(cell) for cell in body[0].cells.values())
    if not double and (not body or not _is_header(head, body)):
        known = before.keys() >= head.cells.keys() and len(head.cells) > 1
        return (start, before) if known else (start, {})
    names = dict(head.cells)
    for column in spans.get(head.number, ()):
        names.setdefault(column, names.get(column - 1, ""))
    if not double:
        return start + 1, names
    for column, cell in body[0].cells.items():
        above = names.get(column, "")
        names[column] = f"{above} / {cell}" if above and above != cell else cell
    return start + 2, names


def _is_header(head: Row, body: Sequence[Row]) -> bool:
    cells = list(head.cells.values())
    if len(cells) < 2 or len(set(cells)) < len(cells) or max(map(len, cells)) > 100:
        return False
    widest = max(len(row.cells) for row in body[:20])
    if len(cells) < 0.6 * widest:
        return False
    figures = [cell for cell in cells if is_figure(cell)]
    if not figures:
        return len(cells) > 2 or _contrast(head, body) or _repeats(body)
    # Years and months name columns too, over figures that aren't years; what the rows are called stands before them.
    called = sum(min(row.cells) < min(head.cells) for row in body[:20]) > 0.5 * len(body[:20])
    years = all(_YEAR.fullmatch(cell) for cell in figures) and (called or len(figures) < len(cells))
    columns = [column for column, cell in head.cells.items() if cell in figures]
    below = [row.cells[column] for row in body[:20] for column in columns if column in row.cells]
    return years and bool(below) and not all(_YEAR.fullmatch(cell) for cell in below)


def _contrast(head: Row, body: Sequence[Row]) -> bool:
    """Whether some column has figures below its name."""
    return any(all(is_figure(row.cells[column]) for row in body[:20] if column in row.cells) for column in head.cells)


def _repeats(body: Sequence[Row]) -> bool:
    """Whether two columns of words look like a list of records rather than "name: value" pairs."""
    return len(body) >= 8 and len({row.cells.get(min(row.cells)) for row in body[:50]}) < min(len(body), 50)


def _line(names: Mapping[int, str], row: Row) -> str:
    columns = sorted(row.cells)
    return row_line([names.get(column, "") for column in columns], [row.cells[column] for column in columns])


def _bare(row: Row, header: bool) -> str:
    cells = [row.cells[column] for column in sorted(row.cells)]
    return f"{cells[0].rstrip(':')}: {cells[1]}" if len(cells) == 2 and not header else " | ".join(cells)
