"""XML of any kind: paragraphs where text and elements mix, "name: text" lines where elements hold single values."""

import re
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.readers.encoding import check_size
from documents.readers.xml_tree import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_xml"]

_INLINE = frozenset(("a b br code em emph emphasis hi i italic bold lb link ref span strong sub sup u xref").split())
_PARAGRAPHS = frozenset(("p", "para", "v", "subtitle", "text", "description", "summary", "abstract", "content", "note"))
_HEADINGS = frozenset(("title", "head", "heading"))
_SECTIONS = frozenset(("section sec sect1 sect2 sect3 sect4 chapter div body book article part topic").split())
_BLOCKS = _PARAGRAPHS | _HEADINGS | _SECTIONS | {"list", "item", "li", "ul", "ol", "table", "tr", "row", "fig"}
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
        if not inner or all(local(child) in _INLINE for child in inner) or _is_paragraph(node, inner):
            self._leaf(node, depth)
            return
        if local(node) == "table" and any(local(child) in ("tr", "tbody", "thead") for child in inner):
            self._html(_as_html(node))
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


def _is_paragraph(node: "_Element", inner: "list[_Element]") -> bool:
    """Whether words stand beside elements that mark some of them, whatever those are called."""
    beside = (node.text, *(child.tail for child in inner))
    return any(text and text.strip() for text in beside) and not any(
        local(e) in _BLOCKS for e in node.iterdescendants()
    )


def _as_html(table: "_Element") -> str:
    """A table of rows and cells as HTML, without its namespaces."""
    from lxml import etree

    plain = etree.Element("table")
    for row in (e for e in table.iter() if local(e) == "tr"):
        line = etree.SubElement(plain, "tr")
        for cell in (e for e in row if local(e) in ("td", "th")):
            spans = {key: value for key, value in cell.attrib.items() if key in ("colspan", "rowspan")}
            etree.SubElement(line, local(cell), spans).text = " ".join("".join(cell.itertext(tag="*")).split())
    return str(etree.tostring(plain, encoding="unicode"))


def _attributes(node: "_Element") -> str:
    """An element's attributes as "item id: 1; lang: en"; "" where it has none that people read."""
    told = ((key.rpartition("}")[2], text) for key, text in node.attrib.items() if text and "://" not in text)
    line = "; ".join(f"{key}: {text}" for key, text in told if len(text) <= _SHORT)
    return f"{local(node)} {line}" if line else ""
