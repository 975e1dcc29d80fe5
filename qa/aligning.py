"""Which word of the source each word of a sentence stands for, judged by the words around both.

After the contextual evidence of Sultan et al. 2014 ("Back to Basics for Monolingual Alignment"): of several places with
the same word, the one whose surroundings look most like the sentence's. Words may stand in another order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import Date, Number, agree
from qa.wording import Token, Wording

__all__ = ["Alignment", "align", "rivals"]

WINDOW = 4  # tokens on either side that are compared
_FAR = 3  # how far the nearest anchor may be


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each token of the sentence, the position in the source it stands for (None: nowhere), and every such place."""

    sentence: tuple[Token, ...]
    source: Wording
    at: tuple[int | None, ...]
    places: tuple[tuple[int, ...], ...]
    tokens: dict[int, Token]


def align(sentence: Sequence[Token], source: Wording) -> Alignment:
    """The sentence's tokens placed in the source."""
    tokens = {token.at: token for token in source.tokens}
    places = [_places(token, source) for token in sentence]
    anchored = {p + d for token, found in zip(sentence, places, strict=True) if not token.light for p in found
                for d in range(-WINDOW, WINDOW + 1)}  # fmt: skip
    sets = [frozenset(found) for found in places]
    at: list[int | None] = []
    for i, token in enumerate(sentence):
        near = [p for p in places[i] if not token.light or p in anchored] or list(places[i][:1])
        at.append(max(near, key=lambda p: (_context(i, p, sentence, sets), -p)) if near else None)
    return Alignment(tuple(sentence), source, tuple(at), tuple(places), tokens)


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
        return tuple(t.at for t in source.tokens if _same_fact(token, t))
    found = source.places.get(token.key, ())
    if found or token.light or len(token.key) < 2:
        return found
    return tuple(t.at for t in source.tokens if not t.light and t.fact is None and akin(token.key, t.key)) or _initials(
        token, source
    )


def _same_fact(token: Token, other: Token) -> bool:
    assert token.fact is not None
    if other.fact is not None:
        return agree(token.fact, other.fact)
    return False


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


def kind(token: Token) -> str:
    """date, number, name, word or light: what may stand for what."""
    if token.fact is not None:
        return "date" if isinstance(token.fact, Date) else "number"
    return "name" if token.name else "light" if token.light else "word"


def rivals(alignment: Alignment, i: int) -> list[Token]:
    """What the source has where token i of the sentence should stand by its neighbours; empty where it stands there.

    Numbers, dates and names are held to the nearest neighbour on each side, other words to both at once.
    """
    token = alignment.sentence[i]
    left, right = _anchor(alignment, i, -1), _anchor(alignment, i, 1)
    own = set(alignment.places[i])
    between = _between(alignment, i, left, right)
    if between is not None:
        if own & set(between):
            return []
        return [t for p in between if (t := alignment.tokens.get(p)) and _rival(token, t)]
    if kind(token) in ("word", "light"):
        return []
    found: list[Token] = []
    for anchor, step in ((left, 1), (right, -1)):
        if anchor is None or alignment.at[anchor] is None or _inverted(alignment, anchor):
            continue
        start = alignment.at[anchor]
        assert start is not None
        reach = [start + step * d for d in range(1, abs(i - anchor) + 2)]
        if own & set(reach):
            return []
        near = [t for p in reach if (t := alignment.tokens.get(p)) and _rival(token, t) and kind(t) == kind(token)]
        found += near[:1]
    return found


def _rival(token: Token, other: Token) -> bool:
    mine, theirs = kind(token), kind(other)
    if isinstance(token.fact, Number) and isinstance(other.fact, Number) and token.fact.ordinal != other.fact.ordinal:
        return False
    if mine == "light" or theirs == "light":
        return False
    return theirs == mine or (mine in ("name", "word") and theirs in ("name", "word"))


def _anchor(alignment: Alignment, i: int, step: int) -> int | None:
    """The nearest token on one side that has a place and is neither a name nor a number itself, unless adjacent."""
    for n in range(i + step, i + step * (_FAR + 1), step):
        if not 0 <= n < len(alignment.sentence):
            return None
        other = alignment.sentence[n]
        if alignment.at[n] is not None and kind(other) in ("word", "light"):
            return n
    return None


def _between(alignment: Alignment, i: int, left: int | None, right: int | None) -> range | None:
    """The positions between the places of both anchors, where these stand as close in the source as in the sentence."""
    if left is None or right is None:
        return None
    a, b = alignment.at[left], alignment.at[right]
    assert a is not None
    assert b is not None
    return range(a + 1, b) if 0 < b - a <= right - left + 3 else None


def _inverted(alignment: Alignment, anchor: int) -> bool:
    """Whether one of sentence and source has the passive voice beside the anchor: "beat" and "was beaten by"."""
    position = alignment.at[anchor]
    assert position is not None
    mine = any(t.key == "by" for t in alignment.sentence[anchor : anchor + 3])
    theirs = any((t := alignment.tokens.get(position + d)) and t.key == "by" for d in range(3))
    return mine != theirs
