"""The sentences of an answer: joined where they touch, led by what they lean on, said once, never overlapping."""

from itertools import pairwise

import pytest
from answer_support import evidence, hit
from hypothesis import given
from hypothesis import strategies as st

from qa.extract import LEAST_SHARE, choose

FIVE = hit("Ann signed.", "Bob left.", "Cleo came.", "Dan sang.", "Eve slept.", start=100)
LEANING = hit("Ann signed.", "She left.", "It rained.", "They sang.", "He slept.", start=7)


def test_the_best_comes_first_and_stands_at_its_span() -> None:
    quotes = choose([evidence(FIVE, 3), evidence(FIVE, 0)], 3)
    assert [q.text for q in quotes] == ["Dan sang.", "Ann signed."]
    assert (quotes[0].start, quotes[0].end) == (133, 142)  # 100 + 11 + 1 + 9 + 1 + 10 + 1


def test_neighbours_are_quoted_together_in_the_order_of_the_text() -> None:
    (quote,) = choose([evidence(FIVE, 2), evidence(FIVE, 1)], 3)
    assert quote.text == "Bob left. Cleo came."
    assert [e.index for e in quote.evidence] == [2, 1]  # best first


def test_a_sentence_between_two_quotes_joins_both() -> None:
    (quote,) = choose([evidence(FIVE, 0), evidence(FIVE, 2), evidence(FIVE, 1)], 3)
    assert quote.text == "Ann signed. Bob left. Cleo came."


def test_a_leaning_sentence_between_two_quotes_is_said_once() -> None:
    mixed = hit("Ann signed.", "Bob left.", "He came.", "Dan sang.")
    (quote,) = choose([evidence(mixed, 3), evidence(mixed, 1), evidence(mixed, 2)], 3)
    assert quote.text == "Bob left. He came. Dan sang."


@pytest.mark.parametrize("opening", ["She", "“It", "This", "However, Bob", "The latter", "- He", "These"])
def test_a_sentence_that_leans_brings_the_one_before(opening: str) -> None:
    leaning = hit("Ann signed.", f"{opening} left.")
    assert choose([evidence(leaning, 1)], 1)[0].text == f"Ann signed. {opening} left."


@pytest.mark.parametrize("opening", ["Sheila", "Item", "Thistle", "Hermann", "Butter", "The matter"])
def test_a_word_that_begins_like_a_pronoun_does_not_lean(opening: str) -> None:
    standing = hit("Ann signed.", f"{opening} left.")
    assert choose([evidence(standing, 1)], 1)[0].text == f"{opening} left."


def test_nothing_is_before_the_first_sentence_of_a_passage() -> None:
    first, second = hit("Ann signed."), hit("She left.", passage=2, start=12)
    assert [q.text for q in choose([evidence(second, 0), evidence(first, 0)], 3)] == ["She left.", "Ann signed."]


def test_two_passages_are_never_joined() -> None:
    other = hit("Ann signed.", passage=2, document="b")
    assert len(choose([evidence(FIVE, 0), evidence(hit("Bob sat.", passage=3, start=112), 0)], 3)) == 2
    assert len(choose([evidence(FIVE, 1), evidence(other, 0)], 3)) == 2


def test_the_same_words_elsewhere_are_cited_once_a_document() -> None:
    b = hit("ann signed", "Ann signed.", document="b", passage=2)
    again = hit("Ann  signed.", document="a", passage=3, start=900)
    (quote,) = choose([evidence(FIVE, 0), evidence(b, 0), evidence(b, 1), evidence(again, 0)], 3)
    assert quote.text == "Ann signed."
    assert [(c.hit.document_id, c.index) for c in quote.copies] == [("b", 0)]


def test_a_sentence_repeated_in_one_document_is_said_once() -> None:
    page = hit("All rights are reserved.", passage=2, start=500)
    assert len(choose([evidence(hit("All rights are reserved."), 0), evidence(page, 0)], 3)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It cost $5.", "It cost £5."),
        ("It was -5 degrees.", "It was 5 degrees."),
        ("It rose 1.5 times.", "It rose 15 times."),
        ("It is 10² metres.", "It is 102 metres."),
        ("Ann signed.", "Anne signed."),
        ("***", "!!!"),
    ],
)
def test_nearly_the_same_is_another_sentence(one: str, other: str) -> None:
    quotes = choose([evidence(hit(one), 0), evidence(hit(other, document="b", passage=2), 0)], 3)
    assert [q.text for q in quotes] == [one, other]
    assert [q.copies for q in quotes] == [(), ()]


def test_only_sentences_with_a_share_follow_the_first() -> None:
    ranked = [evidence(FIVE, 0, share=0.0), evidence(FIVE, 2, LEAST_SHARE), evidence(FIVE, 4, LEAST_SHARE / 2)]
    assert [q.text for q in choose(ranked, 3)] == ["Ann signed.", "Cleo came."]
    assert choose(ranked, 1)[0].text == "Ann signed."
    assert choose(ranked, 0) == choose([], 3) == []


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), unique=True, max_size=10), st.integers(0, 10))
def test_quotes_never_overlap_nor_touch(order: list[tuple[bool, int]], most: int) -> None:
    """Whatever the order: every chosen sentence is quoted, and no character twice."""
    passages = (LEANING, hit("One.", "Two.", "It three.", "Four.", "So five.", document="b", passage=2))
    ranked = [evidence(passages[which], i) for which, i in order]
    quotes = choose(ranked, most)
    chosen = ranked[:most]
    assert sorted((e.hit.document_id, e.index) for q in quotes for e in q.evidence) == sorted(
        (e.hit.document_id, e.index) for e in chosen
    )
    for passage in passages:
        spans = sorted((q.start, q.end) for q in quotes if q.evidence[0].hit is passage)
        assert all(end + 1 < start for (_, end), (start, _) in pairwise(spans))
        for quote in (q for q in quotes if q.evidence[0].hit is passage):
            assert all(quote.start <= e.start and e.end <= quote.end for e in quote.evidence)
