"""What a sentence says otherwise than its source does, point by point, in words for a person."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.aligning import Alignment, kind, rivals
from qa.facts import Date, Number, kind_name
from qa.opposites import is_negation, negated, operators, opposite
from qa.wording import Token, plain

__all__ = ["Finding", "compare"]

_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|„([^“”]{2,})[“”]|«([^»]{2,})»")
_STRONG = frozenset(("all", "none", "no", "must", "most", "few", "always", "never"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that doesn't agree; `hard` where the source says otherwise, not merely nothing."""

    words: str
    hard: bool = True


def compare(alignment: Alignment, texts: Sequence[str], sentence: str) -> list[Finding]:
    """Everything the sentence says otherwise, hard findings first."""
    found = [
        *_quotations(sentence, texts),
        *_facts(alignment),
        *_negations(alignment),
        *_degrees(alignment),
        *_words(alignment),
    ]
    return sorted(found, key=lambda finding: not finding.hard)


def _quotations(sentence: str, texts: Sequence[str]) -> Iterator[Finding]:
    sources = [plain(text) for text in texts]
    for match in _QUOTED.finditer(sentence):
        quoted = next(group for group in match.groups() if group)
        pieces = [p.strip(" .,;:!?") for p in re.split(r"…|\.\.\.|\[[^\]]*\]", plain(quoted))]
        if not all(any(piece in source for source in sources) for piece in pieces):
            yield Finding(f"the quotation “{quoted}” is not in the source word for word")


def _facts(alignment: Alignment) -> Iterator[Finding]:
    for i, token in enumerate(alignment.sentence):
        if token.fact is None:
            continue
        others = rivals(alignment, i)
        soft = isinstance(token.fact, Number) and token.fact.soft
        what = f"the {kind_name(token.fact)} {token.text}"
        if alignment.places[i]:
            if others and not soft:
                yield Finding(f"{what} is in the source for something else; here it has {others[0].text}")
        elif isinstance(token.fact, Date) and _pieced(token.fact, alignment):
            continue
        elif not soft or others:
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
    """The only fact of the same kind and unit that the source has, if it is the only one."""
    unit = getattr(token.fact, "unit", None)
    same = {
        t.text
        for t in alignment.source.tokens
        if t.fact is not None
        and kind(t) == kind(token)
        and not getattr(t.fact, "soft", False)
        and (unit is None or (getattr(t.fact, "unit", None) or ("",))[0] == unit[0])
    }
    return same.pop() if len(same) == 1 else ""


def _words(alignment: Alignment) -> Iterator[Finding]:
    """Names and words: put in the place of others, or of opposite meaning."""
    for i, token in enumerate(alignment.sentence):
        if token.fact is not None:
            continue
        against = _opposed(alignment, i)
        if against is not None:
            yield Finding(f"it says “{token.text}” where the source says “{against.text}”")
            continue
        if token.light:
            continue
        others = rivals(alignment, i)
        named = token.name or any(other.name for other in others)
        if others:
            verb = "names" if token.name else "says"
            says = " ".join(other.text for other in others)
            yield Finding(f"it {verb} “{token.text}” where the source has “{says}”", hard=named and token.name)
        elif token.name and not alignment.places[i]:
            yield Finding(f"the name “{token.text}” is not in the source", hard=False)


def _opposed(alignment: Alignment, i: int) -> Token | None:
    """A word of opposite meaning that the source has near where the sentence's word should stand."""
    token = alignment.sentence[i]
    around = [
        p
        for n in (i - 1, i + 1, i - 2, i + 2)
        if 0 <= n < len(alignment.sentence)
        if (p := alignment.at[n]) is not None
    ]
    own = alignment.at[i]
    if own is not None and any(abs(own - p) <= 3 for p in around):
        return None
    said = {t.key for t in alignment.sentence}
    denies = any(i in reached for reached in negated(alignment.sentence).values())
    for p in around[:2] if token.light else around:
        for d in (1, -1, 2, -2, 3, -3) if not token.light else (1, -1):
            other = alignment.tokens.get(p + d)
            if other and other.fact is None and other.key not in said and _contrary(token, other) and not denies:
                return other
    return None


def _contrary(a: Token, b: Token) -> bool:
    return opposite(a.key, b.key) or opposite(a.text.lower(), b.text.lower())


def _negations(alignment: Alignment) -> Iterator[Finding]:
    sentence, tokens = alignment.sentence, alignment.source.tokens
    mine, theirs = negated(sentence), negated(tokens)
    my_words = {n for reached in mine.values() for n in reached} | set(mine)
    their_places = {tokens[n].at for m, reached in theirs.items() for n in (*reached, m)}
    for n, reached in mine.items():
        places = [p for i in reached if (p := alignment.at[i]) is not None]
        own = alignment.at[n]
        if any(p in their_places for p in places) or (own is not None and not sentence[n].light):
            continue
        if any(_turned(sentence[i], p, alignment) for i in reached for p in places):
            continue
        yield Finding(f"it says “{sentence[n].text}”, which the source does not say here", hard=bool(places))
    for n, reached in theirs.items():
        met = [
            i for m in reached[:2] for i, p in enumerate(alignment.at) if p == tokens[m].at and not sentence[i].light
        ]
        if met and not any(i in my_words for i in met) and not any(p == tokens[n].at for p in alignment.at):
            if not any(
                is_negation(sentence, i) or _prefixed(sentence[i], tokens, reached) for i in range(len(sentence))
            ):
                yield Finding(f"the source says “{tokens[n].text}” here, and the sentence leaves it out")


def _turned(word: Token, place: int, alignment: Alignment) -> bool:
    """Whether the source has the opposite of a word that the sentence denies: "not possible", "impossible"."""
    near = (alignment.tokens.get(place + d) for d in range(-4, 5))
    return any(other and _contrary(word, other) for other in near)


def _prefixed(word: Token, tokens: Sequence[Token], reached: Sequence[int]) -> bool:
    return any(_contrary(word, tokens[m]) for m in reached)


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
            if rank in _STRONG:
                yield Finding(f"the source does not say “{text}” here", hard=False)
        elif other[0] != rank:
            yield Finding(f"it says “{text}” where the source says “{other[1]}”")
    said = {(alignment.at[g], about) for g, about, _, _ in mine}
    for (place, about), (rank, text) in by_place.items():
        if rank in ("may", "few", "must") and (place, about) not in said and place in alignment.at:
            yield Finding(f"the source says “{text}” here, and the sentence leaves it out", hard=False)


def _governed(tokens: Sequence[Token]) -> list[tuple[int, str, str, str]]:
    """(index of the word, what about, rank, as written) for each word that says how many or how sure."""
    found = []
    for i, token in enumerate(tokens):
        degree = operators(token)
        if degree is None:
            continue
        after = (
            n for n in range(i + 1, min(i + 5, len(tokens))) if not tokens[n].light and tokens[n].clause == token.clause
        )
        governed = next(after, None)
        if governed is not None:
            found.append((governed, *degree, token.text))
    return found
