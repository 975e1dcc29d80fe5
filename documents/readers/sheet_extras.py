"""What openpyxl doesn't give of an XLSX sheet when it streams: merged ranges, comments, formulas without a result."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from documents.readers.grid import Row
from documents.readers.ooxml import Package
from documents.readers.xml_tree import local, text_of

__all__ = ["Extras", "sheet_parts"]

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
# Written by a program that doesn't calculate; a result that is an empty text is one (t="str").
# No part of the pattern runs past the next tag, nor two side by side over the same spaces: a sheet has a million cells.
_UNCOUNTED = re.compile(
    rb'<(?:\w+:)?c\b(?![^<>]*\bt="str")[^<>]*>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LARGEST = 1000
"""Ranges with more rows or columns are decoration, not names."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Merged ranges, comments, and the number of formulas without a result of one sheet.

    `spans`: row -> the further columns that its merged cells cover; `fills`: row -> (column, the row above that it
    repeats); `comments`: (row, text). Rows count from 1, columns from 0.
    """

    spans: Mapping[int, list[int]] = field(default_factory=dict)
    fills: Mapping[int, list[tuple[int, int]]] = field(default_factory=dict)
    comments: tuple[tuple[int, str], ...] = ()
    uncounted: int = 0

    @classmethod
    def of(cls, package: Package, part: str) -> "Extras":
        """Those of the sheet in this part; empty where there is no such part."""
        if part not in package.parts:
            return cls()
        xml = package.read(part)
        spans, fills = _merged(xml)
        return cls(spans, fills, tuple(_comments(package, part)), sum(1 for _ in _UNCOUNTED.finditer(xml)))

    def filled(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, a cell merged over several of them repeated in each."""
        starts: dict[int, set[int]] = {}
        for cells in self.fills.values():
            for column, first in cells:
                starts.setdefault(first, set()).add(column)
        known: dict[tuple[int, int], str] = {}
        for row in rows:
            for column in starts.get(row.number, ()):
                if column in row.cells:
                    known[row.number, column] = row.cells[column]
            above = {column: known.get((first, column), "") for column, first in self.fills.get(row.number, ())}
            extra = {column: cell for column, cell in above.items() if cell}
            yield Row(row.number, {**extra, **row.cells}) if extra else row


def sheet_parts(package: Package) -> dict[str, str]:
    """Sheet's name -> the part that holds it."""
    main = package.main("xl/workbook.xml")
    relations = package.relations(main)
    found = {}
    for node in package.xml(main).iter():
        if local(node) == "sheet":
            link = next((text for key, text in node.attrib.items() if key.endswith("}id")), "")
            found[node.get("name") or ""] = relations.get(link, ("", ""))[1]
    return found


def _merged(xml: bytes) -> tuple[dict[int, list[int]], dict[int, list[tuple[int, int]]]]:
    spans: dict[int, list[int]] = {}
    fills: dict[int, list[tuple[int, int]]] = {}
    for left, top, right, bottom in _MERGED.findall(xml):
        first, last = _column(left.decode()), _column(right.decode())
        if first < last < first + _LARGEST:
            spans.setdefault(int(top), []).extend(range(first + 1, last + 1))
        if int(top) < int(bottom) < int(top) + _LARGEST:
            for row in range(int(top) + 1, int(bottom) + 1):
                fills.setdefault(row, []).append((first, int(top)))
    return {row: sorted(columns) for row, columns in spans.items()}, fills


def _comments(package: Package, part: str) -> Iterator[tuple[int, str]]:
    for target in package.related(part, "comments"):
        root = package.xml(target)
        authors = [text_of(node) for node in root.iter() if local(node) == "author"]
        for node in (node for node in root.iter() if local(node) == "comment"):
            cell = _CELL.fullmatch(node.get("ref") or "")
            number = node.get("authorId") or ""
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            said = text_of(node).removeprefix(f"{author}:").strip()
            if cell and said:
                yield int(cell[2]), f"[Comment on {cell[0]}{f' by {author}' if author else ''}: {said}]"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
