"""A question and its history become an Answer: a LangChain runnable of three steps, plan, retrieve and answer.

The same steps can be followed as they go: `events` tells of each as it ends, and of a language model's words as they
come.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from documents.errors import MissingExtra, ModelError
from index.library import Library
from index.search import SearchResult
from qa import prompts
from qa.answer import Answer, AnswerSentence, Event, Status, Step, Turn
from qa.ask import Ask, asked
from qa.cite import cite, passage, places_of
from qa.courtesy import courtesy_answer, spoken
from qa.evidence import Judgement, judge, threshold
from qa.extract import choose
from qa.followup import context, is_only_short, leans, plan
from qa.notes import absent_notes, unread_notes
from qa.overview.catalogue import catalogue_answer
from qa.overview.comparison import comparison_answer
from qa.overview.wanted import lists_everything
from qa.reader import reader_named
from qa.reading import reread
from qa.rerank import WIDER, rerank, reranker_named
from qa.shift import shifted
from qa.writer.generate import Writer, by_evidence, write
from qa.writer.rewrite import REWRITE_WEIGHT, rewritten
from qa.writer.stream import LIMITS, Limits

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

__all__ = ["Options", "ask", "build_chain", "events"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer: how many passages to retrieve, how many sentences to quote at most, when to answer at all.

    `threshold` is the least confidence with which the library is said to answer; None takes the fitted one. `reader`
    is "default", "none", or the folder of another. `llm` is a language model that writes the answer: a name
    (qa.writer.llm) or a LangChain chat model, with its server's `base_url` and its `limits`; `unsupported` says what
    becomes of sentences of it that nothing supports: they are marked, or the extract is given instead. `reranker` is
    "none", or the folder or hub name of a cross-encoder that puts what was retrieved in order; `nli` the same of a
    model of entailment, which helps to check what a language model writes.
    """

    passages: int = 10
    sentences: int = 3
    threshold: float | None = None
    reader: str = "default"
    llm: "str | BaseChatModel | None" = None
    base_url: str | None = None
    unsupported: Literal["mark", "replace"] = "mark"
    limits: Limits = LIMITS
    reranker: str = "none"
    nli: str = "none"

    @property
    def writer(self) -> Writer | None:
        """What a language model needs to write the answer; None where there is none."""
        if self.llm is None:
            return None
        return Writer(self.llm, self.base_url, self.limits, self.unsupported, self.nli)


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved for a question, and when (by time.perf_counter) the work on it began.

    `ready` is the answer where no search for passages could give it; `rewritten` the question as it stands alone, moved
    in time or by a language model, and `notes` why the model didn't.
    """

    ask: Ask
    result: SearchResult
    began: float
    ready: Answer | None = None
    rewritten: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def alone(self) -> tuple[str, str]:
        """The question, and what it leans on, if it does."""
        if self.rewritten:
            return self.rewritten, ""
        return self.ask.question, context(self.ask.question, self.ask.history)


@dataclass(frozen=True, slots=True)
class Judged:
    """The evidence, best first, whether it is enough to answer, and what must be noted of how it was judged."""

    judgement: Judgement
    enough: bool
    notes: tuple[str, ...]
    spent: float = 0.0  # seconds


def build_chain(library: Library, options: Options = Options()) -> "Runnable[Any, Answer]":
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


def ask(library: Library, question: str, history: Sequence[Turn] = (), options: Options = Options()) -> Answer:
    """The Answer to one question."""
    return build_chain(library, options).invoke({"question": question, "history": history})


def events(library: Library, given: Mapping[str, Any], options: Options = Options()) -> Iterator[Event]:
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
        return Found(ask, SearchResult((), (), {}, {"encode": 0.0, "search": 0.0}), began)
    ready = courtesy_answer(ask) or _overview(library, options, ask)
    if ready is not None:
        return Found(ask, SearchResult((), ready.searched, {}, ready.timings_ms), began, ready)
    moved = shifted(ask.question, ask.history)
    alone: str | None = moved
    notes: tuple[str, ...] = ()
    if options.writer and not moved:
        alone, notes = rewritten(options.writer, ask.question, ask.history, ask.stop)
    spent = time.perf_counter() - began
    queries = plan(moved or ask.question, ask.history if not moved or leans(moved) else ())
    if alone and alone not in (ask.question, moved):
        queries.append((alone, REWRITE_WEIGHT))
    wide = options.passages if options.reranker == "none" else WIDER * options.passages
    found = Found(ask, library.search(queries, k=wide, where=ask.where), began, None, alone, notes)
    if alone or notes:
        found.result.timings_ms["rewrite"] = 1000 * spent
    return found if options.reranker == "none" else _reranked(found, options)


def _overview(library: Library, options: Options, ask: Ask) -> Answer | None:
    """The answer to a question over the whole library, or that compares; None to any other."""
    ready = catalogue_answer(library, ask)
    if ready is None and options.writer is None:  # a language model compares for itself
        ready = comparison_answer(library, ask, partial(_side, options), options.passages)
    return ready and replace(ready, notes=(*ready.notes, *unread_notes(library, ready, ask.where)))


def _reranked(found: Found, options: Options) -> Found:
    """What was found in the reranker's order; in the search's, with a note, where there is no such reranker."""
    question, before = found.alone
    began = time.perf_counter()
    try:
        reranker = reranker_named(options.reranker)
        result = rerank(f"{before} {question}".strip(), found.result, reranker, options.passages)
    except ModelError as error:
        kept = replace(found.result, hits=found.result.hits[: options.passages])
        return replace(found, result=kept, notes=(*found.notes, prompts.NO_RERANKER.format(reason=error)))
    result.timings_ms["rerank"] = 1000 * (time.perf_counter() - began)
    return replace(found, result=result)


def _side(options: Options, question: str, result: SearchResult) -> tuple[Judgement, bool]:
    """The evidence for one side of a comparison, and whether it is enough."""
    judged = _judged(Found(Ask(question), result, time.perf_counter()), options)
    return judged.judgement, judged.enough


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
    judged = _judged(found, options)
    yield Step("read", 1000 * judged.spent)
    answer = _extract(library, options, found, judged)
    writer = options.writer
    if writer is not None and answer.status == "answered":
        hits = by_evidence(judged.judgement.evidence)
        question, before = found.alone
        answer = yield from write(library, writer, f"{before} {question}".strip(), hits, answer, found.ask.stop)
    partly = lists_everything(found.ask.question) and answer.status == "answered"
    notes = (prompts.PERHAPS_NOT_ALL,) if partly else ()
    notes = (*answer.notes, *notes, *(absent_notes(answer) if answer.citations else ()))
    yield replace(answer, notes=(*notes, *unread_notes(library, answer, found.ask.where)))


def _judged(found: Found, options: Options) -> Judged:
    began = time.perf_counter()
    question, before = found.alone
    judged = _judged_with("" if is_only_short(question) else before, found, options)
    if before and not judged.enough and is_only_short(question):
        judged = _judged_with(before, found, options)
    return replace(judged, spent=time.perf_counter() - began)


def _judged_with(before: str, found: Found, options: Options) -> Judged:
    judgement, stage, notes = _read(before, found, options)
    least = threshold(stage) if options.threshold is None else options.threshold
    return Judged(judgement, judgement.confidence >= least, notes)


def _read(before: str, found: Found, options: Options) -> tuple[Judgement, str, tuple[str, ...]]:
    """The evidence, the stage of judging it came to ("first" or "read"), and why it came no further."""
    question, _ = found.alone
    judgement = judge(question, found.result.hits, found.result.rarity, before)
    if options.reader == "none" or not judgement.evidence:
        return judgement, "first", ()
    try:
        read = reread(f"{before} {question}".strip(), judgement, reader_named(options.reader))
    except (ModelError, MissingExtra) as error:
        return judgement, "first", (prompts.NO_READER.format(reason=error),)
    return read, "read", ()


def _extract(library: Library, options: Options, found: Found, judged: Judged) -> Answer:
    """The answer with no language model: sentences quoted word for word, or that there is no answer."""
    began = time.perf_counter()
    result = found.result
    places = places_of(library, result.hits)
    quotes = choose(judged.judgement.evidence, options.sentences) if result.hits and judged.enough else []
    sentences, citations = cite(library, quotes, places)
    status: Status
    if not result.searched:
        status, text = "nothing_indexed", prompts.NOTHING_INDEXED
    elif not quotes:
        status, text = "not_in_documents", prompts.NOT_IN_DOCUMENTS if result.hits else prompts.NOTHING_MATCHES
    else:
        status, text = "answered", " ".join(_marked(sentence) for sentence in sentences)
    ended = time.perf_counter()
    spent = {"read": judged.spent, "answer": ended - began, "total": ended - found.began}
    timings = {**result.timings_ms, **{step: 1000 * seconds for step, seconds in spent.items()}}
    return Answer(
        question=found.ask.question,
        searched=result.searched,
        status=status,
        answer=text,
        confidence=round(judged.judgement.confidence, 4),
        model="extractive",
        sentences=sentences,
        citations=citations,
        passages=tuple(passage(hit, places) for hit in result.hits),
        timings_ms={step: round(ms, 2) for step, ms in timings.items()},
        notes=(*found.notes, *judged.notes),
    )


def _marked(sentence: AnswerSentence) -> str:
    return " ".join([sentence.text, *(f"[{number}]" for number in sentence.citations)])
