"""What a person writes to limit a search or a list, made a Filter: one parser for command line, API and page."""

import os
import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from documents.detect import SUFFIXES
from documents.errors import FilterError
from documents.load import source_name
from index.library import Library
from index.records import Filter

__all__ = ["day", "known_as", "media_types", "parse_filter"]

LONGEST_PATTERN = 4_096  # characters: no path is longer
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")


def parse_filter(
    library: Library,
    *,
    documents: Sequence[str] = (),
    collections: Sequence[str] = (),
    types: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    path: str | None = None,
) -> Filter | None:
    """The filter that all these limits make together, None where there is none.

    `documents` are ids, beginnings of ids, names or paths; `types` media types or suffixes; `since` and `until` days.

    Raises:
        FilterError: a type or a day is none, or the pattern is too long.
        NotInLibrary: there is no such document.
    """
    if not (documents or collections or types or since or until or path):
        return None
    return Filter(
        documents=tuple(library.record(known_as(key)).id for key in documents) or None,
        collections=tuple(map(source_name, collections)) or None,
        media_types=media_types(types) if types else None,
        path=_pattern(path) if path else None,
        since=day(since) if since else None,
        until=day(until, last=True) if until else None,
    )


def known_as(key: str) -> str:
    """A key of a document as the library knows it: a path in full, anything else as it is."""
    path = os.path.abspath(key)
    try:
        return source_name(path if Path(path).exists() else key)
    except OSError:  # too long a name
        return source_name(key)


def _pattern(text: str) -> str:
    if len(text) > LONGEST_PATTERN:
        raise FilterError(f"the pattern {text[:20]!r}… has {len(text):,} characters and may have {LONGEST_PATTERN:,}")
    return source_name(text)


def media_types(names: Sequence[str]) -> tuple[str, ...]:
    """The media types that suffixes ("pdf", ".docx"), media types ("text/plain") and patterns ("image/*") stand for."""
    known = sorted(set(SUFFIXES.values()))
    found: list[str] = []
    for name in names:
        written = name.strip().lower()
        by_suffix = SUFFIXES.get(f".{written.removeprefix('.')}")
        these = [by_suffix] if by_suffix else [media for media in known if fnmatchcase(media, written)]
        if not these:
            raise FilterError(
                f"{name!r} is no type of document: give a suffix such as pdf or docx, or a media type such as text/html"
            )
        found += these
    return tuple(dict.fromkeys(found))


def day(text: str, *, last: bool = False) -> date:
    """2024-03-31 as a day; 2024-03 and 2024 as their first day, or their last."""
    match = _DAY.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        year = int(match[1])
        month = int(match[2] or (12 if last else 1))
        return date(year, month, int(match[3] or (monthrange(year, month)[1] if last else 1)))
    except ValueError as error:
        raise FilterError(f"{text!r} is no day: write 2024-03-31, 2024-03 or 2024") from error
