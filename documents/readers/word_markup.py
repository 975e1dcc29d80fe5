"""Word's markup read on its own: styles and what they inherit, wrappers, merged cells, check boxes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.readers.equations import on_one_line
from documents.readers.word_lists import value, value_of
from documents.readers.xml_tree import local

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "MARKS",
    "Merges",
    "Style",
    "equation",
    "form_mark",
    "outline_level",
    "paragraphs",
    "read_styles",
    "switched_on",
    "symbol",
    "ticked",
    "unwrapped",
]

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
MARKS = {True: "[x]", False: "[ ]"}

# Two fonts that draw other characters than their codes say; the codes are 0xF000 and the place in the font.
_SYMBOL = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\xa3\xa5\xae\xb0\xb1\xb3\xb4\xb7\xb9\xbb\xd6\xe5",
        "αβχδεφγηιϕκλμνοπθρστυϖωξψζΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ≤∞→°±≥×•≠≈√∑",
        strict=True,
    )
)
_WINGDINGS = dict(
    zip("\xfc\xfb\xfe\xfd\xa8oq\xd8\xe0", ("✓", "✗", "[x]", "[x]", "[ ]", "[ ]", "[ ]", "▸", "→"), strict=True)
)


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its name, heading level, and the list it numbers its paragraphs in."""

    name: str = ""
    level: int = 0  # heading level, 0 for none
    number_id: str = ""
    depth: int = 0


@dataclass(slots=True)
class Merges:
    """Cells merged downwards: the text that each column repeats."""

    _above: dict[int, str] = field(default_factory=dict)

    def place(self, line: list[str], cell: "_Element", text: str) -> None:
        """Appends a cell's text to its row, once for each column it spans; a merged one repeats what is above."""
        properties = next((child for child in cell if local(child) == "tcPr"), None)
        merge = None
        if properties is not None:
            merge = next((child for child in properties if local(child) == "vMerge"), None)
        width = value(properties, "gridSpan")
        if merge is not None and value_of(merge, "val") != "restart":
            text = self._above.get(len(line), text)
        for _ in range(min(int(width), 200) if width.isdigit() else 1):
            self._above[len(line)] = text
            line.append(text)


def unwrapped(parent: "_Element") -> Iterator["_Element"]:
    """The children, those inside content controls and tracked insertions included."""
    for node in parent:
        name = local(node)
        if name in ("sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo"):
            yield from unwrapped(node)
        elif name == "AlternateContent":
            yield from unwrapped(next((c for c in node if local(c) == "Choice"), node))
        else:
            yield node


def paragraphs(node: "_Element") -> Iterator["_Element"]:
    """The paragraphs of a cell, note or margin, those of tables inside it too."""
    for child in unwrapped(node):
        if local(child) == "p":
            yield child
        elif local(child) in ("tbl", "tr", "tc", "footnote", "endnote", "comment"):
            yield from paragraphs(child)


def read_styles(root: "_Element | None") -> dict[str, Style]:
    """Paragraph styles by id, what they inherit filled in."""
    nodes = {value_of(node, "styleId"): node for node in (() if root is None else root) if local(node) == "style"}
    return {key: _style(key, nodes) for key in nodes}


def _style(key: str, nodes: dict[str, "_Element"]) -> Style:
    name, level, number_id, depth = value(nodes[key], "name"), 0, "", ""
    seen: set[str] = set()
    while key in nodes and key not in seen:
        seen.add(key)
        node = nodes[key]
        properties = next((child for child in node if local(child) == "pPr"), None)
        if properties is not None:
            outline = value(properties, "outlineLvl")
            level = level or (int(outline) + 1 if outline.isdigit() and int(outline) < 9 else 0)
            numbered = next((child for child in properties if local(child) == "numPr"), None)
            number_id = number_id or value(numbered, "numId")
            depth = depth or value(numbered, "ilvl")
        heading = _HEADING.fullmatch(value(node, "name"))
        level = level or (int(heading[1]) if heading else 0)
        key = value(node, "basedOn")
    return Style(name, level, number_id, int(depth) if depth.isdigit() else max(level - 1, 0))


def outline_level(properties: "_Element | None", style: Style) -> int:
    """A paragraph's heading level, its own or its style's; 0 for body text."""
    own = value(properties, "outlineLvl")
    return int(own) + 1 if own.isdigit() and int(own) < 9 else style.level


def ticked(control: "_Element") -> bool | None:
    """Whether a check box control is ticked, None for another control."""
    for node in control.iter():
        if local(node) == "checkbox":
            return any(local(c) == "checked" and value_of(c, "val") in ("1", "true", "on") for c in node)
        if local(node) == "sdtContent":
            return None
    return None


def form_mark(node: "_Element") -> str:
    """A check box of the older kind, inside a form field."""
    box: Iterable[_Element] = next((c for c in node if local(c) == "checkBox"), ())
    marks = {local(child): value_of(child, "val") for child in box}
    if not marks:
        return ""
    return MARKS[marks.get("checked", marks.get("default", "0")) in ("1", "true", "on", "")] + " "


def symbol(node: "_Element") -> str:
    """The character that a w:sym draws, "" where it isn't known."""
    code = value_of(node, "char")
    place = chr(int(code, 16) & 0xFF) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) else ""
    return {"Symbol": _SYMBOL, "Wingdings": _WINGDINGS}.get(value_of(node, "font"), {}).get(place, "")


def switched_on(properties: "_Element | None", name: str) -> bool:
    """Whether a property that is on or off is on: there, and not said to be off."""
    node = next((child for child in properties if local(child) == name), None) if properties is not None else None
    return node is not None and value_of(node, "val") not in ("0", "false", "off")


def equation(kind: str, parts: dict[str, str]) -> str:
    """A fraction (m:f), power (m:sSup) or root (m:rad) on one line, from the texts of its parts."""
    if kind == "f":
        return on_one_line("fraction", (parts.get("num", ""), parts.get("den", "")))
    if kind == "sSup":
        return on_one_line("power", (parts.get("e", ""), parts.get("sup", "")))
    return on_one_line("root", (parts.get("e", ""), parts.get("deg", "")))
