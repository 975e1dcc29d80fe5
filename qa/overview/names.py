"""Which words that "and" joins are one name ("Procter and Gamble"): the library's own text says, for nothing else can.

Words are one name where at least half of the passages that hold the rarer of the two hold them joined.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from index.library import Library
from index.scan import passages_with

__all__ = ["Bond", "Named", "apart", "bonds", "named", "parted"]

Bond = Callable[[str, str], float]
"""How firmly the end of one text and the beginning of another are one name, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Named:
    """The names that documents are to hold: every one of them, or any."""

    names: tuple[str, ...] = ()
    every: bool = True


NAME = 0.5  # a bond from which two are one
_JOINT = re.compile(r"\s*,\s+(?:and\s+)?|\s+(?:and|&)\s+", re.IGNORECASE)
_CAPITALS = r"[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*)*"
_OR = re.compile(r"\s*,\s+(?:or\s+)?|\s+or\s+", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?:that|how|why|whether|what|when|where|who|which|it|this|these|them|him|her|he|she)\b", re.IGNORECASE
)
_ARTICLE = re.compile("^(?:the|any|an?) (?=.)", re.IGNORECASE)
_QUOTES = "\"'“”„‘’«»` "
_LAST, _FIRST = re.compile(rf"(?:{_CAPITALS}|\S+)$"), re.compile(rf"^(?:the )?({_CAPITALS}|\S+)")


def apart(left: str, right: str) -> float:
    """The bond of what no library is asked about: none."""
    return 0.0


def bonds(library: Library) -> Bond:
    """The Bond that a library's text gives."""

    def bond(left: str, right: str) -> float:
        end, begin = _LAST.search(left.rstrip()), _FIRST.search(right.lstrip())
        if not end or not begin:
            return 0.0
        last, first = end.group(), begin[1]
        both = sum(passages_with(library, joined) for joined in (f"{last} and {first}", f"{last} {first}"))
        return min(1.0, both / min(passages_with(library, one) for one in (last, first))) if both else 0.0

    return bond


def parted(text: str, bond: Bond = apart, least: int = 1) -> tuple[str, ...]:
    """The things that a text lists with "and" and commas, names left whole; at least so many, where it has as many."""
    joints = list(_JOINT.finditer(text))
    ends = [0, *(joint.end() for joint in joints)]
    pieces = [text[a : joint.start()] for a, joint in zip(ends, joints, strict=False)] + [text[ends[-1] :]]
    strength = [bond(a, b) for a, b in pairwise(pieces)]
    loose = [n for n, value in enumerate(strength) if value < NAME]
    firm = sorted((n for n, value in enumerate(strength) if value >= NAME), key=lambda n: (strength[n], -n))
    cuts = sorted([*loose, *firm[: max(0, least - 1 - len(loose))]])
    begins = [0, *(joints[n].end() for n in cuts)]
    stops = [*(joints[n].start() for n in cuts), len(text)]
    return tuple(part for a, b in zip(begins, stops, strict=True) if (part := text[a:b].strip()))


def named(words: str, bond: Bond = apart) -> Named:
    """The names in the words of a question: "the ferry and the lamp" are two, where `bond` doesn't make them one."""
    any_of = _OR.split(words) if re.search(r"\bor\b", words) and not re.search(r"\band\b", words) else []
    parts = tuple(_ARTICLE.sub("", part.strip(_QUOTES)) for part in any_of or parted(words, bond))
    if not all(parts) or any(map(_CLAUSE.match, parts)):
        return Named((words,))
    return Named(parts, not any_of)
