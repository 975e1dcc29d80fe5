"""Questions made unanswerable: an entity, number, date or word swapped for another, an antonym, a negation.

After the kinds of unanswerable question that Rajpurkar et al. (2018, "Know What You Don't Know") describe: the passage
looks the same, and what is asked is no longer in it. Rules only, so some of them still read oddly; the share that is
still answerable was counted by hand and stands in docs/reader.md.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

__all__ = ["Case", "learn", "swap"]

_NAME = re.compile(r"(?<=\s)[A-Z][\w'’.-]*\w(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w'’.-]*\w)*")
# Capitalised for standing first in a sentence, not for naming anything.
_OPENERS = frozenset(
    "In On At The A An It Its If As One Some After Before During Since While When Although However This These That "
    "Those He She They We His Her Their For From By With Both Most Many Several Other Another Such There Because "
    "Until Two Three".split()
)
_MONTH = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
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


_PHRASE = re.compile(
    r"\s(in|of|by|for|from|to|during|with|at|on|after|before|between|under|into)\s+([^?.,]{3,60}?)(?=\s*[?.]?\s*$)"
)
_BEFORE = re.compile(r"([\w'’-]+)\s+$")
_AFTER = re.compile(r"\s+([\w'’-]+)")


@dataclass(frozen=True, slots=True)
class Case:
    """What a change may draw on.

    The passage that answers, one like it, the answer, which words follow which, other questions of the same document,
    and the sentence that answers, which a phrase put into the question may not share a word with.
    """

    passage: str
    other: str
    answer: str
    follows: Mapping[str, frozenset[str]]
    siblings: tuple[str, ...] = ()
    sentence: str = ""
    only: frozenset[str] = frozenset()  # words one of which a change must touch; empty for any


def _touches(text: str, case: Case) -> bool:
    return not case.only or any(word in case.only for word in re.findall(r"[\w'’-]+", text.lower()))


def _ending(word: str) -> str:
    return next(e for e in _ENDINGS if word.endswith(e))


def _replace(question: str, found: re.Match[str], choices: list[str], avoid: str, rng: random.Random) -> str | None:
    """`question` with one of `choices` in place of the match: one not named in the question, nor in `avoid`."""
    seen = f"{question} {avoid}".casefold()
    usable = sorted({c for c in choices if c.casefold() not in seen and c.split()[0] not in _OPENERS})
    return question[: found.start()] + rng.choice(usable) + question[found.end() :] if usable else None


def _typed(pattern: re.Pattern[str]) -> Callable[[str, Case, random.Random], str | None]:
    def change(question: str, case: Case, rng: random.Random) -> str | None:
        def named(text: str) -> list[str]:
            return [n for n in pattern.findall(text) if pattern is _MONTH or not _MONTH.search(n)]

        found = [m for m in pattern.finditer(question) if pattern is _MONTH or not _MONTH.search(m.group())]
        found = [m for m in found if _touches(m.group(), case)]
        if not found:
            return None
        choices = named(case.passage)
        if rng.random() < 0.4 or len(choices) < 2:
            choices = named(case.other)
        asked = [name for sibling in case.siblings for name in named(sibling)]
        if asked and rng.random() < 0.6:  # what people ask about reads better than what is merely named
            choices = asked
        return _replace(question, rng.choice(found), choices, case.answer, rng)

    return change


def _word(question: str, case: Case, rng: random.Random) -> str | None:
    found = [m for m in _WORD.finditer(question) if m.group() not in _COMMON and _touches(m.group(), case)]
    if not found:
        return None
    match = rng.choice(found)
    before, after = _BEFORE.search(question[: match.start()]), _AFTER.match(question[match.end() :])
    follows = case.follows.get(before.group(1).lower(), frozenset()) if before else frozenset()
    choices = [
        w
        for w in _WORD.findall(case.passage if rng.random() < 0.6 else case.other)
        if w in follows and w not in _COMMON and _ending(w) == _ending(match.group())
        and (after is None or after.group(1).lower() in case.follows.get(w, frozenset()))
    ]  # fmt: skip
    return _replace(question, match, choices, case.answer, rng)


def _phrase(question: str, case: Case, rng: random.Random) -> str | None:
    """The question with its last phrase taken from a sibling: "… in Warsaw?" becomes "… in the uprising of 1943?"."""
    found = _PHRASE.search(question)
    if found is None:
        return None
    sentence = set(re.findall(r"\w{3,}", case.sentence.lower()))
    siblings = [other for other in map(_PHRASE.search, case.siblings) if other and other.group(1) == found.group(1)]
    endings = {o.group(2) for o in siblings if not sentence & set(re.findall(r"\w{3,}", o.group(2).lower()))}
    usable = sorted(e for e in endings if e.lower() not in question.lower() and found.group(2).lower() not in e.lower())
    return question[: found.start(2)] + rng.choice(usable) + question[found.end(2) :] if usable else None


def learn(questions: Iterable[str]) -> dict[str, frozenset[str]]:
    """Which words follow which in real questions, so that a swapped word reads as one that may stand there."""
    follows: dict[str, set[str]] = {}
    for question in questions:
        for one, other in pairwise(re.findall(r"[\w'’-]+", question.lower())):
            follows.setdefault(one, set()).add(other)
    return {one: frozenset(others) for one, others in follows.items()}


def _antonym(question: str, case: Case, rng: random.Random) -> str | None:
    table = _opposites()
    found = [m for m in re.finditer(r"\b[a-z]+\b", question) if m.group() in table and _touches(m.group(), case)]
    if not found:
        return None
    match = rng.choice(found)
    return question[: match.start()] + rng.choice(table[match.group()]) + question[match.end() :]


@lru_cache(maxsize=1)
def _opposites() -> dict[str, list[str]]:
    """The pairs above and the words of opposite meaning that the product knows, with the endings they may share."""
    table = {word: list(others) for word, others in _OPPOSITE.items()}
    lines = files("qa").joinpath("data", "opposites.txt").read_text(encoding="utf-8").splitlines()
    for one, other in (line.split()[:2] for line in lines if line and not line.startswith("#")):
        for a, b in ((one, other), (other, one)):
            for x, y in zip(_inflected(a), _inflected(b), strict=True):
                if y not in table.setdefault(x, []):
                    table[x].append(y)
    return table


def _inflected(word: str) -> list[str]:
    stem = word.removesuffix("e")
    return [word, word + "s", stem + "ed", stem + "ing"]


def _turned(question: str, case: Case, rng: random.Random) -> str | None:
    """A small word that turns a relation round: from and to, with and without."""
    found = [m for m in re.finditer(r"\b[a-z]+\b", question) if m.group() in _TURNS]
    if not found or case.only:
        return None
    match = rng.choice(found)
    return question[: match.start()] + rng.choice(_TURNS[match.group()]) + question[match.end() :]


def _negation(question: str, case: Case, rng: random.Random) -> str | None:
    if plain := _NOT.search(question):
        return question[: plain.start()] + question[plain.end() :]
    found = _AUXILIARY.search(question)
    if found is None or rng.random() < 0.5:
        return None
    if rng.random() < 0.5:
        negated = found.group() + ("n't" if found.group() not in ("can", "will") else " never")
        return question[: found.start()] + negated + question[found.end() :]
    verb = re.search(r"\b(?:[a-z]{3,}(?:ed|ing)|be|have)\b", question[found.end() :])
    if verb is None:
        return None
    place = found.end() + verb.start()
    return question[:place] + "not " + question[place:]


_TURNS = {
    word: others.split()
    for word, others in {
        "to": "from", "from": "to", "into": "from", "with": "without", "without": "with", "before": "after",
        "after": "before", "over": "under", "under": "over", "until": "since", "since": "until",
    }.items()
}  # fmt: skip
_NOT = re.compile(r"\b(?:not|never)\s|n't\b")
_MEANING = (_antonym, _turned, _negation)  # few questions have a word for these, so they come first now and then
_CHANGES = (
    _antonym, _antonym, _typed(_NAME), _typed(_NAME), _typed(_NAME), _typed(_YEAR), _typed(_YEAR), _typed(_MONTH),
    _typed(_NUMBER), _word, _word, _turned, _phrase, _phrase, _phrase,
)  # fmt: skip


def swap(question: str, case: Case, rng: random.Random) -> str | None:
    """The question changed so that the passage should not answer it, or None where no rule applies.

    Replacements come from the passage itself or from the one like it; never from the answer.
    """
    first = rng.sample(_MEANING, len(_MEANING)) if rng.random() < 0.4 else ()
    for change in (*first, *rng.sample(_CHANGES, len(_CHANGES))):
        changed = change(question, case, rng)
        if changed is not None and changed != question:
            return changed
    return None
