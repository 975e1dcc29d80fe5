"""What a follow-up searches for: the question alone counts most, and the last turns come along without footnotes."""

import pytest

from qa import prompts
from qa.answer import Turn
from qa.followup import (
    CONTEXT_WEIGHT,
    LEANING_WEIGHT,
    LONGEST_CONTEXT,
    LONGEST_SEARCHED,
    context,
    is_only_short,
    leans,
    plan,
    subject,
)

USER = Turn("user", "Who signed the agreement?")
AGENT = Turn("agent", "Bob Paulson did. [1] [2]")


def test_a_first_question_is_searched_alone() -> None:
    assert plan("Who signed?", ()) == [("Who signed?", 1.0)]
    assert context("And when?", ()) == ""


def test_the_last_turns_come_along() -> None:
    whole = "Which ferries sail to Rotterdam?"
    assert plan(whole, (Turn("user", "Earlier?"), USER, AGENT)) == [
        (whole, 1.0),
        (f"Who signed the agreement? {whole}", 0.2),
        (f"Bob Paulson did. {whole}", 0.2),
    ]
    assert context("And when?", (USER, AGENT)) == "Who signed the agreement?"


@pytest.mark.parametrize("said", [*prompts.REFUSALS, f"None of 9 documents contain “ferry”. {prompts.CLOSEST}"])
def test_a_refusal_is_nothing_to_search_with(said: str) -> None:
    refused = (USER, Turn("agent", said))
    assert [text for text, _ in plan("And when?", refused)] == ["And when?", "Who signed the agreement? And when?"]


def test_a_question_that_says_nothing_brings_the_one_it_rests_on() -> None:
    said = (USER, AGENT, Turn("user", "Where?"), Turn("agent", "In Rotterdam. [1]"))
    assert context("And by whom?", said) == "Who signed the agreement? Where?"
    assert plan("And by whom?", said)[1] == ("Who signed the agreement? Where? And by whom?", 0.4)
    whys = (USER, *[Turn("user", text) for text in ("Why?", "When?", "And how?")])
    assert context("So?", whys) == "Why? When? And how?"  # three at most
    assert context("And then?", (USER, Turn("user", "When did he leave?"))) == "When did he leave?"


def test_a_question_that_is_asked_again_is_searched_once() -> None:
    again = (Turn("user", "When did it open?"), AGENT)
    assert [text for text, _ in plan("When did it open?", again)] == [
        "When did it open?",
        "Bob Paulson did. When did it open?",
    ]
    assert context("When did it open?", again) == ""


@pytest.mark.parametrize("question", ["When?", "And the year before?", "When did he sign the second agreement?"])
def test_a_question_that_leans_is_searched_more_with_what_it_leans_on(question: str) -> None:
    assert [weight for _, weight in plan(question, (USER, AGENT))] == [1.0, 0.4, 0.4]


def test_one_turn_has_the_whole_weight_of_the_conversation() -> None:
    assert plan("When?", (USER,)) == [("When?", 1.0), ("Who signed the agreement? When?", LEANING_WEIGHT)]
    assert plan("When?", (AGENT,)) == [("When?", 1.0), ("Bob Paulson did. When?", LEANING_WEIGHT)]
    whole = "Which ferries sail to Rotterdam?"
    assert plan(whole, (AGENT,))[1][1] == CONTEXT_WEIGHT


@pytest.mark.parametrize("text", ["", "   ", "\n\x00\u200b", "[1] [2]"])
def test_a_turn_that_says_nothing_is_not_searched(text: str) -> None:
    assert plan("When?", (Turn("user", text), Turn("agent", text))) == [("When?", 1.0)]


def test_turns_are_cut_and_cleaned() -> None:
    (_, (text, _)) = plan("When?", (Turn("agent", "a\ud800b\x07\n" + "c" * 10_000),))
    assert text.startswith("a\ufffdb ccc")
    assert len(text) <= LONGEST_CONTEXT + len(" When?")


def test_a_very_long_question_is_searched_by_its_two_ends() -> None:
    exactly = "a" * LONGEST_SEARCHED
    assert plan(exactly, ()) == [(exactly, 1.0)]
    texts = [text for text, _ in plan("Before all: " + "x" * 19_000 + " and who signed?", (USER, AGENT))]
    assert all("Before all: x" in text and text.endswith("x and who signed?") for text in texts)
    assert max(map(len, texts)) <= LONGEST_SEARCHED + LONGEST_CONTEXT + len(" …  ")


def test_only_the_last_of_five_hundred_turns_counts() -> None:
    turns = tuple(Turn(("user", "agent")[n % 2], f"turn {n}") for n in range(500))
    assert [text for text, _ in plan("When?", turns)] == ["When?", "turn 498 When?", "turn 499 When?"]


def test_a_short_question_may_stand_by_itself() -> None:
    for question in ("Who is Scott Doran?", "What is the name of the movie?", "What is zinc?", "Who was Lai?"):
        assert is_only_short(question), question
    for question in (
        "What is the reason?",
        "Who was paid?",
        "What is it?",
        "Why?",
        "And Scott Doran?",
        "Who is he, Scott Doran?",
        "When was the trade agreement signed?",
        "By whom?",
        "When was that?",  # of words that answer nothing
    ):
        assert not is_only_short(question), question


def test_only_a_question_that_leans_is_judged_with_the_one_before() -> None:
    for question in (
        "And the year before?",
        "When was he sent back?",
        "Why?",
        "What about Ontario?",
        "When was that?",
        "By whom?",
    ):
        assert leans(question), question
    for question in ("Who is the Health Minister of British Columbia?", "What did Oregon's Measure 110 decriminalise?"):
        assert not leans(question), question
        assert context(question, (USER, AGENT)) == ""


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What about Brazil?", ["Brazil"]),
        ("and what about the lamps?", ["lamps"]),
        ("Did he go to Brazil in 1998?", ["Brazil", "1998"]),
        ("What about that?", []),
        ("And what if I'm late?", []),
        ("How Much Did It Cost?", []),  # a title's capitals are no names'
        ("Who signed it?", []),
        ("And what did it carry, in English?", []),
        ("And how much in USD, OK?", []),
    ],
)
def test_what_a_follow_up_names(question: str, names: list[str]) -> None:
    assert subject(question) == names
