"""Follow-ups that move in time: the arithmetic by hand, over several turns, and what is left as it is."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from library_support import document, opened

from qa.answer import Turn
from qa.chain import Options, ask
from qa.shift import shifted

ASKED = "How many people died of overdoses in Canada in 2016?"


def said(*texts: str) -> list[Turn]:
    """Turns of user and agent in turn."""
    return [Turn(("user", "agent")[n % 2], text) for n, text in enumerate(texts)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("And the year before?", "2015"),
        ("What about the previous year?", "2015"),
        ("The year after?", "2017"),
        ("and the next year", "2017"),
        ("How about two years earlier?", "2014"),
        ("And 10 years later?", "2026"),
        ("And the decade before that?", "2006"),
        ("And in 2019?", "2019"),
        ("What about 1998?", "1998"),
        ("And in March 2019?", "March 2019"),
    ],
)
def test_a_year_is_counted_from_the_question_before(question: str, year: str) -> None:
    assert shifted(question, said(ASKED, "In 2016, 2,500 died.")) == ASKED.replace("2016", year)


def test_a_year_is_counted_from_the_answer_where_the_question_had_none() -> None:
    history = said("When did the most people die?", "Most died in 2016. [1] In 2009 fewer did. [2]")
    assert shifted("And the year before?", history) == "When did the most people die in 2015?"


@pytest.mark.parametrize(
    ("question", "month"), [("And the month before?", "December 2015"), ("The next month?", "February 2016")]
)
def test_months_cross_the_end_of_a_year(question: str, month: str) -> None:
    assert shifted(question, said("What was sold in January 2016?", "Fish.")) == f"What was sold in {month}?"


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        ("What was sold in June 2016?", "Fish.", "What was sold in October 2016?"),
        ("What was sold in 2016?", "Fish.", "What was sold in October 2016?"),
        ("What was sold in June?", "Fish, in 2016.", "What was sold in October 2016?"),
        ("What was sold?", "Fish, in 2016.", "What was sold in October 2016?"),
        ("What was sold in June?", "Fish.", None),
        ("What was sold in June, July and August?", "Fish, in 2016.", None),
        ("Who was Theresa May's cook?", "In 2016, Ann.", "Who was Theresa May's cook in October 2016?"),
        ("May I ask what was sold in June?", "Fish, in 2016.", "May I ask what was sold in October 2016?"),
    ],
)
@pytest.mark.parametrize("question", ["And in October?", "what about october?"])
def test_a_month_is_of_the_year_that_was_spoken_of(question: str, before: str, answer: str, after: str | None) -> None:
    assert shifted(question, said(before, answer)) == after


def test_moves_add_up_over_turns() -> None:
    history = said(ASKED, "2,500", "And the year before?", "2,000", "And the year before that?", "1,800")
    assert shifted("And the previous year?", history) == ASKED.replace("2016", "2013")


def test_since_then_names_the_year() -> None:
    history = said("Who led the police in 2016?", "Bob.")
    assert shifted("What has changed since then?", history) == "What has changed since 2016?"
    assert shifted("Who led the navy in the same year?", history) == "Who led the navy in 2016?"


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("And the year before?", ()),
        ("And the year before?", said("Who is Bob?", "A chief.")),
        ("And the month before?", said(ASKED, "2,500")),
        ("And the year before the war?", said(ASKED, "2,500")),
        ("Who signed it the year before?", said(ASKED, "2,500")),
        ("And in Ontario?", said(ASKED, "2,500")),
        ("When was he sent back?", said(ASKED, "2,500")),
        ("And the year before? " + "x" * 400, said(ASKED, "2,500")),
        ("And the year before?", said("x" * 400 + " 2016?", "2,500")),
        ("", said(ASKED, "2,500")),
    ],
)
def test_what_says_more_or_has_no_year_is_left(question: str, history: Sequence[Turn]) -> None:
    assert shifted(question, history) is None


def test_of_five_hundred_turns_the_last_count() -> None:
    history = said(*["Who else?", "Nobody."] * 249, ASKED, "2,500")
    assert shifted("And the year before?", history) == ASKED.replace("2016", "2015")


def test_the_chain_asks_of_the_year_before(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        for year, count in ((2014, 1700), (2015, 2000), (2016, 2500)):
            library.add(document(f"{year}.txt", f"In {year}, {count} people died of overdoses in Canada."))
        options = Options(reader="none", threshold=0.0)
        answer = ask(library, "And the year before?", said(ASKED, "In 2016, 2500 people died. [1]"), options)
    assert answer.searched == (ASKED.replace("2016", "2015"),)
    assert answer.question == "And the year before?"
    assert answer.citations[0].source == "2015.txt"
