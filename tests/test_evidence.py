"""What describes a sentence as evidence, by hand, and that any question gets a probability."""

import math

import pytest
from answer_support import hit
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evidence import CONFIDENCE_FEATURES, SENTENCE_FEATURES, covered, hit_terms, judge, sentence_features, threshold

RARITY = {"bridg": 2.0, "open": 1.0, "mayor": 3.0}
BRIDGE = hit("The bridge was opened in 1932.", "The mayor came.", "It rained.")


def column(name: str, question: str = "When was the bridge opened by the mayor?") -> list[float]:
    features = sentence_features(question, [BRIDGE], hit_terms([BRIDGE]), RARITY)
    return [round(float(x), 4) for x in features[:, SENTENCE_FEATURES.index(name)]]


def test_covered_by_hand() -> None:
    # bridge 2 + opened 1 of 2 + 1 + 3; mayor 3 of 6; none; and with the neighbours: all, all, mayor
    assert column("covered") == [0.5, 0.5, 0.0]
    assert column("covered_near") == [1.0, 1.0, 0.5]
    assert covered(["bridg", "bridg", "open"], {"open"}, RARITY) == pytest.approx(1 / 3)  # a term counts once
    assert covered([], {"open"}, RARITY) == covered(["unknown"], {"unknown"}, RARITY) == 0.0


def test_neighbouring_terms_that_stand_together() -> None:
    # bridge-open is close in the first sentence, open-mayor in none
    assert column("together") == [0.5, 0.0, 0.0]
    assert column("together", "bridge?") == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was it opened?", [1.0, 0.0, 0.0]),
        ("How many came?", [1.0, 0.0, 0.0]),
        ("What is it?", [0.0, 0.0, 0.0]),
    ],
)
def test_the_kind_that_is_asked_for(question: str, kind: list[float]) -> None:
    assert column("kind", question) == kind


def test_bm25_prefers_the_sentence_with_more_of_the_rarer() -> None:
    first, second, third = column("bm25")
    assert third < 0 < second < first or third < 0 < first < second
    assert first + second + third == pytest.approx(0, abs=1e-3)  # standardised


def test_the_best_comes_first_with_shares_that_add_up() -> None:
    judged = judge("When was the bridge opened?", [BRIDGE], RARITY)
    assert judged.evidence[0].text == "The bridge was opened in 1932."
    assert sum(e.share for e in judged.evidence) == pytest.approx(1)
    assert {e.answer for e in judged.evidence} == {None}


def test_the_conversation_lifts_what_it_names() -> None:
    plain = judge("And who came?", [BRIDGE], {"came": 1.0})
    with_context = judge("And who came?", [BRIDGE], {"came": 1.0, "bridg": 2.0, "open": 1.0}, "Was the bridge opened?")

    def score(judged) -> float:  # type: ignore[no-untyped-def]
        return next(e.score - judged.evidence[-1].score for e in judged.evidence if "bridge" in e.text)

    assert score(with_context) > score(plain)


def test_no_hits_are_no_evidence() -> None:
    judged = judge("Who?", [], {})
    assert (judged.evidence, judged.confidence) == ((), 0.0)


@pytest.mark.parametrize("stage", ["first", "read"])
def test_the_fitted_threshold_is_a_probability(stage: str) -> None:
    assert 0 < threshold(stage) < 1
    assert len(CONFIDENCE_FEATURES) == 4


TEXT = st.text(min_size=1, max_size=60)


@settings(max_examples=80, deadline=None)
@given(TEXT, st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=3), TEXT)
def test_any_question_gets_a_probability(question: str, passages: list[list[str]], context: str) -> None:
    hits = [hit(*sentences, passage=n) for n, sentences in enumerate(passages)]
    judged = judge(question, hits, {}, context)
    assert 0 <= judged.confidence <= 1
    assert len(judged.evidence) == sum(map(len, passages))
    assert all(math.isfinite(e.score) and 0 <= e.share <= 1 for e in judged.evidence)
    scores = [e.score for e in judged.evidence]
    assert scores == sorted(scores, reverse=True)
