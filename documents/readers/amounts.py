"""Lines that state a value ("TOTAL $821.14", "Points earned: 821"): large or bold as they may be, they head nothing.

A heading is never quoted, so what a receipt or an invoice comes to must not be taken for one. Where a figure belongs to
a phrase ("Grants above $1,000", "Profit rises to $5.2 million") the line may well be a heading.
"""

import re

__all__ = ["CODES", "states_amount"]

_SIGNS = "$€£¥₹₽₩₺₫฿"
CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RUB|BRL|MXN|ZAR|KRW|SGD|HKD|TRY|Rs\\.?"
_NUMBER = r"\(?[-–−+]?\d(?:[\d.,'’ ]*\d)?\)?"
_MONEY = (
    rf"[-–−+(]?(?:[{_SIGNS}]|\b(?:{CODES}))\s?{_NUMBER}(?:\s?(?:k|m|bn|million|billion))?|"
    rf"{_NUMBER}\s?(?:[{_SIGNS}%]|(?:{CODES})\b)"
)
_PER = r"(?:\s?(?:/|per|a|an|each)\s?\w*)?"
_LABEL = r"(?P<label>[^\W\d_][^:]{0,80}?)"
_VALUE = re.compile(rf"{_LABEL}\s*(?:{_MONEY}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?){_PER}", re.IGNORECASE)
_FIELD = re.compile(rf"{_LABEL}:\s*(?:{_MONEY}|(?P<figure>[\d+(#][\d\s.,:/()+–-]*)){_PER}", re.IGNORECASE)
_SUM = re.compile(
    r"(?:(?:grand|net|gross|order|invoice) )?(?:sub-?total|total|sum|balance|amount|gesamt\w*|summe|betrag|saldo|somme|"
    rf"montant|importe|totale)\b[^\d:]{{0,40}}{_NUMBER}",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?:1\d|20)\d\d(?:\s?[–/-]\s?\d{2,4})?")
# What stands before a figure that belongs to a phrase.
_JOINING = frozenset(
    "a about above after an and around at before below between by down for from in of on or over than the to under up "
    "with within worth".split()
)
_MOST_WORDS = 6


def states_amount(line: str) -> bool:
    """Whether a line is a label and its value: a sum of money, a share, a count, a total."""
    text = " ".join(line.split())
    total = _SUM.fullmatch(text)
    if total:
        return not _YEARS.search(text)
    field = _FIELD.fullmatch(text)
    if field:
        return field["figure"] is None or not _YEARS.fullmatch(field["figure"].strip())
    value = _VALUE.fullmatch(text)
    words = value["label"].split() if value else []
    return 0 < len(words) <= _MOST_WORDS and words[-1].lower() not in _JOINING
