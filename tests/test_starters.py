"""Questions to begin with: made of what the documents say, one of each kind and document first, none twice."""

from pathlib import Path

import pytest
from library_support import document, opened

from qa.starters import starter_questions

ANN = "Ann Miller said it rained. Ann Miller told us more. Later Bob Stone, a farmer, left. It was in May 2016."
CLEO = "Cleo Hart, the mayor, came. The World Health Board (WHB) met."


def test_an_empty_library_has_none(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        assert starter_questions(library) == []


def test_every_pattern_by_hand(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", ANN))
        library.add(document("b.txt", CLEO))
        assert set(starter_questions(library, 9)) == {
            "What did Ann Miller say?",
            "Who is Bob Stone?",
            "Who is Cleo Hart?",
            "What is the World Health Board?",
            "What happened in May 2016?",
        }


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_as_many_as_wanted_from_different_documents(tmp_path: Path, n: int) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", ANN))
        library.add(document("b.txt", CLEO))
        found = starter_questions(library, n)
        assert len(found) == len(set(found)) == n
        if n == 2:
            assert any("Ann" in q or "Bob" in q or "May" in q for q in found)
            assert any("Cleo" in q or "World" in q for q in found)


@pytest.mark.parametrize("text", ["it rained all day.", "文" * 500, "a" * 100_000, "*** !!!", "1. 2. 3."])
def test_a_library_without_names_has_none(tmp_path: Path, text: str) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", text))
        assert starter_questions(library) == []
