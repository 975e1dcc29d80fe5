"""An HTML table to a grid of strings, spanning cells repeated; and whether it is data or only lays the page out.

A row that is one cell is a list of one string.
"""

from typing import TYPE_CHECKING

from documents.readers.dom_inline import inline_text, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_data", "table_grid"]


def is_data(table: "_Element") -> bool:
    """False for a table that only lays a page out: nested tables, or one column, or long texts of many blocks."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iter("tr"))
    widest = max((sum(1 for cell in row if cell.tag in ("td", "th")) for row in rows), default=0)
    if widest < 2:
        return False
    heavy = any(sum(1 for _ in cell.iter("p", "h1", "h2", "h3", "li")) > 4 for row in rows for cell in row)
    return not heavy or next(table.iter("th"), None) is not None


def table_grid(table: "_Element") -> tuple[str, list[list[str]], int | None]:
    """(caption, rows, number of header rows or None where the page marks none)."""
    caption = table.find("caption")
    title = "" if caption is None else tidy("".join(inline_text(caption)))
    rows: list[list[str]] = []
    spans: dict[tuple[int, int], str] = {}
    headers = 0
    for number, row in enumerate(table.iter("tr")):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        line: list[str] = []
        for cell in cells:
            _spread(line, spans, number)
            text = tidy("".join(inline_text(cell)))
            for _ in range(_span(cell, "colspan")):
                for below in range(1, _span(cell, "rowspan")):
                    spans[number + below, len(line)] = text
                line.append(text)
        _spread(line, spans, number)
        parent = row.getparent()
        named = cells and all(cell.tag == "th" for cell in cells)
        if headers == number and (named or (parent is not None and parent.tag == "thead")):
            headers += 1
        # What spans the whole table names the rows under it, and belongs to no column.
        rows.append(line[:1] if len(cells) == 1 and len(line) > 1 and len(set(line)) == 1 else line)
    marked = headers or next(table.iter("th"), None) is not None
    return title, rows, headers if marked else None


def _spread(line: list[str], spans: dict[tuple[int, int], str], number: int) -> None:
    while (number, len(line)) in spans:
        line.append(spans[number, len(line)])


def _span(cell: "_Element", name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 100) if value.strip().isdecimal() and len(value) < 6 else 1
