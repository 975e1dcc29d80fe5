"""Where two documents give different figures for the same thing, or seem to.

Two sentences of different documents are held against each other when they share their rarer words and speak of the
same years; they disagree when each has a figure for the same measure (people, kilograms, dollars) that none of the
other's figures agrees with. Words alone can't tell a contradiction from another point of view, so only figures count.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from index.search import Hit
from index.terms import STOP_WORDS, stem, words
from qa.checker.agreeing import agree
from qa.checker.facts import Date, Number, facts

__all__ = ["Statement", "conflicts", "statement"]

SHARED = 0.5  # of the rarity of the shorter one's words, at least
SHARED_TERMS = 2  # at least, beside the measure
GROUP = 200  # statements on one measure that are held against each other: time grows with the square
_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NO_MEASURE = STOP_WORDS | {"per", "cent", "percent", "year", "years", "day", "days", "more", "less", "only", "other"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with figures: number `index` of its hit, its terms, its years, its figures by measure."""

    hit: Hit
    index: int
    terms: frozenset[str]
    years: frozenset[int]
    figures: tuple[tuple[str, Number], ...]


def statement(hit: Hit, index: int) -> Statement | None:
    """Sentence number `index` of a hit; None where it has no figure that measures something."""
    sentence = hit.sentences[index]
    text = hit.text[sentence.start - hit.start : sentence.end - hit.start]
    found = facts(text)
    years = {year for fact in found for year in _years(fact, text)}
    figures = [
        (measure, fact)
        for fact in found
        if isinstance(fact, Number) and _counts(fact, text)
        for measure in _measures(text, fact)
    ]
    if not figures:
        return None
    own = frozenset(stem(w) for w in words(text) if w not in STOP_WORDS and not w.isdigit())
    return Statement(hit, index, own, frozenset(years), tuple(figures))


def _counts(number: Number, text: str) -> bool:
    """Whether a number measures something: no ordinal, code, time of day, "one of them" or year."""
    special = number.ordinal or number.soft or (number.unit is not None and number.unit[0] in ("code", "clock"))
    return not special and not _years(number, text)


def _years(fact: Number | Date, text: str) -> list[int]:
    if isinstance(fact, Date):
        return [year for year, _, _ in fact.readings if year]
    written = text[fact.start : fact.end].strip()
    return [int(written)] if fact.unit is None and _YEAR.fullmatch(written) else []


def _measures(text: str, number: Number) -> list[str]:
    """What a number counts: its unit's dimension, else the first words after it."""
    if number.unit:
        return [f"unit {number.unit[0]}"]
    after = [w for w in words(" ".join(_WORD.findall(text[number.end : number.end + 40]))) if w not in _NO_MEASURE]
    return [stem(w) for w in after[:2]]


def conflicts(found: Sequence[Statement], rarity: Mapping[str, float]) -> list[tuple[Statement, Statement]]:
    """Pairs of statements of different documents that disagree, each statement in one pair, the most alike first."""
    by_measure: dict[str, list[Statement]] = defaultdict(list)
    for one in found:
        for measure in dict.fromkeys(measure for measure, _ in one.figures):
            by_measure[measure].append(one)
    pairs: dict[tuple[int, int, int, int], tuple[float, Statement, Statement]] = {}
    for measure, group in by_measure.items():
        for a, b in combinations(group[:GROUP], 2):
            alike = _alike(a, b, measure, rarity)
            if alike and _differ(a, b, measure):
                pairs[a.hit.passage_id, a.index, b.hit.passage_id, b.index] = (alike, a, b)
    taken: set[tuple[int, int]] = set()
    chosen = []
    for _, a, b in sorted(pairs.values(), key=lambda pair: -pair[0]):
        keys = {(one.hit.passage_id, one.index) for one in (a, b)}
        if not keys & taken:
            taken |= keys
            chosen.append((a, b))
    return chosen


def _alike(a: Statement, b: Statement, measure: str, rarity: Mapping[str, float]) -> float:
    """How much of the shorter statement's words the other has, weighed by rarity; 0 where they aren't comparable."""
    if a.hit.document_id == b.hit.document_id or (a.years and b.years and not a.years & b.years):
        return 0.0
    shared = a.terms & b.terms - {measure}
    least = min(sum(rarity.get(t, 0.0) for t in one.terms) for one in (a, b))
    part = sum(rarity.get(t, 0.0) for t in a.terms & b.terms) / least if least else 0.0
    return part if len(shared) >= SHARED_TERMS and part >= SHARED else 0.0


def _differ(a: Statement, b: Statement, measure: str) -> bool:
    """Whether no figure of the one for the measure agrees with any figure of the other."""
    mine, theirs = ([n for m, n in one.figures if m == measure] for one in (a, b))
    pairs = [(x, y) for x in mine for _, y in b.figures] + [(x, y) for x in theirs for _, y in a.figures]
    return not any(agree(x, y) or agree(y, x) for x, y in pairs)
