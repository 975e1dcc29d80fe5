"""Questions made unanswerable: an entity, number, date or word swapped for another, an antonym, a negation.

After the kinds of unanswerable question that Rajpurkar et al. (2018, "Know What You Don't Know") describe: the passage
looks the same, and what is asked is no longer in it. Rules only, so some of them still read oddly; the share that is
still answerable was counted by hand and stands in docs/reader.md.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Case", "learn", "swap"]

_NAME = re.compile(r"(?<=\s)[A-Z][\w'’.-]*\w(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w'’.-]*\w)*")
# Capitalised for standing first in a sentence, not for naming anything.
_OPENERS = frozenset(
    "In On At The A An It Its If As One Some After Before During Since While When Although However This These That "
    "Those He She They We His Her Their For From By With Both Most Many Several Other Another Such There Because "
    "Until Two Three".split()
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})s?\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\b")
_WORD = re.compile(r"\b[a-z]{4,}\b")
_AUXILIARY = re.compile(r"\b(did|does|do|is|was|were|are|can|could|has|had|will|would)\b")
_ENDINGS = ("ing", "tion", "ed", "ly", "al", "ies", "s", "er", "ity", "ment", "ive", "")
_COMMON = frozenset(
    "what which where when whose whom that this these those with from into onto have been were does about after "
    "before between during many much long they them their there than then some such name type kind other also "
    "would could should made make used using call called known year years because while through under over most "
    "more less first last only very each every both will your what's according".split()
)
_PAIRS = (
    "first last|largest smallest|biggest smallest|highest lowest|most least|more less|more fewer|before after|"
    "oldest newest|oldest youngest|earliest latest|north south|east west|northern southern|eastern western|"
    "increase decrease|increased decreased|above below|inside outside|start end|started ended|began ended|"
    "begin end|won lost|win lose|gained lost|rich poor|male female|men women|father mother|son daughter|"
    "husband wife|brother sister|king queen|up down|longest shortest|fastest slowest|larger smaller|"
    "greater lesser|higher lower|older younger|major minor|majority minority|best worst|better worse|import export|"
    "allowed prohibited|accepted rejected|supported opposed|agreed disagreed|success failure|successful unsuccessful|"
    "created destroyed|built demolished|opened closed|founded dissolved|public private|summer winter|day night|"
    "former current|ancient modern|early late|positive negative|advantage disadvantage|buy sell|bought sold|"
    "arrive leave|arrived left|born died|birth death|cause prevent|caused prevented|include exclude|included excluded|"
    "strong weak|stronger weaker|hot cold|open closed|right left|defeat victory|defeated joined|maximum minimum|"
    "always never|before since|old new|teacher student|attack defend|attacked defended|love hate|liked disliked"
)
_OPPOSITE: dict[str, list[str]] = {}
for _pair in _PAIRS.split("|"):
    _one, _other = _pair.split()
    _OPPOSITE.setdefault(_one, []).append(_other)
    _OPPOSITE.setdefault(_other, []).append(_one)


_BEFORE = re.compile(r"([\w'’-]+)\s+$")


@dataclass(frozen=True, slots=True)
class Case:
    """What a change may draw on: the passage that answers, one like it, the answer, and which words follow which."""

    passage: str
    other: str
    answer: str
    follows: Mapping[str, frozenset[str]]


def _ending(word: str) -> str:
    return next(e for e in _ENDINGS if word.endswith(e))


def _replace(question: str, found: re.Match[str], choices: list[str], avoid: str, rng: random.Random) -> str | None:
    """`question` with one of `choices` in place of the match: one not named in the question, nor in `avoid`."""
    seen = f"{question} {avoid}".casefold()
    usable = sorted({c for c in choices if c.casefold() not in seen and c.split()[0] not in _OPENERS})
    return question[: found.start()] + rng.choice(usable) + question[found.end() :] if usable else None


def _typed(pattern: re.Pattern[str]) -> Callable[[str, Case, random.Random], str | None]:
    def change(question: str, case: Case, rng: random.Random) -> str | None:
        found = list(pattern.finditer(question))
        if not found:
            return None
        choices = pattern.findall(case.passage)
        if rng.random() < 0.4 or len(choices) < 2:
            choices = pattern.findall(case.other)
        return _replace(question, rng.choice(found), choices, case.answer, rng)

    return change


def _word(question: str, case: Case, rng: random.Random) -> str | None:
    found = [m for m in _WORD.finditer(question) if m.group() not in _COMMON]
    if not found:
        return None
    match = rng.choice(found)
    before = _BEFORE.search(question[: match.start()])
    follows = case.follows.get(before.group(1).lower(), frozenset()) if before else frozenset()
    choices = [
        w
        for w in _WORD.findall(case.passage if rng.random() < 0.6 else case.other)
        if w in follows and w not in _COMMON and _ending(w) == _ending(match.group())
    ]
    return _replace(question, match, choices, case.answer, rng)


def learn(questions: Iterable[str]) -> dict[str, frozenset[str]]:
    """Which words follow which in real questions, so that a swapped word reads as one that may stand there."""
    follows: dict[str, set[str]] = {}
    for question in questions:
        for one, other in pairwise(re.findall(r"[\w'’-]+", question.lower())):
            follows.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in follows.items()}


def _antonym(question: str, case: Case, rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\b[a-z]+\b", question) if m.group() in _OPPOSITE]
    if not found:
        return None
    match = rng.choice(found)
    return question[: match.start()] + rng.choice(_OPPOSITE[match.group()]) + question[match.end() :]


def _negation(question: str, case: Case, rng: random.Random) -> str | None:
    found = _AUXILIARY.search(question)
    if found is None or rng.random() < 0.6:
        return None
    negated = found.group() + ("n't" if found.group() not in ("can", "will") else " never")
    return question[: found.start()] + negated + question[found.end() :]


_CHANGES = (
    _antonym, _antonym, _typed(_NAME), _typed(_NAME), _typed(_YEAR), _typed(_YEAR), _typed(_NUMBER), _word, _word,
    _negation,
)  # fmt: skip


def swap(question: str, case: Case, rng: random.Random) -> str | None:
    """The question changed so that the passage should not answer it, or None where no rule applies.

    Replacements come from the passage itself or from the one like it; never from the answer.
    """
    for change in rng.sample(_CHANGES, len(_CHANGES)):
        changed = change(question, case, rng)
        if changed is not None and changed != question:
            return changed
    return None
