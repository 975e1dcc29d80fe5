"""The numbers and dates of a text, read so that they can be compared however they are written."""

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from qa.checker.units import MONTHS, NUMBER_WORD, SCALES, UNITS, WEEKDAYS, number_from_words

__all__ = ["Date", "Fact", "Number", "facts", "kind_name"]

_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"[12]\d{3}"
_TENS = {
    name[:-1] + "ies": 10 * n
    for n, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_DATES = re.compile(
    "|".join(
        (
            rf"(?P<iso>\b(?P<y1>{_YEAR})[-/](?P<m1>0?[1-9]|1[0-2])[-/](?P<d1>0?[1-9]|[12]\d|3[01])\b)",
            r"(?P<slash>\b(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<y2>[12]\d{3})\b)",
            rf"(?P<dmy>\b(?P<d3>{_DAY})\s+(?:of\s+)?(?P<m3>{_MONTH})(?:,?\s+(?P<y3>{_YEAR}))?\b)",
            rf"(?P<mdy>\b(?P<m4>{_MONTH})\s+(?P<d4>{_DAY})(?!\d)(?:,?\s+(?P<y4>{_YEAR})\b)?)",
            rf"(?P<my>\b(?P<m5>{_MONTH}),?\s+(?:of\s+)?(?P<y5>{_YEAR})\b)",
            r"(?P<decade>\b(?P<y6>[12]\d{2}0)[’']?s\b)",
            rf"(?P<tens>\b(?:{'|'.join(_TENS)})\b)",
        )
    ),
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    r"\b(?:(?P<month>January|February|March|April|May|June|July|August|September|October|November|December)"
    rf"|(?P<weekday>{'|'.join(name.capitalize() for name in WEEKDAYS)}))\b"
)
_TIME = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.](?P<min>\d{2}))?\s?(?P<half>[ap]\.?m\b)"
    r"|\b(?P<h2>[01]?\d|2[0-3]):(?P<min2>[0-5]\d)\b",
    re.IGNORECASE,
)
_UNIT = "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True))
_SCALE = r"hundred|thousands?|millions?|billions?|trillions?|dozen|lakh|crore|mn|mln|bn|tn"
_NUMBER = re.compile(
    r"(?P<money>(?:US|A|C|NZ|HK)?\$|[€£¥₹]|\b(?:USD|EUR|GBP|JPY|CHF|INR)\s?)?"
    r"(?<![\w.])(?P<sign>[-−+](?=[\d.]))?"
    r"(?:(?P<digits>\d{1,3}(?:[,.'’\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?P<part>[½¼¾⅓⅔⅛])?|(?P<lone>[½¼¾⅓⅔⅛]))"
    r"(?:(?P<ordinal>st|nd|rd|th)\b"
    rf"|(?P<scale>[\s-]?(?:{_SCALE})\b|[kKMB]\b|[mb]\b))?"
    rf"(?:[\s-]?(?P<unit>(?:{_UNIT})(?!\w|\s?\d)))?",
    re.IGNORECASE,
)
_WRITTEN = re.compile(rf"\b(?:{NUMBER_WORD})\b(?:[\s-](?P<unit>(?:{_UNIT})(?!\w)))?", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w.])\d+(?:\.\d+){2,}(?![\w])")
_BEFORE = re.compile(
    r"\b(?:(?P<about>about|around|approximately|approx\.?|roughly|circa|c\.|some|nearly|almost)"
    r"|(?P<over>over|more than|above|at least|exceeding|not less than|no fewer than|upwards of|greater than)"
    r"|(?P<under>under|less than|fewer than|below|at most|up to|no more than|not more than))\s*(?:~\s*)?$"
    r"|(?P<tilde>[~≈]\s*)$",
    re.IGNORECASE,
)
# May and March are months after these, else perhaps verbs.
_BEFORE_MONTH = re.compile(
    r"\b(?:in|of|by|since|until|last|next|early|late|mid|from|to|and|during|this|every|each|between)[\s-]*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[-–—]|to|and|or)\s*", re.IGNORECASE)
_SOFT = frozenset(("one", "first", "second", "third", "half", "quarter", "quarters", "thirds", "dozens"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands at [start, end): the values it may have, its unit (dimension, factor), a bound.

    `soft` marks words that seldom count anything ("one of them", "at first"); `digits` how many the value shows.
    """

    start: int
    end: int
    values: tuple[float, ...]
    unit: tuple[str, float] | None = None
    ordinal: bool = False
    bound: str = ""
    soft: bool = False
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Date:
    """A date as it stands at [start, end): (year, month, day) readings, None for what isn't said; or a weekday."""

    start: int
    end: int
    readings: tuple[tuple[int | None, int | None, int | None], ...]
    weekday: int | None = None
    decade: bool = False


Fact = Number | Date


def facts(text: str) -> list[Fact]:
    """The numbers and dates of a text in order, none overlapping another."""
    found: list[Fact] = []
    taken = bytearray(len(text) + 1)

    def take(fact: Fact | None) -> None:
        if fact is not None and not any(taken[fact.start : fact.end]):
            taken[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
            found.append(fact)

    for match in _DATES.finditer(text):
        take(_date(match))
    for match in _TIME.finditer(text):
        take(_time(match))
    for match in _NAMED_DAY.finditer(text):
        take(_named(match, text))
    for match in _CODE.finditer(text):
        take(_code(match))
    for match in _NUMBER.finditer(text):
        take(_number(match, text))
    for match in _WRITTEN.finditer(text):
        take(_written(match, text))
    return _ranges(sorted(found, key=lambda fact: fact.start), text)


def _date(match: re.Match[str]) -> Date | None:
    given = match.groupdict()

    def part(name: str, n: int) -> str | None:
        return given.get(f"{name}{n}")

    if match["slash"]:
        a, b, year = int(match["a"]), int(match["b"]), int(match["y2"])
        readings = tuple((year, m, d) for m, d in dict.fromkeys(((b, a), (a, b))) if 1 <= m <= 12 and 1 <= d <= 31)
        return Date(*match.span(), readings) if readings else None
    if match["decade"]:
        return Date(*match.span(), ((int(match["y6"]), None, None),), decade=True)
    if match["tens"]:
        tens = _TENS[match["tens"].lower()]
        return Date(*match.span(), ((1900 + tens, None, None), (1800 + tens, None, None)), decade=True)
    n = next(n for n, name in ((1, "iso"), (3, "dmy"), (4, "mdy"), (5, "my")) if match[name])
    month_text, day_text, year_text = part("m", n), part("d", n), part("y", n)
    month = int(month_text) if month_text and month_text.isdigit() else MONTHS[(month_text or "").rstrip(".").lower()]
    if month_text in ("may", "march", "mar", "sep", "dec", "jan") and not year_text:
        return None  # "10 may leave"
    day = int(re.sub(r"\D", "", day_text)) if day_text else None
    return Date(*match.span(), ((int(year_text) if year_text else None, month, day),))


def _time(match: re.Match[str]) -> Number:
    hours = int(match["h"] or match["h2"])
    minutes = int(match["min"] or match["min2"] or 0)
    half = (match["half"] or "").lower()[:1]
    clock = (hours % 12 + 12 * (half == "p")) * 60 + minutes if half else hours * 60 + minutes
    values = (float(clock),) if half or hours > 12 else (float(clock), float(clock + 720))
    return Number(*match.span(), values, ("clock", 1.0))


def _named(match: re.Match[str], text: str) -> Date | None:
    if match["weekday"]:
        return Date(*match.span(), ((None, None, None),), weekday=WEEKDAYS[match["weekday"].lower()])
    name = match["month"].lower()
    before = text[max(0, match.start() - 20) : match.start()].rstrip()
    if name in ("may", "march", "august") and not _BEFORE_MONTH.search(before):
        return None
    return Date(*match.span(), ((None, MONTHS[name], None),))


def _code(match: re.Match[str]) -> Number | None:
    parts = match[0].split(".")
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
        return None
    return Number(*match.span(), tuple(float(part) for part in parts), ("code", 1.0))


def _values(digits: str) -> tuple[float, ...]:
    """What the digits may mean: 1,200 and 1.200.000 have thousands, 12,5 a decimal comma, 1.200 may be either."""
    plain = re.sub(r"['’\u00a0\u202f]", "", digits)
    marks = re.findall("[.,]", plain)
    if not marks:
        return (float(plain),)
    if len(set(marks)) == 2:
        return (float(plain.replace(marks[0], "").replace(marks[-1], ".")),) if marks.count(marks[-1]) == 1 else ()
    thousands = all(len(part) == 3 for part in re.split("[.,]", plain)[1:]) and len(plain) > 4
    if len(marks) > 1 or (marks[0] == "," and thousands):
        return (float(re.sub("[.,]", "", plain)),)
    decimal = float(plain.replace(",", "."))
    return (decimal, float(plain.replace(".", ""))) if thousands and plain[0] != "0" else (decimal,)


def _number(match: re.Match[str], text: str) -> Fact | None:
    start, end = match.span()
    money, scale, unit = (match["money"] or "").strip().lower(), (match["scale"] or "").strip(" -"), match["unit"]
    if scale in ("m", "b") and not money:  # 5 m is a length
        end, scale, unit = match.start("scale"), "", unit if scale == "b" else "m"
        end = match.end("scale") if unit == "m" else end
    if not match["digits"] or match["part"]:
        values: tuple[float, ...] = (float(match["digits"] or 0) + unicodedata.numeric(match["part"] or match["lone"]),)
    else:
        values = _values(match["digits"])
    if not values or (match["digits"] or "").count(".") > 3:
        return None
    if end < len(text) and text[end].isalpha() and text[end - 1].isdigit():
        return None  # 3D, 5G, 4x4: a word
    factor = SCALES[scale.lower()] if scale else 1.0
    if scale == "k" and not money:
        values = (*values, *(v / 1000 for v in values))  # a 401k is no thousands
    sign = -1 if match["sign"] in ("-", "−") and not text[max(0, start - 4) : start].rstrip()[-1:].isdigit() else 1
    values = tuple(sign * factor * value for value in values)
    plain_year = re.fullmatch(_YEAR, match[0]) and 1000 <= values[0] <= 2100
    if plain_year:
        return Date(start, end, ((int(values[0]), None, None),))
    known = UNITS.get(money.removesuffix(" ")[-1:] if money.endswith("$") else money) or _unit(unit)
    return Number(start, end, values, known, bool(match["ordinal"]), _bound(text, start), scaled=bool(scale))


def _unit(written: str | None) -> tuple[str, float] | None:
    if not written:
        return None
    if written == "MW":
        return UNITS["mw"]
    return UNITS[written.lower()] if written.lower() != "in" else None


def _bound(text: str, start: int) -> str:
    match = _BEFORE.search(text, max(0, start - 20), start)
    if not match:
        return ""
    return "over" if match["over"] else "under" if match["under"] else "about"


def _written(match: re.Match[str], text: str) -> Number:
    words = match[0] if not match["unit"] else match[0][: match.start("unit") - match.start()].rstrip(" -\t\n")
    value, ordinal = number_from_words(words)
    soft = words.lower() in _SOFT
    unit = _unit(match["unit"])
    return Number(*match.span(), (value,), unit, ordinal, _bound(text, match.start()), soft and unit is None)


def _ranges(found: list[Fact], text: str) -> list[Fact]:
    """In 5 to 10 million km the 5 has scale and unit of the 10; in 1914-18 the 18 is 1918."""
    for n in range(len(found) - 1, 0, -1):
        a, b = found[n - 1], found[n]
        if not _RANGE.fullmatch(text[a.end : b.start]) and not (b.start == a.end and text[b.start] in "-−"):
            continue
        if isinstance(a, Date) and isinstance(b, Number) and not b.unit and 0 < abs(b.values[0]) < 100:
            year = a.readings[0][0]
            if year and year % 100 < abs(b.values[0]) and a.readings[0][1] is None:
                found[n] = Date(b.start, b.end, ((year - year % 100 + int(abs(b.values[0])), None, None),))
        elif isinstance(a, Number) and isinstance(b, Number):
            if b.values[0] < 0 and b.start == a.end:
                b = found[n] = _changed(b, values=tuple(-v for v in b.values))
            if a.unit is None and b.unit:
                a = found[n - 1] = _changed(a, unit=b.unit)
            if b.scaled and not a.scaled and text[a.end : b.start].strip().lower() in ("-", "–", "to", "and", "or"):
                scale = 10 ** (3 * int(math.log10(max(abs(b.values[0]), 1)) // 3))
                found[n - 1] = _changed(a, values=(*a.values, *(v * scale for v in a.values)))
    return found


def _changed(number: Number, **changes: Any) -> Number:
    return replace(number, **changes)


def kind_name(fact: Fact) -> str:
    """What a person calls it: date, year, per cent, number."""
    if isinstance(fact, Date):
        year, month, day = fact.readings[0]
        return "year" if year and not month and not day and not fact.decade else "date"
    return "time" if fact.unit and fact.unit[0] == "clock" else "number"
