"""Answers with no language model: the one to three sentences that answer, quoted word for word.

The best sentence comes first. Another is added while it has a fair share of the probability that it is the one; those
that stand side by side in a document are quoted together, and a sentence that opens with a pronoun brings the one
before it along. A sentence that several documents have in the same words is quoted once and cited once for each.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qa.evidence import Evidence

__all__ = ["Quote", "choose"]

# A sentence that opens so leans on the one before it.
_LEANS = re.compile(
    r"^[\W_]*(?:he|she|it|its|his|her|they|their|this|that|these|those|such|the (?:former|latter|same|two|three)|both|"
    r"however|but|also|instead|then|there|so|therefore|thus|in (?:addition|contrast|response|turn))\b",
    re.IGNORECASE,
)
_OUTER = " .:;•*\"“”„«»'‘’"  # around a sentence, they change nothing of what it says
LEAST_SHARE = 0.01  # of the probability, for a second or third sentence


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
    chosen: dict[str, list[Evidence]] = {}
    for evidence in ranked:
        said = _said(evidence.text)
        same = chosen.get(said)
        if same is not None:
            if evidence.hit.document_id not in {e.hit.document_id for e in same}:
                same.append(evidence)
        elif len(chosen) < most and (not chosen or evidence.share >= LEAST_SHARE):
            chosen[said] = [evidence]
    quotes: list[Quote] = []
    for evidence, *copies in chosen.values():
        quotes = _with(quotes, Quote(_start(evidence), evidence.end, (evidence,), tuple(copies)))
    return quotes


def _said(text: str) -> str:
    """The words as they are compared: signs within them count ($5 is not £5), case, space and outer marks don't."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip(_OUTER)


def _with(quotes: list[Quote], new: Quote) -> list[Quote]:
    """The quotes and a new one, which takes in all that it touches, at the place of the best of them."""
    beside = [n for n, other in enumerate(quotes) if _touch(other, new)]
    if not beside:
        return [*quotes, new]
    for n in reversed(beside):
        new = _joined(quotes[n], new)
    return [new if n == beside[0] else quote for n, quote in enumerate(quotes) if n not in beside[1:]]


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
