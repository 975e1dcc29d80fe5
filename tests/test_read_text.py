"""Plain text: wrapped paragraphs are joined, what has meant line breaks keeps them, headings are found with care."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.load import load_bytes
from documents.model import Document

PROSE = (
    "The committee met on Tuesday and heard three reports about the harbour. It agreed to repair the northern wall "
    "before winter, and to ask the county for a grant. Two members wished to wait for a second estimate, which the "
    "engineer expects in May. The chair thanked everyone and closed the meeting at nine."
)


def read(text: str, name: str = "notes.txt") -> Document:
    return load_bytes(text.encode(), name)[0]


def headings(document: Document) -> list[tuple[str, ...]]:
    return [section.path for section in document.sections if section.path]


@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_paragraphs_wrapped_by_an_editor_are_joined(width: int) -> None:
    text = "\n\n".join(textwrap.fill(PROSE, width) for _ in range(3))
    assert read(text).text == "\n\n".join([PROSE] * 3)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PROSE.split()), min_size=30, max_size=200), st.integers(50, 100))
def test_wrapping_is_undone_whatever_the_words(words: list[str], width: int) -> None:
    paragraph = " ".join(words).replace(".", "")
    text = "\n\n".join([textwrap.fill(paragraph, width)] * 3)
    assert read(text).text == "\n\n".join([paragraph] * 3)


def test_a_word_hyphenated_at_the_break_keeps_its_hyphen() -> None:
    wrapped = textwrap.fill(PROSE.replace("three reports", "well-founded reports"), 70, break_on_hyphens=True)
    assert "well- founded" not in read(wrapped + "\n\n" + wrapped).text


def test_verse_addresses_and_lists_keep_their_lines() -> None:
    verse = "How doth the little busy bee\nImprove each shining hour\nAnd gather honey all the day\nFrom every flower"
    address = "John Smith\n12 High Street\nLondon"
    items = "1. Bread\n2. Milk that is\n   fresh\n- Butter\n* Oats"
    text = f"{textwrap.fill(PROSE, 72)}\n\n{verse}\n\n{address}\n\n{items}\n\n{textwrap.fill(PROSE, 72)}"
    blocks = read(text).text.split("\n\n")
    assert blocks == [PROSE, verse, address, "1. Bread\n2. Milk that is fresh\nButter\nOats", PROSE]


def test_paragraphs_on_lines_of_their_own() -> None:
    assert read(f"{PROSE}\n{PROSE}").text == f"{PROSE}\n\n{PROSE}"


def test_headings_that_stand_out() -> None:
    document = read(f"Harbour report\n\n{PROSE}\n\nRepairs\n\n{PROSE}\n\n2.1 Costs of the wall\n\n{PROSE}\n")
    assert document.title == "Harbour report"
    assert headings(document) == [
        ("Harbour report",),
        ("Harbour report", "Repairs"),
        ("Harbour report", "Repairs", "2.1 Costs of the wall"),
    ]


def test_marked_headings() -> None:
    document = read(
        f"Report\n======\n\n{PROSE}\n\nParts\n-----\n{PROSE}\n\n== Costs ==\n{PROSE}\n\n = = = Wall = = =\n{PROSE}"
    )
    assert headings(document) == [
        ("Report",),
        ("Report", "Parts"),
        ("Report", "Costs"),
        ("Report", "Costs", "Wall"),
    ]
    assert "=" not in document.text


def test_chapters() -> None:
    document = read(f"CHAPTER I.\nDown the Hole\n\n{PROSE}\n\nCHAPTER II.\n\n{PROSE}\n")
    assert headings(document) == [("CHAPTER I. Down the Hole",), ("CHAPTER II.",)]


@pytest.mark.parametrize(
    "line",
    [
        "They said it would rain.",
        "Article 5 applies to harbours.",
        "Is this the end?",
        "click to play the film",
        "Click to play video: 'Sources speak'",
        "WATCH ABOVE: A report about the harbour",
        "Published Sunday, Jun. 18, 2017 7:19PM EDT",
        "“A quote by itself”",
        "- a list item",
        "see https://example.org/page",
        "12 + 14 = 26 %",
        "The harbour wall, which was built in the year of the great storm and never mended since, is old and weak",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    document = read(f"{PROSE}\n\n{line}\n\n{PROSE}")
    assert headings(document) == []


def test_a_short_line_before_nothing_like_prose_is_no_heading() -> None:
    assert headings(read(f"{PROSE}\n\nOttawa, Canada\n\nThe Globe")) == []


def test_the_five_real_documents(shared) -> None:
    from documents.load import load

    titles = [load(path)[0].title for path in sorted((shared / "corpus").glob("*.txt"))]
    assert titles == [
        "000_08797a5c4e323728",
        "001_a99eeebe80ac4235",
        "Chinese government to work with Canada on stopping flow of fentanyl",
        "China won’t stop flood of fentanyl into Canada, sources say",
        "Fifth Law Enforcement Roundtable on Drugs",
    ]
