"""Whether the spans that a sentence cites say what it says: numbers, dates, names, quotations, negations, then words.

No model is needed; one that compares texts, or one that judges entailment, may be handed in. Nothing here searches,
reads a library or changes the sentence.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from qa.aligning import Alignment, align, kind
from qa.answer import Support
from qa.compared import compare
from qa.wording import ABOUT_SOURCES, Token, Wording, joined, plain, wording

__all__ = ["Check", "attribute", "check"]

Similarity = Callable[[str, Sequence[str]], list[float]]
Claim = Callable[[str, str], float]

TOGETHER = 3  # spans that a sentence may draw on at once
_ORDER: tuple[Support, ...] = ("unsupported", "partial", "supported", "verbatim")
_OUTER = " \t\n.,;:!?…\"'()[]{}*-_"
_TURNING = re.compile(
    r"\b(?:not|no|never|n't|without|if|unless|whether|den(?:y|ies|ied)|false|untrue|rumou?rs?|alleged(?:ly)?|claim(?:s|ed)?|doubts?|"
    r"myth|fail(?:s|ed)?|refus(?:es|ed)|unlikely|hypothes[ie]s|suppos(?:e|es|ed)|suggest(?:s|ed)?|wrongly|might|may|could)\b[^.;!?]*$",
)


@dataclass(frozen=True, slots=True)
class Check:
    """How well the cited spans support a sentence, and what was found against it, in words for a person."""

    support: Support
    findings: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def thresholds() -> dict[str, float]:
    """The fitted limits of coverage, similarity and entailment (qa/data/check.json)."""
    fitted: dict[str, Any] = json.loads(files("qa").joinpath("data", "check.json").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in fitted["thresholds"].items()}


def check(
    sentence: str,
    spans: Sequence[str],
    *,
    similarity: Similarity | None = None,
    claim: Claim | None = None,
    context: Sequence[str] = (),
) -> Check:
    """How well any of the spans, or up to three of them together, support the sentence.

    `similarity` gives the cosine of the sentence with each text; `claim` the probability that a span (second) entails
    the sentence (first); `context` are titles and headings of what is cited, whose words count as said.
    """
    if not spans:
        return Check("unsupported", ("it cites nothing",))
    if any(_copied(sentence, span) for span in spans):
        return Check("verbatim")
    best: tuple[tuple[float, ...], Check] | None = None
    claimed = wording(sentence)
    parts = [wording(span) for span in spans]
    titles = [wording(title) for title in context]
    for chosen in _choices(len(spans)):
        source = joined([*(parts[n] for n in chosen), *titles])
        texts = [spans[n] for n in chosen]
        found, rank = _judged(sentence, claimed, source, texts, similarity, claim)
        if best is None or rank > best[0]:
            best = rank, found
        if found.support == "supported":
            break
    assert best is not None
    return best[1]


def attribute(sentence: str, spans: Sequence[str]) -> tuple[int, ...]:
    """The indexes of the spans that clearly support a sentence, each by itself, best first; most often none."""
    if sum(not token.light for token in wording(sentence).tokens) < 3:
        return ()
    found: list[tuple[float, int]] = []
    for n, span in enumerate(spans):
        if _copied(sentence, span):
            found.append((2.0, n))
            continue
        alignment = align(wording(sentence).tokens, wording(span))
        covered = coverage(alignment)
        if covered >= thresholds()["attributed"] and not compare(alignment, (span,), sentence):
            found.append((covered, n))
    return tuple(n for _, n in sorted(found, key=lambda pair: (-pair[0], pair[1])))


def _choices(n: int) -> Iterator[tuple[int, ...]]:
    for size in range(1, min(n, TOGETHER) + 1):
        yield from combinations(range(n), size)


def _judged(
    sentence: str,
    claimed: Wording,
    source: Wording,
    texts: Sequence[str],
    similarity: Similarity | None,
    claim: Claim | None,
) -> tuple[Check, tuple[float, ...]]:
    """The state by one choice of spans, and how it ranks among others."""
    limit = thresholds()
    alignment = align(claimed.tokens, source)
    covered = coverage(alignment)
    findings = compare(alignment, texts, sentence)
    hard = [f for f in findings if f.hard]
    missing = _missing(alignment)
    support: Support
    if hard or covered < limit["partial"]:
        support = "unsupported"
    elif findings or covered < limit["supported"]:
        support = "partial"
    else:
        support = "supported"
    words = [f.words for f in findings]
    if support != "supported" and missing and not any(m in w for w in words for m in missing):
        words.append(f"not in the source: {', '.join(missing[:6])}")
    if not claimed.tokens or all(token.light for token in claimed.tokens):
        support, words = "partial", ["it says nothing that can be checked by itself"]
    rank = (float(_ORDER.index(support)), -float(len(hard)), covered, -float(len(findings)))
    return Check(support, tuple(dict.fromkeys(words)) if support != "supported" else ()), rank


def coverage(alignment: Alignment) -> float:
    """The share of the sentence's words, names and numbers that stand in the three sentences holding most of them."""
    content = [i for i, token in enumerate(alignment.sentence) if not token.light]
    content = [i for i in content if alignment.places[i] or not _idle(alignment.sentence[i])]
    if not content:
        return 0.0
    holds: dict[int, set[int]] = {}
    for i in content:
        for place in alignment.places[i]:
            holds.setdefault(alignment.tokens[place].sentence, set()).add(i)
    covered: set[int] = set()
    for _ in range(3):
        best = max(holds.values(), key=lambda found: len(found - covered), default=set())
        covered |= best
    return len(covered) / len(content)


def _idle(token: Token) -> bool:
    """Whether a word that the source lacks claims nothing: it speaks of the source, or hardly counts ("one of")."""
    return token.text.lower() in ABOUT_SOURCES or (token.fact is not None and bool(token.key))


def _missing(alignment: Alignment) -> list[str]:
    return list(
        dict.fromkeys(
            token.text
            for token, places in zip(alignment.sentence, alignment.places, strict=True)
            if not places and kind(token) in ("word", "name") and not _idle(token)
        )
    )


def _copied(sentence: str, span: str) -> bool:
    """Whether the span has the sentence word for word, and not within something that turns it round."""
    said, source = plain(sentence).strip(_OUTER), plain(span)
    if not said:
        return plain(sentence) in source
    start = source.find(said)
    while start >= 0:
        end = start + len(said)
        whole = not (source[start - 1 : start].isalnum() and said[0].isalnum()) and not (
            source[end : end + 1].isalnum() and said[-1].isalnum()
        )
        if whole and not _TURNING.search(source, max(0, start - 120), start):
            return True
        start = source.find(said, start + 1)
    return False
