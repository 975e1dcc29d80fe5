"""What the source has where a word of the sentence should stand, judged by the word's neighbours.

So a number, a name or a word that the source does have, but for another thing, is found: in the source it has other
neighbours.
"""

from collections.abc import Sequence

from qa.checker.aligning import WINDOW, Alignment, alike, kind
from qa.checker.facts import Date, Number
from qa.checker.wording import Token

__all__ = ["between_anchors", "name_run", "rivals"]

_FAR = 3  # how far the nearest anchor may be


def rivals(alignment: Alignment, i: int) -> list[Token]:
    """What the source has where token i of the sentence should stand by its neighbours; empty where it stands there.

    Words are held to their neighbours on both sides at once; numbers, dates and names also to the nearest word that
    carries meaning on either side.
    """
    token, own = alignment.sentence[i], set(alignment.places[i])
    if kind(token) == "word" and _in_phrase(alignment, i):
        return []
    if counted := _counted(alignment, i):
        return counted
    between = between_anchors(alignment, i)
    if between is not None:
        if own & set(between) or any(p in alignment.tokens and alike(token, alignment.tokens[p]) for p in between):
            return []
        told = _told(alignment, i)
        found = [t for p in between if p not in told and (t := alignment.tokens.get(p)) and _rival(token, t)]
        found = [t for t in found if not _excused(alignment, i, t)]
        if found or kind(token) in ("word", "light"):
            return found
    if kind(token) in ("word", "light"):
        return []
    return [t for t in _voted(alignment, i) if not _excused(alignment, i, t)]


def _counted(alignment: Alignment, i: int) -> list[Token]:
    """The number that the source has right before what the number i counts here, where it has this one elsewhere."""
    token, own = alignment.sentence[i], alignment.places[i]
    if token.fact is None or token.key or i + 1 >= len(alignment.sentence) or kind(alignment.sentence[i + 1]) != "word":
        return []
    things = alignment.places[i + 1]
    if any(0 < p - o <= 2 for p in things for o in own):
        return []
    near = {alignment.tokens[o].sentence for o in own}
    others = [t for p in things if (t := alignment.tokens.get(p - 1)) and t.sentence in near and _rival(token, t)]
    return [t for t in others if not t.key and not any(_listed(alignment, o, t.at) for o in own)][:1]


def _excused(alignment: Alignment, i: int, other: Token) -> bool:
    """Whether the token may stand elsewhere in the source all the same: in a list with the other, or turned about.

    A sentence may be turned about ("the first president was Mandela"), so at its ends, where only one side speaks, a
    token that the source has is held only to another of its kind that the sentence has too.
    """
    token, own = alignment.sentence[i], alignment.places[i]
    if any(_listed(alignment, p, other.at) for p in own):
        return True
    left, right = _anchor(alignment, i, -1), _anchor(alignment, i, 1)
    if any(n is not None and _inverted(alignment, n) for n in (left, right)):
        return True
    at_end = left is None or right is None
    alone = at_end and bool(own) and kind(token) in ("word", "name")
    return alone and (other.name != token.name or (kind(token) == "word" and not _said(other, alignment.sentence)))


def _listed(alignment: Alignment, a: int, b: int) -> bool:
    """Whether two positions of the source stand side by side in a list: "Anna and Bob"."""
    low, high = sorted((a, b))
    between = [t for p in range(low + 1, high) if (t := alignment.tokens.get(p))]
    return high - low == 2 and len(between) == 1 and between[0].key in ("and", "or")


def _in_phrase(alignment: Alignment, i: int) -> bool:
    """Whether a word stands in the source right beside another word of meaning that it stands beside here."""
    for n in (i - 1, i + 1):
        inside = 0 <= n < len(alignment.sentence) and kind(alignment.sentence[n]) == "word"
        if inside and any(p + n - i in alignment.places[n] for p in alignment.places[i]):
            return True
    return False


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
        closest = alignment.tokens.get(start - step)
        if own & set(reach):
            votes += 1
        elif token.fact and step == 1 and anchor == i + 1 and closest in near:
            votes -= 2  # what a number counts stands right after it
            found.insert(0, near[0])
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
