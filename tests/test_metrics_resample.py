"""Intervals and paired tests: known answers, exact enumeration, scipy."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.confidence import auroc
from eval.resample import bootstrap_interval, fisher_randomisation, paired_test, percentile


def test_percentiles_are_linear_between_neighbours() -> None:
    assert percentile([10, 20, 30, 40], 50) == 25
    assert percentile([10, 20, 30, 40], 95) == pytest.approx(38.5)  # rank 0.95 x 3 = 2.85: 30 + 0.85 x 10
    assert percentile([], 50) is None


def test_interval_of_a_share_is_near_the_binomial_one() -> None:
    # 80 of 100: standard error 0.04, so about 0.80 ± 0.078
    found = bootstrap_interval([1.0] * 80 + [0.0] * 20)
    assert found is not None
    assert found.low == pytest.approx(0.722, abs=0.015)
    assert found.high == pytest.approx(0.878, abs=0.015)
    assert found.clusters == 100


def test_interval_is_wider_when_questions_share_documents() -> None:
    # ten documents of ten questions, each all right or all wrong: in truth ten observations, not a hundred
    values = [float(i < 80) for i in range(100)]
    apart = bootstrap_interval(values)
    together = bootstrap_interval(values, clusters=[i // 10 for i in range(100)])
    assert apart is not None and together is not None
    assert together.clusters == 10
    assert together.high - together.low == pytest.approx((apart.high - apart.low) * 10**0.5, rel=0.15)


def test_one_document_is_resampled_by_question() -> None:
    alone = bootstrap_interval([0.0, 1.0, 1.0, 0.0], clusters=["d"] * 4)
    assert alone == bootstrap_interval([0.0, 1.0, 1.0, 0.0])


def test_interval_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    values = np.random.default_rng(3).gamma(2.0, size=80)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=9999, method="percentile", rng=1).confidence_interval
    ours = bootstrap_interval(values, resamples=9999)
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_a_statistic_of_rows_and_of_the_mean_draw_the_same_resamples() -> None:
    values, clusters = [0.1, 0.9, 0.4, 0.7, 0.2, 0.6], list("aabbbc")
    plain = bootstrap_interval(values, clusters=clusters, resamples=300)
    stated = bootstrap_interval(values, lambda rows: float(rows.mean()), clusters=clusters, resamples=300)
    assert plain is not None and stated is not None
    assert (plain.low, plain.high) == pytest.approx((stated.low, stated.high))


def test_an_undefined_resample_is_left_out() -> None:
    rows = np.array([[0.9, 1.0], [0.1, 0.0]])  # half of the resamples have one kind of question only
    found = bootstrap_interval(rows, lambda r: auroc(list(r[:, 0]), list(r[:, 1] > 0)))
    assert found is not None and (found.low, found.high) == (1.0, 1.0)
    assert bootstrap_interval(rows, lambda r: None) is None


def test_blocks_of_resamples_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values, clusters = [0.1, 0.9, 0.4, 0.7, 0.2, 0.6], list("aabbcd")
    whole = bootstrap_interval(values, clusters=clusters)
    monkeypatch.setattr("eval.resample._BLOCK", 12)  # three resamples of four documents at a time
    assert bootstrap_interval(values, clusters=clusters) == whole


def test_nothing_has_no_interval() -> None:
    assert bootstrap_interval([]) is None
    assert paired_test([], []) is None


def test_same_seed_same_figures() -> None:
    values = list(np.random.default_rng(0).random(50))
    assert bootstrap_interval(values, seed=7) == bootstrap_interval(values, seed=7)
    assert bootstrap_interval(values, seed=7) != bootstrap_interval(values, seed=8)


def test_randomisation_by_hand() -> None:
    # three wins by 1: sums of ±1 ±1 ±1 as far from 0 as 3 are 2 of 8
    assert fisher_randomisation([1, 1, 1]) == pytest.approx(2 / 8)
    # two wins, a loss: |sum| >= 1 always
    assert fisher_randomisation([1, 1, -1]) == 1.0
    assert fisher_randomisation([0, 0]) == 1.0
    assert fisher_randomisation([]) == 1.0


@settings(max_examples=30)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_randomisation_counts_every_pattern(differences: list[int]) -> None:
    observed = abs(sum(differences))
    patterns = product((-1, 1), repeat=len(differences))
    sums = [sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in patterns]
    assert fisher_randomisation(differences) == pytest.approx(sum(abs(s) >= observed for s in sums) / len(sums))


def test_sampled_randomisation_is_near_the_sign_test() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    # 20 wins and 8 losses of size one: the sign test of 28
    expected = stats.binomtest(20, 28).pvalue
    assert fisher_randomisation([1] * 20 + [-1] * 8) == pytest.approx(expected, abs=0.006)


def test_paired_test_sees_a_steady_small_gain_that_the_runs_apart_hide() -> None:
    rng = np.random.default_rng(0)
    old = rng.random(60)
    found = paired_test(old, old + 0.01 + rng.normal(0, 0.005, 60))
    assert found is not None
    assert found.n == 60
    assert found.difference == pytest.approx(0.01, abs=0.002)
    assert 0 < found.low < found.difference < found.high
    assert found.p_bootstrap < 0.01 and found.p_randomisation < 0.01


def test_paired_test_of_equal_runs() -> None:
    found = paired_test([0, 1, 1], [0, 1, 1])
    assert found is not None
    assert (found.difference, found.low, found.high, found.p_bootstrap, found.p_randomisation) == (0, 0, 0, 1, 1)
