"""From evidence to what an Answer holds: verified citations, and the passages that were retrieved."""

from collections.abc import Mapping, Sequence

from documents.model import Place
from index.library import Library
from index.search import Hit
from qa.answer import AnswerSentence, Citation, RetrievedPassage
from qa.extract import Quote
from qa.verify import verify_citation

__all__ = ["Places", "citation", "cite", "passage", "places_of", "where_in"]

Places = Mapping[str, tuple[Place, ...]]  # of every document that is quoted, by its id


def cite(
    library: Library, quotes: Sequence[Quote], places: Places
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A sentence and its citations for every quote, each citation checked against the stored text."""
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    for quote in quotes:
        first = quote.evidence[0]
        answers = tuple(e.answer for e in quote.evidence if e.answer)
        spans = [(first.hit, quote.start, quote.end, answers)]
        spans += [(c.hit, c.start, c.end, (c.answer,) if c.answer else ()) for c in quote.copies]
        numbers = []
        for hit, start, end, answer in spans:
            made = citation(len(citations) + 1, hit, start, end, answer, places)
            verify_citation(library, made)
            citations.append(made)
            numbers.append(made.number)
        sentences.append(AnswerSentence(quote.text, tuple(numbers), "verbatim"))
    return tuple(sentences), tuple(citations)


def citation(
    number: int,
    hit: Hit,
    start: int,
    end: int,
    answers: tuple[tuple[int, int], ...],
    places: Places,
) -> Citation:
    """The citation of [start, end) of a hit's document, which the hit's text holds."""
    page, place = where_in(places[hit.document_id], start)
    return Citation(
        number=number,
        document_id=hit.document_id,
        source=hit.source,
        title=hit.title,
        page=page,
        heading=hit.heading or None,
        start=start,
        end=end,
        quote=hit.text[start - hit.start : end - hit.start],
        place=place,
        answer_spans=answers,
    )


def passage(hit: Hit, places: Places) -> RetrievedPassage:
    """A hit as an Answer lists it."""
    page, place = where_in(places[hit.document_id], hit.start)
    return RetrievedPassage(
        document_id=hit.document_id,
        source=hit.source,
        start=hit.start,
        end=hit.end,
        page=page,
        score=round(hit.score, 4),
        title=hit.title,
        heading=hit.heading or None,
        place=place,
        text=hit.text,
    )


def places_of(library: Library, hits: Sequence[Hit]) -> Places:
    """The pages, slides, sheets, … of the documents of these hits."""
    return {i: library.places(i) for i in {hit.document_id for hit in hits}}


def where_in(places: Sequence[Place], start: int) -> tuple[int | None, str | None]:
    """(page or slide number, every place around the offset as words), each None where there is none."""
    around = [place for place in places if place.start <= start < place.end]
    page = next((place.number for place in around if place.kind in ("page", "slide")), None)
    return page, ", ".join(map(str, around)) or None
