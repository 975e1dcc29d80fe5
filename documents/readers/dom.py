"""An HTML tree to blocks: headings, paragraphs, list items, table rows, code, in reading order.

Pure over an lxml tree: which blocks are the page's own text is decided in html.py. EPUB and mail use it too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from documents.draft import Draft
from documents.readers.lines import literal
from documents.readers.table import write_table

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["SKIPPED", "Block", "blocks_in", "write_blocks"]

SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "embed", "canvas", "audio",
     "video", "map", "datalist", "dialog", "select", "button")
)  # fmt: skip
"""Elements whose content is never part of the text."""

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "header",
     "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
     "tbody", "tfoot", "thead", "tr", "td", "th", "ul")
)  # fmt: skip
_HEADING = re.compile("h[1-6]")
_SPACE = re.compile("[ \t\r\n\f]+")
_NUMBER = re.compile(r"\[?\d{1,3}\]?")
_LAST_WORD = re.compile(r"[^\W_]+\)?$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TASKS = {True: "[x] ", False: "[ ] "}


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
        self._term = ""  # what a dt names, until its dd comes
        self._kind: Literal["paragraph", "item"] = "paragraph"
        self._element = root

    def flush(self) -> Iterator[Block]:
        """Ends the paragraph that inline text has been gathered for."""
        text = self._marker + _tidy("".join(self._parts))
        if text.strip() and text != self._marker:
            yield Block(self._kind, text, self._element, linked=self._linked)
            self._marker = ""
        self._parts, self._linked = [], 0

    def walk(self, node: "_Element") -> Iterator[Block]:
        tag = node.tag
        if not isinstance(tag, str) or tag in SKIPPED or _hidden(node):
            return
        if tag == "table" and _is_data(node):
            yield from self.flush()
            yield from _table(node)
        elif tag == "pre":
            yield from self.flush()
            yield Block("code", "".join(_texts(node)), node)
        elif _HEADING.fullmatch(tag):
            yield from self.flush()
            text = _tidy("".join(_inline(node)))
            yield Block("heading", text, node, level=int(tag[1]), linked=_linked(node))
        elif tag in _BLOCKS:
            yield from self._block(node, tag)
        else:
            yield from self._inline(node, tag)

    def _block(self, node: "_Element", tag: str) -> Iterator[Block]:
        yield from self.flush()
        before = self._kind, self._element, self._marker
        self._element = node
        if tag == "li":
            self._kind, self._marker = "item", _marker(node)
        elif tag == "dd":
            self._kind, self._marker, self._term = "item", self._term, ""
        elif tag == "dt":
            following = node.getnext()
            if following is not None and following.tag == "dd":
                self._term = _tidy("".join(_inline(node))).rstrip(":") + ": "
                return
            self._kind = "item"
        yield from self._children(node)
        yield from self.flush()
        self._kind, self._element, self._marker = before[0], before[1], before[2] if tag not in ("li", "dd") else ""

    def _inline(self, node: "_Element", tag: str) -> Iterator[Block]:
        if tag == "br":
            self._parts.append("\n")
        elif tag == "img":
            pass  # alternative texts are mostly file names and "logo"; a figure's caption is text of its own
        elif tag == "input":
            self._parts.append(_field(node))
        elif tag == "textarea":
            self._parts.append(" " + (node.text or ""))
        else:
            if tag == "sup":
                raised = _superscript(node, self._parts)
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
            text = _SPACE.sub(" ", text)
            self._parts.append(text)
            self._linked += len(text.strip()) if self._in_link else 0


def _tidy(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _hidden(node: "_Element") -> bool:
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def _linked(node: "_Element") -> int:
    return sum(len("".join(link.itertext()).strip()) for link in node.iter("a"))


def _superscript(node: "_Element", before: list[str]) -> str:
    """A raised number set off from what it stands on: x² as x^2, the number of a note as [3]; "" for anything else."""
    digits = _NUMBER.fullmatch("".join(node.itertext()).strip())
    if not digits:
        return ""
    word = _LAST_WORD.search("".join(before[-3:]))
    linked = next(node.iter("a"), None) is not None or (node.getparent() is not None and node.getparent().tag == "a")
    if word and len(word[0]) <= 3 and not linked:
        return f"^{digits[0]}"
    return f"[{digits[0].strip('[]')}]"


def _field(node: "_Element") -> str:
    kind = (node.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return _TASKS[node.get("checked") is not None]
    return f" {node.get('value') or ''} " if kind in ("text", "number", "date", "email", "tel", "url") else ""


def _marker(item: "_Element") -> str:
    """The number of an ordered list's item, "" for a bullet."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return ""
    first = parent.get("start") or "1"
    number = int(first) if first.lstrip("-").isdigit() else 1
    return f"{number + sum(1 for _ in item.itersiblings('li', preceding=True))}. "


def _inline(node: "_Element") -> Iterator[str]:
    """The text of an element, its line breaks and inner blocks as spaces."""
    if not isinstance(node.tag, str) or node.tag in SKIPPED or _hidden(node):
        return
    if node.tag == "input":
        yield _field(node)
    yield _SPACE.sub(" ", node.text or "")
    for child in node:
        if child.tag == "br" or child.tag in _BLOCKS:
            yield " "
        raised = _superscript(child, [node.text or ""]) if child.tag == "sup" else ""
        if raised:
            yield raised
        else:
            yield from _inline(child)
        if child.tag in _BLOCKS:
            yield " "
        yield _SPACE.sub(" ", child.tail or "")


def _texts(node: "_Element") -> Iterator[str]:
    """The text of preformatted content, its line ends kept."""
    yield node.text or ""
    for child in node:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str):
            yield from _texts(child)
        yield child.tail or ""


def _is_data(table: "_Element") -> bool:
    """False for a table that only lays a page out: nested tables, or one column, or long texts of many blocks."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    rows = list(table.iter("tr"))
    widest = max((sum(1 for cell in row if cell.tag in ("td", "th")) for row in rows), default=0)
    if widest < 2:
        return False
    heavy = any(sum(1 for _ in cell.iter("p", "h1", "h2", "h3", "li")) > 4 for row in rows for cell in row)
    return not heavy or next(table.iter("th"), None) is not None


def _table(table: "_Element") -> Iterator[Block]:
    caption = table.find("caption")
    title = "" if caption is None else _tidy("".join(_inline(caption)))
    rows: list[list[str]] = []
    spans: dict[tuple[int, int], str] = {}
    headers = 0
    for number, row in enumerate(table.iter("tr")):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        line: list[str] = []
        for cell in cells:
            _spread(line, spans, number)
            text = _tidy("".join(_inline(cell)))
            for _ in range(_span(cell, "colspan")):
                for below in range(1, _span(cell, "rowspan")):
                    spans[number + below, len(line)] = text
                line.append(text)
        _spread(line, spans, number)
        parent = row.getparent()
        named = cells and all(cell.tag == "th" for cell in cells)
        if headers == number and (named or (parent is not None and parent.tag == "thead")):
            headers += 1
        rows.append(line)
    marked = headers or next(table.iter("th"), None) is not None
    yield Block("table", title, table, linked=_linked(table), rows=rows, headers=headers if marked else None)


def _spread(line: list[str], spans: dict[tuple[int, int], str], number: int) -> None:
    while (number, len(line)) in spans:
        line.append(spans[number, len(line)])


def _span(cell: "_Element", name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 100) if value.strip().isdecimal() and len(value) < 6 else 1
