"""Running headers, footers and page numbers: what stands at the same height of many pages, but for the page's number.

A line counts as running where the same words, or the same words with one number that counts the pages, stand near the
edge of at least three pages (two, in a document of up to four).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from documents.readers.pdf_words import Page, Run

__all__ = ["running_runs"]

_ZONE = 0.13  # of the page's height, at the top and at the bottom
_DEEPEST = 4  # lines from the edge
_NUMBER = re.compile(r"\d{1,6}")
_ROMAN = re.compile(r"[ivxlc]{1,8}")
_Key = tuple[str, str, int]  # side, text, distance from the edge
_Keyed = tuple[Run, list[_Key]]
_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def running_runs(pages: Sequence[Page], body: float) -> list[set[Run]]:
    """For every page, its runs that are running headers, footers or page numbers."""
    counts: Counter[_Key] = Counter()
    found: list[list[list[_Keyed]]] = []  # for each page, two edges of rows
    for page in pages:
        edges = [[_keyed(page, side, row, body) for row in rows] for side, rows in _near_edges(page)]
        counts.update({key for rows in edges for row in rows for _, keys in row for key in keys})
        found.append([row for rows in edges for row in [*rows, []]])
    enough = 2 if len(pages) <= 4 else 3
    running: list[set[Run]] = []
    for page_rows in found:
        running.append(set())
        inside = False
        for row in page_rows:
            repeated = {run for run, keys in row if any(counts[key] >= enough for key in keys)}
            # What stands behind a line of the page's own is the page's own; an empty row ends an edge.
            inside = bool(row) and (inside or not repeated)
            if not inside:  # beside a page number, twice is enough: a chapter's title may head two pages only
                running[-1] |= {run for run, keys in row if any(counts[key] >= 2 for key in keys)}
    return running


def _near_edges(page: Page) -> Iterator[tuple[str, list[list[Run]]]]:
    """Rows near the top and the bottom, from the edge inwards."""
    height = page.extent[1]
    upright = [run for run in page.runs if not run.aslant]
    tops = sorted((r for r in upright if r.bottom < _ZONE * height), key=lambda r: r.top)
    bottoms = sorted((r for r in upright if r.top > (1 - _ZONE) * height), key=lambda r: -r.bottom)
    for side, runs in (("top", tops), ("bottom", bottoms)):
        rows: list[list[Run]] = []
        for run in runs:
            if rows and abs(run.top - rows[-1][0].top) < 0.5 * (run.bottom - run.top):
                rows[-1].append(run)
            else:
                rows.append([run])
        yield side, rows[:_DEEPEST]


def _keyed(page: Page, side: str, row: list[Run], body: float) -> list[_Keyed]:
    """The row's runs, each with what it is recognised by: nothing for large type and for parts of a wide-set line."""
    texts = page.texts.split("\n")
    keyed: list[_Keyed] = []
    ordered = sorted(row, key=lambda r: r.left)
    gaps = [inf, *(b.left - a.right for a, b in pairwise(ordered)), inf]
    for i, run in enumerate(ordered):
        keys: list[_Key] = []
        if run.size <= 1.2 * body and min(gaps[i : i + 2]) >= 2 * run.size:
            height = run.top if side == "top" else page.extent[1] - run.bottom
            forms = _forms(" ".join(texts[run.first : run.last]), page.number)
            keys = [(side, form, int((height + shift) // 8)) for form in forms for shift in (0, 4)]
        keyed.append((run, keys))
    return keyed


def _forms(text: str, page: int) -> Iterator[str]:
    """The text as it stands, and with each of its numbers as a distance from the page's number."""
    text = " ".join(text.split()).lower()
    if len(text) > 200:
        return
    yield text
    numbers = list(_NUMBER.finditer(text))
    if len(numbers) <= 6:
        for match in numbers:
            yield f"{text[: match.start()]}\0{int(match.group()) - page}\0{text[match.end() :]}"
    bare = text.strip("-–— .[]()|")
    if _ROMAN.fullmatch(bare):
        yield f"roman {_roman(bare) - page}"


def _roman(text: str) -> int:
    values = [_DIGITS[c] for c in text]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
