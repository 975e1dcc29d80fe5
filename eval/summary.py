"""Judged questions -> figures with intervals, the funnel, and counts of what went wrong; pure.

Every interval is a 95 % percentile bootstrap over documents (eval/resample.py): questions whose first gold document is
the same are drawn together, those without one singly.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval import confidence as c
from eval.figures import FIGURES
from eval.judge import FAILURES, STAGES, Failure, Stage
from eval.resample import bootstrap_interval, percentile

__all__ = ["Metric", "Result", "failures", "funnel", "kinds", "summarise"]

Floats = NDArray[np.float64]
Rows = Callable[[Floats], float | None]
_RESAMPLES = 1000  # of statistics that are no plain mean, each of which is computed anew on every resample


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over n questions with its 95 % interval; None for all where it isn't defined (n = 0).

    `clusters` is the number of units that were resampled.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One question, what was expected, the answer in its JSON contract, and how it was judged."""

    id: str
    question: str
    kind: str
    answerable: bool
    answers: tuple[str, ...]
    doc_ids: tuple[str, ...]
    evidence: tuple[str, ...]
    answer: Mapping[str, Any]
    right: bool
    would_be_right: bool
    reached: Stage | None
    failure: Failure | None
    milliseconds: float
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether it was answered at all."""
        return bool(self.answer["status"] == "answered")

    @property
    def confidence(self) -> float:
        """The answer's confidence."""
        return float(self.answer["confidence"])

    @property
    def cluster(self) -> str:
        """What it is resampled with: its first document, else itself."""
        return f"document {self.doc_ids[0]}" if self.doc_ids else f"question {self.id}"


def summarise(results: Sequence[Result], seed: int = 0) -> dict[str, Metric]:
    """Every metric of FIGURES; those of a short answer only where the answerer marks one in what it quotes."""
    found = {name: _mean(rows, seed) for name, rows in _means(results).items()}
    if not any(cited.get("answer_spans") for r in results for cited in r.answer["citations"]):
        found = {name: metric for name, metric in found.items() if not name.startswith("short_")}
    found |= {name: _statistic(results, name, seed) for name in _STATISTICS}
    return {name: found.get(name, Metric(None, None, None, 0)) for names in FIGURES.values() for name in names}


def _means(results: Sequence[Result]) -> dict[str, list[tuple[str, float]]]:
    """(cluster, value) of every question in which a plain mean is defined, by metric."""
    rows: dict[str, list[tuple[str, float]]] = {}

    def put(name: str, result: Result, value: float) -> None:
        rows.setdefault(name, []).append((result.cluster, float(value)))

    for result in results:
        for name, value in result.scores.items():
            put(name, result, value)
        put("accuracy", result, result.right)
        put("answered", result, result.answered)
        if result.answered:
            put("accuracy_when_answered", result, result.right)
    return rows


def _mean(rows: Sequence[tuple[str, float]], seed: int) -> Metric:
    values = [value for _, value in rows]
    interval = bootstrap_interval(values, clusters=[cluster for cluster, _ in rows], seed=seed)
    assert interval is not None  # a metric without rows isn't there
    return Metric(float(np.mean(values)), interval.low, interval.high, len(values), interval.clusters)


@dataclass(frozen=True, slots=True)
class _Statistic:
    """A figure of the columns below over the rows for which `of` holds (None: all)."""

    compute: Rows
    of: Callable[[Floats], NDArray[np.bool_]] | None = None


_CONFIDENCE, _ANSWERABLE, _ANSWERED, _RIGHT, _WOULD_BE_WRONG, _MS = range(6)
_STATISTICS: Mapping[str, _Statistic] = {
    "abstention_precision": _Statistic(
        lambda r: c.abstention_precision(1 - r[:, _ANSWERED], r[:, _ANSWERABLE]), lambda r: r[:, _ANSWERED] == 0
    ),
    "abstention_recall": _Statistic(
        lambda r: c.abstention_recall(1 - r[:, _ANSWERED], r[:, _ANSWERABLE]), lambda r: r[:, _ANSWERABLE] == 0
    ),
    "abstention_auroc": _Statistic(lambda r: c.auroc(r[:, _CONFIDENCE], r[:, _ANSWERABLE])),
    "aurc": _Statistic(lambda r: c.aurc(r[:, _CONFIDENCE], r[:, _WOULD_BE_WRONG])),
    "augrc": _Statistic(lambda r: c.augrc(r[:, _CONFIDENCE], r[:, _WOULD_BE_WRONG])),
    "coverage_at_1%_risk": _Statistic(lambda r: c.coverage_at_risk(r[:, _CONFIDENCE], r[:, _WOULD_BE_WRONG], 0.01)),
    "coverage_at_5%_risk": _Statistic(lambda r: c.coverage_at_risk(r[:, _CONFIDENCE], r[:, _WOULD_BE_WRONG], 0.05)),
    "ece": _Statistic(lambda r: c.ece(r[:, _CONFIDENCE], 1 - r[:, _WOULD_BE_WRONG])),
    "crag_score": _Statistic(lambda r: c.crag_score(r[:, _ANSWERED], r[:, _RIGHT])),
    "latency_p50": _Statistic(lambda r: percentile(r[:, _MS], 50)),
    "latency_p95": _Statistic(lambda r: percentile(r[:, _MS], 95)),
    "latency_p99": _Statistic(lambda r: percentile(r[:, _MS], 99)),
}


def _rows(results: Sequence[Result]) -> Floats:
    rows = [(r.confidence, r.answerable, r.answered, r.right, not r.would_be_right, r.milliseconds) for r in results]
    return np.array(rows, float).reshape(-1, 6)


def _statistic(results: Sequence[Result], name: str, seed: int) -> Metric:
    statistic = _STATISTICS[name]
    rows = _rows(results)
    chosen = statistic.of(rows) if statistic.of else np.ones(len(rows), bool)
    rows, clusters = rows[chosen], [r.cluster for r, kept in zip(results, chosen, strict=True) if kept]
    value = statistic.compute(rows)
    if value is None:
        return Metric(None, None, None, 0)
    interval = bootstrap_interval(rows, statistic.compute, clusters=clusters, resamples=_RESAMPLES, seed=seed)
    assert interval is not None  # defined on the rows themselves
    return Metric(value, interval.low, interval.high, len(rows), interval.clusters)


def funnel(results: Sequence[Result]) -> dict[str, int]:
    """How many of the answerable questions got their gold answer read, retrieved, chosen and answered."""
    reached = [STAGES.index(r.reached) for r in results if r.reached is not None]
    return {"answerable": len(reached), **{stage: sum(n >= i for n in reached) for i, stage in enumerate(STAGES) if i}}


def failures(results: Sequence[Result]) -> dict[str, int]:
    """How many questions went wrong in each way."""
    counts = Counter(r.failure for r in results if r.failure)
    return {name: counts[name] for name in FAILURES}


def kinds(results: Sequence[Result], seed: int = 0) -> dict[str, Metric]:
    """Accuracy by kind of question; empty where no question has one."""
    rows: dict[str, list[tuple[str, float]]] = {}
    for result in results:
        if result.kind:
            rows.setdefault(result.kind, []).append((result.cluster, float(result.right)))
    return {kind: _mean(rows[kind], seed) for kind in sorted(rows)}
