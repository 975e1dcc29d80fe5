"""XML of any kind: paragraphs where text and elements mix, "name: text" lines where elements hold single values."""

import re
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.readers.encoding import check_size
from documents.readers.xml_tree import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_xml"]

_INLINE = frozenset(
    (
        "b",
        "i",
        "em",
        "strong",
        "emph",
        "emphasis",
        "hi",
        "a",
        "link",
        "ref",
        "sup",
        "sub",
        "span",
        "code",
        "u",
        "br",
        "lb",
    )
)
_PARAGRAPHS = frozenset(("p", "para", "v", "subtitle", "text", "description", "summary", "abstract", "content", "note"))
_HEADINGS = frozenset(("title", "head", "heading"))
_SECTIONS = frozenset(
    ("section", "sect1", "sect2", "sect3", "sect4", "chapter", "div", "body", "book", "article", "part")
)
_SHORT = 200
_MARKUP = re.compile(r"</(?:p|div|a|b|i|em|strong|li|ul|ol|table|h[1-6]|span|blockquote)>|<(?:p|br|img)\b[^>]*>")


def read_xml(data: bytes, name: str, draft: Draft) -> None:
    """Reads XML; raises UnreadableFile where it isn't well-formed or its entities explode, LimitExceeded."""
    check_size(data, name)
    _Writer(draft).write(parse_xml(data, name), 0)


class _Writer:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._line = draft.block  # the first line of a record starts a block

    def write(self, node: "_Element", depth: int) -> None:
        inner = [child for child in node if local(child)]
        if not inner or all(local(child) in _INLINE for child in inner):
            self._leaf(node, depth)
            return
        self._line = self._draft.block
        self._say(_attributes(node))
        self._stray(node.text)
        for child in inner:
            self.write(child, depth + 1)
            self._stray(child.tail)
        self._line = self._draft.block

    def _leaf(self, node: "_Element", depth: int) -> None:
        name, parent = local(node), node.getparent()
        text = " ".join("".join(node.itertext(tag="*")).split())
        if not text:
            self._say(_attributes(node))
        elif _MARKUP.search(text):
            self._html("".join(node.itertext(tag="*")))
        elif name in _HEADINGS and parent is not None and local(parent) in _SECTIONS:
            self._draft.heading(text, max(depth, 1))
            self._line = self._draft.block
        elif name in _PARAGRAPHS or len(text) > _SHORT or len(node):
            self._draft.block(text)
            self._line = self._draft.block
        else:
            self._say(f"{name}: {text}")

    def _html(self, markup: str) -> None:
        """Feeds and exports carry HTML as text."""
        from documents.readers.dom import blocks_in, write_blocks
        from documents.readers.html import parse

        root = parse(markup)
        if root is not None:
            write_blocks(self._draft, list(blocks_in(root)))
        self._line = self._draft.block

    def _say(self, text: str) -> None:
        if text and self._line(text):
            self._line = self._draft.line

    def _stray(self, text: str | None) -> None:
        if text and text.strip():
            self._draft.block(text)
            self._line = self._draft.block


def _attributes(node: "_Element") -> str:
    """An element's attributes as "item id: 1; lang: en"; "" where it has none that people read."""
    told = ((key.rpartition("}")[2], text) for key, text in node.attrib.items() if text and "://" not in text)
    line = "; ".join(f"{key}: {text}" for key, text in told if len(text) <= _SHORT)
    return f"{local(node)} {line}" if line else ""
