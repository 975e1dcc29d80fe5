"""How sure a figure is: bootstrap intervals and paired tests; pure functions, the same for the same seed.

Questions on one document tend to go right or wrong together, so the unit that is resampled is the document, wherever
questions share one.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "PairedTest", "bootstrap_interval", "fisher_randomisation", "paired_test", "percentile"]

Floats = NDArray[np.float64]
RESAMPLES = 2000
_BLOCK = 2_000_000  # counts held at once, so that memory doesn't grow with the number of questions
_EXACT = 12  # up to 2 ** 12 sign patterns are counted one by one


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval; `clusters` is how many units were resampled."""

    low: float
    high: float
    clusters: int


def percentile(values: Sequence[float] | Floats, q: float) -> float | None:
    """The q-th percentile (0-100), linear between neighbours (Hyndman and Fan 1996, type 7); None for no values."""
    return float(np.percentile(np.asarray(values, float), q)) if len(values) else None


def _units(n: int, clusters: Sequence[Hashable] | None) -> NDArray[np.int64]:
    """The unit, 0 … u - 1, of each of n values; one unit a value where all would be a single unit."""
    if clusters is None or len(set(clusters)) < 2:
        return np.arange(n)
    order = {name: i for i, name in enumerate(dict.fromkeys(clusters))}
    return np.array([order[name] for name in clusters])


def bootstrap_interval(
    values: Sequence[float] | Floats,
    statistic: Callable[[Floats], float | None] | None = None,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval | None:
    """Percentile bootstrap interval (Efron 1979; cluster bootstrap, Field and Welsh 2007) of the mean or a statistic.

    `values` is (n,) or (n, d), one row a question; `clusters` names each row's document, and whole documents are
    drawn with replacement (single rows where there is only one document). `statistic` takes the drawn rows and may
    give None, which is left out; without it the mean is taken. None for no values.
    """
    rows = np.asarray(values, float)
    if not len(rows):
        return None
    unit = _units(len(rows), clusters)
    results = _resampled(rows, unit, statistic, resamples, seed)
    if not len(results):
        return None
    low, high = np.percentile(results, [50 * (1 - level), 50 * (1 + level)])
    return Interval(float(low), float(high), int(unit.max()) + 1)


def _resampled(
    rows: Floats,
    unit: NDArray[np.int64],
    statistic: Callable[[Floats], float | None] | None,
    resamples: int,
    seed: int,
) -> Floats:
    """The statistic (None: the mean) of each resample in which it is defined."""
    number = int(unit.max()) + 1
    rng = np.random.default_rng(seed)
    results: list[float] = []
    sums, sizes = np.bincount(unit, weights=rows if rows.ndim == 1 else None), np.bincount(unit)
    block = max(1, _BLOCK // number)
    for start in range(0, resamples, block):
        # (resamples of this block, units): how often each unit was drawn
        drawn = rng.multinomial(number, np.full(number, 1 / number), size=min(block, resamples - start))
        if statistic is None:
            results.extend((drawn @ sums) / (drawn @ sizes))
        else:
            found = (statistic(np.repeat(rows, times[unit], axis=0)) for times in drawn)
            results.extend(value for value in found if value is not None)
    return np.array(results)


def fisher_randomisation(differences: Sequence[float], *, resamples: int = 20_000, seed: int = 0) -> float:
    """Two-sided p of the mean difference between two runs on the same questions (Fisher 1935).

    Smucker et al. 2007, doi:10.1145/1321440.1321528: under the null a question's two scores may be swapped, which
    turns the sign of its difference. All patterns are counted where at most 12 differences aren't 0; otherwise
    p = (1 + as extreme) / (1 + resamples). 1.0 where nothing differs.
    """
    moved = np.asarray([d for d in differences if d], float)
    if not len(moved):
        return 1.0
    observed = abs(moved.sum()) - 1e-12
    if len(moved) <= _EXACT:
        bits = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1
        return float((np.abs((2 * bits - 1) @ moved) >= observed).mean())
    rng = np.random.default_rng(seed)
    extreme, left = 0, resamples
    while left:
        size = min(left, 2000)  # a block at a time, so that memory does not grow with the number of resamples
        signs = rng.integers(0, 2, size=(size, len(moved)), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ moved) >= observed).sum())
        left -= size
    return (1 + extreme) / (1 + resamples)


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The mean of (new - old) over the questions both have, its interval, and the p of two tests."""

    n: int
    difference: float
    low: float
    high: float
    p_bootstrap: float
    p_randomisation: float


def paired_test(
    old: Sequence[float],
    new: Sequence[float],
    *,
    clusters: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> PairedTest | None:
    """Paired bootstrap (Koehn 2004; Sakai 2006), by document as in `bootstrap_interval`, and Fisher randomisation.

    p_bootstrap is twice the smaller share of resampled differences on either side of 0, 0 itself on both, at most 1.
    None for no questions.
    """
    change = np.asarray(new, float) - np.asarray(old, float)
    if not len(change):
        return None
    drawn = _resampled(change, _units(len(change), clusters), None, resamples, seed)
    low, high = np.percentile(drawn, [2.5, 97.5])
    side = min(float((drawn <= 0).mean()), float((drawn >= 0).mean()))
    p = fisher_randomisation(change.tolist(), seed=seed)
    return PairedTest(len(change), float(change.mean()), float(low), float(high), min(1.0, 2 * side), p)
