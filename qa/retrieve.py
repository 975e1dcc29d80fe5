"""What a question finds in a library: searched with its conversation or by itself, perhaps put in another order."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from documents.errors import ModelError
from index.library import Library
from index.search import SearchResult
from qa import prompts
from qa.answer import Answer
from qa.ask import Ask
from qa.followup import context, leans, plan
from qa.options import Options
from qa.rerank import WIDER, rerank, reranker_named
from qa.shift import shifted
from qa.spelling import respelt
from qa.writer.rewrite import REWRITE_WEIGHT, rewritten

__all__ = ["NOTHING", "Found", "by_itself", "retrieved"]

NOTHING = SearchResult((), (), {}, {"encode": 0.0, "search": 0.0})


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved for a question, and when (by time.perf_counter) the work on it began.

    `ready` is the answer where no search for passages could give it; `rewritten` the question as it stands alone, moved
    in time or by a language model, and `notes` why the model didn't; `spelt` the question with its spelling put right.
    """

    ask: Ask
    result: SearchResult
    began: float
    ready: Answer | None = None
    rewritten: str | None = None
    notes: tuple[str, ...] = ()
    spelt: str | None = None

    @property
    def question(self) -> str:
        """The question as it was read: with its misspelt words put right."""
        return self.spelt or self.ask.question

    @property
    def alone(self) -> tuple[str, str]:
        """The question, and what it leans on, if it does."""
        if self.rewritten:
            return self.rewritten, ""
        return self.question, context(self.question, self.ask.history)


def retrieved(library: Library, options: Options, ask: Ask, began: float) -> Found:
    """What a question finds, with what its conversation supplies."""
    moved = shifted(ask.question, ask.history)
    alone: str | None = moved
    notes: tuple[str, ...] = ()
    if options.writer and not moved:
        alone, notes = rewritten(options.writer, ask.question, ask.history, ask.stop)
    spent = time.perf_counter() - began
    queries = plan(moved or ask.question, ask.history if not moved or leans(moved) else ())
    if alone and alone not in (ask.question, moved):
        queries.append((alone, REWRITE_WEIGHT))
    found = _searched(library, options, Found(ask, NOTHING, began, None, alone, notes), queries)
    if not alone and (slips := respelt(ask.question, found.result.hits, library)):
        found = _respelt(library, options, found, slips)
    if alone or notes:
        found.result.timings_ms["rewrite"] = 1000 * spent
    return found


def _respelt(library: Library, options: Options, found: Found, slips: Mapping[str, str]) -> Found:
    """What is found once the misspelt words are read as they were meant, with a note that says so."""
    spelt = re.sub(r"[^\W\d_]+", lambda m: slips.get(m.group(), m.group()), found.ask.question)
    said = (prompts.RESPELT.format(word=word, read=read) for word, read in slips.items())
    read = replace(found, spelt=spelt, notes=(*found.notes, *said))
    return _spent(found, _searched(library, options, read, plan(spelt, found.ask.history)))


def by_itself(library: Library, options: Options, found: Found) -> Found:
    """What the same question finds without its conversation; the time of both searches."""
    alone = replace(found, ask=replace(found.ask, history=()))
    return _spent(found, _searched(library, options, alone, plan(found.question, ())))


def _spent(first: Found, second: Found) -> Found:
    """The second of two searches, with the time of both."""
    for step, ms in first.result.timings_ms.items():
        second.result.timings_ms[step] = ms + second.result.timings_ms.get(step, 0.0)
    return second


def _searched(library: Library, options: Options, found: Found, queries: Sequence[tuple[str, float]]) -> Found:
    wide = options.passages if options.reranker == "none" else WIDER * options.passages
    found = replace(found, result=library.search(queries, k=wide, where=found.ask.where))
    return found if options.reranker == "none" else _reranked(found, options)


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
