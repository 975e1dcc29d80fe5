"""Questions to begin with, made from the library itself, so that the first click gives an answer."""

import re
from collections import Counter
from collections.abc import Iterator

from documents.model import Document
from index.library import Library

__all__ = ["starter_questions"]

DOCUMENTS = 12  # looked at, at most: a first page shall open at once
CHARACTERS = 20_000  # of each

# Not a name, though written large before one: what a sentence opens with.
_OPENERS = "After|Also|And|As|At|Before|But|By|Earlier|For|From|However|If|In|Later|Meanwhile|On|Since|So|Then|The|When"
_NAME = rf"(?!(?:{_OPENERS}) )[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){{1,3}}"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# A way of asking, and the pattern whose first group it asks about; those further up are more inviting.
_PATTERNS = (
    ("What did {} say?", re.compile(rf"\b({_NAME}) (?:said|says|told|argued|warned|stated|explained)\b")),
    ("Who is {}?", re.compile(rf"\b({_NAME}), (?:an?|the|who|then|[a-z]+ (?:of|at|for))\b")),
    ("What is the {}?", re.compile(rf"\b[Tt]he ({_NAME}(?: (?:of|for|on|and) {_NAME})?) \([A-Z]{{2,8}}\)")),
    ("What happened in {}?", re.compile(rf"\b(?:in|on) (?:\d{{1,2}} )?((?:{_MONTHS}) (?:1\d|20)\d\d)\b")),
    ("Who was {}?", re.compile(rf"\b({_NAME}) was (?:an?|the)\b")),
)


def starter_questions(library: Library, n: int = 4) -> list[str]:
    """Up to n questions that the documents are likely to answer, from different documents and of different kinds."""
    found: list[tuple[int, int, str, str]] = []  # kind, how often it was seen (negative), question, document id
    for record in library.documents()[:DOCUMENTS]:
        document = library.document(record.id)
        for (kind, question), count in Counter(_questions(document)).items():
            found.append((kind, -count, question, record.id))
    chosen: list[str] = []
    kinds, ids = Counter[int](), Counter[str]()
    while found and len(chosen) < n:
        # The least used kind and document first, then what is said most often.
        best = min(found, key=lambda f: (kinds[f[0]], ids[f[3]], f[1], f[2]))
        chosen.append(best[2])
        kinds[best[0]] += 1
        ids[best[3]] += 1
        found = [f for f in found if f[2] not in chosen]
    return chosen


def _questions(document: Document) -> Iterator[tuple[int, str]]:
    text = document.text[:CHARACTERS]
    for kind, (question, pattern) in enumerate(_PATTERNS):
        for match in pattern.finditer(text):
            yield kind, question.format(match.group(1).rstrip(".,'’"))
    for section in document.sections:
        heading = section.path[-1] if section.path else ""
        wordy = 2 <= len(heading.split()) <= 7 and not re.search(r"\d", heading)
        if wordy and section.end <= len(text) and heading != document.title:
            yield len(_PATTERNS), f"What do the documents say about “{heading}”?"
