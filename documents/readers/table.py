"""Tables to lines: every cell with the name of its column, so that one cell can be found and cited.

Nothing here knows a file format; a reader gives a grid of strings, merged cells repeated where they span.
"""

import re
from collections.abc import Sequence

from documents.draft import Draft

__all__ = ["YEAR", "header_rows", "is_figure", "row_line", "write_table"]

_FIGURE = re.compile(r"(?=\D*\d)[\s\d.,:;%/()+\-–−$€£¥#~<>≈°]+[A-Za-z%°]{0,3}")
YEAR = re.compile(r"(?:(?:FY|Q[1-4]|H[12])\s?)?(?:1[5-9]|20)\d\d(?:[/–-]\d{2,4})?")
"""The name of a column of figures, though it is one itself."""


def is_figure(cell: str) -> bool:
    """Whether a cell is a number, date or amount rather than a name."""
    return _FIGURE.fullmatch(cell) is not None


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows name columns, 0 where it isn't clear; for tables whose format doesn't say."""
    if len(rows) < 2:
        return 0
    first, body = rows[0], rows[1:]
    filled = [cell for cell in first if cell]
    if len(filled) < 2 or max(map(len, filled)) > 80:
        return 0
    if any(is_figure(cell) for cell in filled) and not _of_years(first, body):
        return 0
    if len(filled) * 2 <= len(first) or len(set(filled)) < len(filled):
        return 0
    contrast = any(
        first[column] and all(is_figure(row[column]) for row in body if column < len(row) and row[column])
        for column in range(1, len(first))
        if any(column < len(row) and row[column] for row in body)
    )
    # Two columns without figures are as likely "name: value" pairs, whose first row is data.
    return 1 if contrast or len(filled) > 2 else 0


def _of_years(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a row names columns by years, over figures that are none."""
    columns = [column for column, cell in enumerate(first) if is_figure(cell)]
    below = [row[column] for row in body for column in columns if column < len(row) and row[column]]
    named = all(YEAR.fullmatch(first[column]) for column in columns) and 0 not in columns
    return named and bool(below) and all(map(is_figure, below)) and not all(map(YEAR.fullmatch, below))


def row_line(names: Sequence[str], cells: Sequence[str]) -> str:
    """One row as "Name: cell; Name: cell"; empty cells are left out, a nameless column gives its cell alone."""
    parts, before = [], None
    for column, cell in enumerate(cells):
        name = names[column] if column < len(names) else ""
        if cell and (name, cell) != before:  # a merged cell is told once
            parts.append(f"{name.rstrip(':')}: {cell}" if name and name != cell else cell)
        before = (name, cell)
    return "; ".join(parts)


def write_table(draft: Draft, rows: Sequence[Sequence[str]], headers: int | None = None, caption: str = "") -> None:
    """Writes a table, a line a row, the line of column names first.

    `headers` is the number of header rows; None lets header_rows decide. A row of one cell only, where others have
    more, is a title of what follows. Cells hold no line breaks afterwards.
    """
    grid = [[" ".join(cell.split()) for cell in row] for row in rows]
    grid = [row for row in grid if any(row)]
    width = max(map(len, grid), default=0)
    titles = next((i for i, row in enumerate(grid) if len(row) > 1), 0)
    lines, grid = [caption, *(row[0] for row in grid[:titles])], grid[titles:]
    padded = [row + [""] * (width - len(row)) for row in grid]
    headers = header_rows(padded) if headers is None else max(headers - titles, 0)
    if headers >= len(grid):
        headers = 0
    names = _names(padded[:headers])
    lines += [" | ".join(filter(None, dict.fromkeys(row))) for row in padded[:headers]]
    for row, full in zip(grid[headers:], padded[headers:], strict=True):
        lines.append(row[0] if len(row) == 1 < width else row_line(names, full) if headers else _bare(full))
    write = draft.block
    for line in lines:
        if write(line):
            write = draft.line


def _names(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name a column: the header cells above it, top down, each said once."""
    return [" / ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True)]


def _bare(row: Sequence[str]) -> str:
    cells = [cell for i, cell in enumerate(row) if cell and (i == 0 or cell != row[i - 1])]
    return f"{cells[0].rstrip(':')}: {cells[1]}" if len(cells) == len(row) == 2 else " | ".join(cells)
