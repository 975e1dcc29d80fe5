"""What time a sentence speaks of, as far as its words say, and per what it counts: then figures may differ.

A period is (year, part of it): (2016, ""), (2016, "month 3"), (None, "quarter 1") where the year isn't said.
"""

import re
from collections.abc import Iterator

from qa.checker.facts import Date, facts

__all__ = ["Period", "periods", "rates", "same_time", "years"]

Period = tuple[int | None, str]

_COUNTED = "first second third fourth last".split()
_PART = re.compile(
    rf"\b(?:(?P<nth>{'|'.join(_COUNTED)}) (?:(?P<many>\w+) )?(?P<unit>quarter|half|months|weeks|quarters|days)"
    r"|Q(?P<quarter>[1-4])|H(?P<half>[12])"
    r"|(?P<season>spring|summer|autumn|winter)|(?P<fall>fall)(?= of\b|,? \d{4}))\b",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:(?:per|each|every)(?: single)? (?P<each>second|minute|hour|shift|day|night|week|month|quarter|year|person|"
    r"head|household|capita|inhabitant|pupil|employee|unit|hundred|thousand|million|\d[\d,]*)"
    r"|(?<!\bin )(?<!\bfor )(?<!\bof )an? (?P<a>second|minute|hour|day|night|week|month|quarter|year|head)"
    r"(?! (?:ago|earlier|later|before|after|old|or two|or so|and a half|long)))\b"
    r"|\b(?P<ly>hourly|daily|nightly|weekly|monthly|quarterly|annual|annually|yearly)\b",
    re.IGNORECASE,
)
_OFTEN = {"daily": "day", "annual": "year", "annually": "year"}


def periods(text: str) -> frozenset[Period]:
    """The years, and the months, quarters, halves and seasons, that a text names."""
    found = {period for fact in facts(text) if isinstance(fact, Date) for period in _named(fact)}
    parts = {part for match in _PART.finditer(text) for part in _parts(match)}
    if parts:  # "the first quarter of 2016" is no 2016
        whole = {year for year, part in found if not part} or {None}
        found = {(year, part) for year, part in found if part} | {(year, part) for year in whole for part in parts}
    return frozenset(found)


def _named(fact: Date) -> Iterator[Period]:
    months = {month for _, month, _ in fact.readings if month}
    part = f"month {months.pop()}" if len(months) == 1 else "decade" if fact.decade else ""
    for year in {year for year, _, _ in fact.readings}:
        if year or part:
            yield year, part


def _parts(match: re.Match[str]) -> Iterator[str]:
    if match["quarter"] or match["half"]:
        yield f"quarter {match['quarter']}" if match["quarter"] else f"half {match['half']}"
    elif match["season"] or match["fall"]:
        yield "autumn" if match["fall"] else match["season"].lower()
    elif match["many"] or not match["unit"].endswith("s"):
        nth = match["nth"].lower()
        count = _COUNTED.index(nth) + 1 if nth != "last" else 4 if match["unit"] == "quarter" else 2
        yield f"{match['unit'].lower()} {count} {match['many'] or ''}".strip()


def years(found: frozenset[Period]) -> frozenset[int]:
    """The years among periods."""
    return frozenset(year for year, _ in found if year)


def rates(text: str) -> frozenset[str]:
    """Per what a text counts: "day", "year", "person", "100000"."""
    said = set()
    for match in _RATE.finditer(text):
        if match["ly"]:
            often = match["ly"].lower()
            said.add(_OFTEN.get(often, often.removesuffix("ly")))
        else:
            said.add((match["each"] or match["a"]).lower().replace(",", ""))
    return frozenset(said)


def same_time(a: frozenset[Period], b: frozenset[Period]) -> bool:
    """Whether two texts may speak of the same time: each period of the one is one of the other, or one names none."""
    if not a or not b:
        return True
    return all(any(_alike(x, y) for y in b) for x in a) and all(any(_alike(x, y) for x in a) for y in b)


def _alike(a: Period, b: Period) -> bool:
    return a[1] == b[1] and (a[0] == b[0] or None in (a[0], b[0]))
