"""How sure it is that what was found answers a question, and whether that is enough to answer it."""

import time
from dataclasses import dataclass, replace

from documents.errors import MissingExtra, ModelError
from index.library import Library
from qa import prompts
from qa.evidence import Judgement, judge, threshold
from qa.followup import is_only_short, leans, says_enough
from qa.options import Options
from qa.reader import reader_named
from qa.reading import reread
from qa.retrieve import Found, by_itself

__all__ = ["Judged", "judged", "settled"]


@dataclass(frozen=True, slots=True)
class Judged:
    """The evidence, best first, whether it is enough to answer, and what must be noted of how it was judged."""

    judgement: Judgement
    enough: bool
    notes: tuple[str, ...]
    spent: float = 0.0  # seconds


def settled(library: Library, options: Options, found: Found) -> tuple[Found, Judged]:
    """What was found and how it was judged; by the question alone where it isn't enough together with what was before.

    A question that says enough may be about something new, even one with an "it" that points to nothing outside it. Of
    204 questions of XQuAD behind a conversation about something else 29 were refused without this, with it 6 (7 with no
    conversation at all).
    """
    first = judged(found, options)
    if first.enough or not found.ask.history or found.rewritten or not says_enough(found.question):
        return found, first
    began = time.perf_counter()
    alone = by_itself(library, options, found)
    second = judged(alone, options)
    spent = first.spent + time.perf_counter() - began
    if not second.enough and leans(found.question):  # the closest passages are rather those of the conversation
        return found, replace(first, spent=spent)
    return alone, replace(second, spent=spent)


def judged(found: Found, options: Options) -> Judged:
    """How what was found was judged, a short question by itself before it is with the one before."""
    began = time.perf_counter()
    question, before = found.alone
    made = _judged_with("" if is_only_short(question) else before, found, options)
    if before and not made.enough and is_only_short(question):
        made = _judged_with(before, found, options)
    return replace(made, spent=time.perf_counter() - began)


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
