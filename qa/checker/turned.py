"""What turns a sentence round: a negation, "all" for "some", "must" for "may", put in, left out or put for another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.checker.aligning import Alignment
from qa.checker.neighbours import between_anchors
from qa.checker.opposites import contrary, degree, is_negation, negated
from qa.checker.wording import Token

__all__ = ["Finding", "turned"]

_STRONG = frozenset(
    "all every none no must always never most few less fewer only exclusively solely".split()
)  # not to be added
_WEAK = frozenset(
    "may might could few less fewer must hardly rarely seldom possibly perhaps some".split()
)  # nor left out
_DENYING = frozenset(("no", "none", "never"))
_MUCH = 0.5  # of the sentence, that another sentence of the source says too
_NEAR = 10  # tokens


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that doesn't agree; `hard` where the source says otherwise, not merely nothing.

    `worded` is a plain word put in the place of others, no name: it may mean the same.
    """

    words: str
    hard: bool = True
    worded: bool = False


def turned(alignment: Alignment) -> Iterator[Finding]:
    """Everything that turns the sentence round."""
    yield from _negations(alignment)
    yield from _turned_here(alignment)
    yield from _left_out(alignment)
    yield from _degrees(alignment)


def _negations(alignment: Alignment) -> Iterator[Finding]:
    """Words that are denied in one of the texts and not in the other, wherever they stand."""
    sentence, tokens = alignment.sentence, alignment.source.tokens
    mine, theirs = negated(sentence), negated(tokens)
    denied = {n for reached in mine.values() for n in reached} | set(mine)
    denied_there = {tokens[n].at for m, reached in theirs.items() for n in (*reached, m)}
    for n, reached in mine.items():
        first = next(((i, p) for i in reached if (p := alignment.at[i]) is not None), None)
        if sentence[n].key == "no" and any(alignment.at[i] in denied_there for i in reached[:2]):
            continue  # "no payment is required", "payment is not required"
        if not sentence[n].light and alignment.places[n]:
            continue
        if first is None and alignment.places[n]:
            continue
        if first is None:
            yield Finding(f"it says “{sentence[n].text}”, which the source does not say here", hard=False)
        elif not _denied(alignment, first[0], denied_there) and not _reversed(sentence, alignment, reached, first[1]):
            yield Finding(f"it says “{sentence[n].text}”, which the source does not say here")
    for n, reached in theirs.items():
        met = [
            i
            for m in reached[:1]
            for i, p in enumerate(alignment.at)
            if p == tokens[m].at and not sentence[i].light and _beside(alignment, i)
        ]
        unmet = not met or any(i in denied for i in met) or tokens[n].at in alignment.at
        if not unmet and not any(contrary(token, tokens[m]) for token in sentence for m in reached):
            yield Finding(f"the source says “{tokens[n].text}” here, and the sentence leaves it out")


def _denied(alignment: Alignment, i: int, denied_there: set[int]) -> bool:
    """Whether the source denies the word too, where it stands or in another sentence that says much the same."""
    return any(p in denied_there and (p == alignment.at[i] or alignment.held[p] >= _MUCH) for p in alignment.places[i])


def _beside(alignment: Alignment, i: int) -> bool:
    """Whether another word of meaning that stands near token i stands near its place in the source."""
    place = alignment.at[i]
    assert place is not None
    near = (n for n in range(max(0, i - 4), min(len(alignment.sentence), i + 5)) if n != i)
    return any(
        abs(p - place) <= 7 and p != place for n in near if not alignment.sentence[n].light for p in alignment.places[n]
    )


def _reversed(sentence: Sequence[Token], alignment: Alignment, reached: Sequence[int], place: int) -> bool:
    """Whether the source has the opposite of a word that the sentence denies: "not possible", "impossible"."""
    said = {token.key for token in sentence}
    near = [t for d in range(-5, 6) if (t := alignment.tokens.get(place + d)) and t.key not in said]
    return any(contrary(sentence[i], other) for i in reached for other in near)


def _critical(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].key in _STRONG or degree(tokens[i]) is not None or (tokens[i].light and is_negation(tokens, i))


def _turned_here(alignment: Alignment) -> Iterator[Finding]:
    """A negation, "all" or "must" that stands between words which the source has without it, or with another."""
    sentence, tokens = alignment.sentence, alignment.source.tokens
    theirs = negated(tokens)
    deny = {tokens[n].at for n in theirs}
    denied_there = {tokens[n].at for reached in theirs.values() for n in reached}
    mine_reached = negated(sentence)
    for i, token in enumerate(sentence):
        between = between_anchors(alignment, i) if _critical(sentence, i) else None
        if between is None or set(between) & set(alignment.places[i]):
            continue
        reached = mine_reached.get(i, ())
        if any(p in denied_there for n in reached[:2] for p in (alignment.at[n],)) and token.key == "no":
            continue
        if reached and any(_reversed(sentence, alignment, reached, p) for p in (between.start, between.stop - 1)):
            continue
        near = any(abs(p - b) <= _NEAR for p in alignment.places[i] for b in (between.start, between.stop))
        mine = degree(token)
        here = [t for p in between if (t := alignment.tokens.get(p)) and (degree(t) or t.at in deny)]
        if any(degree(t) == mine and mine for t in here) or (i in mine_reached and any(t.at in deny for t in here)):
            continue
        other = next((t for t in here if (degree(t) or ("",))[0] == (mine or ("",))[0]), None)
        if other:
            yield Finding(f"it says “{token.text}” where the source says “{other.text}”")
        elif i in mine_reached and token.light:
            yield Finding(f"it says “{token.text}”, which the source does not say here")
        elif token.key in _STRONG and not near:
            yield Finding(f"the source does not say “{token.text}” here", hard=False)


def _left_out(alignment: Alignment) -> Iterator[Finding]:
    """A negation, "few" or "may" that the source has between two words which the sentence puts side by side."""
    placed = [i for i, p in enumerate(alignment.at) if p is not None]
    denied = {n for reached in negated(alignment.sentence).values() for n in reached}
    for i, j in pairwise(placed):
        a, b = alignment.at[i], alignment.at[j]
        assert a is not None
        assert b is not None
        if not 1 < b - a <= j - i + 2:
            continue
        if j in denied:
            continue
        between = [t for p in range(a + 1, b) if (t := alignment.tokens.get(p))]
        said = alignment.sentence[i + 1 : j]
        for n, token in enumerate(between):
            same = degree(token) and any(degree(t) == degree(token) for t in said)
            if (
                is_negation(between, n)
                and token.light
                and not any(_critical(alignment.sentence, m) for m in range(i + 1, j))
            ):
                if not any(contrary(mine, theirs) for mine in said for theirs in between):
                    yield Finding(f"the source says “{token.text}” here, and the sentence leaves it out")
            elif token.key in _WEAK and not same and not any(degree(t) for t in said):
                yield Finding(f"the source says “{token.text}” here, and the sentence leaves it out", hard=False)


def _degrees(alignment: Alignment) -> Iterator[Finding]:
    """How many and how sure: what the sentence puts before a word against what the source puts there."""
    mine, theirs = _governed(alignment.sentence), _governed(alignment.source.tokens)
    places = alignment.source.places
    by_place = {(alignment.source.tokens[g].at, about): (rank, text) for g, about, rank, text in theirs}
    for governed, about, rank, text in mine:
        place = alignment.at[governed]
        if place is None:
            continue
        other = by_place.get((place, about))
        if other is None:
            if text.lower() in _STRONG - {"no", "none", "never"} and not any(
                abs(p - place) <= _NEAR for p in places.get(text.lower(), ())
            ):
                yield Finding(f"the source does not say “{text}” here", hard=False)
        elif other[0] != rank:
            yield Finding(f"it says “{text}” where the source says “{other[1]}”")
    said = {(alignment.at[g], about) for g, about, _, _ in mine}
    for (place, about), (rank, text) in by_place.items():
        if rank in ("may", "few", "must") and text != "can" and (place, about) not in said and place in alignment.at:
            yield Finding(f"the source says “{text}” here, and the sentence leaves it out", hard=False)


def _governed(tokens: Sequence[Token]) -> list[tuple[int, str, str, str]]:
    """(index of the word, what about, rank, as written) for each word that says how many or how sure."""
    found = []
    for i, token in enumerate(tokens):
        about = degree(token)
        after = (n for n in range(i + 1, min(i + 5, len(tokens))) if not tokens[n].light)
        governed = next((n for n in after if tokens[n].sentence == token.sentence), None)
        if about is not None and governed is not None:
            found.append((governed, *about, token.text))
    return found
