"""An answer that may be missing something says so: of its own documents, or when there is no answer, of all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from library_support import document, opened

from documents.model import Problem
from index.library import Library
from index.records import Filter
from qa.answer import Answer, RetrievedPassage
from qa.chain import build_chain
from qa.notes import unread_notes

SCAN = Problem("no_text", "7 of 9 pages have no text (1-7)", "page 1-7")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "broken.txt").touch()
    with opened(tmp_path / "library") as library:
        library.add(document("/in/whole.txt", "The ferry costs three euros."))
        library.add(
            replace(document("/in/scan.txt", "The dome was built in 1877."), problems=(SCAN,)), collection="old"
        )
        sheet = replace(document("/in/sheet.txt", "A sheet."), problems=(Problem("empty_sheet", "sheet 2 is empty"),))
        library.add(sheet)
        library.add_files([tmp_path / "broken.txt"])
        yield library


def answer(library: Library, status: str, *sources: str) -> Answer:
    passages = tuple(RetrievedPassage(library.record(s).id, s, 0, 4, None, 1.0) for s in sources)
    return Answer("?", ("?",), status, "", 0.5, "extractive", passages=passages)  # type: ignore[arg-type]


def test_an_answer_tells_of_its_own_documents(library: Library) -> None:
    assert unread_notes(library, answer(library, "answered", "/in/whole.txt", "/in/sheet.txt")) == ()
    assert unread_notes(library, answer(library, "answered", "/in/whole.txt", "/in/scan.txt")) == (
        "scan.txt was not read in full (7 of 9 pages have no text (1-7)): an answer there would be missed.",
    )


def test_no_answer_tells_of_all_within_the_limits(library: Library) -> None:
    nothing = answer(library, "not_in_documents", "/in/whole.txt")
    names = [note.split()[0] for note in unread_notes(library, nothing)]
    assert names == ["scan.txt", "broken.txt"]
    assert [n.split()[0] for n in unread_notes(library, nothing, Filter(collections=("old",)))] == ["scan.txt"]
    assert [n.split()[0] for n in unread_notes(library, nothing, Filter(path="*broken*"))] == ["broken.txt"]
    assert unread_notes(library, nothing, Filter(path="/in/w*")) == ()


def test_three_lines_and_how_many_more(library: Library) -> None:
    for n in range(5):
        garbled = tuple(Problem("garbled", f"page {i} is garbled") for i in range(1, 3))
        library.add(replace(document(f"/in/{n}.txt", f"Text {n}."), problems=garbled))
    notes = unread_notes(library, answer(library, "not_in_documents"))
    assert len(notes) == 4
    assert notes[0] == "0.txt was not read in full (page 1 is garbled; 1 more): an answer there would be missed."
    assert notes[3].startswith("… and 4 more")


def test_the_chain_says_so(library: Library) -> None:
    said = build_chain(library).invoke({"question": "Who paints the moon of Jupiter?"})
    assert said.status == "not_in_documents"
    assert any(note.startswith("scan.txt") for note in said.notes)


def test_no_text_is_read_to_find_what_was_not_read(library: Library) -> None:
    plan = library.store._db.execute("EXPLAIN QUERY PLAN SELECT id, problems FROM documents WHERE problems <> '[]'")
    assert "COVERING INDEX documents_with_problems" in str(plan.fetchall())
