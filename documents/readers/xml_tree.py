"""XML parsed safely: no DTD or other file is fetched, and libxml2 ends entities that grow more than fivefold."""

from typing import TYPE_CHECKING

from documents.errors import UnreadableFile

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["local", "parse_xml", "text_of"]


def parse_xml(data: bytes, name: str) -> "_Element":
    """The root element; raises UnreadableFile for what isn't well-formed or is nested too deep."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(f"{name!r} is damaged: its XML can't be parsed ({error}). Save it again.") from error


def local(node: "_Element") -> str:
    """An element's name without its namespace; "" for comments and entities."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(node: "_Element | None") -> str:
    """All text under an element, white space as single spaces."""
    return "" if node is None else " ".join("".join(node.itertext(tag="*")).split())
