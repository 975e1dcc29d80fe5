"""A filter as SQL: which documents, and which passages, it lets through. Nothing here opens a database."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from index.records import Filter

__all__ = ["chosen_documents", "conditions"]

# By subqueries on an index alone: to find the day in a document's row, all of its text would be read.
_DATED = (
    "(d.id IN (SELECT id FROM documents WHERE day BETWEEN ? AND ?)"
    " OR (d.id IN (SELECT id FROM documents WHERE day IS NULL) AND s.path IN (SELECT path FROM files"
    " WHERE date(mtime_ns / 1000000000, 'unixepoch', 'localtime') BETWEEN ? AND ?)))"
)


def conditions(where: Filter | None) -> tuple[str, list[Any]]:
    """A filter as a condition on `passages`, with its parameters; empty where it limits nothing."""
    chosen, parameters = chosen_documents(where)
    return (f"passages.document_id IN ({chosen})" if chosen else ""), parameters


def chosen_documents(where: Filter | None) -> tuple[str, list[Any]]:
    """The query for the ids of the documents a filter lets through, with its parameters; empty where it lets all."""
    where = where or Filter()
    lists = (
        ("d.id", where.documents),
        ("d.media_type", where.media_types),
        ("s.collection", where.collections),
    )
    parts: list[tuple[str, Sequence[Any]]] = [
        # As one parameter: SQLite takes so many and no more.
        (f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(values),))
        for column, values in lists
        if values is not None
    ]
    if where.path is not None:
        parts.append(("s.source GLOB ?", (where.path,)))
    if where.since is not None or where.until is not None:
        days = [(where.since or date.min).isoformat(), (where.until or date.max).isoformat()]
        parts.append((_DATED, 2 * days))
    if not parts:
        return "", []
    condition = " AND ".join(sql for sql, _ in parts)
    names = "JOIN sources s ON s.document_id = d.id " if "s." in condition else ""
    documents = f"SELECT d.id FROM documents d {names}WHERE {condition}"
    return documents, [value for _, values in parts for value in values]
