"""Looks a library over from the inside and says what is well and what is not; changes nothing, loads no encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from documents.errors import LibraryCorrupt
from index.store import Store
from index.vectors import VectorIndex, out_of_date

__all__ = ["Finding", "examine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of a sound library: whether it holds, and what to do where it does not."""

    check: str
    ok: bool
    detail: str


def examine(store: Store, folder: Path) -> list[Finding]:
    """One Finding for every property a sound library has."""
    findings = []
    for check, problems, advice in _checks(store, folder):
        detail = "; ".join(problems[:5]) + (f" … {len(problems) - 5} more" if len(problems) > 5 else "")
        findings.append(Finding(check, not problems, f"{detail}. {advice}" if problems else "well"))
    return findings


def _checks(store: Store, folder: Path) -> Iterator[tuple[str, list[str], str]]:
    restore = "Restore library.db from a copy, or move it away and add the documents again"
    try:
        yield "database file", store.check(), restore
        with store.snapshot():
            yield "stored texts and vectors", list(store.altered()), restore
            yield "passages", store.inconsistencies(), restore
            yield (
                "vector index",
                list(_vector_files(store, folder)),
                "Opening the library deletes it, the next question makes it",
            )
            left = ["words of removed documents may still be in the files"] if store.untidy else []
            yield "removed documents", left, "Opening the library while no other process uses it clears them"
    except LibraryCorrupt as error:
        yield "database file", [str(error)], restore


def _vector_files(store: Store, folder: Path) -> Iterator[str]:
    current = folder / f"vectors-{store.generation}.faiss"
    for file in out_of_date(folder, store.generation):
        yield f"{file.name} is out of date"
    if not current.is_file():
        return  # nobody has asked since the last change
    try:
        index = VectorIndex.load(current)
    except RuntimeError as error:
        yield f"{current.name} can't be read ({error})"
        return
    ids, vectors = store.vectors(store.dimension or index.dimension)
    if not (np.array_equal(index.ids, ids) and np.array_equal(index.vectors(), vectors)):
        yield f"{current.name} holds other vectors than library.db"
