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
    """What was found and how it was judged, with the conversation or by the question alone.

    By the question alone first where it leans on the conversation by its length only, and second where it says enough
    and what was found with the conversation isn't enough: either may be about something new, even one with an "it" that
    points to nothing outside it. Of 204 questions of XQuAD behind a conversation about something else 29 were refused
    without the second try, with it 6 (7 with no conversation at all).
    """
    began = time.perf_counter()

    def timed(chosen: Found, made: Judged) -> tuple[Found, Judged]:
        return chosen, replace(made, spent=time.perf_counter() - began)

    in_talk = bool(found.ask.history) and not found.rewritten
    short = is_only_short(found.question)
    if in_talk and short:
        alone = by_itself(library, options, found)
        made = judged(alone, options)
        if made.enough:
            return timed(alone, made)
    first = judged(found, options)
    if first.enough or not in_talk or not (short or says_enough(found.question)):
        return timed(found, first)
    if not short:
        alone = by_itself(library, options, found)
        made = judged(alone, options)
    if made.enough or short or not leans(found.question):  # else the closest passages are rather the conversation's
        return timed(alone, made)
    return timed(found, first)


def judged(found: Found, options: Options) -> Judged:
    """How what was found was judged, with the question that it leans on, if it does."""
    began = time.perf_counter()
    judgement, stage, notes = _read(found, options)
    least = threshold(stage) if options.threshold is None else options.threshold
    return Judged(judgement, judgement.confidence >= least, notes, time.perf_counter() - began)


def _read(found: Found, options: Options) -> tuple[Judgement, str, tuple[str, ...]]:
    """The evidence, the stage of judging it came to ("first" or "read"), and why it came no further."""
    question, before = found.alone
    judgement = judge(question, found.result.hits, found.result.rarity, before)
    if options.reader == "none" or not judgement.evidence:
        return judgement, "first", ()
    try:
        read = reread(f"{before} {question}".strip(), judgement, reader_named(options.reader))
    except (ModelError, MissingExtra) as error:
        return judgement, "first", (prompts.NO_READER.format(reason=error),)
    return read, "read", ()
