"""A text as the checker sees it: words by their stems, numbers and dates by their values, names, and where each stands.

Positions leave a gap between sentences, so that what stands near another is of the same sentence.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from documents.split import sentences
from index.terms import STOP_WORDS, stem, words
from qa.checker.facts import Fact, Number, facts

__all__ = ["ABOUT_SOURCES", "GAP", "LIGHT", "Token", "Wording", "joined", "plain", "sentences_of", "wording"]

GAP = 20  # between the positions of two sentences
# Words that carry no claim of their own. Unlike in a search, not those that can turn a sentence round.
LIGHT = (STOP_WORDS - {"against"}) | frozenset(
    """been being became become becomes also more most very much many both each other another only even still just
    yes however therefore thus moreover furthermore additionally overall while although though because since within
    through during between among via per etc e g i ie eg one ones well rather quite onto off out up down over under
    not no never nor none neither nobody nothing nowhere hardly barely scarcely seldom exclusively solely
    without cannot must shall may might will would
    all every any some several most few always usually often sometimes rarely when if or than less fewer""".split()
)
# What answers say of their sources; it counts only where the source has it too.
ABOUT_SOURCES = frozenset(
    """document documents source sources passage passages text context provided given information mentioned
        mentions mention states stated describes described specifically note notes important""".split()
)
_ARTICLES = frozenset(("a", "an", "the", "s"))
_NO_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    f"[{_NO_SPACES}]|[^\\W_{_NO_SPACES}]+(?:[’'](?:s|t|re|ve|ll|d|m)\\b)?|[,;:()—–\u060c]", re.IGNORECASE
)
_HONORIFICS = frozenset("mr mrs ms miss dr prof professor sir lord lady rev st".split())
_OPENERS = frozenset("“\"'‘([«*-–—•:")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or date: `key` is what it is compared by, `at` its position, `clause` its clause's number.

    `light` words carry no claim of their own; `name` says that it is written as a name is, away from the start of a
    sentence or beyond doubt.
    """

    text: str
    key: str
    start: int
    at: int
    clause: int
    sentence: int
    light: bool = False
    name: bool = False
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """The tokens of a text in order, and where each key stands."""

    tokens: tuple[Token, ...]
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def by_place(self) -> dict[int, Token]:
        """The token at each position."""
        return {token.at: token for token in self.tokens}


_ITEM = re.compile(r"\s*(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+")


@lru_cache(maxsize=256)
def wording(text: str) -> Wording:
    """The tokens of a text; the number or mark of a list's item before it is none of them."""
    item = _ITEM.match(text)
    text = text[item.end() :] if item else text
    found = {fact.start: fact for fact in facts(text)}
    cased = any(c.isupper() for c in text) and any(c.islower() for c in text)
    tokens: list[Token] = []
    clause = 0
    at = 0
    for number, sentence in enumerate(sentences(text, 0, len(text))):
        at += GAP
        clause += 1
        first = True
        position = sentence.start
        while match := _WORD.search(text, position, sentence.end):
            fact = next((found[p] for p in range(position, match.start() + 1) if p in found), None)
            if fact is not None and fact.end > position:
                written = text[fact.start : fact.end]
                key = written.lower() if isinstance(fact, Number) and fact.soft else ""
                tokens.append(Token(written, key, fact.start, at, clause, number, fact=fact))
                position, at, first = max(fact.end, position + 1), at + 1, False
                continue
            position = match.end()
            if match[0] in ",;:()—–،":
                clause += 1
                continue
            token = _word(match, text, at, (clause, number), first, cased)
            if token is not None:
                tokens.append(token)
                at += 1
            first = False
    return _indexed(tokens)


def _word(match: re.Match[str], text: str, at: int, where: tuple[int, int], first: bool, cased: bool) -> Token | None:
    written = match[0].replace("’", "'")
    if written.lower().endswith("n't") or written.lower() == "cannot":
        return Token(match[0], "not", match.start(), at, *where, light=True)
    bare = written.removesuffix("'s").removesuffix("'S")
    folded = "".join(words(bare)) or bare.casefold()
    if folded in _ARTICLES:
        return None
    before = text[max(0, match.start() - 4) : match.start()].rstrip()[-1:]
    opens = first or (before in _OPENERS and before != "")
    capital = cased and bare[:1].isupper()
    sure = capital and (sum(c.isupper() for c in bare) > 1 or any(c.isdigit() for c in bare))
    acronym = capital and len(bare) > 1 and bare.isupper() and folded not in ("i", "a")
    light = folded in LIGHT and not acronym and not (capital and not opens and len(folded) > 3)
    followed = text[match.end() : match.end() + 2]
    sure = sure or (
        capital and opens and followed[:1] == " " and followed[1:].isupper() and folded not in ABOUT_SOURCES
    )
    name = acronym or ((sure or (capital and not opens)) and folded not in LIGHT)
    key = folded if light or not folded.isascii() else stem(folded)
    if folded in _HONORIFICS:
        light, name = True, False
    return Token(match[0], key, match.start(), at, *where, light=light, name=name)


def _indexed(tokens: Iterable[Token]) -> Wording:
    kept = tuple(tokens)
    places: dict[str, list[int]] = {}
    for token in kept:
        if token.key:
            places.setdefault(token.key, []).append(token.at)
    return Wording(kept, {key: tuple(found) for key, found in places.items()})


def joined(parts: Iterable[Wording]) -> Wording:
    """Several texts as one, their positions apart."""
    parts = [part for part in parts if part.tokens]
    if len(parts) == 1:
        return parts[0]
    tokens: list[Token] = []
    offset = clauses = numbers = 0
    for part in parts:
        if offset:
            moved = {t.at: (t.at + offset, t.clause + clauses, t.sentence + numbers) for t in part.tokens}
            tokens += [
                replace(t, at=moved[t.at][0], clause=moved[t.at][1], sentence=moved[t.at][2]) for t in part.tokens
            ]
        else:
            tokens += part.tokens
        if tokens:
            offset, clauses, numbers = tokens[-1].at + GAP, tokens[-1].clause + 1, tokens[-1].sentence + 1
    return _indexed(tokens)


@lru_cache(maxsize=256)
def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text, as texts."""
    return tuple(text[s.start : s.end] for s in sentences(text, 0, len(text)))


def plain(text: str) -> str:
    """The text as two copies of it are compared: case, spacing, quotation marks and outer punctuation don't count."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[“”„«»]", '"', text)
    text = re.sub(r"[‘’`´]", "'", text)
    text = re.sub(r"[‐-―−]", "-", text)
    return " ".join(text.split())
