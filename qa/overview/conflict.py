"""Where two documents give different figures for the same thing, or seem to.

Two sentences of different documents are held against each other when they share their rarer words, speak of the same
time and count per the same (a day, a head); they disagree when each has a figure for the same measure (people,
kilograms, dollars) that none of the other's figures agrees with. A sentence that names no year is of the year that was
named before it; "last year" is counted from its document's day, and where that isn't known it is held against nothing.
Words alone can't tell a contradiction from another point of view, so only figures count.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from index.search import Hit
from index.terms import STOP_WORDS, stem, words
from qa.checker.agreeing import agree
from qa.checker.facts import Number, facts
from qa.overview.periods import Period, periods, rates, same_time, years
from qa.overview.relative import counts_from_its_day, told

__all__ = ["Statement", "conflicts", "statement"]

SHARED = 0.5  # of the rarity of the shorter one's words, at least
SHARED_TERMS = 2  # at least, beside the measure
GROUP = 200  # statements on one measure that are held against each other: time grows with the square
_WORD = re.compile(r"[^\W\d_]{2,}")
_YEAR = re.compile(r"\b[12]\d{3}\b")
_OF = re.compile(r"\W*of\b")
_NO_MEASURE = STOP_WORDS | {"per", "cent", "percent", "year", "years", "day", "days", "more", "less", "only", "other"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with figures: number `index` of its hit, its terms, its times and rates, its figures by measure."""

    hit: Hit
    index: int
    terms: frozenset[str]
    periods: frozenset[Period]
    rates: frozenset[str]
    figures: tuple[tuple[str, Number], ...]


def statement(hit: Hit, index: int, day_of: Callable[[str], date | None]) -> Statement | None:
    """Sentence number `index` of a hit; None where it has no figure that measures something, or none knows of when.

    `day_of` gives the day of a document by its id: it is asked where a sentence counts from it.
    """
    sentence = hit.sentences[index]
    text = hit.text[sentence.start - hit.start : sentence.end - hit.start]
    figures = [
        (measure, fact)
        for fact in facts(text)
        if isinstance(fact, Number) and _counts(fact)
        for measure in _measures(text, fact)
    ]
    time = _time(hit, index, day_of) if figures else None
    if time is None:
        return None
    own = frozenset(stem(w) for w in words(text) if w not in STOP_WORDS and not w.isdigit())
    return Statement(hit, index, own, time, rates(text), tuple(figures))


def _time(hit: Hit, index: int, day_of: Callable[[str], date | None]) -> frozenset[Period] | None:
    """The periods a sentence tells; without a year, in the years told last before it, in its heading or the title.

    None where it, or what was told last before it, counts from a day that isn't known.
    """
    *before, text = [hit.text[s.start - hit.start : s.end - hit.start] for s in hit.sentences[: index + 1]]
    day = day_of(hit.document_id) if any(map(counts_from_its_day, (text, *before))) else None
    at = _years_told(before, (hit.heading, hit.title), day)
    own = told(text, day, at or frozenset())
    return own if at is not None or (own and years(own)) else None


def _years_told(texts: Sequence[str], names: Sequence[str], day: date | None) -> frozenset[int] | None:
    """The years of the last text that tells any, else of a name; None where it counts from a time that isn't known."""
    for text in reversed(texts):
        found = told(text, day) if _YEAR.search(text) or counts_from_its_day(text) else frozenset()
        if found is None or years(found):
            return found if found is None else years(found)
    named = (years(periods(name)) for name in names if _YEAR.search(name))
    return next(filter(None, named), frozenset())


def _counts(number: Number) -> bool:
    """Whether a number measures something: no ordinal, code, time of day or "one of them"."""
    return not (number.ordinal or number.soft or (number.unit is not None and number.unit[0] in ("code", "clock")))


def _measures(text: str, number: Number) -> list[str]:
    """What a number counts: its unit's dimension and what it is a part of, else the first words after it."""
    behind = text[number.end : number.end + 40]
    after = [stem(w) for w in words(" ".join(_WORD.findall(behind))) if w not in _NO_MEASURE]
    if number.unit:
        part = after[0] if after and _OF.match(behind) else ""
        return [f"unit {number.unit[0]} {part}".rstrip()]
    return after[:2]


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
    if a.hit.document_id == b.hit.document_id or a.rates != b.rates or not same_time(a.periods, b.periods):
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
