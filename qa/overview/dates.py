"""The day of a document, for a person: what it says itself, in its properties or in its own words."""

import re
from datetime import date

from documents.model import Document
from index.library import Library
from qa.checker.facts import Date, facts

__all__ = ["dated", "day_of"]

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"(?:1[5-9]|20)\d\d"
_DAY = rf"(?:\d{{1,2}} (?:{_MONTHS}) {_YEAR}|(?:{_MONTHS}) \d{{1,2}}, {_YEAR}|{_YEAR}-\d\d-\d\d)"
_SAYS = re.compile(
    rf"\b(?:published|posted|dated|issued|released)\b[^.\n]{{0,60}}?(?P<day>{_DAY})"
    rf"|^\W*(?:Date: *)?(?P<alone>{_DAY})\W*$",
    re.IGNORECASE | re.MULTILINE,
)
YEARS = range(1500, 2200)  # others are slips of the clock
ENDS = 1_500  # characters at either end of a text, where datelines stand


def dated(library: Library, document_id: str) -> str | None:
    """The day a document was last changed or made by its own account, else the one its dateline names."""
    document = library.document(document_id)
    moment = document.modified or document.created
    if moment is not None:
        return moment.date().isoformat()
    return _dateline(document)


def day_of(library: Library, document_id: str) -> date | None:
    """The day from which a document's "last year" counts: its dateline's, else that on which it was made or changed."""
    document = library.document(document_id)
    line = _dateline(document)
    if line is not None:
        readings = next((fact.readings for fact in facts(line) if isinstance(fact, Date)), ())
        return next((_real(*reading) for reading in readings), None)
    moment = document.created or document.modified
    return moment.date() if moment is not None and moment.year in YEARS else None


def _dateline(document: Document) -> str | None:
    for text in (document.text[:ENDS], document.text[-ENDS:]):
        if found := _SAYS.search(text):
            return found["day"] or found["alone"]
    return None


def _real(year: int | None, month: int | None, day: int | None) -> date | None:
    """The day of a reading; None where there is no such day ("31 June")."""
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
