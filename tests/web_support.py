"""What the tests of the web chat share: a library of two short documents and a chain that cites as told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents.draft import Draft
from documents.errors import QuestionError
from documents.model import Document
from index.encoder import HashEncoder
from index.library import Library
from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage, Support

TRAM = "The council approved the tram line by 31 votes to 12."
COST = "Construction costs 214 million euros."
BRIDGE = "The harbour bridge was last painted in 1998."


def document(name: str, title: str, *blocks: str) -> Document:
    """A document with one heading below its title and the given paragraphs."""
    draft = Draft()
    draft.heading(title, 1)
    draft.heading("Decision", 2)
    for block in blocks:
        draft.block(block)
    identity = name.encode().hex().ljust(64, "0")[:64]
    return draft.finish(id=identity, source=name, media_type="text/plain", size=100, fallback_title=title)


def small_library(folder: Path) -> Library:
    """Minutes (a tram line and its cost) and a report (a bridge), with the stand-in encoder."""
    library = Library.open(folder, encoder=HashEncoder())
    library.add(document("minutes.txt", "Minutes of March", f"{TRAM} {COST} Nobody abstained."))
    library.add(document("bridge.txt", "Bridge report", f"{BRIDGE} It is 412 metres long."))
    return library


def citation(library: Library, number: int, quote: str, **changes: Any) -> Citation:
    """A citation of the first place of the library where the quote stands."""
    for record in library.documents():
        found = library.document(record.id)
        start = found.text.find(quote)
        if start >= 0:
            values: dict[str, Any] = {
                "number": number, "document_id": found.id, "source": found.source, "title": found.title,
                "page": None, "heading": "Decision", "start": start, "end": start + len(quote), "quote": quote,
            }  # fmt: skip
            return Citation(**(values | changes))
    raise AssertionError(f"no document says {quote!r}")


def answered(library: Library, question: str, *quotes: str, support: Support = "verbatim") -> Answer:
    """An answer that quotes these sentences, with every document's first lines as the retrieved passages."""
    citations = tuple(citation(library, n, quote) for n, quote in enumerate(quotes, 1))
    sentences = tuple(AnswerSentence(c.quote, (c.number,), support) for c in citations)
    passages = tuple(
        RetrievedPassage(r.id, r.sources[0], 0, 40, None, 1.0, r.title, None, None, library.document(r.id).text[:40])
        for r in library.documents()
    )
    text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences)
    return Answer(
        question,
        (question,),
        "answered",
        text,
        0.9,
        "extractive",
        sentences,
        citations,
        passages,
        {"total": 3},
    )


class ScriptedChain:
    """Answers every question by quoting what it was given, and keeps the inputs it was called with."""

    def __init__(self, library: Library, *quotes: str) -> None:
        self.library, self.quotes = library, quotes
        self.calls: list[Mapping[str, Any]] = []

    def invoke(self, inputs: Mapping[str, Any]) -> Answer:
        self.calls.append(inputs)
        if len(inputs["question"]) > 20_000:
            raise QuestionError("the question has too many characters: shorten it to 20,000")
        return answered(self.library, inputs["question"], *self.quotes)
