"""A question and its history become an Answer: a LangChain runnable of three steps, plan, retrieve and answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from documents.draft import clean
from documents.errors import MissingExtra, ModelError, QuestionError
from documents.model import Place
from index.library import Library
from index.search import Hit, SearchResult
from index.store import Filter
from qa import prompts
from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage, Status, Turn
from qa.evidence import Judgement, judge, threshold
from qa.extract import Quote, choose
from qa.followup import context, plan
from qa.notes import unread_notes
from qa.reader import reader_named
from qa.reading import reread
from qa.verify import verify_citation

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Ask", "Options", "ask", "build_chain"]

LONGEST_QUESTION = 20_000  # characters
ROLES: dict[str, Literal["user", "agent"]] = {
    "user": "user",
    "human": "user",
    "agent": "agent",
    "assistant": "agent",
    "ai": "agent",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer: how many passages to retrieve, how many sentences to quote at most, when to answer at all.

    `threshold` is the least confidence with which the library is said to answer; None takes the fitted one. `reader`
    is "default", "none", or the folder of another.
    """

    passages: int = 10
    sentences: int = 3
    threshold: float | None = None
    reader: str = "default"


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

    Roles and texts may go by the names that chat models give them: "assistant" or "ai" for the agent, "human" for the
    user, "content" for the text.

    Raises (at invoke):
        QuestionError: the question is blank or longer than 20,000 characters, or it or the history is none.
    """
    from langchain_core.runnables import RunnableLambda

    retrieve = RunnableLambda(partial(_retrieve, library, options)).with_config(run_name="retrieve")
    answer = RunnableLambda(partial(_noted, library, options)).with_config(run_name="answer")
    return RunnableLambda(_asked).with_config(run_name="plan") | retrieve | answer


def ask(library: Library, question: str, history: Sequence[Turn] = (), options: Options = Options()) -> Answer:
    """The Answer to one question."""
    return build_chain(library, options).invoke({"question": question, "history": history})


def _asked(given: Mapping[str, Any]) -> tuple[Ask, float]:
    began = time.perf_counter()
    if not isinstance(given, Mapping) or not isinstance(given.get("question"), str):
        raise QuestionError(f'the chain takes {{"question": "…", "history": […], "where": …}}, not {_shown(given)}')
    question = " ".join(clean(given["question"]).split())
    if not question:
        raise QuestionError("the question is empty: ask something, such as 'Who signed the agreement?'")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question):,} characters and may have {LONGEST_QUESTION:,}: ask for less at once, "
            "or add the text as a document"
        )
    history = given.get("history") or ()
    if not isinstance(history, Sequence):
        raise QuestionError(f"the history is a list of turns, not {_shown(history)}")
    return Ask(question, tuple(map(_turn, history)), given.get("where")), began


def _turn(given: object) -> Turn:
    """A turn of the history, however its role and text are named."""
    role: object = None
    text: object = None
    if isinstance(given, Turn):
        role, text = given.role, given.text
    elif isinstance(given, Mapping):
        role, text = given.get("role"), given.get("text", given.get("content"))
    if not (isinstance(role, str) and role in ROLES and isinstance(text, str)):
        raise QuestionError(f'a turn of the history needs a role ("user" or "agent") and a text, not {_shown(given)}')
    return Turn(ROLES[role], text)


def _shown(value: object) -> str:
    """The beginning of a value's own form, for a message."""
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:80] + "…"


def _retrieve(library: Library, options: Options, asked: tuple[Ask, float]) -> _Found:
    ask, began = asked
    if not len(library):
        return _Found(ask, SearchResult((), (), {}, {"encode": 0.0, "search": 0.0}), began)
    result = library.search(plan(ask.question, ask.history), k=options.passages, where=ask.where)
    return _Found(ask, result, began)


def _noted(library: Library, options: Options, found: _Found) -> Answer:
    answer = _answer(library, options, found)
    return replace(answer, notes=(*answer.notes, *unread_notes(library, answer, found.ask.where)))


def _answer(library: Library, options: Options, found: _Found) -> Answer:
    began = time.perf_counter()
    result = found.result
    judgement, stage, notes = _judged(found, options)
    read = time.perf_counter()
    enough = judgement.confidence >= (threshold(stage) if options.threshold is None else options.threshold)
    places = _places(library, result.hits)
    quotes = choose(judgement.evidence, options.sentences) if result.hits and enough else []
    sentences, citations = _cite(library, quotes, places)
    status: Status
    if not result.searched:
        status, text = "nothing_indexed", prompts.NOTHING_INDEXED
    elif not quotes:
        status, text = "not_in_documents", prompts.NOT_IN_DOCUMENTS if result.hits else prompts.NOTHING_MATCHES
    else:
        status, text = "answered", " ".join(_marked(sentence) for sentence in sentences)
    ended = time.perf_counter()
    spent = {"read": read - began, "answer": ended - read, "total": ended - found.began}
    timings = {**result.timings_ms, **{step: 1000 * seconds for step, seconds in spent.items()}}
    return Answer(
        question=found.ask.question,
        searched=result.searched,
        status=status,
        answer=text,
        confidence=round(judgement.confidence, 4),
        model="extractive",
        sentences=sentences,
        citations=citations,
        passages=tuple(_passage(hit, places) for hit in result.hits),
        timings_ms={step: round(ms, 2) for step, ms in timings.items()},
        notes=notes,
    )


def _judged(found: _Found, options: Options) -> tuple[Judgement, str, tuple[str, ...]]:
    """The evidence, the stage of judging it came to ("first" or "read"), and why it came no further."""
    question, before = found.ask.question, context(found.ask.question, found.ask.history)
    judgement = judge(question, found.result.hits, found.result.rarity, before)
    if options.reader == "none" or not judgement.evidence:
        return judgement, "first", ()
    try:
        read = reread(f"{before} {question}".strip(), judgement, reader_named(options.reader))
    except (ModelError, MissingExtra) as error:
        return judgement, "first", (prompts.NO_READER.format(reason=error),)
    return read, "read", ()


def _cite(
    library: Library, quotes: Sequence[Quote], places: Mapping[str, tuple[Place, ...]]
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
            citation = _citation(len(citations) + 1, hit, start, end, answer, places)
            verify_citation(library, citation)
            citations.append(citation)
            numbers.append(citation.number)
        sentences.append(AnswerSentence(quote.text, tuple(numbers), "verbatim"))
    return tuple(sentences), tuple(citations)


def _citation(
    number: int,
    hit: Hit,
    start: int,
    end: int,
    answers: tuple[tuple[int, int], ...],
    places: Mapping[str, tuple[Place, ...]],
) -> Citation:
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
