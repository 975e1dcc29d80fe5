"""OpenDocument's markup read on its own: attributes, styles, list levels, rows, text boxes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.readers.xml_tree import local

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "attribute",
    "count",
    "numbered_levels",
    "parent_styles",
    "raised_styles",
    "table_rows",
    "text_boxes",
]


def table_rows(table: "_Element") -> Iterator[tuple["_Element", bool]]:
    """(row, whether it is a header row), groups of rows opened."""
    for node in table:
        name = local(node)
        if name == "table-row":
            yield node, False
        elif name == "table-header-rows":
            yield from ((row, True) for row in node if local(row) == "table-row")
        elif name in ("table-rows", "table-row-group"):
            yield from table_rows(node)


def parent_styles(root: "_Element") -> dict[str, str]:
    """Automatic style -> the named style it is made from."""
    found = {}
    for node in root.iter():
        if local(node) == "style":
            found[attribute(node, "name")] = attribute(node, "parent-style-name")
    return found


def raised_styles(root: "_Element") -> frozenset[str]:
    """The styles of superscripts."""
    properties = (node for node in root.iter() if local(node) == "text-properties")
    raised = (node.getparent() for node in properties if attribute(node, "text-position").startswith("super"))
    return frozenset(attribute(node, "name") for node in raised if node is not None)


def numbered_levels(root: "_Element") -> dict[tuple[str, int], int]:
    """(list style, depth from 0) -> first number, for levels that are numbered."""
    found = {}
    for style in (node for node in root.iter() if local(node) == "list-style"):
        for level in style:
            if local(level) == "list-level-style-number" and attribute(level, "num-format"):
                found[attribute(style, "name"), count(level, "level") - 1] = count(level, "start-value")
    return found


def text_boxes(node: "_Element") -> Iterator["_Element"]:
    """The outermost text boxes below an element."""
    for child in node:
        if local(child) == "text-box":
            yield child
        else:
            yield from text_boxes(child)


def attribute(node: "_Element", name: str) -> str:
    """An attribute by its name without namespace, "" where there is none."""
    return next((text for key, text in node.attrib.items() if key.rpartition("}")[2] == name), "")


def count(node: "_Element", name: str) -> int:
    """An attribute that counts, 1 where there is none, at most 100,000."""
    text = attribute(node, name)
    return min(int(text), 100_000) if text.isdigit() and len(text) < 9 else 1
