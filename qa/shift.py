"""A follow-up that moves in time, made to stand alone: "And the year before?" after a question on 2016 asks of 2015.

Arithmetic on the year (or month) that the conversation is at: the one in the question before, else the first one in the
answer to it; "And in October?" asks of October of that year. Nothing is guessed: where no year is named, or the
question says more than where to move, it is left.
"""

import re
from collections.abc import Sequence

from documents.draft import clean
from qa.answer import Turn

__all__ = ["shifted"]

TURNS = 20  # of the conversation, the last ones
LONGEST = 300  # characters of a question that is moved
_MONTHS = "January February March April May June July August September October November December".split()
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_YEAR = r"(?:1[5-9]|20)\d\d"
_TIME = re.compile(rf"\b(?:(?P<month>{'|'.join(_MONTHS)}),? )?(?P<year>{_YEAR})\b")
_OPEN = (
    r"^\W*(?:(?:and|but|or|so|then|what about|how about|what happened|how was it|the same for)\b[, ]*)*"
    r"(?:(?:in|for|during|of)\b )?"
)
_END = r"(?: (?:that|then|this))?\W*$"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_BEFORE = r"before|earlier|prior|previously|ago"
_AFTER = r"after|later|following|afterwards?|on"
_MOVES = tuple(
    re.compile(_OPEN + pattern + _END, re.IGNORECASE)
    for pattern in (
        rf"the (?P<unit>year|month|decade) (?:(?P<back>{_BEFORE})|(?:{_AFTER}))",
        r"(?:the |that )?(?:(?P<back>previous|preceding|prior|last)|next|following|coming) (?P<unit>year|month|decade)",
        rf"{_COUNT} (?P<unit>year|month|decade)s? (?:(?P<back>{_BEFORE})|(?:{_AFTER}))",
    )
)
_PLACED = re.compile(_OPEN + rf"(?P<when>(?:(?:{'|'.join(_MONTHS)}),? )?{_YEAR})" + _END, re.IGNORECASE)
# A month without a year that a question asks of; behind no such word it may be a name ("Theresa May").
_MONTH = re.compile(
    rf"\b(?P<at>in|of|for|during|since|by) (?:{'|'.join(_MONTHS)})\b(?P<more>,| and| or| to| until|-|–)?"
)
_OF_YEAR = re.compile(_OPEN + rf"(?P<month>{'|'.join(_MONTHS)})" + _END, re.IGNORECASE)  # that the conversation is at
_SINCE = re.compile(r"\b(?:since|after|before|until) then\b|\bin (?:that|the same) year\b", re.IGNORECASE)


def shifted(question: str, history: Sequence[Turn]) -> str | None:
    """The question by itself, where it only moves the one before in time; None where it does anything else."""
    if len(question) > LONGEST:
        return None
    before, answer = "", ""
    for turn in history[-TURNS:]:
        if turn.role == "agent":
            answer = clean(turn.text)
            continue
        asked = " ".join(clean(turn.text).split())
        before = (_moved(asked, before, answer) if len(asked) <= LONGEST else None) or asked
        answer = ""
    return _moved(question, before, answer) if 0 < len(before) <= LONGEST else None


def _moved(question: str, before: str, answer: str) -> str | None:
    """One follow-up, given the question before it, as far as it stands alone, and its answer."""
    at = _TIME.search(before) or _TIME.search(answer)
    if not before or question == before:
        return None
    if placed := _PLACED.match(question):
        return _placed(before, placed["when"])
    if at is None:
        return None
    if named := _OF_YEAR.match(question):
        return _of_month(before, f"{named['month'].capitalize()} {at['year']}")
    for pattern in _MOVES:
        if found := pattern.match(question):
            groups = found.groupdict()
            count = str(groups.get("count") or "one").lower()
            steps = int(count) if count.isdigit() else _NUMBERS[count]
            when = _stepped(at, found["unit"].lower(), -steps if found["back"] else steps)
            return _placed(before, when) if when else None
    if _SINCE.search(question) and not _TIME.search(question):
        when = " ".join(part for part in (at["month"], at["year"]) if part)
        return _SINCE.sub(lambda m: f"{m.group().split()[0]} {when}", question)
    return None


def _stepped(at: re.Match[str], unit: str, steps: int) -> str | None:
    """The time so many years, decades or months from another; None for months from a year alone."""
    year = int(at["year"])
    if unit == "month":
        if not at["month"]:
            return None
        months = 12 * year + _MONTHS.index(at["month"]) + steps
        return f"{_MONTHS[months % 12]} {months // 12}"
    year += steps * (10 if unit == "decade" else 1)
    return f"{at['month']} {year}" if at["month"] else str(year)


def _of_month(before: str, when: str) -> str | None:
    """The question before, asked of another month; None where it asks of several."""
    months = [] if _TIME.search(before) else list(_MONTH.finditer(before))
    if not months:
        return _placed(before, when)
    if len(months) > 1 or months[0]["more"]:
        return None
    return _MONTH.sub(lambda month: f"{month['at']} {when}", before)


def _placed(before: str, when: str) -> str:
    """The question before, asked of another time."""
    if _TIME.search(before):
        return _TIME.sub(when, before, count=1)
    return f"{before.rstrip(' ?.!')} in {when}?"
