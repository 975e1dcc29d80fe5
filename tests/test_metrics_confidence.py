"""Abstention, risk against coverage and calibration, by hand and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.confidence import (
    Bin,
    abstention_precision,
    abstention_recall,
    augrc,
    aurc,
    auroc,
    coverage_at_risk,
    crag_score,
    ece,
    reliability,
    risk_coverage,
)

scored = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]), st.booleans()), min_size=1, max_size=40)


def test_abstention_by_hand() -> None:
    abstained = [True, True, False, False, True]
    answerable = [False, True, False, True, False]
    assert abstention_precision(abstained, answerable) == pytest.approx(2 / 3)
    assert abstention_recall(abstained, answerable) == pytest.approx(2 / 3)
    assert abstention_precision([False], [True]) is None
    assert abstention_recall([False], [True]) is None


def test_auroc_by_hand() -> None:
    # answerable 0.9, 0.5; not 0.5, 0.1. Pairs: .9>.5, .9>.1, .5=.5 (half), .5>.1 -> 3.5 / 4
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert auroc([0.9, 0.1], [True, True]) is None
    assert auroc([], []) is None


@settings(deadline=None)  # the first example imports scikit-learn
@given(scored)
def test_auroc_agrees_with_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    confidence, label = [p[0] for p in pairs], [p[1] for p in pairs]
    if len(set(label)) == 2:
        assert auroc(confidence, label) == pytest.approx(metrics.roc_auc_score(label, confidence), abs=1e-9)
    else:
        assert auroc(confidence, label) is None


CONFIDENCE = [0.9, 0.8, 0.8, 0.2]
WRONG = [False, True, False, True]


def test_risk_coverage_moves_by_groups_of_equal_confidence() -> None:
    coverage, risk = risk_coverage(CONFIDENCE, WRONG)
    assert coverage.tolist() == [1 / 4, 3 / 4, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 3, 1 / 2])


def test_areas_by_hand() -> None:
    # the two at 0.8 count half a mistake each: losses 0, .5, .5, 1; cumulative 0, .5, 1, 2
    # AURC = mean(0/1, .5/2, 1/3, 2/4)
    assert aurc(CONFIDENCE, WRONG) == pytest.approx((0 + 0.25 + 1 / 3 + 0.5) / 4)
    # generalised risk 0, 0, 1/8, 2/8, 4/8 at coverage 0, 1/4 … 1: trapezes (0 + 1/16 + 3/16 + 6/16) / 4
    assert augrc(CONFIDENCE, WRONG) == pytest.approx((1 / 16 + 3 / 16 + 6 / 16) / 4)
    assert aurc([], []) is None
    assert augrc([], []) is None


@given(scored)
def test_augrc_equals_its_closed_form(pairs: list[tuple[float, bool]]) -> None:
    confidence, wrong = [p[0] for p in pairs], [p[1] for p in pairs]
    accuracy = 1 - sum(wrong) / len(wrong)
    rank = auroc(confidence, [not w for w in wrong])
    expected = (1 - rank) * accuracy * (1 - accuracy) if rank is not None else 0.0
    assert augrc(confidence, wrong) == pytest.approx(expected + (1 - accuracy) ** 2 / 2, abs=1e-9)


@given(scored, st.randoms())
def test_no_figure_depends_on_the_order_of_the_questions(pairs, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(pairs)
    random.shuffle(shuffled)
    for figure in (aurc, augrc, auroc, ece, lambda c, w: coverage_at_risk(c, w, 0.2)):
        results = [figure([p[0] for p in rows], [p[1] for p in rows]) for rows in (pairs, shuffled)]
        assert results[0] == (None if results[1] is None else pytest.approx(results[1]))


def test_coverage_at_risk() -> None:
    assert coverage_at_risk(CONFIDENCE, WRONG, 0.0) == 1 / 4
    assert coverage_at_risk(CONFIDENCE, WRONG, 0.34) == 3 / 4
    assert coverage_at_risk(CONFIDENCE, WRONG, 0.5) == 1.0
    assert coverage_at_risk([0.9], [True], 0.05) == 0.0
    assert coverage_at_risk([], [], 0.05) is None


def test_reliability_bins_are_closed_above() -> None:
    found = reliability([0.0, 0.1, 0.95, 1.0], [False, True, True, False])
    assert found == [
        Bin(0.0, 0.1, 2, pytest.approx(0.05), 0.5),
        Bin(0.9, 1.0, 2, pytest.approx(0.975), 0.5),
    ]
    # 2/4 x |0.05 - 0.5| + 2/4 x |0.975 - 0.5|
    assert ece([0.0, 0.1, 0.95, 1.0], [False, True, True, False]) == pytest.approx((0.45 + 0.475) / 2)
    assert ece([], []) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_reliability_loses_no_question(pairs: list[tuple[float, bool]]) -> None:
    found = reliability([p[0] for p in pairs], [p[1] for p in pairs])
    assert sum(b.n for b in found) == len(pairs)
    assert all(b.low - 1e-9 <= b.confidence <= b.high + 1e-9 for b in found)
    assert sum(b.n * b.share for b in found) == pytest.approx(np.sum([p[1] for p in pairs]))


def test_crag_score_by_hand() -> None:
    # right answer 1, wrong answer -1, right refusal 1, wrong refusal 0
    assert crag_score([True, True, False, False], [True, False, True, False]) == pytest.approx(1 / 4)
    assert crag_score([], []) is None
