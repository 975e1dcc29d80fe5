"""A cell's value as people write it: the number as stored, with the unit, percentage or date that its format shows.

Number formats are those of ECMA-376 part 1, 18.8.31; of their affixes only currencies and short units are kept, since
brackets and colours say nothing that the number doesn't.
"""

import re
from datetime import date, datetime, time, timedelta

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
    if re.fullmatch("0{2,}", style) and number.isdigit():  # a postcode, an article's number
        return number.zfill(len(style))
    before, after = _units(style)
    sign, digits = ("-", number[1:]) if before and number.startswith("-") else ("", number)
    return f"{sign}{before}{digits}{after}"


def _units(style: str) -> tuple[str, str]:
    """What a format sets before and behind a number: ("$", ""), ("", " kg"), mostly nothing."""
    sides, digits = ["", ""], False
    for token in _TOKEN.finditer(style.partition(";")[0]):
        if token["digits"]:
            if token["digits"].endswith(","):
                return "", ""  # shown in thousands or millions, and read in full
            digits = True
        else:
            sides[digits] += token["quoted"] or token["escaped"] or token["currency"] or token["plain"] or ""
    before, after = (side.strip() if _UNIT.fullmatch(side.strip()) else "" for side in sides)
    if not digits or (before and after):
        return "", ""
    if before.isalpha():  # "EUR 5" as "5 EUR": a figure with its unit
        before, after = "", before
    return before, f" {after}" if after and after not in "%°" else after
