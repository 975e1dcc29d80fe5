"""An answer in a language model's words: written from the evidence, streamed, then checked sentence by sentence.

The model is asked only where the evidence was judged to answer, and whatever goes wrong with it, the answer that
quotes the documents is given instead, with a note that says why.
"""

import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documents.errors import ContextOverflow, MissingExtra, ModelError
from index.library import Library
from index.search import Hit
from qa import prompts
from qa.answer import Answer, AnswerSentence, Draft, Event, Step
from qa.checker.check import Claim
from qa.checker.nli import entailment_named
from qa.cite import places_of
from qa.evidence import Evidence
from qa.writer.checked import checked
from qa.writer.fencing import BRIEF, FULL, fenced, tokens
from qa.writer.llm import Model, model_of
from qa.writer.markers import said, says_nothing, visible
from qa.writer.stream import LIMITS, Limits, is_set, stream

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Writer", "by_evidence", "write"]

ROOM = 400  # tokens kept free for the answer itself
THOUGHTS = 8  # times the length of an answer that a model may think before and around it


@dataclass(frozen=True, slots=True)
class Writer:
    """Which model writes, within what limits, and what becomes of sentences that nothing supports.

    `nli` names a model of entailment that helps to check them, or is "none".
    """

    llm: "str | BaseChatModel"
    base_url: str | None = None
    limits: Limits = LIMITS
    unsupported: str = "mark"
    nli: str = "none"


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote, the passages it was given, the tokens that were counted, and the prompt, word for word."""

    text: str
    hits: tuple[Hit, ...]
    usage: dict[str, int]
    notes: tuple[str, ...]
    prompt: str


def by_evidence(evidence: Sequence[Evidence]) -> tuple[Hit, ...]:
    """The passages in the order of their best sentence."""
    return tuple({e.hit.passage_id: e.hit for e in evidence}.values())


def write(
    library: Library,
    writer: Writer,
    question: str,
    hits: Sequence[Hit],
    extract: Answer,
    halt: threading.Event | None = None,
) -> Generator[Event, None, Answer]:
    """Drafts and steps; returns the model's answer, checked, or the extract with a note.

    `halt`, once set, ends the model's writing: what it wrote until then is checked.
    """
    began = time.perf_counter()
    name = writer.llm if isinstance(writer.llm, str) else type(writer.llm).__name__
    try:
        model = model_of(writer.llm, writer.base_url)
        name = model.name
        written = yield from _written(model, writer.limits, question, hits, halt)
    except (ModelError, MissingExtra) as error:
        answer = _with(extract, prompts.MODEL_FAILED.format(name=name, reason=str(error).rstrip(".")))
        return _timed(answer, write=time.perf_counter() - began)
    ended = time.perf_counter()
    yield Step("write", 1000 * (ended - began))
    answer = _answered(library, writer, name, written, extract)
    answer = replace(answer, usage=written.usage, prompt=written.prompt)
    spent = time.perf_counter() - ended
    yield Step("check", 1000 * spent)
    return _timed(answer, write=ended - began, check=spent)


def _written(
    model: Model, limits: Limits, question: str, hits: Sequence[Hit], halt: threading.Event | None
) -> Generator[Event, None, Written]:
    """The model's text, streamed as Drafts; where it overflows, once more with half of the passages' room."""
    budget = model.context - ROOM
    try:
        return (yield from _tried(model, limits, question, hits, budget, halt))
    except ContextOverflow:
        whole = sum(tokens(hit.text) for hit in hits)
        return (yield from _tried(model, limits, question, hits, min(budget, whole) // 2, halt))


def _tried(
    model: Model, limits: Limits, question: str, hits: Sequence[Hit], budget: int, halt: threading.Event | None
) -> Generator[Event, None, Written]:
    from langchain_core.messages import HumanMessage, SystemMessage

    prompt = fenced(question, hits, budget, BRIEF if model.small else FULL)
    messages = [SystemMessage(prompt.system), HumanMessage(prompt.user)]
    whole = shown = ""
    longest = replace(limits, characters=THOUGHTS * limits.characters)
    pieces = stream(model.chat, messages, longest, says_end=model.says_end, halt=halt)
    usage: dict[str, int] = {}
    while True:
        try:
            whole += next(pieces)
        except StopIteration as end:
            usage = end.value
            break
        now = visible(prompt.unfenced(whole), done=False)
        if len(now) > limits.characters:
            pieces.close()
            raise ModelError(f"it wrote more than {limits.characters:,} characters and did not come to an end")
        if now != shown:
            shown = now
            yield Draft(now)
    whole = prompt.unfenced(whole)
    if not any(map(str.isalnum, visible(whole))):
        raise ModelError("it was stopped before it wrote anything" if is_set(halt) else "its answer is empty")
    few = len(prompt.hits) < len(hits) and not model.small
    notes = [prompts.MODEL_SHORTER.format(name=model.name, count=len(prompt.hits), total=len(hits))] if few else []
    notes += [prompts.STOPPED.format(name=model.name)] if is_set(halt) else []
    return Written(whole, prompt.hits, usage, tuple(notes), prompt.text)


def _answered(library: Library, writer: Writer, name: str, written: Written, extract: Answer) -> Answer:
    """What was written as an Answer: each sentence held against what it cites."""
    found = said(written.text, len(written.hits))
    if not found:
        return _with(extract, prompts.MODEL_FAILED.format(name=name, reason="its answer is empty"))
    if says_nothing(found):
        refused = replace(extract, status="not_in_documents", answer=prompts.NOT_IN_DOCUMENTS, model=name)
        return _with(replace(refused, sentences=(), citations=()), prompts.MODEL_REFUSED.format(name=name))
    claim, without = _entailment(writer.nli)
    sentences, citations = checked(library, found, written.hits, places_of(library, written.hits), claim)
    count, total = sum(s.support == "unsupported" for s in sentences), len(sentences)
    if count and writer.unsupported == "replace":
        return _with(extract, prompts.REPLACED.format(count=count, total=total, name=name))
    notes = [*written.notes, *without]
    if count:
        notes.append(prompts.ONE_UNSUPPORTED if count == 1 else prompts.UNSUPPORTED.format(count=count, total=total))
    answer = replace(extract, model=name, sentences=sentences, citations=citations, answer=_text(sentences))
    return _with(answer, *notes)


def _entailment(name: str) -> tuple[Claim | None, tuple[str, ...]]:
    """What judges entailment, where a setting names it, or a note that says why it can't."""
    if name == "none":
        return None, ()
    try:
        return entailment_named(name), ()
    except (ModelError, MissingExtra) as error:
        return None, (prompts.NO_NLI.format(reason=error),)


def _text(sentences: Sequence[AnswerSentence]) -> str:
    return " ".join(" ".join([s.text, *(f"[{number}]" for number in s.citations)]) for s in sentences)


def _with(answer: Answer, *notes: str) -> Answer:
    return replace(answer, notes=(*answer.notes, *notes))


def _timed(answer: Answer, **seconds: float) -> Answer:
    spent = {step: round(1000 * s, 2) for step, s in seconds.items()}
    total = round(answer.timings_ms.get("total", 0.0) + sum(spent.values()), 2)
    return replace(answer, timings_ms={**answer.timings_ms, **spent, "total": total})
