"""The cells of a table on one page: rows and columns from where the runs stand; pure geometry."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from documents.readers.pdf_words import Run, Word
from documents.readers.table import is_figure

__all__ = ["Cells", "grid_of", "tables_of"]

Cells = list[list[Word]]  # of one row, from the left


def grid_of(rows: list[list[Run]], words: Sequence[Word]) -> tuple[Cells, ...]:
    """The rows of a table, all of as many cells as it has columns, from its runs by line."""
    columns = _intervals([run for row in rows for run in row])
    most = max(map(len, rows))
    if len(columns) < most:  # a cell that spans columns hides the gap between them
        columns = _intervals([run for row in rows if len(row) == most for run in row])
    columns = _merged(columns, rows)
    grid: list[Cells] = []
    above: list[Run] = []
    for row in rows:
        cells: Cells = [[] for _ in columns]
        for run in row:
            cells[_column(run, columns)].extend(words[run.first : run.last])
        if grid and _goes_on(above, row, cells):
            for held, cell in zip(grid[-1], cells, strict=True):  # the second line of a cell
                held.extend(cell)
        else:
            grid.append(cells)
        above = row
    return tuple(grid)


def _goes_on(above: list[Run], row: list[Run], cells: Cells) -> bool:
    """Whether a row is the second line of the one above: few cells, not the first, set close."""
    few = 2 * sum(map(bool, cells)) <= max(2, len(cells))
    gap = row[0].top - max(r.bottom for r in above)
    if not few or cells[0] or gap >= 0.35 * (row[0].bottom - row[0].top):
        return False
    return not any(is_figure(" ".join(word.text for word in cell)) for cell in cells if cell)  # a figure is a cell


def tables_of(rows: list[list[Run]]) -> list[list[list[Run]]]:
    """The rows as they are, or of two tables side by side, whose rows don't stand in line, each by itself."""
    for before, after in pairwise(_intervals([run for row in rows for run in row])):
        middle = (before[1] + after[0]) / 2
        sides = (
            [[r for r in row if r.left < middle] for row in rows],
            [[r for r in row if r.left >= middle] for row in rows],
        )
        left, right = ([row for row in side if row] for side in sides)
        both = sum(bool(a and b) for a, b in zip(*sides, strict=True))
        several = all(sum(len(row) > 1 for row in side) >= 2 for side in (left, right))
        if several and 4 * both <= min(len(left), len(right)):
            return [*tables_of(left), *tables_of(right)]
    return [rows]


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
