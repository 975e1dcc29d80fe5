"""The day of a document, for a person: what it says itself, in its properties or in its own words."""

import re

from index.library import Library

__all__ = ["dated"]

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"(?:1[5-9]|20)\d\d"
_DAY = rf"(?:\d{{1,2}} (?:{_MONTHS}) {_YEAR}|(?:{_MONTHS}) \d{{1,2}}, {_YEAR}|{_YEAR}-\d\d-\d\d)"
_SAYS = re.compile(
    rf"\b(?:published|posted|dated|issued|released)\b[^.\n]{{0,60}}?(?P<day>{_DAY})"
    rf"|^\W*(?:Date: *)?(?P<alone>{_DAY})\W*$",
    re.IGNORECASE | re.MULTILINE,
)
ENDS = 1_500  # characters at either end of a text, where datelines stand


def dated(library: Library, document_id: str) -> str | None:
    """The day a document was last changed or made by its own account, else the one its dateline names."""
    document = library.document(document_id)
    moment = document.modified or document.created
    if moment is not None:
        return moment.date().isoformat()
    for text in (document.text[:ENDS], document.text[-ENDS:]):
        if found := _SAYS.search(text):
            return found["day"] or found["alone"]
    return None
