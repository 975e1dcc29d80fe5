"""The cells of a table on one page: rows and columns from where the runs stand; pure geometry."""

from collections.abc import Iterable, Sequence

from documents.readers.pdf_words import Run, Word

__all__ = ["Cells", "grid_of"]

Cells = list[list[Word]]  # of one row, from the left


def grid_of(rows: list[list[Run]], words: Sequence[Word]) -> tuple[Cells, ...]:
    """The rows of a table, all of as many cells as it has columns, from its runs by line."""
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
    return tuple(grid)


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
