"""Questions to begin with, made from the library itself, so that the first click gives an answer."""

import re
from collections import Counter
from collections.abc import Iterator

from documents.model import Document
from index.library import Library
from qa.suggest import proposals

__all__ = ["starter_questions"]

DOCUMENTS = 12  # looked at, at most: a first page shall open at once
CHARACTERS = 20_000  # of each
HEADINGS = 100  # the kind of a question about a heading: what is left where nothing else is


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
        # The least used kind and document first, then the most inviting, then what is said most often.
        best = min(found, key=lambda f: (kinds[f[0]], ids[f[3]], f[0], f[1], f[2]))
        chosen.append(best[2])
        kinds[best[0]] += 1
        ids[best[3]] += 1
        found = [f for f in found if f[2] not in chosen]
    return chosen


def _questions(document: Document) -> Iterator[tuple[int, str]]:
    text = document.text[:CHARACTERS]
    for proposal in proposals(text):
        yield proposal.kind, proposal.question
    for section in document.sections:
        heading = section.path[-1] if section.path else ""
        wordy = 2 <= len(heading.split()) <= 7 and not re.search(r"\d", heading)
        if wordy and section.end <= len(text) and heading != document.title:
            yield HEADINGS, f"What do the documents say about “{heading}”?"
