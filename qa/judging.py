"""How sure it is that what was found answers a question, and whether that is enough to answer it."""

import time
from dataclasses import dataclass, replace

from documents.errors import MissingExtra, ModelError
from index.library import Library
from index.terms import terms
from qa import prompts
from qa.absent import lacking
from qa.evidence import Judgement, covered, judge, threshold
from qa.followup import is_only_short, leans, says_enough, subject
from qa.options import Options
from qa.reader import reader_named
from qa.reading import reread
from qa.retrieve import Found, by_itself

__all__ = ["Judged", "judged", "settled", "strays"]

OWN = 0.5  # of a short question's terms, by rarity, that the passage with the best evidence must have


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
    without the second try, with it 6 (7 with no conversation at all). By the question alone at any rate where the
    conversation brings nothing of what it names: of 468 questions about something that is in no document 23 were
    answered with what had been said before without this, and 3 with it.
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
    astray = in_talk and strays(found, first.judgement)
    if (first.enough and not astray) or not in_talk or not (short or astray or says_enough(found.question)):
        return timed(found, first)
    if not short:
        alone = by_itself(library, options, found)
        made = judged(alone, options)
    if made.enough or short or astray or not leans(found.question):  # else the conversation's passages are the closest
        return timed(alone, made)
    return timed(found, first)


def strays(found: Found, judgement: Judgement) -> bool:
    """Whether a question that leans on its conversation is about something else than what was found with it.

    None of its own names is in any passage, or nothing of what "What about …?" asks about; or of a question that is
    only short, the best evidence's passage has hardly a word. The conversation's words would make up for all of it.
    """
    question, before = found.alone
    if not before or not judgement.evidence:
        return False
    texts = {hit.passage_id: f"{hit.title} {hit.heading} {hit.text}" for hit in found.result.hits}
    named = subject(question)
    if named and set(lacking(named, " ".join(texts.values()))).issuperset(named):
        return True
    best = set(terms(texts[judgement.evidence[0].hit.passage_id]))
    return is_only_short(question) and covered(terms(question), best, found.result.rarity) < OWN


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
