"""Which word of the source each word of a sentence stands for, judged by the words around both.

After the contextual evidence of Sultan et al. 2014 ("Back to Basics for Monolingual Alignment"): of several places with
the same word, the one whose surroundings look most like the sentence's. Words may stand in another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.checker.agreeing import agree
from qa.checker.facts import Date
from qa.checker.opposites import synonyms
from qa.checker.wording import Token, Wording

__all__ = ["WINDOW", "Alignment", "align", "alike", "covered", "kind"]

WINDOW = 4  # tokens on either side that are compared


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each token of the sentence, the place in the source that it stands for (None: nowhere), and all such."""

    sentence: tuple[Token, ...]
    source: Wording
    at: tuple[int | None, ...]
    places: tuple[tuple[int, ...], ...]
    tokens: dict[int, Token]
    held: dict[int, float]  # for each place, how much of the sentence its sentence of the source holds
    ends: dict[int, tuple[int, int]]  # first and last position of each sentence of the source


def align(sentence: Sequence[Token], source: Wording) -> Alignment:
    """The sentence's tokens placed in the source."""
    tokens = {token.at: token for token in source.tokens}
    names = {token.key for token in source.tokens if token.name}
    sentence = [replace(t, name=True) if t.key in names and _may_name(t) else t for t in sentence]
    shortened = _shortened(sentence, source)
    places = [_places(token, source) or shortened.get(i, ()) for i, token in enumerate(sentence)]
    anchored = {p + d for token, found in zip(sentence, places, strict=True) if not token.light for p in found
                for d in range(-WINDOW, WINDOW + 1)}  # fmt: skip
    sets = [frozenset(found) for found in places]
    held = _held(sentence, places, tokens)
    at: list[int | None] = []
    for i, token in enumerate(sentence):
        near = [p for p in places[i] if not token.light or p in anchored] or list(places[i][:1])
        at.append(max(near, key=lambda p: (_context(i, p, sentence, sets) + held.get(p, 0.0), -p)) if near else None)
    ends: dict[int, tuple[int, int]] = {}
    for t in source.tokens:
        ends[t.sentence] = (ends[t.sentence][0] if t.sentence in ends else t.at, t.at)
    return Alignment(tuple(sentence), source, tuple(at), tuple(places), tokens, held, ends)


def _may_name(token: Token) -> bool:
    """Whether a word that opens a sentence may be a name for all that is seen of it."""
    return token.fact is None and not token.light and token.text[:1].isupper()


def _shortened(sentence: Sequence[Token], source: Wording) -> dict[int, tuple[int, ...]]:
    """For the words of names whose initials the source has as one word (NFL), where it has that."""
    found: dict[int, tuple[int, ...]] = {}
    for n in range(len(sentence)):
        run: list[int] = []
        for i in range(n, len(sentence)):
            if not sentence[i].text[:1].isupper() or sentence[i].clause != sentence[n].clause:
                break
            run.append(i)
            letters = "".join(sentence[m].text[0] for m in run)
            places = tuple(t.at for t in source.tokens if t.text == letters) if len(run) > 1 else ()
            found.update(dict.fromkeys(run, places) if places else {})
    return found


def _held(sentence: Sequence[Token], places: Sequence[Sequence[int]], tokens: Mapping[int, Token]) -> dict[int, float]:
    """For each position, how much of the sentence its own sentence of the source holds, from 0 to 1."""
    holds: dict[int, set[int]] = {}
    content = [i for i, token in enumerate(sentence) if not token.light]
    for i in content:
        for p in places[i]:
            holds.setdefault(tokens[p].sentence, set()).add(i)
    return {p: len(holds.get(tokens[p].sentence, ())) / len(content) for found in places for p in found if content}


def _context(i: int, p: int, sentence: Sequence[Token], sets: Sequence[frozenset[int]]) -> float:
    """How much of what stands around token i of the sentence stands on the same side of position p, near by."""
    score = 0.0
    for other in range(max(0, i - WINDOW), min(len(sentence), i + WINDOW + 1)):
        if other == i or not sets[other]:
            continue
        near = range(p - WINDOW - 1, p) if other < i else range(p + 1, p + WINDOW + 2)
        found = sets[other].intersection(near)
        if found:
            exact = p + other - i in found
            score += (1.0 if not sentence[other].light else 0.4) * (1.0 if exact else 0.7) / (1 + 0.1 * abs(other - i))
        elif not sentence[other].light and not sets[other].isdisjoint(range(p - 15, p + 16)):
            score += 0.2
    return score


def _places(token: Token, source: Wording) -> tuple[int, ...]:
    if token.fact is not None:
        agreeing = (t.at for t in source.tokens if t.fact is not None and agree(token.fact, t.fact))
        return tuple(dict.fromkeys((*agreeing, *(source.places.get(token.key, ()) if token.key else ()))))
    found = source.places.get(token.key, ())
    if not found and len(token.text) == 1 and token.text.isupper():  # J. Smith
        return tuple(t.at for t in source.tokens if t.name and t.text[0] == token.text)
    if found or token.light or len(token.key) < 2:
        return found
    same = {key for key in source.places if akin(token.key, key)}
    if not token.name:
        same |= synonyms(token.key) & source.places.keys()
    alike = sorted(p for key in same for p in source.places[key])
    return tuple(alike) or _initials(token, source)


def alike(a: Token, b: Token) -> bool:
    """Whether two words may stand for one another: the same, akin, or listed as of one meaning."""
    if not a.key or not b.key:  # numbers and dates have none
        return False
    return a.key == b.key or akin(a.key, b.key) or (not a.name and b.key in synonyms(a.key))


@lru_cache(maxsize=50_000)
def akin(a: str, b: str) -> bool:
    """Whether two stems look like one word's: the same beginning, of five letters and most of the shorter one."""
    shorter = min(len(a), len(b))
    if shorter < 4 or a[:4] != b[:4]:
        return False
    common = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    return common >= 5 and common >= shorter - 2 and max(len(a), len(b)) - common <= 5


def _initials(token: Token, source: Wording) -> tuple[int, ...]:
    """Where an acronym's words stand, or the acronym of a run of names."""
    letters = "".join(c for c in token.text if c.isalpha())
    if not (2 <= len(letters) <= 6 and letters.isupper()):
        return ()
    names = source.tokens
    for n in range(len(names)):
        run = [t for t in names[n : n + 2 * len(letters)] if t.text[:1].isupper()][: len(letters)]
        if len(run) == len(letters) and "".join(t.text[0] for t in run).upper() == letters and run[0] is names[n]:
            return tuple(t.at for t in run)
    return ()


def covered(alignment: Alignment) -> set[int]:
    """Which tokens of the sentence, light ones apart, the three sentences of the source hold that hold most of them."""
    holds: dict[int, set[int]] = {}
    for i, token in enumerate(alignment.sentence):
        for place in alignment.places[i] if not token.light else ():
            holds.setdefault(alignment.tokens[place].sentence, set()).add(i)
    found: set[int] = set()
    for _ in range(3):
        found |= max(holds.values(), key=lambda held: len(held - found), default=set())
    return found


def kind(token: Token) -> str:
    """date, number, name, word or light: what may stand for what."""
    if token.fact is not None and not token.key:
        return "date" if isinstance(token.fact, Date) else "number"
    return "name" if token.name else "light" if token.light else "word"
