"""An HTML tree to blocks: headings, paragraphs, list items, table rows, code, in reading order.

Pure over an lxml tree: which blocks are the page's own text is decided in html.py. EPUB and mail use it too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from documents.draft import Draft
from documents.readers.dom_inline import (
    BLOCKS,
    SPACES,
    field_value,
    formula,
    inline_text,
    is_hidden,
    raw_texts,
    superscript,
    tidy,
)
from documents.readers.dom_table import is_data, table_grid
from documents.readers.lines import literal
from documents.readers.numerals import Numerals, numeral
from documents.readers.table import write_table

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Block", "blocks_in", "write_blocks"]

_HEADING = re.compile("h[1-6]")
_COUNTS: dict[str, Numerals] = {"a": "letters", "A": "letters", "i": "roman", "I": "roman"}


@dataclass(slots=True)
class Block:
    """One block of a page: its text (line breaks as \\n), what it is, and the element it came from."""

    kind: Literal["heading", "paragraph", "item", "code", "table"]
    text: str
    element: "_Element"
    level: int = 0
    linked: int = 0
    """Characters that stand inside links."""
    rows: list[list[str]] = field(default_factory=list)
    headers: int | None = None


def blocks_in(root: "_Element") -> Iterator[Block]:
    """The blocks under an element, in document order; hidden and skipped elements are left out."""
    walker = _Walker(root)
    yield from walker.walk(root)
    yield from walker.flush()


def write_blocks(draft: Draft, blocks: list[Block]) -> None:
    """Writes blocks to the draft; consecutive items of lists are lines of one block."""
    previous = ""
    for block in blocks:
        if block.kind == "heading":
            draft.heading(block.text, block.level)
        elif block.kind == "table":
            write_table(draft, block.rows, block.headers, block.text)
        elif block.kind == "code":
            draft.raw(literal(block.text))
        else:
            lines = [line for line in block.text.split("\n") if line.strip()]
            for i, line in enumerate(lines):
                if i or (block.kind == previous == "item"):
                    draft.line(line)
                else:
                    draft.block(line)
        previous = block.kind


class _Walker:
    def __init__(self, root: "_Element") -> None:
        self._parts: list[str] = []
        self._linked = 0
        self._in_link = 0
        self._marker = ""
        self._counted: dict[_Element, int] = {}  # the number of each ordered list's last item
        self._term = ""  # what a dt names, until its dd comes
        self._kind: Literal["paragraph", "item"] = "paragraph"
        self._element = root

    def flush(self) -> Iterator[Block]:
        """Ends the paragraph that inline text has been gathered for."""
        text = self._marker + tidy("".join(self._parts))
        if text.strip() and text != self._marker:
            yield Block(self._kind, text, self._element, linked=self._linked)
            self._marker = ""
        self._parts, self._linked = [], 0

    def walk(self, node: "_Element") -> Iterator[Block]:
        tag = node.tag
        if not isinstance(tag, str) or is_hidden(node):
            return
        if tag == "table" and is_data(node):
            yield from self.flush()
            title, rows, headers = table_grid(node)
            yield Block("table", title, node, linked=_linked(node), rows=rows, headers=headers)
        elif tag == "pre":
            yield from self.flush()
            yield Block("code", "".join(raw_texts(node)), node)
        elif _HEADING.fullmatch(tag):
            yield from self.flush()
            text = tidy("".join(inline_text(node)))
            yield Block("heading", text, node, level=int(tag[1]), linked=_linked(node))
        elif tag in BLOCKS:
            yield from self._block(node, tag)
        else:
            yield from self._inline(node, tag)

    def _block(self, node: "_Element", tag: str) -> Iterator[Block]:
        yield from self.flush()
        before = self._kind, self._element, self._marker
        self._element = node
        if tag == "li":
            self._kind, self._marker = "item", self._number(node)
        elif tag == "dd":
            self._kind, self._marker, self._term = "item", self._term, ""
        elif tag == "dt":
            following = node.getnext()
            if following is not None and following.tag == "dd":
                self._term = tidy("".join(inline_text(node))).rstrip(":") + ": "
                return
            self._kind = "item"
        yield from self._children(node)
        yield from self.flush()
        self._kind, self._element, self._marker = before[0], before[1], before[2] if tag not in ("li", "dd") else ""

    def _number(self, item: "_Element") -> str:
        """The number of an ordered list's item as its list counts, "" for a bullet."""
        items = item.getparent()
        if items is None or items.tag != "ol":
            return ""
        step = 1 if items.get("reversed") is None else -1
        own = _integer(item, "value")
        counted = self._counted[items] + step if items in self._counted else _first_number(items)
        self._counted[items] = counted if own is None else own
        return f"{_numeral(self._counted[items], items.get('type') or '1')}. "

    def _inline(self, node: "_Element", tag: str) -> Iterator[Block]:
        if tag == "br":
            self._parts.append("\n")
        elif tag == "img":
            pass  # alternative texts are mostly file names and "logo"; a figure's caption is text of its own
        elif tag == "input":
            self._parts.append(field_value(node))
        elif (written := formula(node)) is not None:
            self._parts.append(written)
        elif tag == "textarea":
            self._parts.append(" " + (node.text or ""))
        elif tag == "q":
            self._parts.append("“")
            yield from self._children(node)
            self._parts.append("”")
        else:
            if tag == "sup":
                raised = superscript(node, self._parts)
                if raised:
                    self._parts.append(raised)
                    return
            self._in_link += tag == "a"
            yield from self._children(node)
            self._in_link -= tag == "a"

    def _children(self, node: "_Element") -> Iterator[Block]:
        self._say(node.text)
        for child in node:
            yield from self.walk(child)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        if text:
            text = SPACES.sub(" ", text)
            self._parts.append(text)
            self._linked += len(text.strip()) if self._in_link else 0


def _linked(node: "_Element") -> int:
    return sum(len("".join(link.itertext()).strip()) for link in node.iter("a"))


def _first_number(items: "_Element") -> int:
    """What an ordered list counts its first item as."""
    start = _integer(items, "start")
    if start is None:
        return 1 if items.get("reversed") is None else sum(1 for _ in items.iterchildren("li"))
    return start


def _numeral(number: int, kind: str) -> str:
    if kind not in _COUNTS:
        return str(number)
    text = numeral(number, _COUNTS[kind])
    return text.upper() if kind.isupper() else text


def _integer(node: "_Element", name: str) -> int | None:
    text = (node.get(name) or "").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None
