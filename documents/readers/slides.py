"""PPTX: a place for each slide, its title as heading; text, tables, charts, speaker notes and comments."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.readers.numerals import lift
from documents.readers.ooxml import Package
from documents.readers.table import write_table
from documents.readers.xml_tree import local

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_slides"]


def read_slides(data: bytes, name: str, draft: Draft) -> None:
    """Reads the slides in the order they are shown, hidden ones too; raises UnreadableFile, LimitExceeded."""
    package = Package(data, name)
    package.properties(draft)
    main = package.main("ppt/presentation.xml")
    relations = package.relations(main)
    authors = _authors(package, main)
    slides = (node for node in package.xml(main).iter() if local(node) == "sldId")
    parts = [relations.get(_attribute(node, "id", qualified=True), ("", ""))[1] for node in slides]
    for number, part in enumerate(parts, start=1):
        if part in package.parts:
            with draft.place("slide", number):
                _Slide(package, part, draft).write(number, authors)


class _Slide:
    def __init__(self, package: Package, part: str, draft: Draft) -> None:
        self._package, self._part, self._draft = package, part, draft
        self._relations = package.relations(part)

    def write(self, number: int, authors: dict[str, str]) -> None:
        shapes = list(_shapes(self._package.xml(self._part)))
        titles = [shape for shape in shapes if _placeholder(shape) in ("title", "ctrTitle")]
        for title in titles[:1]:
            self._draft.heading(" ".join(_paragraphs(title)), 1 if number == 1 else 2)
        for shape in shapes:
            if shape in titles[:1] or _placeholder(shape) in ("sldNum", "dt", "ftr", "hdr"):
                continue
            if local(shape) == "graphicFrame":
                self._frame(shape)
            else:
                self._lines(_paragraphs(shape))
        self._notes()
        self._comments(authors)

    def _lines(self, texts: Iterator[str]) -> None:
        write = self._draft.block
        for text in texts:
            for line in text.split("\n"):
                if write(line):
                    write = self._draft.line

    def _frame(self, frame: "_Element") -> None:
        for node in frame.iter():
            kind = local(node)
            if kind == "tbl":
                _table(node, self._draft)
            elif kind in ("chart", "relIds"):
                link = _attribute(node, "id" if kind == "chart" else "dm", qualified=True)
                part = self._relations.get(link, ("", ""))[1]
                if part in self._package.parts:
                    root = self._package.xml(part)
                    if kind == "chart":
                        _chart(root, self._draft)
                    else:
                        self._lines(_paragraphs(root))

    def _notes(self) -> None:
        for part in self._package.related(self._part, "notesSlide"):
            bodies = (shape for shape in _shapes(self._package.xml(part)) if _placeholder(shape) == "body")
            text = " ".join(text for body in bodies for text in _paragraphs(body))
            if text.strip():
                self._draft.block(f"[Notes: {text}]")

    def _comments(self, authors: dict[str, str]) -> None:
        for part in self._package.related(self._part, "comments"):
            for node in self._package.xml(part).iter():
                if local(node) in ("cm", "reply"):
                    author = authors.get(_attribute(node, "authorId"), "unknown")
                    time = _attribute(node, "dt") or _attribute(node, "created")
                    plain = (child.text or "" for child in node if local(child) == "text")
                    rich = (text for child in node if local(child) == "txBody" for text in _paragraphs(child))
                    text = " ".join((*plain, *rich)).strip()
                    if text:
                        self._draft.block(f"[Comment, author: {author}, time: {time}: {text}]")


def _authors(package: Package, main: str) -> dict[str, str]:
    """Who commented, by id, as "Name (Initials)"."""
    found = {}
    for kind in ("commentAuthors", "authors"):
        for part in package.related(main, kind):
            for node in package.xml(part):
                name, initials = _attribute(node, "name"), _attribute(node, "initials")
                found[_attribute(node, "id")] = f"{name} ({initials})" if initials else name
    return found


def _attribute(node: "_Element", name: str, *, qualified: bool = False) -> str:
    """An attribute by its local name; `qualified` asks for one in a namespace (r:id rather than id)."""
    found = (text for key, text in node.attrib.items() if key.rpartition("}")[2] == name and ("}" in key) == qualified)
    return next(found, "")


def _shapes(root: "_Element") -> Iterator["_Element"]:
    """Shapes and frames in drawing order, those in groups too."""
    for node in root:
        kind = local(node)
        if kind in ("sp", "graphicFrame"):
            yield node
        elif kind in ("cSld", "spTree", "grpSp"):
            yield from _shapes(node)
        elif kind == "AlternateContent":
            yield from _shapes(next((child for child in node if local(child) == "Choice"), node))


def _placeholder(shape: "_Element") -> str:
    """The kind of placeholder ("title", "body", …), "" for a plain shape."""
    node = next((child for child in shape.iter() if local(child) == "ph"), None)
    return "" if node is None else _attribute(node, "type") or "body"


def _paragraphs(root: "_Element") -> Iterator[str]:
    """The text of every DrawingML paragraph below an element; line breaks as \\n."""
    for node in root.iter():
        if local(node) == "p" and "drawingml" in node.tag:
            parts, run = list[str](), ""
            for inner in node.iter():
                if local(inner) == "t" and _is_raised(inner):
                    run = lift(parts, inner.text or "", run)
                elif local(inner) in ("t", "br"):
                    parts.append("\n" if local(inner) == "br" else inner.text or "")
                    run = ""
            text = "".join(parts).replace("\v", "\n").strip()
            if text:
                yield text


def _is_raised(text: "_Element") -> bool:
    """Whether a run's text is set as superscript."""
    run = text.getparent()
    properties = next((node for node in run if local(node) == "rPr"), None) if run is not None else None
    return properties is not None and re.fullmatch(r"[1-9]\d*%?", properties.get("baseline", "")) is not None


def _table(table: "_Element", draft: Draft) -> None:
    rows: list[list[str]] = []
    for row in (node for node in table if local(node) == "tr"):
        line: list[str] = []
        for cell in (node for node in row if local(node) == "tc"):
            merged = _attribute(cell, "hMerge") in ("1", "true"), _attribute(cell, "vMerge") in ("1", "true")
            text = " ".join(_paragraphs(cell))
            if merged[0] and line:
                text = line[-1]
            elif merged[1] and rows and len(line) < len(rows[-1]):
                text = rows[-1][len(line)]
            line.append(text)
        rows.append(line)
    style = next((node for node in table if local(node) == "tblPr"), None)
    marked = style is not None and _attribute(style, "firstRow") in ("1", "true") and len(rows) > 1
    write_table(draft, rows, 1 if marked else None)


def _chart(root: "_Element", draft: Draft) -> None:
    """A chart as a table: a line a category, with the value of each series."""
    title = next((node for node in root.iter() if local(node) == "title"), None)
    names, columns = [""], []
    categories: list[str] = []
    for series in (node for node in root.iter() if local(node) == "ser"):
        fields = {local(child): _values(child) for child in series}
        names.append(" ".join(fields.get("tx", [])))
        categories = categories or fields.get("cat") or fields.get("xVal") or []
        columns.append(fields.get("val") or fields.get("yVal") or [])
    size = max((len(column) for column in columns), default=0)
    rows = [
        [categories[i] if i < len(categories) else str(i + 1), *(c[i] if i < len(c) else "" for c in columns)]
        for i in range(size)
    ]
    caption = "" if title is None else " ".join(_paragraphs(title))
    write_table(draft, [names, *rows] if rows else [], 1, caption)


def _values(node: "_Element") -> list[str]:
    return [(inner.text or "").strip() for inner in node.iter() if local(inner) == "v"]
