"""Whether the spans that a sentence cites say what it says: numbers, dates, names, quotations, negations, then words.

No model is needed; one that compares texts, or one that judges entailment (nli.py), may be handed in. Nothing here
searches, reads a library or changes the sentence. What it finds and misses, with figures, stands in docs/checker.md.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from qa.answer import Support
from qa.checker.aligning import Alignment, align, covered, kind
from qa.checker.compared import Finding, compare, idle
from qa.checker.nli import Verdict
from qa.checker.wording import Wording, joined, plain, sentences_of, wording

__all__ = ["Check", "Claim", "attribute", "check"]

Similarity = Callable[[str, Sequence[str]], list[float]]
Claim = Callable[[str, str], Verdict]

TOGETHER = 3  # spans that a sentence may draw on at once
COMPARED = 12  # sentences of the source, at most, whose similarity is asked for
_FEWEST = 3  # words that a sentence needs to have a citation added
_ORDER: tuple[Support, ...] = ("unsupported", "partial", "supported", "verbatim")
_OUTER = " \t\n.,;:!?…\"'()[]{}*-_"
# Before a copied clause these turn it round: "it is false that", "he denied that", "if".
_TURNING = re.compile(
    r"\b(?:not|no|never|\w+n't|without|if|unless|whether|den(?:y|ies|ied)|false|untrue|rumou?rs?|alleged(?:ly)?|"
    r"claim(?:s|ed)?|doubts?|myth|fail(?:s|ed)?|refus(?:es|ed)|unlikely|hypothes[ie]s|suppos(?:e|es|ed)|"
    r"suggest(?:s|ed)?|wrongly|might|(?<!\d )may(?! \d)|could)\b[^.;!?]*$"
)
_TURNED_COPY = "the source has these words only within something that denies or doubts them"
_NOTHING = "it says nothing that can be checked by itself"
_SCATTERED = "the source has its words only far apart"
_CONTRADICTED = "the entailment model finds that the source says otherwise"


@dataclass(frozen=True, slots=True)
class Check:
    """How well the cited spans support a sentence, and what was found against it, in words for a person."""

    support: Support
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """A sentence with what may be asked about it."""

    sentence: str
    said: Wording
    similarity: Similarity | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one choice of spans came to: its texts, and whether more than a word put for another speaks against it."""

    check: Check
    texts: tuple[str, ...]
    firm: bool


@lru_cache(maxsize=1)
def thresholds() -> dict[str, float]:
    """The fitted limits (qa/data/check.json): of coverage, and what a cosine adds to it."""
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

    `similarity` gives the cosine of the sentence with each text; `claim` how probable it is that a text (second)
    entails or contradicts the sentence (first), and is asked once, of the spans that support it best; `context` are
    titles and headings of what is cited, whose words count as said.
    """
    if not spans:
        return Check("unsupported", ("it cites nothing",))
    if any(_copied(sentence, span) for span in spans):
        return Check("verbatim")
    case = _Case(sentence, wording(sentence), similarity)
    if all(token.light for token in case.said.tokens):
        return Check("partial", (_NOTHING,))
    titles, parts = [wording(title) for title in context], [wording(span) for span in spans]
    best: tuple[tuple[float, ...], _Judged] | None = None
    for chosen in _choices(case.said, parts):
        source = joined([*(parts[n] for n in chosen), *titles])
        rank, found = _judged(case, source, [spans[n] for n in chosen])
        if best is None or rank > best[0]:
            best = rank, found
        if found.check.support == "supported":
            break
    assert best is not None
    judged = best[1]
    if claim is None:
        return judged.check
    return _weighed(judged, claim(sentence, " ".join((*(f"{title}." for title in context if title), *judged.texts))))


def attribute(sentence: str, spans: Sequence[str]) -> tuple[int, ...]:
    """The indexes of the spans that clearly support a sentence, each by itself, best first; most often none.

    For citations that were left out: nothing but full agreement counts, and a sentence of fewer than three words that
    mean something is supported by nothing.
    """
    said = wording(sentence)
    content = [token for token in said.tokens if not token.light]
    if len(content) < _FEWEST:
        return ()
    keys = {token.key for token in content if token.key}
    found: list[tuple[float, int]] = []
    for n, span in enumerate(spans):
        if _copied(sentence, span):
            found.append((2.0, n))
            continue
        source = wording(span)
        if 2 * len(keys & source.places.keys()) < len(keys):
            continue
        alignment = align(said.tokens, source)
        share = coverage(alignment)
        if share >= thresholds()["attributed"] and not compare(alignment, (span,), sentence):
            found.append((share, n))
    return tuple(n for _, n in sorted(found, key=lambda pair: (-pair[0], pair[1])))


def coverage(alignment: Alignment) -> float:
    """The share of the sentence's words, names and numbers that stand in the three sentences holding most of them."""
    content = _counted(alignment)
    return len(covered(alignment)) / len(content) if content else 0.0


def _counted(alignment: Alignment) -> list[int]:
    """The tokens of the sentence that claim something."""
    tokens = alignment.sentence
    return [i for i, t in enumerate(tokens) if not t.light and (alignment.places[i] or not idle(t))]


def _choices(said: Wording, parts: Sequence[Wording]) -> Iterator[tuple[int, ...]]:
    """Each span, then those of them together that each hold a part of the sentence which the others lack."""
    yield from ((n,) for n in range(len(parts)))
    if len(parts) < 2:
        return
    held = [covered(align(said.tokens, part)) for part in parts]
    most = sum(not token.light for token in said.tokens)
    useful = [n for n in range(len(parts)) if 4 * len(held[n]) >= most]
    for size in range(2, TOGETHER + 1):
        for chosen in combinations(useful, size):
            union = set().union(*(held[n] for n in chosen))
            if all(len(union) > len(set().union(*(held[m] for m in chosen if m != n))) for n in chosen):
                yield chosen


def _judged(case: _Case, source: Wording, texts: Sequence[str]) -> tuple[tuple[float, ...], _Judged]:
    """How one choice of spans ranks among others, and the state by it."""
    limit = thresholds()
    alignment = align(case.said.tokens, source)
    findings = compare(alignment, texts, case.sentence)
    findings += (
        [Finding(_TURNED_COPY, hard=False)] if any(_copied(case.sentence, t, turned=True) for t in texts) else []
    )
    hard = [finding for finding in findings if finding.hard]
    share = coverage(alignment)
    if case.similarity is not None and not findings:
        share += limit["similarity"] * (_closest(case, texts) - limit["close"])
    support: Support
    if hard or share < limit["partial"]:
        support = "unsupported"
    elif findings or share < limit["supported"]:
        support = "partial"
    else:
        support = "supported"
    words = _told(findings, alignment)
    if not words and support != "supported":
        support, words = (support, (_SCATTERED,)) if _counted(alignment) else ("partial", (_NOTHING,))
    rank = (float(_ORDER.index(support)), -float(len(hard)), share, -float(len(findings)))
    firm = any(not finding.worded for finding in findings)
    return rank, _Judged(Check(support, words if support != "supported" else ()), tuple(texts), firm)


def _told(findings: Sequence[Finding], alignment: Alignment) -> tuple[str, ...]:
    """The findings in words, and which words the source lacks altogether."""
    words = list(dict.fromkeys(finding.words for finding in findings))
    lacking = dict.fromkeys(
        token.text
        for token, places in zip(alignment.sentence, alignment.places, strict=True)
        if not places and kind(token) in ("word", "name") and not idle(token)
    )
    unsaid = [text for text in lacking if not any(f"“{text}”" in line for line in words)]
    return (*words, f"not in the source: {', '.join(unsaid[:6])}") if unsaid else tuple(words)


def _closest(case: _Case, texts: Sequence[str]) -> float:
    """The cosine of the sentence with the closest of the texts' sentences that share most words with it."""
    assert case.similarity is not None
    keys = {token.key for token in case.said.tokens if not token.light}
    pieces = [piece for text in texts for piece in sentences_of(text)]
    pieces.sort(key=lambda piece: -len(keys & wording(piece).places.keys()))
    return max(case.similarity(case.sentence, pieces[:COMPARED]), default=0.0) if pieces else 0.0


def _weighed(judged: _Judged, verdict: Verdict) -> Check:
    """The check once a model of entailment has spoken: contradicted, it is partial at most; entailed, one state better.

    What is entailed never clears a number, date, name, quotation or negation that disagrees.
    """
    limit, found = thresholds(), judged.check
    if verdict.contradicts is not None and verdict.contradicts >= limit["contradicted"]:
        support: Support = "partial" if found.support == "supported" else found.support
        return Check(support, (*found.findings, _CONTRADICTED))
    if verdict.entails < limit["entailed"] or judged.firm or found.support == "supported":
        return found
    return Check("supported") if found.support == "partial" else Check("partial", found.findings)


def _copied(sentence: str, span: str, turned: bool = False) -> bool:
    """Whether the span has the sentence word for word, and not within something that turns it round; or just so."""
    if sentence == span:
        return not turned
    said, source = plain(sentence).strip(_OUTER), plain(span)
    if not said:
        return not turned and plain(sentence) in source
    start = source.find(said)
    while start >= 0:
        end = start + len(said)
        whole = not (source[start - 1 : start].isalnum() and said[0].isalnum()) and not (
            source[end : end + 1].isalnum() and said[-1].isalnum()
        )
        if whole and turned == bool(_TURNING.search(source, max(0, start - 120), start)):
            return True
        start = source.find(said, start + 1)
    return False
