"""Tables drawn in plain text: columns parted by tabs, by bars, or set over a ruler of dashes.

    Name <tab> Room        | Name | Room |        Name     Room
    Ann  <tab> 12          |------|------|        -------  ----
                           | Ann  | 12   |        Ann      12

Columns that only stand below each other, with no mark to part them, are left as lines. Nothing here reads a file.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from documents.readers.lines import BULLET

__all__ = ["apart", "grid_of"]

_BOXES = str.maketrans("│┃║|─━═┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╞╡╪╒╕╘╛╤╧┏┓┗┛┣┫┳┻╋", "||||---" + "+" * 36)
_MARKS = re.compile("[\t|│┃║]|--|==|──|━━|══")  # without any of these there is no table
_RULE = re.compile(r"\s*[|+][-+=|:\s]*[-=]{2}[-+=|:\s]*|\s*:?-{2,}:?\s*(?:[|+]\s*:?-{2,}:?\s*)+")
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
    ruled = _names_over_ruler(block)
    parts: list[list[str]] = []
    text: list[str] = []
    for (kind, columns), group in groupby(block if ruled is None else block[:ruled], _kind):
        lines = list(group)
        if _is_table(lines, kind, columns):
            parts += [text, lines]
            text = []
        else:
            text += lines
    parts.append(text)
    if ruled is not None:
        parts.append(list(block[ruled:]))
    return [part for part in parts if part]


def grid_of(block: Sequence[str]) -> tuple[list[list[str]], int | None] | None:
    """(rows of cells, how many of them name columns or None where nothing says) of a block that is one table."""
    if len(block) < 2 or not any(map(_MARKS.search, block)):
        return None
    if _names_over_ruler(block) == 0:
        return _over_ruler(block), 1
    kinds = {_kind(line) for line in block}
    kind, columns = next(iter(kinds))
    if len(kinds) > 1 or not _is_table(block, kind, columns):
        return None
    if kind == "bars":
        return _between_bars([line.translate(_BOXES) for line in block])
    rows = [line.strip().split("\t") for line in block]
    return rows, 0 if all(row[0].rstrip().endswith(":") for row in rows) else None


def _kind(line: str) -> tuple[_Kind, int]:
    """What parts a line's columns, and how many it has."""
    if not _MARKS.search(line):
        return "", 0
    drawn = line.translate(_BOXES)
    if _RULE.fullmatch(drawn):
        return "bars", len(_COLUMN.findall(drawn))
    if _BAR.search(drawn):
        return "bars", len(_cells(drawn))
    cells = line.split("\t")
    listed = not line[:1].strip() or BULLET.match(line)
    return ("tabs", len(cells)) if not listed and sum(bool(cell.strip()) for cell in cells) > 1 else ("", 0)


def _is_table(lines: Sequence[str], kind: _Kind, columns: int) -> bool:
    drawn = [line.translate(_BOXES) for line in lines]
    rows = [line for line in drawn if kind != "bars" or not _RULE.fullmatch(line)]
    # Bars with neither a rule nor a frame are commands of a shell, or a menu.
    framed = kind == "tabs" or len(rows) < len(lines) or all(row.lstrip()[0] == "|" for row in rows)
    return columns > 1 and len(rows) > 1 and framed


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|"):
        line = line[1:-1] if line.endswith("|") and not line.endswith("\\|") else line[1:]
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(line)]


def _between_bars(lines: Sequence[str]) -> tuple[list[list[str]], int | None]:
    """Rows of a table with bars; where rules part all of its rows, a row may have several lines."""
    grouped = groupby(lines, lambda line: _RULE.fullmatch(line) is not None)
    bodies = [list(group) for is_rule, group in grouped if not is_rule]
    if len(bodies) > 2:
        return [[" ".join(cell).strip() for cell in zip(*map(_cells, body), strict=True)] for body in bodies], None
    return [_cells(line) for body in bodies for line in body], len(bodies[0]) if len(bodies) == 2 else None


def _names_over_ruler(block: Sequence[str]) -> int | None:
    """The line over the first ruler, where one stands over it and one under it."""
    at = next((i for i, line in enumerate(block) if _RULER.fullmatch(line)), 0)
    return at - 1 if 0 < at < len(block) - 1 else None


def _over_ruler(block: Sequence[str]) -> list[list[str]]:
    starts = [mark.start() for mark in _COLUMN.finditer(block[1])]
    ends = [*starts[1:], None]
    lines = [line for line in block if not _RULER.fullmatch(line)]
    return [[line[a:b].strip() for a, b in zip([0, *starts[1:]], ends, strict=True)] for line in lines]
