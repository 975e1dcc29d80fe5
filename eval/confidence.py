"""How well an answerer knows when it knows: abstention, risk against coverage, calibration; pure functions.

Every function takes one confidence per question (higher means surer) beside what happened. Questions of equal
confidence can't be told apart by any threshold: they enter and leave together, never in the order of the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Bin",
    "abstention_precision",
    "abstention_recall",
    "augrc",
    "aurc",
    "auroc",
    "coverage_at_risk",
    "crag_score",
    "ece",
    "reliability",
    "risk_coverage",
]

Floats = NDArray[np.float64]
Numbers = Sequence[float] | Floats
Flags = Sequence[bool] | NDArray[np.bool_] | Floats
"""True or false for each question; numbers count as true unless 0."""


def abstention_precision(abstained: Flags, answerable: Flags) -> float | None:
    """Of the questions not answered, the share that can't be; None where none was left unanswered."""
    return _share(~np.asarray(answerable, bool)[np.asarray(abstained, bool)])


def abstention_recall(abstained: Flags, answerable: Flags) -> float | None:
    """Of the questions that can't be answered, the share left unanswered; None where there are none."""
    return _share(np.asarray(abstained, bool)[~np.asarray(answerable, bool)])


def _share(flags: NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None


def auroc(confidence: Numbers, answerable: Flags) -> float | None:
    """Chance that an answerable question has more confidence than an unanswerable one, ties counting half.

    Mann-Whitney U / (n+ n-) (Hanley and McNeil 1982). None unless both kinds are there.
    """
    score, label = np.asarray(confidence, float), np.asarray(answerable, bool)
    positives = int(label.sum())
    negatives = len(label) - positives
    if not positives or not negatives:
        return None
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(size) - (size - 1) / 2  # the mean rank of each group of equals
    return float((rank[group][label].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def risk_coverage(confidence: Numbers, wrong: Flags) -> tuple[Floats, Floats]:
    """Coverage and selective risk at each threshold, surest first; one point for each distinct confidence.

    El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017, arXiv:1705.08500. Coverage = answered / all; risk = wrong
    among the answered. Both empty for no questions.
    """
    score, loss = np.asarray(confidence, float), np.asarray(wrong, float)
    if not len(score):
        return np.zeros(0), np.zeros(0)
    _, group = np.unique(-score, return_inverse=True)
    answered = np.cumsum(np.bincount(group))
    return answered / len(score), np.cumsum(np.bincount(group, weights=loss)) / answered


def aurc(confidence: Numbers, wrong: Flags) -> float | None:
    """Mean selective risk over coverages 1/n … n/n, less is better (Geifman et al. 2019, arXiv:1805.08206).

    Inside a group of equals the wrong ones are spread evenly. None for no questions.
    """
    spread = _spread(confidence, wrong)
    return float((np.cumsum(spread) / np.arange(1, len(spread) + 1)).mean()) if len(spread) else None


def augrc(confidence: Numbers, wrong: Flags) -> float | None:
    """Area under (wrong and answered) / all against coverage, less is better (Traub et al. 2024, arXiv:2407.01032).

    By trapezes from (0, 0), so it equals (1 - AUROC) acc (1 - acc) + (1 - acc)^2 / 2, AUROC that of confidence
    against being right. None for no questions.
    """
    spread = _spread(confidence, wrong)
    if not len(spread):
        return None
    risk = np.concatenate(([0.0], np.cumsum(spread) / len(spread)))
    return float((risk[1:] + risk[:-1]).sum() / 2 / len(spread))


def _spread(confidence: Numbers, wrong: Flags) -> Floats:
    """The losses, surest question first, each replaced by the mean of its group of equal confidence."""
    score, loss = np.asarray(confidence, float), np.asarray(wrong, float)
    _, group, size = np.unique(-score, return_inverse=True, return_counts=True)
    return np.repeat(np.bincount(group, weights=loss, minlength=len(size)) / np.maximum(size, 1), size)


def coverage_at_risk(confidence: Numbers, wrong: Flags, risk: float) -> float | None:
    """The largest coverage at which at most `risk` of the answers are wrong; 0.0 if none, None for no questions.

    An optimistic figure: the threshold is the best one for these very questions.
    """
    coverage, risks = risk_coverage(confidence, wrong)
    if not len(coverage):
        return None
    good = coverage[risks <= risk]
    return float(good[-1]) if len(good) else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of nearly one confidence: how many, their mean confidence, and the share that came out true."""

    low: float
    high: float
    n: int
    confidence: float
    share: float


def reliability(confidence: Numbers, right: Flags, bins: int = 10) -> list[Bin]:
    """Bins of equal width over (0, 1], each open below and closed above, empty ones left out; 0.0 in the first.

    The reliability diagram of Guo et al. 2017, arXiv:1706.04599.
    """
    score, hit = np.asarray(confidence, float), np.asarray(right, float)
    place = np.clip(np.ceil(score * bins).astype(int) - 1, 0, bins - 1)
    inside = [(i, place == i) for i in range(bins)]
    return [
        Bin(i / bins, (i + 1) / bins, int(m.sum()), float(score[m].mean()), float(hit[m].mean()))
        for i, m in inside
        if m.any()
    ]


def ece(confidence: Numbers, right: Flags, bins: int = 10) -> float | None:
    """Mean distance of confidence from the share right, over `reliability`'s bins weighted by their n (Guo 2017).

    None for no questions.
    """
    found = reliability(confidence, right, bins)
    total = sum(b.n for b in found)
    return sum(b.n * abs(b.confidence - b.share) for b in found) / total if total else None


def crag_score(answered: Flags, right: Flags) -> float | None:
    """Mean of 1 for a right answer or a right refusal, 0 for any other refusal, -1 for a wrong answer.

    CRAG (Yang et al. 2024, arXiv:2406.04744) without its half marks; it has no unanswerable questions, for which a
    refusal is the right answer (its "invalid" ones). None for no questions.
    """
    said, good = np.asarray(answered, bool), np.asarray(right, bool)
    return float(np.where(good, 1.0, -1.0 * said).mean()) if len(good) else None
