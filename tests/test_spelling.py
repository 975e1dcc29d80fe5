"""Misspelt words of a question are read as words of the passages, and said to be; nothing else is touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_support import document, opened

from index.library import Library
from qa import prompts
from qa.chain import Options, ask
from qa.spelling import respelt, slips

TEXT = (
    "The harbour commissioner opened the lighthouse in Drumlochty. Carfentanil was intercepted by the commissioner. "
    "The quartermaster kept the quarterdeck clean. Wardens and gardens are many."
)
PLAIN = Options(reader="none", threshold=0.0)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("spelling")) as library:
        library.add(document("harbour.md", TEXT))
        yield library


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        ("harbour", "harbour", 0),
        ("harbour", "harbur", 1),  # left out
        ("harbour", "harrbour", 1),  # added
        ("harbour", "harbeur", 1),  # changed, for what sounds alike
        ("harbour", "hsrbour", 1),  # or lies beside it
        ("harbour", "harkour", 2),  # or neither
        ("harbour", "habrour", 1),  # swapped
        ("harbour", "habruor", 2),
        ("ca", "abc", 3),  # no letter is touched twice: two in Damerau's own
        ("kitten", "sitting", 4),
        ("", "abc", 3),
    ],
)
def test_slips_are_counted(a: str, b: str, count: int) -> None:
    assert slips(a, b, 5) == count


WORD = st.text("abc", max_size=7)


@given(WORD, WORD, st.integers(0, 3))
def test_slips_are_a_distance_up_to_the_most(a: str, b: str, most: int) -> None:
    whole = slips(a, b, 20)
    assert slips(a, b, most) == min(whole, most + 1)
    assert slips(b, a, 20) == whole
    assert (whole == 0) == (a == b)
    assert abs(len(a) - len(b)) <= whole <= len(a) + len(b)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Who opened the lighhtouse?", {"lighhtouse": "lighthouse"}),
        ("Where is Drumlocty?", {"Drumlocty": "Drumlochty"}),
        ("Was carfentanyl intercepted?", {"carfentanyl": "Carfentanil"}),
        ("What did the comissoner open?", {"comissoner": "commissioner"}),  # two slips in a long word
        ("Who opened the lighthouse?", {}),
        ("Who painted the harbour?", {}),  # missing, but a word
        ("Is it in Portugal?", {}),
        ("Who opned it?", {"opned": "opened"}),
        ("Who is Xardens?", {}),  # a slip in the first letter is rare, another word isn't
        ("Who were the quarterdecker?", {}),  # another form of a word that is there
        ("Is it Opne?", {}),  # too short
    ],
)
def test_what_is_misspelt_is_read_as_a_word_of_the_passages(
    library: Library, question: str, read: dict[str, str]
) -> None:
    assert respelt(question, library.search("harbour lighthouse carfentanil").hits, library) == read


def test_a_word_that_no_passage_found_has_is_looked_for_in_the_library(library: Library) -> None:
    assert respelt("What is Drumlocty, what is an intrcepted lanp?", (), library) == {
        "Drumlocty": "Drumlochty",
        "intrcepted": "intercepted",
    }
    assert respelt("Where is Durmlochty?", (), library) == {}  # a slip in the first two letters
    assert respelt("Where is Drumlcty?", (), library) == {}  # two slips


OTHERS = (
    "The related selling of overdoses was rejected over an agreement. Both leaders were concerned by the beneficial "
    "action, and the import of record detection came first. A minister met the government."
)


@pytest.mark.parametrize(
    "word",
    [
        *("restated", "overrated", "reheated", "reworded", "unequal", "overdone", "misled"),  # put before a word
        *("beneficiary", "lenders", "casemate", "overdosage"),  # put behind one
        *("smelting", "concurring", "deduction", "imparted", "botched"),  # letters unlike in sound and place
        *("ministerio", "ministère"),  # of another language
    ],
)
def test_a_word_that_is_only_missing_is_left(tmp_path: Path, word: str) -> None:
    with opened(tmp_path / "library") as library:
        library.add(document("others.txt", OTHERS))
        assert respelt(f"What is {word}?", library.search("agreement").hits, library) == {}


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("agreemnet", "agreement"),
        ("goverment", "government"),
        ("overdsoes", "overdoses"),
        ("rejeced", "rejected"),
        ("selljng", "selling"),
    ],
)
def test_slips_of_such_words_are_read_as_they_were_meant(tmp_path: Path, slip: str, word: str) -> None:
    with opened(tmp_path / "library") as library:
        library.add(document("others.txt", OTHERS))
        assert respelt(f"What is {slip}?", library.search("agreement").hits, library) == {slip: word}


def test_the_answer_says_how_it_was_read(library: Library) -> None:
    wrong, right = "Who opned the lighhtouse in Drumlocty?", "Who opened the lighthouse in Drumlochty?"
    answer, wanted = ask(library, wrong, options=PLAIN), ask(library, right, options=PLAIN)
    assert answer.question == wrong
    assert answer.searched == (right,)
    assert answer.citations == wanted.citations
    assert prompts.RESPELT.format(word="lighhtouse", read="lighthouse") in answer.notes
    assert len(answer.notes) == len(wanted.notes) + 3  # and nothing is said to be missing in what is quoted
    assert answer.confidence == wanted.confidence


def test_a_name_is_read_as_a_name_only(library: Library) -> None:
    hits = library.search("harbour wardens").hits
    assert respelt("Who was Opned?", hits, library) == {}
    assert respelt("who was opned?", hits, library) == {"opned": "opened"}
    assert respelt("Where is Gardans?", hits, library) == {}


def test_other_forms_of_known_words_and_words_of_titles_are_left(tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(tmp_path_factory.mktemp("titles")) as library:
        library.add(document("a.md", "# Harbarex\n\nThe ministers saw a bounce in the harbarez."))
        hits = library.search("ministers").hits
        assert respelt("Is it bounding?", hits, library) == {}
        assert respelt("Who is harbarex?", hits, library) == {}


def test_letters_that_fold_to_nothing_are_left(library: Library) -> None:
    assert respelt("Is it ͺͺͺͺͺ or \ufe76\ufe76\ufe76\ufe76\ufe76?", (), library) == {}
