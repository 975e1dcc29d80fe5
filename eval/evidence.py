"""What an answer must rest on: a quote or a span of a document's *original* text, read from a row of a question set.

`locate` finds it in the canonical text, which may differ from the original in spacing, list marks and hidden
characters, and never in letters or digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from documents.errors import DatasetError

__all__ = ["Evidence", "evidence_of", "locate"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer must rest on: a quote of a document, or [start, end) of its original text, or both.

    Evidence of one `part` is interchangeable: citing any of it is enough for that part.
    """

    doc_id: str
    quote: str
    start: int | None = None
    end: int | None = None
    part: int = 0


def evidence_of(
    row: Mapping[str, Any], answers: tuple[str, ...], doc_ids: tuple[str, ...], where: str
) -> tuple[Evidence, ...]:
    """From "evidence", else "spans" of the first document (quoted by "answers" in step), else "answer_start".

    Raises DatasetError, which says with `where` in which row.
    """
    try:
        if row.get("evidence"):
            return tuple(_quoted(each) for each in row["evidence"])
        if not doc_ids or not answers:
            return ()
        if row.get("spans"):
            spans = [_span(each) for each in row["spans"]]
            quotes = answers if len(answers) == len(spans) else ("",) * len(spans)
            return tuple(
                Evidence(doc_ids[0], quote, start, end, part=i)
                for i, (quote, (start, end)) in enumerate(zip(quotes, spans, strict=True))
            )
        if isinstance(row.get("answer_start"), int):
            start = row["answer_start"]
            return (Evidence(doc_ids[0], answers[0], start, start + len(answers[0])),)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{where}: {error!r}; 'evidence' needs a list of {{\"doc_id\", \"quote\"}}, 'spans' one of [start, end]."
        ) from error
    return ()


def _quoted(given: Mapping[str, Any]) -> Evidence:
    document, quote = given["doc_id"], given["quote"]
    if not isinstance(document, str) or not isinstance(quote, str):
        raise TypeError(f"{given!r} are no two texts")
    return Evidence(document, quote, part=int(given.get("part", 0)))


def _span(given: Any) -> tuple[int, int]:
    start, end = map(int, given)
    if not 0 <= start < end:
        raise ValueError(f"[{start}, {end}] is no span")
    return start, end


def locate(evidence: Evidence, text: str, original: str | None = None) -> tuple[int, int] | None:
    """Where evidence stands in a canonical text, [start, end); None where it doesn't.

    Compared by letters and digits alone. Of several places the one nearest to the evidence's own start is taken, which
    is exact when letters and digits were kept (`original` is the text that start counts in), else the first.
    """
    quote = evidence.quote
    if not quote and original is not None and evidence.start is not None:
        quote = original[evidence.start : evidence.end]
    wanted = "".join(filter(str.isalnum, quote))
    if not wanted:
        return None
    places, squeezed = _squeeze(text)
    near = 0
    if evidence.start is not None:
        near = sum(map(str.isalnum, (original if original is not None else text)[: evidence.start]))
    best = min(_occurrences(wanted, squeezed), key=lambda at: abs(at - near), default=None)
    return None if best is None else (places[best], places[best + len(wanted) - 1] + 1)


@lru_cache(maxsize=64)
def _squeeze(text: str) -> tuple[list[int], str]:
    """The offsets of the letters and digits, and these in a row."""
    places = [i for i, char in enumerate(text) if char.isalnum()]
    return places, "".join(text[i] for i in places)


def _occurrences(wanted: str, text: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found
