"""Which word of the source each word of a sentence stands for, judged by the words around both.

After the contextual evidence of Sultan et al. 2014 ("Back to Basics for Monolingual Alignment"): of several places with
the same word, the one whose surroundings look most like the sentence's. Words may stand in another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import Date, Number, agree
from qa.opposites import synonyms
from qa.wording import Token, Wording

__all__ = ["Alignment", "align", "between_anchors", "covered", "kind", "name_run", "rivals"]

WINDOW = 4  # tokens on either side that are compared
_FAR = 3  # how far the nearest anchor may be


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each token of the sentence, the place in the source that it stands for (None: nowhere), and all such."""

    sentence: tuple[Token, ...]
    source: Wording
    at: tuple[int | None, ...]
    places: tuple[tuple[int, ...], ...]
    tokens: dict[int, Token]
    ends: dict[int, tuple[int, int]]  # first and last position of each sentence of the source


def align(sentence: Sequence[Token], source: Wording) -> Alignment:
    """The sentence's tokens placed in the source."""
    tokens = {token.at: token for token in source.tokens}
    places = [_places(token, source) for token in sentence]
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
    return Alignment(tuple(sentence), source, tuple(at), tuple(places), tokens, ends)


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
    if found or token.light or len(token.key) < 2:
        return found
    same = {key for key in source.places if akin(token.key, key)}
    if not token.name:
        same |= synonyms(token.key) & source.places.keys()
    alike = sorted(p for key in same for p in source.places[key])
    return tuple(alike) or _initials(token, source)


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


def rivals(alignment: Alignment, i: int) -> list[Token]:
    """What the source has where token i of the sentence should stand by its neighbours; empty where it stands there.

    Words are held to their neighbours on both sides at once; numbers, dates and names also to the nearest word that
    carries meaning on either side.
    """
    token, own = alignment.sentence[i], set(alignment.places[i])
    between = between_anchors(alignment, i)
    if between is not None:
        if own & set(between):
            return []
        told = _told(alignment, i)
        found = [t for p in between if p not in told and (t := alignment.tokens.get(p)) and _rival(token, t)]
        if found or kind(token) in ("word", "light"):
            return found
    if kind(token) in ("word", "light"):
        return []
    return _voted(alignment, i)


def _voted(alignment: Alignment, i: int) -> list[Token]:
    """What the nearest words of meaning on either side have beside them, where more of them speak against token i."""
    token, own = alignment.sentence[i], set(alignment.places[i])
    first, last = name_run(alignment.sentence, i)
    starts = {alignment.ends[alignment.tokens[p].sentence][0] for p in own}
    run = {t.key for t in alignment.sentence[first : last + 1] if t.key}
    votes = int(first == 0 and any(0 <= p - start <= i for p in own for start in starts))
    found: list[Token] = []
    for step, edge in ((-1, first), (1, last)):
        anchor = _meaning(alignment, edge, step)
        if anchor is None or _inverted(alignment, anchor):
            continue
        start = alignment.at[anchor]
        assert start is not None
        told = {alignment.at[n] for n in range(min(anchor, first) + 1, max(anchor, last + 1)) if n != i}
        reach = [start - step * d for d in range(1, abs(i - anchor) + 2)]
        near = [t for p in reach if p not in told and (t := alignment.tokens.get(p)) and _rival(token, t)]
        near = [t for t in near if (t.name == token.name or t.fact is not None) and t.key not in run]
        if own & set(reach):
            votes += 1
        elif near and (_copied(alignment, anchor, step) or _said(near[0], alignment.sentence)):
            votes -= 1
            found += near[:1]
    return found if votes < 0 else []


def _copied(alignment: Alignment, anchor: int, step: int) -> bool:
    """Whether the sentence follows the source's wording from the anchor on, away from the token in question."""
    place, n = alignment.at[anchor], anchor + step
    assert place is not None
    if not 0 <= n < len(alignment.sentence):
        return True
    return any(0 < step * (p - place) <= 2 for p in alignment.places[n])


def _said(other: Token, sentence: Sequence[Token]) -> bool:
    """Whether the sentence has the token too, elsewhere: the two may be exchanged."""
    return any(t.key == other.key and (t.fact is None or t.text == other.text) for t in sentence)


def name_run(sentence: Sequence[Token], i: int) -> tuple[int, int]:
    """The first and last token of the name that token i is part of; token i itself for what is no name."""
    first = last = i
    if sentence[i].name:
        while first > 0 and _runs_on(sentence, first - 1, first):
            first -= 1
        while last + 1 < len(sentence) and _runs_on(sentence, last, last + 1):
            last += 1
    return first, last


def _runs_on(sentence: Sequence[Token], a: int, b: int) -> bool:
    """Whether the name goes on from token a to the next, b: both names, or a linking word that a name follows."""
    if sentence[a].clause != sentence[b].clause:
        return False
    if sentence[a].name and sentence[b].name:
        return True
    link = b if sentence[a].name else a
    inside = 0 < link < len(sentence) - 1 and sentence[link].key in ("of", "de", "von", "van")
    return inside and sentence[link - 1].name and sentence[link + 1].name


def _rival(token: Token, other: Token) -> bool:
    mine, theirs = kind(token), kind(other)
    if isinstance(token.fact, Number) and isinstance(other.fact, Number) and token.fact.ordinal != other.fact.ordinal:
        return False
    if {mine, theirs} == {"name", "date"}:  # a month alone looks like a name
        date = token.fact or other.fact
        return isinstance(date, Date) and date.readings[0][0] is None
    if {mine, theirs} == {"number", "date"}:  # "3 October" and "3,000 October", but not a year and 12 %
        number = token.fact if isinstance(token.fact, Number) else other.fact
        return isinstance(number, Number) and number.unit is None
    return mine == theirs or {mine, theirs} == {"name", "word"}


def _told(alignment: Alignment, i: int) -> set[int | None]:
    """The places of the other tokens between the two that token i is held to: these stand for themselves."""
    left, right = _anchor(alignment, i, -1), _anchor(alignment, i, 1)
    around = range(0 if left is None else left + 1, len(alignment.sentence) if right is None else right)
    return {alignment.at[n] for n in around if n != i}


def between_anchors(alignment: Alignment, i: int) -> range | None:
    """The positions of the source where token i should stand, by its placed neighbours or the sentence's ends.

    None where there are no such neighbours, or they stand farther apart in the source than in the sentence.
    """
    left, right = _anchor(alignment, i, -1), _anchor(alignment, i, 1)
    n = len(alignment.sentence)
    a = alignment.at[left] if left is not None else None
    b = alignment.at[right] if right is not None else None
    if a is not None and b is not None and left is not None and right is not None:
        return range(a + 1, b) if 0 < b - a <= right - left + 3 else None
    if a is not None and left is not None and n - i <= 2:
        end = alignment.ends[alignment.tokens[a].sentence][1] + 1
        return range(a + 1, end) if end - a <= n - left + 1 else None
    if b is not None and right is not None and i <= 1:
        start = alignment.ends[alignment.tokens[b].sentence][0] - 1
        return range(start + 1, b) if b - start <= right + 2 else None
    return None


def _anchor(alignment: Alignment, i: int, step: int) -> int | None:
    """The nearest placed token on one side; for a name or a number, one that is none itself."""
    mine = kind(alignment.sentence[i])
    wanted = ("word", "light") if mine in ("name", "date", "number") else ("word", "light", "name", "date", "number")
    for n in range(i + step, i + step * (_FAR + 1), step):
        if not 0 <= n < len(alignment.sentence):
            return None
        if alignment.at[n] is not None and kind(alignment.sentence[n]) in wanted:
            return n
    return None


def _meaning(alignment: Alignment, i: int, step: int) -> int | None:
    """The nearest placed word on one side that isn't light."""
    for n in range(i + step, i + step * (WINDOW + 1), step):
        if not 0 <= n < len(alignment.sentence):
            return None
        if alignment.at[n] is not None and kind(alignment.sentence[n]) == "word":
            return n
    return None


def _inverted(alignment: Alignment, anchor: int) -> bool:
    """Whether one of sentence and source has the passive voice beside the anchor: "beat" and "was beaten by"."""
    position = alignment.at[anchor]
    assert position is not None
    mine = any(t.key == "by" for t in alignment.sentence[anchor : anchor + 6])
    theirs = any((t := alignment.tokens.get(position + d)) and t.key == "by" for d in range(6))
    return mine != theirs
