"""What speaks against an answer that a reader believes: signs in the words, seen without a model.

A question that looks answerable and isn't often differs from the text in one word: a negation, an opposite, another
name. Readers overlook that; rules don't.
"""

import re

from index.terms import terms
from qa.checker.opposites import opposite
from qa.evidence import KINDS, names

__all__ = ["kind_missing", "names_missing", "turned"]

_NEGATION = re.compile(r"\b(?:not|never|no|neither|nor|none|without|cannot)\b|n['’]t\b", re.IGNORECASE)


def turned(question: str, sentence: str) -> bool:
    """Whether the question denies what the sentence doesn't, or has the opposite of one of its words in its place."""
    if _NEGATION.search(question) and not _NEGATION.search(sentence):
        return True
    asked, said = set(terms(question)), set(terms(sentence))
    return any(opposite(a, b) for a in asked - said for b in said - asked)


def names_missing(question: str, *texts: str) -> float:
    """The share of the question's names and numbers of which none of the texts has a term; 0 where it names nothing."""
    named = names(question)
    found = {t for text in texts for t in terms(text)}
    return len(named - found) / len(named) if named else 0.0


def kind_missing(question: str, sentence: str) -> bool:
    """Whether the question asks for a number, date, name or place and the sentence holds none."""
    kinds = [holds for asks, holds in KINDS if asks.search(question)]
    return bool(kinds) and not any(kind.search(sentence) for kind in kinds)
