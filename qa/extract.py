"""Answers with no language model: the one to three sentences that answer, quoted word for word.

The best sentence comes first. Another is added while it has a fair share of the probability that it is the one; those
that stand side by side in a document are quoted together, and a sentence that opens with a pronoun brings the one
before it along. A sentence that several documents have in the same words is quoted once and cited for each.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.terms import words
from qa.evidence import Evidence

__all__ = ["Quote", "choose"]

# A sentence that opens so leans on the one before it.
_LEANS = re.compile(
    r"^[\W_]*(?:he|she|it|its|his|her|they|their|this|that|these|those|such|the (?:former|latter|same|two|three)|both|"
    r"however|but|also|instead|then|there|so|therefore|thus|in (?:addition|contrast|response|turn))\b",
    re.IGNORECASE,
)
LEAST_SHARE = 0.003  # of the probability, for a second or third sentence


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to be shown: [start, end) of the hit's document, and the evidence they were chosen for, best first.

    `copies` are the same words elsewhere.
    """

    start: int
    end: int
    evidence: tuple[Evidence, ...]
    copies: tuple[Evidence, ...] = ()

    @property
    def text(self) -> str:
        """The quoted words."""
        hit = self.evidence[0].hit
        return hit.text[self.start - hit.start : self.end - hit.start]


def choose(ranked: Sequence[Evidence], most: int) -> list[Quote]:
    """The quotes of an answer, best first, made of at most `most` of the ranked sentences."""
    chosen: list[tuple[Evidence, list[Evidence]]] = []
    for evidence in ranked:
        same = next((copies for first, copies in chosen if _same(first, evidence)), None)
        if same is not None:
            same.append(evidence)
        elif len(chosen) < most and (not chosen or evidence.share >= LEAST_SHARE):
            chosen.append((evidence, []))
    quotes: list[Quote] = []
    for evidence, copies in chosen:
        quote = Quote(_start(evidence), evidence.end, (evidence,), tuple(copies))
        beside = next((n for n, other in enumerate(quotes) if _touch(other, quote)), None)
        if beside is None:
            quotes.append(quote)
        else:
            quotes[beside] = _joined(quotes[beside], quote)
    return quotes


def _same(a: Evidence, b: Evidence) -> bool:
    return a.hit.document_id != b.hit.document_id and words(a.text) == words(b.text)


def _start(evidence: Evidence) -> int:
    """Where the quote begins: at the sentence before, where this one leans on it."""
    leans = evidence.index > 0 and _LEANS.match(evidence.text)
    return evidence.hit.sentences[evidence.index - 1].start if leans else evidence.start


def _touch(a: Quote, b: Quote) -> bool:
    """Whether two quotes of one passage overlap or stand side by side."""
    first, second = sorted((a, b), key=lambda quote: quote.start)
    hit = a.evidence[0].hit
    if hit.passage_id != b.evidence[0].hit.passage_id:
        return False
    return not hit.text[first.end - hit.start : max(first.end, second.start) - hit.start].strip()


def _joined(a: Quote, b: Quote) -> Quote:
    return Quote(min(a.start, b.start), max(a.end, b.end), a.evidence + b.evidence, a.copies + b.copies)
