"""Looks a library over from the inside and says what is well and what is not; changes nothing, loads no encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.errors import LibraryError
from index.store import Store

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
    except LibraryError as error:
        yield "database file", [str(error)], restore
        return
    with store.snapshot():
        yield "stored texts", [f"text of {i[:12]} was changed" for i in store.changed_texts()], restore
        yield "passages", store.inconsistencies(), restore
        generation = store.generation
        stale = [f.name for f in folder.glob("vectors-*") if f.name != f"vectors-{generation}.faiss"]
    yield "vector index", [f"{name} is out of date" for name in stale], "It is replaced at the next question"
