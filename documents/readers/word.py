"""DOCX: headings with their numbers, lists, tables, footnotes and comments beside their paragraph, text boxes.

Read from the package's XML: python-docx gives no numbering, notes, text boxes or macro-enabled files.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.readers.numerals import lift
from documents.readers.ooxml import Package
from documents.readers.table import write_table
from documents.readers.word_lists import Numbering, value, value_of
from documents.readers.word_markup import (
    MARKS,
    Merges,
    Style,
    equation,
    form_mark,
    outline_level,
    paragraphs,
    read_styles,
    switched_on,
    symbol,
    ticked,
    unwrapped,
)
from documents.readers.xml_tree import local

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_word"]

_SKIPPED = frozenset(
    ("del", "moveFrom", "delText", "instrText", "rPr", "pPr", "sectPr", "Fallback", "rt", "sdtPr", "proofErr",
     "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd", "lastRenderedPageBreak")
)  # fmt: skip


@dataclass(slots=True)
class _Paragraph:
    """A paragraph's text and what hangs on it."""

    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    boxes: list["_Element"] = field(default_factory=list)
    run: str = ""  # the superscript that the text ends with


def read_word(data: bytes, name: str, draft: Draft) -> None:
    """Reads a document; page headers and footers come once, at the end. Raises UnreadableFile, LimitExceeded."""
    package = Package(data, name)
    main = package.main("word/document.xml")
    package.properties(draft)
    reader = _Reader(package, main, draft)
    body = next((node for node in package.xml(main) if local(node) == "body"), None)
    if body is not None:
        reader.write(body)
    reader.write_margins()


class _Reader:
    def __init__(self, package: Package, main: str, draft: Draft) -> None:
        self._package, self._main, self._draft = package, main, draft
        self._styles = read_styles(self._part("styles"))
        self._numbering = Numbering.read(self._part("numbering"))
        self._notes: dict[str, dict[str, str]] = {}
        self._notes = {
            "footnoteReference": self._texts("footnotes", "Footnote"),
            "endnoteReference": self._texts("endnotes", "Endnote"),
            "commentReference": self._texts("comments", "Comment"),
        }
        self._shift = 0  # below a title, "Heading 1" is the second level
        self._in_list = False

    def _part(self, kind: str) -> "_Element | None":
        part = next(iter(self._package.related(self._main, kind)), None)
        return None if part is None else self._package.xml(part)

    def _texts(self, kind: str, label: str) -> dict[str, str]:
        """Notes by their id, as they will stand in the text."""
        found = {}
        root = self._part(kind)
        for node in () if root is None else root:
            inner = " ".join(filter(None, ("".join(self._gather(p).text).strip() for p in paragraphs(node))))
            author = value_of(node, "author")
            if inner and value_of(node, "type") not in ("separator", "continuationSeparator"):
                found[value_of(node, "id")] = f"[{label}{f' by {author}' if author else ''}: {inner}]"
        return found

    def write(self, parent: "_Element") -> None:
        for node in unwrapped(parent):
            if local(node) == "p":
                self._paragraph(node)
            elif local(node) == "tbl":
                self._table(node)

    def write_margins(self) -> None:
        for kind in ("header", "footer"):
            texts = []
            for part in sorted(self._package.related(self._main, kind)):
                root = self._package.xml(part)
                lines = ("".join(self._gather(p).text).strip() for p in paragraphs(root))
                texts.append(" ".join(" ".join(filter(None, lines)).split()))
            for text in dict.fromkeys(filter(None, texts)):
                self._draft.block(f"[{kind.title()}: {text}]")

    def _paragraph(self, node: "_Element") -> None:
        properties = next((child for child in node if local(child) == "pPr"), None)
        style = self._styles.get(value(properties, "pStyle"), Style())
        level, marker = outline_level(properties, style), self._marker(properties, style)
        content = self._gather(node)
        text = "".join(content.text)
        if text.strip():
            if style.name.lower() == "title" and not self._shift:
                self._shift = 1
                self._draft.title = " ".join(text.split())
                self._draft.heading(text, 1)
                self._in_list = False
            elif level:
                self._draft.heading(f"{marker or ''} {text}", level + self._shift)
                self._in_list = False
            else:
                self._lines(f"{marker} {text}" if marker else text, marker is not None)
        for note in content.notes:
            self._draft.line(note)
        for box in content.boxes:
            self.write(box)

    def _marker(self, properties: "_Element | None", style: Style) -> str | None:
        numbered = None
        if properties is not None:
            numbered = next((child for child in properties if local(child) == "numPr"), None)
        number_id = (value(numbered, "numId") if numbered is not None else "") or style.number_id
        depth = value(numbered, "ilvl") if numbered is not None else ""
        return self._numbering.marker(number_id, int(depth) if depth.isdigit() else style.depth) if number_id else None

    def _lines(self, text: str, listed: bool) -> None:
        for i, line in enumerate(filter(str.strip, text.split("\n"))):
            if i or (listed and self._in_list):
                self._draft.line(line)
            else:
                self._draft.block(line)
        self._in_list = listed

    def _gather(self, node: "_Element") -> _Paragraph:
        into = _Paragraph()
        for child in node:
            self._inline(child, into)
        return into

    def _inline(self, node: "_Element", into: _Paragraph) -> None:
        name = local(node)
        if name in _SKIPPED:
            return
        if name == "r":
            self._run(node, into)
            return
        into.run = ""
        if name == "t":
            into.text.append(node.text or "")
        elif name in ("f", "sSup", "rad"):
            into.text.append(equation(name, {local(part): "".join(self._gather(part).text) for part in node}))
        elif name == "sym":
            into.text.append(symbol(node))
        elif name == "ffData":
            into.text.append(form_mark(node))
        elif name in ("tab", "ptab"):
            into.text.append(" ")
        elif name in ("br", "cr"):
            into.text.append("\n" if value_of(node, "type") in ("", "textWrapping") else " ")
        elif name == "noBreakHyphen":
            into.text.append("-")
        elif name in self._notes:
            note = self._notes[name].get(value_of(node, "id"))
            into.notes += [note] if note else []
        elif name == "txbxContent":
            into.boxes.append(node)
        elif name == "sdt":
            checked = ticked(node)
            if checked is not None:
                into.text.append(MARKS[checked])
            else:
                self._children(node, into)
        elif name == "AlternateContent":
            self._inline(next((c for c in node if local(c) == "Choice"), node[0]), into)
        else:
            self._children(node, into)

    def _children(self, node: "_Element", into: _Paragraph) -> None:
        for child in node:
            self._inline(child, into)
        into.run = ""  # two links in superscript are two numbers

    def _run(self, node: "_Element", into: _Paragraph) -> None:
        properties = next((child for child in node if local(child) == "rPr"), None)
        if switched_on(properties, "vanish"):
            return  # hidden text: who opens the document doesn't see it
        high = value(properties, "vertAlign") == "superscript"
        for child in node:
            if high and local(child) in ("t", "noBreakHyphen"):
                into.run = lift(into.text, "-" if local(child) == "noBreakHyphen" else child.text or "", into.run)
            else:
                self._inline(child, into)

    def _table(self, node: "_Element") -> None:
        rows: list[list[str]] = []
        headers = 0
        notes: list[str] = []
        grid = Merges()
        for row in unwrapped(node):
            if local(row) != "tr":
                continue
            properties = next((child for child in row if local(child) == "trPr"), None)
            before = value(properties, "gridBefore")
            line = [""] * (int(before) if before.isdigit() else 0)
            for cell in unwrapped(row):
                if local(cell) == "tc":
                    grid.place(line, cell, self._cell(cell, notes))
            if headers == len(rows) and properties is not None and any(local(c) == "tblHeader" for c in properties):
                headers += 1
            # A cell across all columns is a title of what follows, and said once.
            alone = sum(local(cell) == "tc" for cell in unwrapped(row)) == 1 and len(set(line)) == 1
            rows.append(line[:1] if alone else line)
        if max(map(len, rows), default=0) == 1:
            # One column is a frame around text: its paragraphs are paragraphs.
            for cell in (cell for row in unwrapped(node) for cell in unwrapped(row) if local(cell) == "tc"):
                self.write(cell)
            return
        write_table(self._draft, rows, headers or None)
        self._in_list = False
        for note in notes:
            self._draft.line(note)

    def _cell(self, cell: "_Element", notes: list[str]) -> str:
        parts = []
        for node in paragraphs(cell):
            content = self._gather(node)
            notes += content.notes
            properties = next((child for child in node if local(child) == "pPr"), None)
            marker = self._marker(properties, self._styles.get(value(properties, "pStyle"), Style()))
            parts.append(f"{marker or ''} {''.join(content.text)}")
            parts += ["".join(self._gather(p).text) for box in content.boxes for p in paragraphs(box)]
        return " ".join(" ".join(parts).split())
