"""What the claims' rules work on: a sentence with what stands around it, and the patterns that they share."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DATE", "MONTHS", "NAME", "NUMBER", "WORDS", "WRITTEN", "Place", "one", "put"]

NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][a-z]+|[A-Z]{2,})(?: (?:of |the |de )?[A-Z][a-z]+)*(?![\w'’-])")
NUMBER = re.compile(r"(?<![\w.,$€£/–-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w/–-]|[.,:]\d|(?:st|nd|rd|th)\b)")
MONTHS = "January February March April May June July August September October November December".split()
DATE = re.compile(
    rf"\b(?:(\d{{1,2}}) ({'|'.join(MONTHS)})|({'|'.join(MONTHS)}) (\d{{1,2}}))(?:,? ((?:1|2)\d\d\d))?(?![\w–-])"
)
WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split()
WRITTEN = re.compile(rf"(?<![\w-])(?:{'|'.join(WORDS)})\b(?![- ](?:and|hundred|thousand|million|one|two)|-\w)")


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a document with what stands around it, the document's title, and names of other documents."""

    sentence: str
    passage: str
    title: str
    following: str
    names: Sequence[str]
    words: Sequence[str]
    rng: random.Random


def one(pattern: re.Pattern[str], text: str, rng: random.Random) -> re.Match[str] | None:
    """One of a pattern's finds, by chance."""
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def put(match: re.Match[str], text: str, new: str) -> str:
    """The text with another word in a find's place."""
    return text[: match.start()] + new + text[match.end() :]
