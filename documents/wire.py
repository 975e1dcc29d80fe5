"""Documents as JSON, to cross from one process to another: a worker that a bad file took over must not send code."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from documents.model import Document, PageLayout, Place, Problem, Section, WordBox

__all__ = ["from_json", "to_json"]

_PLAIN = ("id", "source", "title", "media_type", "text", "size", "author", "language", "extra")
_ROWS: dict[str, type] = {"sections": Section, "places": Place, "problems": Problem}
_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Section, Place, Problem, WordBox)
}


def to_json(documents: Sequence[Document]) -> str:
    """Documents as one line of JSON."""
    return json.dumps([_packed(document) for document in documents], separators=(",", ":"))


def from_json(parsed: Any) -> list[Document]:
    """The documents again, from parsed JSON; raises ValueError, TypeError or KeyError for anything else."""
    return [_unpacked(packed) for packed in parsed]


def _packed(document: Document) -> dict[str, Any]:
    packed: dict[str, Any] = {name: getattr(document, name) for name in _PLAIN}
    for name, kind in _ROWS.items():
        packed[name] = [[getattr(row, field) for field in _NAMES[kind]] for row in getattr(document, name)]
    packed["layout"] = [
        [
            page.number,
            page.width,
            page.height,
            [[getattr(word, name) for name in _NAMES[WordBox]] for word in page.words],
        ]
        for page in document.layout
    ]
    for name in ("created", "modified"):
        date = getattr(document, name)
        packed[name] = date and date.isoformat()
    return packed


def _unpacked(packed: dict[str, Any]) -> Document:
    values: dict[str, Any] = {name: packed[name] for name in _PLAIN}
    values["sections"] = tuple(Section(start, body, end, tuple(path)) for start, body, end, path in packed["sections"])
    values["places"] = tuple(Place(*row) for row in packed["places"])
    values["problems"] = tuple(Problem(*row) for row in packed["problems"])
    values["layout"] = tuple(
        PageLayout(number, width, height, tuple(WordBox(*word) for word in words))
        for number, width, height, words in packed["layout"]
    )
    for name in ("created", "modified"):
        values[name] = datetime.fromisoformat(packed[name]) if packed[name] else None
    return Document(**values)
