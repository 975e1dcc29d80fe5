"""Metrics of one answer and one ranking, by hand and against trec_eval."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics import (
    average_precision,
    citation_precision,
    citation_recall,
    containment,
    evidence_recall,
    exact_match,
    ndcg,
    normalise,
    overlaps,
    precision_at,
    recall_at,
    reciprocal_rank,
    rouge_l,
    rouge_l_recall,
    success_at,
    token_f1,
)


def test_normalise_follows_the_squad_script() -> None:
    assert normalise("The  Denver Broncos, a team!") == "denver broncos team"
    assert normalise("theatre an-other") == "theatre another"  # articles go as whole words, after punctuation
    assert normalise("…“Ünïcode”") == "…“ünïcode”"  # the script removes ASCII punctuation only


def test_exact_match_takes_the_best_accepted_answer() -> None:
    assert exact_match("The Panthers.", ["Broncos", "panthers"]) == 1.0
    assert exact_match("Panthers of Carolina", ["Panthers"]) == 0.0


def test_accepted_answers_of_which_nothing_is_left_do_not_count() -> None:
    """As in the SQuAD script, unless none else is there: else an abstention would be right about a grade "A"."""
    for metric in (exact_match, token_f1):
        assert metric("", ["A", "grade A"]) == 0.0
        assert metric("grade A", ["A", "grade A"]) == 1.0
        assert metric("", ["A"]) == 1.0


@pytest.mark.parametrize("metric", [exact_match, token_f1])
def test_nothing_accepted_means_the_empty_answer_is_right(metric) -> None:  # type: ignore[no-untyped-def]
    assert metric("", []) == 1.0
    assert metric("something", []) == 0.0
    assert metric("", ["something"]) == 0.0


def test_token_f1_by_hand() -> None:
    # answer: 5 tokens (308 points were given up), gold: 2 (308 points); common 2: P 2/5, R 2/2 -> 2(.4)(1)/1.4
    assert token_f1("308 points were given up", ["308 points"]) == pytest.approx(0.8 / 1.4)
    # a bag: "very" twice in the gold and once in the answer is common once. P 1/1, R 1/2 -> 2/3
    assert token_f1("very", ["very very"]) == pytest.approx(2 / 3)
    assert token_f1("x", ["y", "x"]) == 1.0


def test_containment_sees_words_through_marks() -> None:
    assert containment("Before Rollo's arrival", ["Rollo"]) == 1.0
    assert containment("their own 24-yard line", ["24"]) == 1.0
    assert containment("said to be ‘often damaging’", ["often damaging"]) == 1.0
    assert containment("made in the U.S. in May", ["US"]) == 1.0  # by the other view: marks dropped
    assert containment("it cost 1,000 pounds", ["1000"]) == 1.0
    assert containment("it cost 1,000 pounds", ["100"]) == 0.0


def test_containment_is_by_whole_words() -> None:
    assert containment("He was born in 1945.", ["4"]) == 0.0
    assert containment("It took the 4 of them.", ["4"]) == 1.0
    assert containment("the Carolina Panthers' defence", ["Carolina Panthers"]) == 1.0
    assert containment("Panthers of Carolina", ["Carolina Panthers"]) == 0.0
    assert containment("", ["x"]) == 0.0


def test_containment_without_spaces_between_words() -> None:
    assert containment("首都は東京です", ["東京"]) == 1.0


@pytest.mark.parametrize("accepted", [[], [""], ["the", "!"]])
def test_containment_and_rouge_are_undefined_without_a_token(accepted: list[str]) -> None:
    assert containment("anything", accepted) is None
    assert rouge_l("anything", accepted) is None


def test_rouge_l_by_the_papers_example() -> None:
    # Lin 2004, section 3: R1 "police killed the gunman"; S2 "police kill the gunman"; S3 "the gunman kill police".
    # "the" goes in normalising: LCS(R1, S2) = police gunman = 2 of 3 and 3; LCS(R1, S3) = gunman = 1.
    assert rouge_l("police kill the gunman", ["police killed the gunman"]) == pytest.approx(2 / 3)
    assert rouge_l("the gunman kill police", ["police killed the gunman"]) == pytest.approx(1 / 3)
    # recall 3/3, precision 3/5 -> F 2(.6)/1.6 = 0.75
    assert rouge_l("so police killed one gunman", ["police killed the gunman"]) == pytest.approx(0.75)
    assert rouge_l_recall("so police killed one gunman", ["police killed the gunman"]) == 1.0
    assert rouge_l("", ["police"]) == 0.0


RANKED = ["a", "b", "a", "c", "d"]  # "a" counts at rank 1 only: a b c d


def test_ranking_by_hand() -> None:
    gold = {"a", "c", "z"}
    assert recall_at(RANKED, gold, 1) == pytest.approx(1 / 3)
    assert recall_at(RANKED, gold, 3) == pytest.approx(2 / 3)
    assert precision_at(RANKED, gold, 3) == pytest.approx(2 / 3)
    assert precision_at(RANKED, gold, 10) == pytest.approx(2 / 10)  # four items, still over ten
    assert reciprocal_rank(RANKED, gold) == 1.0
    assert reciprocal_rank(RANKED, {"c"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKED, {"z"}) == 0.0
    # P at rank 1 = 1/1, at rank 3 = 2/3, "z" never: (1 + 2/3 + 0) / 3
    assert average_precision(RANKED, gold) == pytest.approx((1 + 2 / 3) / 3)
    # gains at ranks 1 and 3; ideal at 1, 2, 3
    best = 1 + 1 / math.log2(3) + 1 / 2
    assert ndcg(RANKED, gold) == pytest.approx((1 + 1 / 2) / best)
    # ideal of one gold item at k = 1 is 1: k also cuts the ideal
    assert ndcg(["a", "c"], gold, k=1) == 1.0


def test_ranking_without_gold_is_undefined_and_without_results_zero() -> None:
    for metric in (reciprocal_rank, average_precision, ndcg):
        assert metric(["a"], []) is None
        assert metric([], ["a"]) == 0.0
    for cut in (recall_at, precision_at, success_at):
        assert cut(["a"], [], 5) is None
        assert cut([], ["a"], 5) == 0.0


names = st.sampled_from([f"d{i}" for i in range(30)])


@settings(deadline=None)  # the first example imports trec_eval
@given(st.lists(names, max_size=20, unique=True), st.sets(names, min_size=1, max_size=12), st.integers(1, 15))
def test_ranking_agrees_with_trec_eval(ranked: list[str], gold: set[str], k: int) -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval", reason="pytrec_eval-terrier is not installed")
    measures = {f"recall.{k}", f"P.{k}", f"ndcg_cut.{k}", f"success.{k}", "map", "recip_rank"}
    judge = pytrec_eval.RelevanceEvaluator({"q": dict.fromkeys(gold, 1)}, measures)
    run = {name: float(len(ranked) - i) for i, name in enumerate(ranked)}
    theirs = judge.evaluate({"q": run}).get("q") if run else None
    ours = {
        f"recall_{k}": recall_at(ranked, gold, k),
        f"P_{k}": precision_at(ranked, gold, k),
        f"ndcg_cut_{k}": ndcg(ranked, gold, k),
        f"success_{k}": success_at(ranked, gold, k),
        "map": average_precision(ranked, gold),
        "recip_rank": reciprocal_rank(ranked, gold),
    }
    for name, value in ours.items():
        assert value == pytest.approx(theirs[name] if theirs else 0.0, abs=1e-9), name


def test_spans_overlap_by_half_of_the_shorter_one() -> None:
    assert overlaps(("d", 0, 100), ("d", 40, 44))  # inside
    assert overlaps(("d", 0, 10), ("d", 5, 105))  # 5 of 10
    assert not overlaps(("d", 0, 10), ("d", 6, 106))  # 4 of 10
    assert not overlaps(("d", 0, 10), ("e", 0, 10))
    assert not overlaps(("d", 0, 10), ("d", 10, 20))
    assert not overlaps(("d", 5, 5), ("d", 0, 10))  # an empty span overlaps nothing


def test_citations_against_gold_spans() -> None:
    gold = [("d", 0, 50), ("e", 0, 50)]
    cited = [("d", 0, 50), ("d", 60, 90), ("d", 10, 40)]
    assert citation_precision(cited, gold) == pytest.approx(2 / 3)
    assert citation_recall(cited, gold) == pytest.approx(1 / 2)
    assert citation_precision([], gold) is None
    assert citation_recall([], gold) == 0.0
    assert citation_precision(cited, []) is None
    assert citation_recall(cited, []) is None


def test_evidence_recall_counts_each_character_once() -> None:
    # gold d[0,10) and d[5,20) are 20 characters; shown d[0,5) twice and d[15,30): 5 + 5 of 20
    gold = [("d", 0, 10), ("d", 5, 20)]
    shown = [("d", 0, 5), ("d", 0, 5), ("d", 15, 30), ("e", 0, 20)]
    assert evidence_recall(shown, gold) == pytest.approx(10 / 20)
    assert evidence_recall(shown, []) is None
    assert evidence_recall(shown, [("d", 3, 3)]) is None


spans = st.lists(
    st.tuples(st.sampled_from("de"), st.integers(0, 30), st.integers(0, 30)).map(lambda s: (s[0], *sorted(s[1:]))),
    max_size=6,
)


@given(spans, spans)
def test_evidence_recall_agrees_with_counting_characters(shown, gold) -> None:  # type: ignore[no-untyped-def]
    wanted = {(d, i) for d, start, end in gold for i in range(start, end)}
    have = {(d, i) for d, start, end in shown for i in range(start, end)}
    expected = len(wanted & have) / len(wanted) if wanted else None
    assert evidence_recall(shown, gold) == (None if expected is None else pytest.approx(expected))
