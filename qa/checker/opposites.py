"""Words that turn a sentence round: negations, words of opposite meaning, how much, how sure."""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from index.terms import stem
from qa.checker.wording import Token

__all__ = ["contrary", "degree", "is_negation", "negated", "opposite", "synonyms"]

_NEGATIONS = frozenset(
    "not no never nor neither none nobody nothing nowhere without cannot hardly barely scarcely seldom rarely".split()
)
# Stems of verbs that deny what follows them; those of the first group only with "to" ("failed to sign").
_DENIALS_TO = frozenset("fail refus declin unabl incap imposs yet".split())
_DENIALS = frozenset("lack deni prevent avoid ceas".split())
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "mis", "anti")
_SCOPE = 3  # content words that a negation reaches
# Groups of which each word says something else about how many or how sure.
_DEGREES: dict[str, tuple[str, str]] = {}
for _kind, _ranks in {
    "how many": "all every each always entirely completely|most mostly usually generally majority typically|"
    "many often frequently several|some sometimes certain partly|few rarely seldom hardly|none no never neither",
    "how sure": "must shall required requires require need needs obliged mandatory|"
    "should ought|may might could possibly perhaps maybe can|will",
    "compared": "more|less fewer",
}.items():
    for _rank in _ranks.split("|"):
        for _word in _rank.split():
            _DEGREES[_word] = (_kind, _rank.split()[0])


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for first, second in _lines("opposites.txt"):
        a, b = {first, stem(first)}, {second, stem(second)}
        for word, others in (*((w, b) for w in a), *((w, a) for w in b)):
            table.setdefault(word, set()).update(others)
    return {word: frozenset(found) for word, found in table.items()}


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for group in _lines("synonyms.txt"):
        for word in group:
            table.setdefault(stem(word), set()).update(map(stem, group))
    return {word: frozenset(found) for word, found in table.items()}


def synonyms(key: str) -> frozenset[str]:
    """The stems that may stand for a stem, itself among them where there are any."""
    return _synonyms().get(key, frozenset())


def _lines(name: str) -> list[list[str]]:
    text = files("qa").joinpath("data", name).read_text(encoding="utf-8")
    return [[w for w in line.split() if "_" not in w] for line in text.splitlines() if line and line[0] != "#"]


@lru_cache(maxsize=20_000)
def opposite(a: str, b: str) -> bool:
    """Whether two stems or light words are of opposite meaning: listed so, or one is the other with un-, in-, dis-."""
    if b in _opposites().get(a, ()):
        return True
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(shorter) >= 4 and any(longer == prefix + shorter for prefix in _PREFIXES)


def contrary(a: Token, b: Token) -> bool:
    """Whether two words of texts are of opposite meaning."""
    return opposite(a.key, b.key) or opposite(a.text.lower(), b.text.lower())


def degree(token: Token) -> tuple[str, str] | None:
    """(what it is about, its rank) of a word that says how many or how sure."""
    return _DEGREES.get(token.text.lower()) if token.fact is None else None


def is_negation(tokens: Sequence[Token], i: int) -> bool:
    """Whether token i denies what follows ("not only" and "no doubt" don't)."""
    token = tokens[i]
    if token.fact is not None:
        return False
    following = tokens[i + 1].key if i + 1 < len(tokens) else ""
    if token.key in _DENIALS_TO:
        return following in ("to", "of")
    if token.key not in _NEGATIONS and token.key not in _DENIALS:
        return False
    idle = ("onli", "only", "doubt", "matter", "just", "mere", "mereli", "longer")
    return not (token.key in ("not", "no") and following in idle[:7]) and not token.name


def negated(tokens: Sequence[Token]) -> dict[int, tuple[int, ...]]:
    """For each negation, by its index, the indexes of the words it reaches: the next few of its clause."""
    reached: dict[int, tuple[int, ...]] = {}
    for i in range(len(tokens)):
        if not is_negation(tokens, i):
            continue
        after = (
            n
            for n in range(i + 1, min(len(tokens), i + 10))
            if tokens[n].clause == tokens[i].clause and not tokens[n].light
        )
        reached[i] = tuple(after)[: _SCOPE if tokens[i].light or tokens[i].key in _NEGATIONS else 1]
    return reached
