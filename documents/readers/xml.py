"""XML of any kind: paragraphs where text and elements mix, "name: text" lines where elements hold single values."""

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


def read_xml(data: bytes, name: str, draft: Draft) -> None:
    """Reads XML; entities are never expanded. Raises UnreadableFile, LimitExceeded."""
    check_size(data, name)
    _walk(parse_xml(data, name), draft, 0)


def _walk(node: "_Element", draft: Draft, depth: int) -> None:
    name = local(node)
    parent = node.getparent()
    inner = [child for child in node if local(child)]
    whole = " ".join("".join(node.itertext(tag="*")).split())
    if not inner or all(local(child) in _INLINE for child in inner):
        attributes = "; ".join(f"{key.rpartition('}')[2]}: {text}" for key, text in node.attrib.items() if text)
        if not whole:
            draft.line(f"{name} {attributes}" if attributes else "")
        elif name in _HEADINGS and parent is not None and local(parent) in _SECTIONS:
            draft.heading(whole, max(depth, 1))
        elif name in _PARAGRAPHS or len(whole) > _SHORT or inner:
            draft.block(whole)
        else:
            draft.line(f"{name}: {whole}")
        return
    if (node.text or "").strip():
        draft.block(node.text or "")
    for child in inner:
        _walk(child, draft, depth + 1)
        if (child.tail or "").strip():
            draft.block(child.tail or "")
