"""A question and its history become an Answer: a LangChain runnable of three steps, plan, retrieve and answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from documents.draft import clean
from documents.errors import QuestionError
from documents.model import Place
from index.library import Library
from index.search import Hit, SearchResult
from index.store import Filter
from qa import prompts
from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage, Turn
from qa.evidence import judge, threshold
from qa.extract import Quote, choose
from qa.followup import context, plan
from qa.verify import verify_citation

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Ask", "Options", "ask", "build_chain"]

LONGEST_QUESTION = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer: how many passages to retrieve, how many sentences to quote at most, when to answer at all.

    `threshold` is the least confidence with which the library is said to answer; None takes the fitted one.
    """

    passages: int = 10
    sentences: int = 3
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as it came in, what was said before it, and what the search is limited to."""

    question: str
    history: tuple[Turn, ...] = ()
    where: Filter | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    ask: Ask
    result: SearchResult
    began: float


def build_chain(library: Library, options: Options = Options()) -> "Runnable[Any, Answer]":
    """A runnable from {"question", "history", "where"} to an Answer; "history" holds Turns or {"role", "text"}.

    Raises (at invoke):
        QuestionError: the question is blank or longer than 20,000 characters.
    """
    from langchain_core.runnables import RunnableLambda

    retrieve = RunnableLambda(partial(_retrieve, library, options)).with_config(run_name="retrieve")
    answer = RunnableLambda(partial(_answer, library, options)).with_config(run_name="answer")
    return RunnableLambda(_asked).with_config(run_name="plan") | retrieve | answer


def ask(library: Library, question: str, history: Sequence[Turn] = (), options: Options = Options()) -> Answer:
    """The Answer to one question."""
    return build_chain(library, options).invoke({"question": question, "history": history})


def _asked(given: Mapping[str, Any]) -> tuple[Ask, float]:
    began = time.perf_counter()
    question = " ".join(clean(given["question"]).split())
    if not question:
        raise QuestionError("the question is empty: ask something, such as 'Who signed the agreement?'")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question):,} characters and may have {LONGEST_QUESTION:,}: ask for less at once, "
            "or add the text as a document"
        )
    turns = tuple(t if isinstance(t, Turn) else Turn(t["role"], t["text"]) for t in given.get("history") or ())
    return Ask(question, turns, given.get("where")), began


def _retrieve(library: Library, options: Options, asked: tuple[Ask, float]) -> _Found:
    ask, began = asked
    if not len(library):
        return _Found(ask, SearchResult((), (), {}, {}), began)
    result = library.search(plan(ask.question, ask.history), k=options.passages, where=ask.where)
    return _Found(ask, result, began)


def _answer(library: Library, options: Options, found: _Found) -> Answer:
    began = time.perf_counter()
    result = found.result
    judgement = judge(found.ask.question, result.hits, result.rarity, context(found.ask.history))
    enough = judgement.confidence >= (threshold() if options.threshold is None else options.threshold)
    places = _places(library, result.hits)
    quotes = choose(judgement.evidence, options.sentences) if result.hits and enough else []
    sentences, citations = _cite(library, quotes, places)
    if not result.searched:
        status, text = "nothing_indexed", prompts.NOTHING_INDEXED
    elif not quotes:
        status, text = "not_in_documents", prompts.NOT_IN_DOCUMENTS if result.hits else prompts.NOTHING_MATCHES
    else:
        status, text = "answered", " ".join(_marked(sentence) for sentence in sentences)
    ended = time.perf_counter()
    timings = {**result.timings_ms, "answer": 1000 * (ended - began), "total": 1000 * (ended - found.began)}
    return Answer(
        question=found.ask.question,
        searched=result.searched,
        status=status,  # type: ignore[arg-type]
        answer=text,
        confidence=round(judgement.confidence, 4),
        model="extractive",
        sentences=sentences,
        citations=citations,
        passages=tuple(_passage(hit, places) for hit in result.hits),
        timings_ms={step: round(ms, 2) for step, ms in timings.items()},
    )


def _cite(
    library: Library, quotes: Sequence[Quote], places: Mapping[str, tuple[Place, ...]]
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """A sentence and its citations for every quote, each citation checked against the stored text."""
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    for quote in quotes:
        spans = [(quote.evidence[0].hit, quote.start, quote.end), *((c.hit, c.start, c.end) for c in quote.copies)]
        numbers = []
        for hit, start, end in spans:
            citation = _citation(len(citations) + 1, hit, start, end, places)
            verify_citation(library, citation)
            citations.append(citation)
            numbers.append(citation.number)
        sentences.append(AnswerSentence(quote.text, tuple(numbers), "verbatim"))
    return tuple(sentences), tuple(citations)


def _citation(number: int, hit: Hit, start: int, end: int, places: Mapping[str, tuple[Place, ...]]) -> Citation:
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
    )


def _passage(hit: Hit, places: Mapping[str, tuple[Place, ...]]) -> RetrievedPassage:
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


def _places(library: Library, hits: Sequence[Hit]) -> dict[str, tuple[Place, ...]]:
    return {i: library.places(i) for i in {hit.document_id for hit in hits}}


def where_in(places: Sequence[Place], start: int) -> tuple[int | None, str | None]:
    """(page or slide number, every place around the offset as words), each None where there is none."""
    around = [place for place in places if place.start <= start < place.end]
    page = next((place.number for place in around if place.kind in ("page", "slide")), None)
    return page, ", ".join(map(str, around)) or None


def _marked(sentence: AnswerSentence) -> str:
    return " ".join([sentence.text, *(f"[{number}]" for number in sentence.citations)])
