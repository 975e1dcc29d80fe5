"""What a sentence says otherwise than its source does, point by point, in words for a person."""

import re
from collections.abc import Iterator, Sequence

from qa.checker.aligning import Alignment, kind
from qa.checker.facts import Date, Number, kind_name
from qa.checker.neighbours import between_anchors, name_run, rivals
from qa.checker.opposites import contrary, negated
from qa.checker.turned import Finding, turned
from qa.checker.wording import ABOUT_SOURCES, Token, plain

__all__ = ["Finding", "compare", "idle"]

_QUOTED = re.compile(r"“([^”]{2,})”|\"([^\"]{2,})\"|„([^“”]{2,})[“”]|«([^»]{2,})»")


def compare(alignment: Alignment, texts: Sequence[str], sentence: str) -> list[Finding]:
    """Everything the sentence says otherwise, hard findings first."""
    found = [
        *_quotations(sentence, texts),
        *_facts(alignment),
        *turned(alignment),
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
            elif other := _of_another(alignment, i):
                yield Finding(f"{what} is in the source for something else; of that it says {other.text}")
            elif bound := _bound_added(alignment, i):
                yield Finding(f"the source has {token.text}, and not “{bound}” that", hard=False)
        elif not (isinstance(token.fact, Date) and _pieced(token.fact, alignment)):
            nearest = others[0].text if others else _nearest(token, alignment)
            yield Finding(f"{what} is not in the source" + (f"; it has {nearest}" if nearest else ""))


def _of_another(alignment: Alignment, i: int) -> Token | None:
    """The number that the source has of the one named, where it has this number only of others.

    "Alice scored 18 points", where the source says that Alice scored 24 points and, in another sentence, Bob 18.
    """
    sentence, tokens = alignment.sentence, alignment.tokens
    capital = [n for n, t in enumerate(sentence) if t.text[:1].isupper() and not t.light and t.fact is None]
    named = {tokens[p].sentence for n in capital for p in alignment.places[n]}
    if not named or i + 1 >= len(sentence) or any(tokens[p].sentence in named for p in alignment.places[i]):
        return None
    counted = alignment.places[i + 1] if kind(sentence[i + 1]) == "word" else ()
    beside = (tokens.get(p - 1) for p in counted if tokens[p].sentence in named)
    return next((t for t in beside if t and t.fact is not None and not t.key), None)


def _bound_added(alignment: Alignment, i: int) -> str:
    """ "more than" or "less than", where the sentence has it before the very number that the source gives plainly."""
    said, place = alignment.sentence[i].fact, alignment.at[i]
    there = alignment.tokens[place].fact if place is not None else None
    if not isinstance(said, Number) or not isinstance(there, Number) or there.bound or said.values != there.values:
        return ""
    return {"over": "more than", "under": "less than"}.get(said.bound, "")


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
        if others and not (i in denied and any(contrary(token, other) for other in others)):
            verb, says = "names" if token.name else "says", " ".join(other.text for other in others)
            words = f"it {verb} “{token.text}” where the source has “{says}”"
            yield Finding(words, hard=token.name and any(t.name for t in others), worded=not _capital(token))
        elif token.name and alignment.places[i] and _apart(alignment, i):
            yield Finding(f"the source does not have the name “{_full_name(alignment, i)}” in one piece")
        elif not token.name and not alignment.places[i] and _instead_of_light(alignment, i):
            words = f"it says “{token.text}”, which the source does not say here"
            yield Finding(words, hard=False, worded=not _capital(token))
        elif token.name and not alignment.places[i]:
            yield Finding(f"the name “{token.text}” is not in the source", hard=False)


def _capital(token: Token) -> bool:
    """Whether a word may be a name for all that is seen of it, at a sentence's beginning too."""
    return token.text[:1].isupper()


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
            return here[0] if here and not denied and not own & set(between) else None
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
