"""Tables drawn in plain text: columns parted by tabs, by bars, or set over a ruler of dashes.

    Name <tab> Room        | Name | Room |        Name     Room
    Ann  <tab> 12          |------|------|        -------  ----
                           | Ann  | 12   |        Ann      12

Columns that only stand below each other, with no mark to part them, are left as lines. Nothing here reads a file.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

from documents.readers.lines import BULLET
from documents.readers.table import is_figure

__all__ = ["apart", "grid_of"]

_BOXES = str.maketrans("│┃║|─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╞╡╪╒╕╘╛╤╧┏┓┗┛┣┫┳┻╋", "||||---" + "+" * 36)
_MARKS = re.compile("[\t|│┃║]|--|==|──|━━|══")  # without any of these there is no table
# Of a rule; it has two marks in a row too, which the pattern would need the square of a line's length to find.
_RULE = re.compile(r"\s*[|+][-+=|:\s]*|\s*:?-{2,}:?\s*(?:[|+]\s*:?-{2,}:?\s*)+")
_RULER = re.compile(r"\s*(?:-{2,}|={2,})(?:\s+(?:-{2,}|={2,}))+\s*")
_COLUMN = re.compile(r"-+|=+")
_BAR = re.compile(r"(?<!\\)\|")

_Kind = Literal["", "bars", "tabs"]


def apart(block: Sequence[str]) -> list[list[str]]:
    """A block's lines, each table in it as a block of its own."""
    if len(block) < 2 or not any(map(_MARKS.search, block)):
        return [list(block)]
    if _RULER.fullmatch(block[0]):
        block = block[1:]  # the line above the names
    parts: list[list[str]] = []
    done = 0
    for start, stop in _over_rulers(block):
        parts += [*_marked(block[done:start]), list(block[start:stop])]
        done = stop
    return [part for part in [*parts, *_marked(block[done:])] if part]


def grid_of(block: Sequence[str]) -> tuple[list[list[str]], int | None] | None:
    """(rows of cells, how many of them name columns or None where nothing says) of a block that is one table."""
    if len(block) < 2 or not any(map(_MARKS.search, block)):
        return None
    if next(_over_rulers(block), None) == (0, len(block)):
        return _under_names(block), 1
    groups = list(_groups(block))
    kind, columns, lines = groups[0]
    if len(groups) > 1 or not _is_table(lines, kind, columns):
        return None
    if kind == "bars":
        return _between_bars([line.translate(_BOXES) for line in lines])
    rows = [line.strip().split("\t") for line in lines]
    return rows, 0 if all(row[0].rstrip().endswith(":") for row in rows) else None


def _marked(block: Sequence[str]) -> list[list[str]]:
    """The tables with bars and tabs, and the lines between them."""
    parts: list[list[str]] = [[]]
    for kind, columns, lines in _groups(block):
        if _is_table(lines, kind, columns):
            parts += [lines, []]
        else:
            parts[-1] += lines
    return parts


def _groups(block: Sequence[str]) -> Iterator[tuple[_Kind, int, list[str]]]:
    """(what parts their columns, how many these are, the lines) of lines that may be one table."""
    of: tuple[_Kind, int] = "", 0
    lines: list[str] = []
    for line in block:
        kind, columns = _kind(line)
        # A row whose last cells are empty has lost its last tabs.
        if (kind, columns) != of and not (kind == of[0] == "tabs" and columns < of[1]):
            if lines:
                yield *of, lines
            of, lines = (kind, columns), []
        lines.append(line)
    if lines:
        yield *of, lines


def _kind(line: str) -> tuple[_Kind, int]:
    """What parts a line's columns, and how many it has."""
    if not _MARKS.search(line):
        return "", 0
    drawn = line.translate(_BOXES)
    if _is_rule(drawn):
        return "bars", len(_COLUMN.findall(drawn))
    if _BAR.search(drawn):
        return "bars", len(_cells(drawn))
    cells = line.split("\t")
    listed = not line[:1].strip() or BULLET.match(line)
    return ("tabs", len(cells)) if not listed and sum(bool(cell.strip()) for cell in cells) > 1 else ("", 0)


def _is_table(lines: Sequence[str], kind: _Kind, columns: int) -> bool:
    drawn = [line.translate(_BOXES) for line in lines]
    rows = [line for line in drawn if kind != "bars" or not _is_rule(line)]
    # Bars with neither a rule nor a frame are commands of a shell, or a menu.
    framed = kind == "tabs" or len(rows) < len(lines) or all(row.lstrip()[0] == "|" for row in rows)
    return columns > 1 and len(rows) > 1 and framed


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|"):
        line = line[1:-1] if line.endswith("|") and not line.endswith("\\|") else line[1:]
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(line)]


def _is_rule(line: str) -> bool:
    return ("--" in line or "==" in line) and _RULE.fullmatch(line) is not None


def _between_bars(lines: Sequence[str]) -> tuple[list[list[str]], int | None]:
    """Rows of a table with bars; where rules part all of its rows, a row may have several lines."""
    bodies = [list(map(_cells, group)) for is_rule, group in groupby(lines, _is_rule) if not is_rule]
    parted = len(bodies) > 2 and all(map(_is_row, bodies))
    if len(bodies) > 2:
        bodies = [[_merged(body)] if _is_row(body) else body for body in bodies]
    rows = [row for body in bodies for row in body]
    return rows, len(bodies[0]) if len(bodies) > 1 and not parted else None


def _is_row(body: Sequence[Sequence[str]]) -> bool:
    """Whether the lines between two rules are one row: each further line goes on in some of its cells only."""
    figures = list(map(is_figure, body[0]))
    for cells in body[1:]:
        counted = any(above and is_figure(cell) for above, cell in zip(figures, cells, strict=True))
        if all(cells) or (cells[0] and counted):  # another name with another figure is another row
            return False
    return True


def _merged(body: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(cell).strip() for cell in zip(*body, strict=True)]


def _over_rulers(block: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where tables with a ruler under their names start and stop; none where it would cut the words of the first."""
    done = 0
    for at, line in enumerate(block):
        if at <= done or not _RULER.fullmatch(line):
            continue
        edges = _edges(line)
        if _crosses(block[at - 1], edges):
            continue
        stop = next((i for i in range(at + 1, len(block)) if _crosses(block[i], edges)), len(block))
        if stop > at + 1:
            yield at - 1, stop
            done = stop


def _edges(ruler: str) -> list[int]:
    """Where the columns after the first start."""
    return [mark.start() for mark in _COLUMN.finditer(ruler)][1:]


def _crosses(line: str, edges: Sequence[int]) -> bool:
    return any(len(line[edge - 1 : edge + 1].strip()) == 2 for edge in edges)


def _under_names(block: Sequence[str]) -> list[list[str]]:
    edges = _edges(block[1])
    lines = [line for line in block if not _RULER.fullmatch(line)]
    return [[line[a:b].strip() for a, b in zip([0, *edges], [*edges, None], strict=True)] for line in lines]
