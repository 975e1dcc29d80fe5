"""A question and its history become an Answer: a LangChain runnable of three steps, plan, retrieve and answer.

The same steps can be followed as they go: `events` tells of each as it ends, and of a language model's words as they
come.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from index.library import Library
from index.search import SearchResult
from qa import prompts
from qa.answer import Answer, AnswerSentence, Event, Status, Step, Turn
from qa.ask import Ask, asked
from qa.cite import cite, passage, places_of
from qa.courtesy import courtesy_answer, spoken
from qa.evidence import Judgement
from qa.extract import choose
from qa.judging import Judged, judged, settled
from qa.notes import absent_notes, unread_notes
from qa.options import Options
from qa.overview.catalogue import catalogue_answer
from qa.overview.comparison import comparison_answer
from qa.overview.wanted import lists_everything
from qa.retrieve import NOTHING, Found, retrieved
from qa.writer.generate import by_evidence, write

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Options", "ask", "build_chain", "events"]

DEFAULT = Options()


def build_chain(library: Library, options: Options = DEFAULT) -> "Runnable[Any, Answer]":
    """A runnable from {"question", "history", "where"} to an Answer; "history" holds Turns or {"role", "text"}.

    Roles and texts may go by the names that chat models give them: "assistant" or "ai" for the agent, "human" for the
    user, "content" for the text.

    Raises (at invoke):
        QuestionError: the question is blank or longer than 20,000 characters, or it or the history is none.
    """
    from langchain_core.runnables import RunnableLambda

    planned = RunnableLambda(_planned).with_config(run_name="plan")
    retrieve = RunnableLambda(partial(_retrieve, library, options)).with_config(run_name="retrieve")
    answer = RunnableLambda(partial(_last, library, options)).with_config(run_name="answer")
    return planned | retrieve | answer


def ask(library: Library, question: str, history: Sequence[Turn] = (), options: Options = DEFAULT) -> Answer:
    """The Answer to one question."""
    return build_chain(library, options).invoke({"question": question, "history": history})


def events(library: Library, given: Mapping[str, Any], options: Options = DEFAULT) -> Iterator[Event]:
    """What build_chain's runnable does, told as it goes: Steps that ended, Drafts, and at last the Answer.

    Raises (at the first event):
        QuestionError: the question is blank or longer than 20,000 characters, or it or the history is none.
    """
    found = _retrieve(library, options, _planned(given))
    yield Step("search", sum(found.result.timings_ms[step] for step in ("encode", "search")))
    yield from _answer(library, options, found)


def _planned(given: Mapping[str, Any]) -> tuple[Ask, float]:
    began = time.perf_counter()
    ask = asked(given)
    return replace(ask, history=spoken(ask.history)), began


def _retrieve(library: Library, options: Options, planned: tuple[Ask, float]) -> Found:
    ask, began = planned
    if not len(library):
        return Found(ask, NOTHING, began)
    ready = courtesy_answer(ask) or _overview(library, options, ask)
    if ready is not None:
        return Found(ask, replace(NOTHING, searched=ready.searched, timings_ms=ready.timings_ms), began, ready)
    return retrieved(library, options, ask, began)


def _overview(library: Library, options: Options, ask: Ask) -> Answer | None:
    """The answer to a question over the whole library, or that compares; None to any other."""
    ready = catalogue_answer(library, ask)
    if ready is None and options.writer is None:  # a language model compares for itself
        ready = comparison_answer(library, ask, partial(_side, options), options.passages)
    return ready and replace(ready, notes=(*ready.notes, *unread_notes(library, ready, ask.where)))


def _side(options: Options, question: str, result: SearchResult) -> tuple[Judgement, bool]:
    """The evidence for one side of a comparison, and whether it is enough."""
    made = judged(Found(Ask(question), result, time.perf_counter()), options)
    return made.judgement, made.enough


def _last(library: Library, options: Options, found: Found) -> Answer:
    last: Event | None = None
    for event in _answer(library, options, found):
        last = event
    assert isinstance(last, Answer)  # _answer ends with it
    return last


def _answer(library: Library, options: Options, found: Found) -> Iterator[Event]:
    """The steps of answering, the last event being the Answer."""
    if found.ready is not None:
        yield found.ready
        return
    found, made = settled(library, options, found)
    yield Step("read", 1000 * made.spent)
    answer = _extract(library, options, found, made)
    writer = options.writer
    if writer is not None and answer.status == "answered":
        hits = by_evidence(made.judgement.evidence)
        question, before = found.alone
        answer = yield from write(library, writer, f"{before} {question}".strip(), hits, answer, found.ask.stop)
    partly = lists_everything(found.ask.question) and answer.status == "answered"
    notes = (prompts.PERHAPS_NOT_ALL,) if partly else ()
    notes = (
        *answer.notes,
        *notes,
        *(absent_notes(replace(answer, question=found.question)) if answer.citations else ()),
    )
    yield replace(answer, notes=(*notes, *unread_notes(library, answer, found.ask.where)))


def _extract(library: Library, options: Options, found: Found, made: Judged) -> Answer:
    """The answer with no language model: sentences quoted word for word, or that there is no answer."""
    began = time.perf_counter()
    result = found.result
    places = places_of(library, result.hits)
    quotes = choose(made.judgement.evidence, options.sentences) if result.hits and made.enough else []
    sentences, citations = cite(library, quotes, places)
    status: Status
    if not result.searched:
        status, text = "nothing_indexed", prompts.NOTHING_INDEXED
    elif not quotes:
        status, text = "not_in_documents", prompts.NOT_IN_DOCUMENTS if result.hits else prompts.NOTHING_MATCHES
    else:
        status, text = "answered", " ".join(_marked(sentence) for sentence in sentences)
    ended = time.perf_counter()
    spent = {"read": made.spent, "answer": ended - began, "total": ended - found.began}
    timings = {**result.timings_ms, **{step: 1000 * seconds for step, seconds in spent.items()}}
    return Answer(
        question=found.ask.question,
        searched=result.searched,
        status=status,
        answer=text,
        confidence=round(made.judgement.confidence, 4),
        model="extractive",
        sentences=sentences,
        citations=citations,
        passages=tuple(passage(hit, places) for hit in result.hits),
        timings_ms={step: round(ms, 2) for step, ms in timings.items()},
        notes=(*found.notes, *made.notes),
    )


def _marked(sentence: AnswerSentence) -> str:
    return " ".join([sentence.text, *(f"[{number}]" for number in sentence.citations)])
