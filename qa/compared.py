"""What a sentence says otherwise than its source does, point by point, in words for a person."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.aligning import Alignment, between_anchors, kind, name_run, rivals
from qa.facts import Date, kind_name
from qa.opposites import contrary, degree, is_negation, negated
from qa.wording import ABOUT_SOURCES, Token, plain

__all__ = ["Finding", "compare", "idle"]

_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|„([^“”]{2,})[“”]|«([^»]{2,})»")
_STRONG = frozenset(
    "all every none no must always never most few less fewer only exclusively solely".split()
)  # not to be added
_WEAK = frozenset(
    "may might could few less fewer must hardly rarely seldom possibly perhaps some".split()
)  # nor left out


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that doesn't agree; `hard` where the source says otherwise, not merely nothing.

    `instead` is, for a word put in the place of others, (the word, the source's words).
    """

    words: str
    hard: bool = True
    instead: tuple[str, str] | None = None


def compare(alignment: Alignment, texts: Sequence[str], sentence: str) -> list[Finding]:
    """Everything the sentence says otherwise, hard findings first."""
    found = [
        *_quotations(sentence, texts),
        *_facts(alignment),
        *_negations(alignment),
        *_turned_here(alignment),
        *_left_out(alignment),
        *_degrees(alignment),
        *_words(alignment),
    ]
    return sorted({f.words: f for f in found}.values(), key=lambda finding: not finding.hard)


def _quotations(sentence: str, texts: Sequence[str]) -> Iterator[Finding]:
    sources = [plain(text) for text in texts]
    for match in _QUOTED.finditer(sentence):
        quoted = next(group for group in match.groups() if group)
        pieces = [p.strip(" .,;:!?'\"") for p in re.split(r"…|\.\.\.|\[[^\]]*\]", plain(quoted))]
        if not all(any(piece in source for source in sources) for piece in pieces):
            yield Finding(f"the quotation “{quoted}” is not in the source word for word", hard=len(quoted.split()) > 1)


def _facts(alignment: Alignment) -> Iterator[Finding]:
    for i, token in enumerate(alignment.sentence):
        if token.fact is None or token.key:
            continue
        others = rivals(alignment, i)
        what = f"the {kind_name(token.fact)} {token.text}"
        if alignment.places[i]:
            if others:
                yield Finding(f"{what} is in the source for something else; here it has {others[0].text}")
        elif not (isinstance(token.fact, Date) and _pieced(token.fact, alignment)):
            nearest = others[0].text if others else _nearest(token, alignment)
            yield Finding(f"{what} is not in the source" + (f"; it has {nearest}" if nearest else ""))


def _pieced(date: Date, alignment: Alignment) -> bool:
    """Whether the source gives the day in one place and the year in another, neither contradicting the date."""
    if date.weekday or date.decade or len(date.readings) != 1:
        return False
    mine = date.readings[0]
    given = [t.fact.readings[0] for t in alignment.source.tokens if isinstance(t.fact, Date) and not t.fact.weekday]
    fitting = [g for g in given if all(a is None or b is None or a == b for a, b in zip(g, mine, strict=True))]
    fields = [n for n in range(3) if mine[n] is not None]
    together = any(g[1] == mine[1] and g[2] == mine[2] and g[1] is not None for g in fitting)
    return len(fields) > 1 and together and all(any(g[n] == mine[n] for g in fitting) for n in fields)


def _nearest(token: Token, alignment: Alignment) -> str:
    """The fact of the same kind and unit that the source has, where it has but one."""
    unit = getattr(token.fact, "unit", None)
    same = {
        t.text
        for t in alignment.source.tokens
        if t.fact is not None
        and kind(t) == kind(token)
        and (unit is None or (getattr(t.fact, "unit", None) or ("",))[0] == unit[0])
    }
    return same.pop() if len(same) == 1 else ""


def idle(token: Token) -> bool:
    """Whether a word that the source lacks claims nothing: it speaks of the source, or hardly counts ("one of")."""
    return token.text.lower() in ABOUT_SOURCES or (token.fact is not None and bool(token.key))


def _words(alignment: Alignment) -> Iterator[Finding]:
    """Names and words: put in the place of others, or of opposite meaning."""
    denied = {n for reached in negated(alignment.sentence).values() for n in reached}
    said = {token.key for token in alignment.sentence}
    for i, token in enumerate(alignment.sentence):
        if token.fact is not None and not token.key:
            continue
        against = _opposed(alignment, i, said, i in denied)
        if against is not None:
            yield Finding(f"it says “{token.text}” where the source says “{against.text}”")
            continue
        if token.light or token.text.lower() in ABOUT_SOURCES:
            continue
        others = rivals(alignment, i)
        if others:
            verb, says = "names" if token.name else "says", " ".join(other.text for other in others)
            words = f"it {verb} “{token.text}” where the source has “{says}”"
            yield Finding(words, hard=token.name and any(t.name for t in others), instead=(token.text, says))
        elif token.name and alignment.places[i] and _apart(alignment, i):
            yield Finding(f"the source does not have the name “{_full_name(alignment, i)}” in one piece")
        elif not token.name and not alignment.places[i] and _instead_of_light(alignment, i):
            words = f"it says “{token.text}”, which the source does not say here"
            yield Finding(words, hard=False, instead=(token.text, ""))
        elif token.name and not alignment.places[i]:
            yield Finding(f"the name “{token.text}” is not in the source", hard=False)


def _apart(alignment: Alignment, i: int) -> bool:
    """Whether the source never has the part i of a name near the part before it, though it has both."""
    first, _ = name_run(alignment.sentence, i)
    before = next((n for n in range(i - 1, first - 1, -1) if alignment.sentence[n].name), None)
    if before is None or not alignment.places[before]:
        return False
    return all(abs(a - b) > 4 for a in alignment.places[i] for b in alignment.places[before])


def _full_name(alignment: Alignment, i: int) -> str:
    first, last = name_run(alignment.sentence, i)
    return " ".join(token.text for token in alignment.sentence[first : last + 1])


def _instead_of_light(alignment: Alignment, i: int) -> bool:
    """Whether a word that the source lacks stands between two that follow each other there but for a light word."""
    if not 0 < i < len(alignment.sentence) - 1:
        return False
    before, after = alignment.at[i - 1], alignment.at[i + 1]
    return before is not None and after is not None and after - before == 2


def _opposed(alignment: Alignment, i: int, said: set[str], denied: bool) -> Token | None:
    """A word of opposite meaning that the source has where the sentence's word should stand, or close to it."""
    token, own = alignment.sentence[i], set(alignment.places[i])
    between = between_anchors(alignment, i)
    if between is not None:
        here = [t for p in between if (t := alignment.tokens.get(p)) and contrary(token, t)]
        if here or own & set(between) or token.light:
            return here[0] if here and not own & set(between) else None
    around = [
        p
        for n in (i - 1, i + 1, i - 2, i + 2)
        if 0 <= n < len(alignment.sentence)
        if (p := alignment.at[n]) is not None
    ]
    if token.light or any(abs(o - p) <= 3 for o in own for p in around):
        return None
    if denied:
        return None
    near = (alignment.tokens.get(p + d) for p in around for d in (1, -1, 2, -2, 3, -3))
    return next((t for t in near if t and t.key not in said and contrary(token, t)), None)


def _negations(alignment: Alignment) -> Iterator[Finding]:
    """Words that are denied in one of the texts and not in the other, wherever they stand."""
    sentence, tokens = alignment.sentence, alignment.source.tokens
    mine, theirs = negated(sentence), negated(tokens)
    denied = {n for reached in mine.values() for n in reached} | set(mine)
    denied_there = {tokens[n].at for m, reached in theirs.items() for n in (*reached, m)}
    for n, reached in mine.items():
        first = next(((i, p) for i in reached if (p := alignment.at[i]) is not None), None)
        if not sentence[n].light and alignment.places[n]:
            continue
        if first is None and alignment.places[n]:
            continue
        if first is None:
            yield Finding(f"it says “{sentence[n].text}”, which the source does not say here", hard=False)
        elif first[1] not in denied_there and not _turned(sentence, alignment, reached, first[1]):
            yield Finding(f"it says “{sentence[n].text}”, which the source does not say here")
    for n, reached in theirs.items():
        met = [
            i for m in reached[:1] for i, p in enumerate(alignment.at) if p == tokens[m].at and not sentence[i].light
        ]
        unmet = not met or any(i in denied for i in met) or tokens[n].at in alignment.at
        if not unmet and not any(contrary(token, tokens[m]) for token in sentence for m in reached):
            yield Finding(f"the source says “{tokens[n].text}” here, and the sentence leaves it out")


def _turned(sentence: Sequence[Token], alignment: Alignment, reached: Sequence[int], place: int) -> bool:
    """Whether the source has the opposite of a word that the sentence denies: "not possible", "impossible"."""
    said = {token.key for token in sentence}
    near = [t for d in range(-5, 6) if (t := alignment.tokens.get(place + d)) and t.key not in said]
    return any(contrary(sentence[i], other) for i in reached for other in near)


def _critical(tokens: Sequence[Token], i: int) -> bool:
    return tokens[i].key in _STRONG or degree(tokens[i]) is not None or (tokens[i].light and is_negation(tokens, i))


def _turned_here(alignment: Alignment) -> Iterator[Finding]:
    """A negation, "all" or "must" that stands between words which the source has without it, or with another."""
    sentence = alignment.sentence
    for i, token in enumerate(sentence):
        between = between_anchors(alignment, i) if _critical(sentence, i) else None
        if between is None or set(between) & set(alignment.places[i]):
            continue
        mine = degree(token)
        here = [t for p in between if (t := alignment.tokens.get(p)) and (degree(t) or is_negation([t], 0))]
        if any(degree(t) == mine and mine for t in here) or (
            is_negation(sentence, i) and any(is_negation([t], 0) for t in here)
        ):
            continue
        other = next((t for t in here if (degree(t) or ("",))[0] == (mine or ("",))[0]), None)
        if other:
            yield Finding(f"it says “{token.text}” where the source says “{other.text}”")
        elif is_negation(sentence, i) and token.light:
            yield Finding(f"it says “{token.text}”, which the source does not say here")
        elif token.key in _STRONG:
            yield Finding(f"the source does not say “{token.text}” here", hard=False)


def _left_out(alignment: Alignment) -> Iterator[Finding]:
    """A negation, "few" or "may" that the source has between two words which the sentence puts side by side."""
    placed = [i for i, p in enumerate(alignment.at) if p is not None]
    for i, j in pairwise(placed):
        a, b = alignment.at[i], alignment.at[j]
        assert a is not None
        assert b is not None
        if not 1 < b - a <= j - i + 2:
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
    by_place = {(alignment.source.tokens[g].at, about): (rank, text) for g, about, rank, text in theirs}
    for governed, about, rank, text in mine:
        place = alignment.at[governed]
        if place is None:
            continue
        other = by_place.get((place, about))
        if other is None:
            if text.lower() in _STRONG:
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
