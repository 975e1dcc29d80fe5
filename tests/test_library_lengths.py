"""What is stored has another length or shape than it should: damage, told as such by whatever reads it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from library_support import document, opened, prose, unwell

import index.database
from documents.errors import LibraryBusy, LibraryCorrupt
from index.library import Library

DAMAGE = {
    "vector": "UPDATE passages SET vector = x'0000' WHERE id = 1",
    "odd vector": "UPDATE passages SET vector = x'00' WHERE id = 1",
    "longer vector": "UPDATE passages SET vector = vector || vector WHERE id = 1",
    "spans": "UPDATE passages SET sentence_spans = x'00000000' WHERE id = 1",
    "problems": """UPDATE documents SET problems = '[{"kine": "other"}]'""",
    "meta": """UPDATE documents SET meta = '{"autor": "A", "extra": {}}'""",
    "date": """UPDATE documents SET meta = '{"created": "2024-41-01", "extra": {}}'""",
}
READS: dict[str, Callable[[Library], object]] = {
    "search": lambda library: library.search("amber"),
    "records": lambda library: library.documents(),
    "document": lambda library: [library.document(i) for (i,) in library.store._db.execute("SELECT id FROM documents")],
}


@pytest.mark.parametrize(("damage", "read"), [
    *((damage, "search") for damage in ("vector", "odd vector", "longer vector", "spans")),
    ("problems", "records"), ("problems", "document"), ("meta", "document"), ("date", "document"),
])  # fmt: skip
def test_damage_is_told(tmp_path: Path, damage: str, read: str) -> None:
    with opened(tmp_path) as library:
        for n in range(2):
            library.add(document(f"{n}.txt", prose(n)))
        library.search("amber")  # which keeps vectors beside the database
    with sqlite3.connect(tmp_path / "library.db") as db:
        db.execute(DAMAGE[damage])
    with opened(tmp_path) as library:
        with pytest.raises(LibraryCorrupt, match=r"library\.db is damaged"):
            READS[read](library)
        assert unwell(library) != []


def test_a_library_in_use_is_not_said_to_be_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.database, "BUSY_SECONDS", 0.1)
    with opened(tmp_path) as library:
        library.add(document("a.txt", "Amber is a resin."))
        other = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryBusy):
            library.doctor()
        other.close()
        assert unwell(library) == []


def test_one_record_is_found_without_reading_every_text(tmp_path: Path) -> None:
    """SQLite's own count of its steps for one document of many, as for one of few."""

    def steps(n: int) -> int:
        with opened(tmp_path / str(n)) as library:
            library.add(document("a.txt", "Amber is a resin."))
            with library.store.transaction():
                for i in range(n):
                    fields = (f"{i:064d}", "t", "text/plain", "x", "", "", "", "[]", "{}", 1, "2026-01-01", None)
                    library.store._db.execute(f"INSERT INTO documents VALUES ({','.join('?' * 12)})", fields)
                    library.store._db.execute("INSERT INTO sources VALUES (?, ?, NULL, '')", (f"s{i}", f"{i:064d}"))
            made = 0

            def step() -> None:
                nonlocal made
                made += 1

            library.store._db.set_progress_handler(step, 1)
            library.record("a.txt")
            library.state  # noqa: B018 - read for its cost
            library.store._db.set_progress_handler(None, 0)
            return made

    assert steps(2_000) < 1.2 * steps(20)
