"""Times that are counted from another: "last year" from the day of its document, "the year before" from a year told.

Where that day or year isn't known, neither is the time, and nothing is guessed.
"""

import re
from datetime import date, timedelta

from qa.checker.units import number_from_words
from qa.overview.periods import Period, periods, years

__all__ = ["counts_from_its_day", "told"]

_MONTHS = "January February March April May June July August September October November December".split()
_COUNT = r"(?<![\w.,-])(?:an?|\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twenty)"
_FROM_DAY = re.compile(
    r"\b(?:(?P<within>(?:earlier|later) )?(?P<which>last|this|next) "
    rf"(?P<unit>year|month|week|(?-i:{'|'.join(_MONTHS)}))(?! of\b)"  # "this may" is no month
    rf"|(?P<count>{_COUNT}) (?P<ago>year|month|week)s? ago|(?P<day>today|yesterday|tomorrow)"
    r"|(?P<until>so far|(?<!up )to date|until now|up to now)"
    r"|(?P<unknown>\S+ (?:year|month|week|decade)s? ago))\b",  # twenty-five, 1.5, some
    re.IGNORECASE,
)
_FROM_YEAR = re.compile(
    rf"\b(?:(?:the|(?P<count>{_COUNT})) (?P<unit>year|month|week)s? (?:before|earlier|previously)"
    r"|the (?:previous|preceding|prior) (?P<previous>year|month|week)"
    r"|(?P<unknown>\S+ years? (?:before|earlier|previously)))\b",
    re.IGNORECASE,
)
_STEPS = {"last": -1, "this": 0, "next": 1, "yesterday": -1, "today": 0, "tomorrow": 1}


def counts_from_its_day(text: str) -> bool:
    """Whether a text tells a time by the day of its document: "last year", "so far", "two months ago"."""
    return bool(_FROM_DAY.search(text))


def told(text: str, day: date | None, at: frozenset[int] = frozenset()) -> frozenset[Period] | None:
    """The periods that a text names or counts from another time; None where it counts from one that isn't known.

    `day` is that of its document, `at` the years that the text before it is at: they hold for a text that names none.
    """
    matches = list(_FROM_DAY.finditer(text))
    if matches and (day is None or any(match["unknown"] for match in matches)):
        return None
    named = periods(_FROM_DAY.sub(" ", text))  # "last June" is no June of any year
    if day is not None:
        counted = frozenset(_from_day(match, day) for match in matches if not match["until"])
        whole = frozenset(year for year, part in counted if year and not part)
        named = _placed(named, whole) if whole and named and not years(named) else named | counted  # "in May last year"
        if any(match["until"] or match["within"] for match in matches):  # two days, two counts, and both are right
            named = frozenset((year, f"{part} by {day}") for year, part in named or {(None, "")})
    back = [_years_back(match) for match in _FROM_YEAR.finditer(text)]
    if not back:
        return named if years(named) else _placed(named, at)
    base = years(named) or at
    if None in back or not base:
        return None
    earlier = frozenset(year - count for year in base for count in back if count)
    return named | {(year, "") for year in earlier} if years(named) else _placed(named, earlier)


def _placed(found: frozenset[Period], at: frozenset[int]) -> frozenset[Period]:
    """Periods that name no year, in each of these years; the whole year where there is none."""
    parts = {part for _, part in found} or {""}
    return frozenset((year, part) for year in at for part in parts) if at else found


def _from_day(match: re.Match[str], day: date) -> Period:
    """What "last year", "next June", "two months ago" or "yesterday" is, said on a day."""
    if match["day"]:
        then = day + timedelta(days=_STEPS[match["day"].lower()])
        return then.year, f"month {then.month}"
    unit = (match["unit"] or match["ago"]).lower()
    steps = _STEPS[match["which"].lower()] if match["which"] else -_counted(match["count"])
    if unit.title() in _MONTHS:
        month = _MONTHS.index(unit.title()) + 1
        passed = steps * (month - day.month) > 0  # the last May said in June, the next July: of the same year
        return day.year + (0 if passed else steps), f"month {month}"
    return _stepped(day, unit, steps)


def _stepped(day: date, unit: str, steps: int) -> Period:
    """The year, month or week so many from a day's own."""
    if unit == "week":
        year, week, _ = (day + timedelta(weeks=steps)).isocalendar()
        return year, f"week {week}"
    if unit == "month":
        year, month = divmod(12 * day.year + day.month - 1 + steps, 12)
        return year, f"month {month + 1}"
    return day.year + steps, ""


def _years_back(match: re.Match[str]) -> int | None:
    """How many years before another time; None where it isn't years."""
    unit = match["unit"] or match["previous"] or ""
    return _counted(match["count"]) if unit.lower() == "year" else None


def _counted(count: str | None) -> int:
    if not count or count.lower() in ("a", "an"):
        return 1
    return int(count) if count.isdigit() else int(number_from_words(count)[0])
