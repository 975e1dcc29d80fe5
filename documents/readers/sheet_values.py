"""A cell's value as people write it: the number as stored, with the unit, percentage or date that its format shows.

Number formats are those of ECMA-376 part 1, 18.8.31; of their affixes only currencies, short units and short prefixes
("Q3", "A0012") are kept, since brackets and colours say nothing that the number doesn't.
"""

import re
from datetime import date, datetime, time, timedelta

from documents.readers.amounts import CODES

__all__ = ["shown"]

_TIMED = re.compile(r"[hs]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
# Literal text (quoted, escaped, or a currency with its language), what only sets space or colour, and digits.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<none>_.|\*.|\[[^\]]*\])|'
    r"(?P<digits>[0#?](?:[0#?.,]*[0#?.])?,*)|(?P<plain>.)",
    re.DOTALL,
)
_UNIT = re.compile(r"[$€£¥₹₽₩₺₫฿%°]|[^\W\d_]{1,3}")
_CURRENCY = re.compile(CODES)
_PADDED = re.compile("0{2,}")  # a postcode, an article's number
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip


def shown(value: object, style: str) -> str:
    """The value in words; `style` is the cell's number format, "" where it isn't known."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return _moment(value, _QUOTED.sub("", style).lower())
    if isinstance(value, int | float):
        return _number(value, style)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{'-' * (seconds < 0)}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"
    return str(value)


def _moment(value: datetime, style: str) -> str:
    if _TIMED.search(style) if style else value.time() != time():
        return value.isoformat(" ", "seconds")
    if "mmm" in style and "d" not in style:  # "Jan-24" is asked for as a month
        return f"{_MONTHS[value.month - 1]} {value.year}"
    return value.date().isoformat()


def _number(value: float, style: str) -> str:
    percent = "%" in _QUOTED.sub("", style)
    number = f"{value * 100 if percent else value:.12g}"
    number = f"{value:f}".rstrip("0").rstrip(".") if "e" in number and abs(value) >= 1 else number
    if percent:
        return f"{number}%"
    before, after, places = _affixes(style)
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}{before}{digits.zfill(places) if digits.isdigit() else digits}{after}"


def _affixes(style: str) -> tuple[str, str, int]:
    """What a format sets before and behind a number, and the digits it has at least: ("$", "", 0), ("", " kg", 0)."""
    sides, digits, currency = ["", ""], list[str](), ""
    for token in _TOKEN.finditer(style.partition(";")[0]):
        if token["digits"]:
            if token["digits"].endswith(","):
                return "", "", 0  # shown in thousands or millions, and read in full
            digits.append(token["digits"])
        else:
            currency = (token["currency"] or currency).strip()
            sides[bool(digits)] += token["quoted"] or token["escaped"] or token["currency"] or token["plain"] or ""
    before, after = (side if _UNIT.fullmatch(side.strip()) else "" for side in sides)
    if not digits or (before and after):
        return "", "", 0
    places = len(digits[0]) if len(digits) == 1 and _PADDED.fullmatch(digits[0]) else 0
    before, after = before.lstrip(), after.strip()
    word = before.strip()
    if word.isalpha() and (word == currency or _CURRENCY.fullmatch(word)):  # "EUR 5" as "5 EUR": a figure with its unit
        before, after = "", word
    elif not word.isalpha():
        before = word
    return before, f" {after}" if after and after not in "%°" else after, places
