"""Citation precision and recall where there are no gold spans: by whatever says that texts support a sentence; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Cited", "precision", "recall"]

Supports = Callable[[str, Sequence[str]], bool]
"""Whether texts, taken together, support a sentence."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence of an answer and the quotes that it cites."""

    text: str
    quotes: tuple[str, ...]


def recall(sentences: Sequence[Cited], supports: Supports) -> float | None:
    """Share of the sentences that all of their citations together support; one without citations isn't supported.

    ALCE's citation recall (Gao et al. 2023, arXiv:2305.14627), `supports` in the place of its judge model. None for no
    sentences.
    """
    if not sentences:
        return None
    return sum(bool(s.quotes) and supports(s.text, s.quotes) for s in sentences) / len(sentences)


def precision(sentences: Sequence[Cited], supports: Supports) -> float | None:
    """Share of the citations that are needed: their sentence is supported, by them alone or not without them.

    ALCE's citation precision: a citation is irrelevant where it doesn't support its sentence and the others do so
    without it. None for no citations.
    """
    needed = [_needed(sentence, n, supports) for sentence in sentences for n in range(len(sentence.quotes))]
    return sum(needed) / len(needed) if needed else None


def _needed(sentence: Cited, n: int, supports: Supports) -> bool:
    if not supports(sentence.text, sentence.quotes):
        return False
    if supports(sentence.text, sentence.quotes[n : n + 1]):
        return True
    others = sentence.quotes[:n] + sentence.quotes[n + 1 :]
    return not (others and supports(sentence.text, others))
