"""Word's numbering: the number that stands before a paragraph, which the file never writes out.

ECMA-376 part 1, 17.9: a paragraph names a list (numId) and a level; the list points at an abstract one, whose levels
give format and text; counters belong to the abstract list, deeper ones start again after a higher one counts.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.readers.numerals import numeral
from documents.readers.xml_tree import local

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Numbering", "value"]


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of one document, and how far each has counted."""

    _lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)  # numId -> (abstract, new starts)
    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, root: "_Element | None") -> "Numbering":
        """From word/numbering.xml."""
        numbering = cls()
        for node in () if root is None else root:
            if local(node) == "abstractNum":
                levels = {_int(child, "ilvl"): _level(child) for child in node if local(child) == "lvl"}
                numbering._levels[value_of(node, "abstractNumId")] = levels
            elif local(node) == "num":
                starts = {}
                for child in node:
                    if local(child) == "lvlOverride":
                        begin = next((start for start in child if local(start) == "startOverride"), None)
                        if begin is not None:
                            starts[_int(child, "ilvl")] = _int(begin, "val")
                numbering._lists[value_of(node, "numId")] = (value(node, "abstractNumId"), starts)
        return numbering

    def marker(self, number_id: str, level: int) -> str | None:
        """The number before the next paragraph of a list; "" for a bullet, None where there is no such list."""
        abstract, starts = self._lists.get(number_id, ("", {}))
        levels = self._levels.get(abstract)
        if number_id == "0" or levels is None or level not in levels:
            return None
        counts = self._counts.setdefault(abstract, {})
        if number_id not in self._begun:
            self._begun.add(number_id)
            for at, start in starts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for skipped in range(level):
            counts.setdefault(skipped, levels.get(skipped, _Level()).start)
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        shown = levels[level]
        if shown.style in ("bullet", "none"):
            return ""
        text = shown.text
        for at in range(level + 1):
            text = text.replace(f"%{at + 1}", _count(counts[at], levels.get(at, _Level()).style))
        return text


def value(node: "_Element | None", child: str) -> str:
    """The w:val of a child element, "" where there is none."""
    found = next((inner for inner in node if local(inner) == child), None) if node is not None else None
    return "" if found is None else value_of(found, "val")


def value_of(node: "_Element", name: str) -> str:
    """An attribute of Word's own namespace, in its transitional or strict form."""
    return next((text for key, text in node.attrib.items() if key.rpartition("}")[2] == name), "")


def _int(node: "_Element", name: str) -> int:
    text = value_of(node, name)
    return int(text) if text.lstrip("-").isdigit() else 0


def _level(node: "_Element") -> _Level:
    start = value(node, "start")
    return _Level(value(node, "numFmt") or "decimal", value(node, "lvlText"), int(start) if start.isdigit() else 1)


def _count(number: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter", "lowerRoman", "upperRoman"):
        text = numeral(number, "letters" if style.endswith("Letter") else "roman")
        return text.upper() if style.startswith("upper") else text
    return f"{number:02}" if style == "decimalZero" else str(number)
