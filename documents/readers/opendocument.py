"""ODT and ODP (and flat text in ODF's own XML): headings, lists, tables, notes, slides.

Read from content.xml by lxml; OASIS OpenDocument 1.2 names the elements.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.errors import ProtectedFile, UnreadableFile
from documents.readers.container import open_zip
from documents.readers.ooxml import iso_date
from documents.readers.opendocument_markup import (
    attribute,
    count,
    numbered_levels,
    parent_styles,
    raised_styles,
    table_rows,
    text_boxes,
)
from documents.readers.table import write_table
from documents.readers.xml_tree import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_opendocument"]

_PLACELESS = frozenset(("tracked-changes", "forms", "sequence-decls", "variable-decls", "settings", "scripts", "title"))


def read_opendocument(data: bytes, name: str, draft: Draft) -> None:
    """Reads a text or presentation; raises ProtectedFile, UnreadableFile, LimitExceeded."""
    with open_zip(data, name) as archive:
        parts = archive.namelist()
        if "META-INF/manifest.xml" in parts and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise ProtectedFile(f"{name!r} is protected by a password. Save a copy without one and add that.")
        if "content.xml" not in parts:
            raise UnreadableFile(f"{name!r} has no content.xml, so it isn't an OpenDocument file. Save it again.")
        root = parse_xml(archive.read("content.xml"), name)
        if "meta.xml" in parts:
            _metadata(parse_xml(archive.read("meta.xml"), name), draft)
    _Reader(root, draft).write()


def _metadata(root: "_Element", draft: Draft) -> None:
    fields = {local(node): (node.text or "").strip() for node in root.iter()}
    draft.title = fields.get("title") or None
    draft.author = fields.get("initial-creator") or fields.get("creator") or None
    draft.created = iso_date(fields.get("creation-date"))
    draft.modified = iso_date(fields.get("date"))
    draft.language = fields.get("language") or None


class _Reader:
    def __init__(self, root: "_Element", draft: Draft) -> None:
        self._root, self._draft = root, draft
        self._styles = parent_styles(root)
        self._raised = raised_styles(root)
        self._numbers = numbered_levels(root)
        self._counts: dict[tuple[str, int], int] = {}
        self._in_list = False
        self._titles = 0
        self._slides = 0
        self._notes: list[str] = []

    def write(self) -> None:
        body = next((node for node in self._root if local(node) == "body"), None)
        if body is not None:
            for kind in body:
                self._blocks(kind)

    def _blocks(self, parent: "_Element") -> None:
        for node in parent:
            name = local(node)
            if name == "h":
                level = attribute(node, "outline-level")
                self._say(self._text(node), heading=(int(level) if level.isdigit() else 1) + min(self._titles, 1))
            elif name == "p":
                self._paragraph(node)
            elif name == "list":
                self._list(node, "", 0)
                continue
            elif name == "table":
                rows, headers = self._rows(node)
                write_table(self._draft, rows, headers or None)
                self._flush()
            elif name == "page":
                self._slides += 1
                with self._draft.place("slide", self._slides, None):
                    self._blocks(node)
            elif name == "notes":
                text = " ".join(self._text(child) for child in node.iter() if local(child) == "p").strip()
                if text:
                    self._draft.block(f"[Notes: {text}]")
            elif name and name not in _PLACELESS:
                self._blocks(node)  # sections, frames, text boxes, indexes, groups
            self._in_list = False

    def _paragraph(self, node: "_Element") -> None:
        style = self._styles.get(attribute(node, "style-name"), "") or attribute(node, "style-name")
        text = self._text(node)
        if style == "Title" and not self._titles and text.strip():
            self._titles = 1
            self._draft.title = " ".join(text.split())
            self._say(text, heading=1)
        elif style == "Subtitle":
            self._say(text, heading=2)
        else:
            self._say(text)
        for box in text_boxes(node):
            self._blocks(box)

    def _say(self, text: str, heading: int = 0) -> None:
        if heading:
            self._draft.heading(text, heading)
        else:
            for i, line in enumerate(filter(str.strip, text.split("\n"))):
                (self._draft.line if i else self._draft.block)(line)
        self._flush()

    def _flush(self) -> None:
        for note in self._notes:
            self._draft.line(note)
        self._notes = []

    def _list(self, node: "_Element", style: str, depth: int) -> None:
        style = attribute(node, "style-name") or style
        key = (style, depth)
        if attribute(node, "continue-numbering") != "true" and not attribute(node, "continue-list") and depth == 0:
            self._counts = {known: count for known, count in self._counts.items() if known[0] != style}
        elif depth:
            self._counts.pop(key, None)
        for item in (child for child in node if local(child) in ("list-item", "list-header")):
            marker = ""
            if key in self._numbers and local(item) == "list-item":
                self._counts[key] = self._counts.get(key, self._numbers[key] - 1) + 1
                marker = f"{self._counts[key]}. "
            for child in item:
                if local(child) == "list":
                    self._list(child, style, depth + 1)
                elif local(child) in ("p", "h"):
                    text = self._text(child)
                    if text.strip():
                        (self._draft.line if self._in_list else self._draft.block)(marker + text)
                        marker, self._in_list = "", True
                    self._flush()

    def _rows(self, table: "_Element") -> tuple[list[list[str]], int]:
        rows: list[list[str]] = []
        headers = 0
        spans: dict[tuple[int, int], str] = {}
        for row, is_header in table_rows(table):
            line: list[str] = []
            for cell in row:
                if local(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                text = " ".join(self._text(child) for child in cell.iter() if local(child) in ("p", "h"))
                text = spans.get((len(rows), len(line)), " ".join(text.split()))
                for across in range(count(cell, "number-columns-spanned")):
                    for down in range(count(cell, "number-rows-spanned")):
                        spans[len(rows) + down, len(line) + across] = text
                line += [text] * min(count(cell, "number-columns-repeated"), 64 if text else 1)
            headers += is_header and headers == len(rows)
            rows.append(line)
        return rows, headers

    def _text(self, node: "_Element") -> str:
        return "".join(self._pieces(node))

    def _pieces(self, node: "_Element") -> Iterator[str]:
        yield node.text or ""
        for child in node:
            name = local(child)
            if name == "s":
                yield " " * min(count(child, "c"), 8)
            elif name == "tab":
                yield " "
            elif name == "line-break":
                yield "\n"
            elif name == "note":
                label = "Endnote" if attribute(child, "note-class") == "endnote" else "Footnote"
                body = (" ".join(self._pieces(p)) for p in child.iter() if local(p) == "p")
                self._notes.append(f"[{label}: {' '.join(body)}]")
            elif name == "annotation":
                author = next((inner.text or "" for inner in child if local(inner) == "creator"), "")
                said = " ".join(" ".join(self._pieces(p)) for p in child.iter() if local(p) == "p")
                self._notes.append(f"[Comment{f' by {author}' if author else ''}: {said}]")
            elif name == "span" and attribute(child, "style-name") in self._raised:
                raised = "".join(self._pieces(child))
                yield f"^{raised}" if raised.strip().isdigit() else raised
            elif name == "ruby-text" or name in _PLACELESS or name in ("frame", "custom-shape", "text-box"):
                pass  # a text box is written after its paragraph
            elif name:
                yield from self._pieces(child)
            yield child.tail or ""
