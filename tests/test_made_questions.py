"""Questions made from a library by rule: each is answered by its quote, and none that is meant to have no answer is."""

from pathlib import Path

import pytest

from eval.dataset import load_questions
from eval.make import init, make_questions
from eval.metrics import containment
from eval.saved import questions_file, review, saved_rows
from index.encoder import HashEncoder
from index.library import Library

TEXTS = {
    "ferry.txt": "The ferry line between Orsk and Alma was opened by the town council in 1874. In the first summer it "
    "carried 18 passengers a day, mostly farmers. Ida Lund was a captain of the ferry for many long years.",
    "mill.txt": "The old paper mill by the river was closed by its owners in 1931. In the winter of 1931 it employed "
    "240 people from the villages around. Karl Berg was a foreman of the paper mill before the fire. He liked it.",
}


@pytest.fixture
def library(tmp_path: Path):  # type: ignore[no-untyped-def]
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in TEXTS.items():
        (docs / name).write_text(text)
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as opened:
        opened.add_files([docs])
        yield opened


def test_sentences_are_asked_back(library: Library) -> None:
    made = {m.question: m for m in make_questions(library, 40)}
    assert made["The ferry line between Orsk and Alma was opened by the town council when?"].answer == "1874"
    assert made["In the winter of 1931 it employed how many people from the villages around?"].answer == "240"
    assert made["In the first summer it carried how many passengers a day?"].answer == "18"
    assert made["Who or what was a captain of the ferry for many long years?"].answer == "Ida Lund"


def test_every_answer_stands_in_its_quote_and_every_quote_in_its_document(library: Library) -> None:
    for made in make_questions(library, 40):
        if made.answer:
            assert containment(made.quote, [made.answer]) == 1.0
            assert made.quote in TEXTS[Path(made.source).name]
            assert containment(made.question, [made.answer]) == 0.0


def test_swapped_questions_say_what_no_document_says(library: Library) -> None:
    swapped = [m for m in make_questions(library, 12) if not m.answer]
    assert swapped
    for made in swapped:
        assert made.kind == "unanswerable" and not made.quote
        assert {Path(name).name for name in made.row()["made_from"]} == {"ferry.txt", "mill.txt"}
    assert "In the winter of 1874 it employed how many people from the villages around?" in {
        m.question for m in swapped
    }


def test_a_swap_that_a_passage_might_answer_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("In 1874 a storm at the harbour of Orsk killed 12 men there.")
    (tmp_path / "b.txt").write_text("In 1931 another storm at the harbour of Orsk killed 15 men.")
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        library.add_files([tmp_path / "a.txt", tmp_path / "b.txt"])
        made = {m.question: m.answer for m in make_questions(library, 8)}
    assert made["In 1874 a storm at the harbour of Orsk killed how many men there?"] == "12"
    assert "" not in made.values()


def test_the_same_seed_gives_the_same_questions(library: Library) -> None:
    assert make_questions(library, 5, seed=3) == make_questions(library, 5, seed=3)


def test_a_set_is_kept_unreviewed_and_reviews_survive(library: Library) -> None:
    first = init(library, 8)
    assert first == len(saved_rows(library.path)) > 0
    assert not any(row["reviewed"] for row in saved_rows(library.path))
    load_questions(questions_file(library.path))
    review(library.path, saved_rows(library.path)[0]["id"], {"answers": ["mine"]})
    assert init(library, 8) == 0
    assert saved_rows(library.path)[0]["answers"] == ["mine"]


def test_an_empty_library_makes_none(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        assert make_questions(library) == []
        assert init(library) == 0
