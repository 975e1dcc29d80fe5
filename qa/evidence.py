"""Which sentences of the retrieved passages answer a question, and how sure that is.

Each candidate sentence is described by a handful of numbers (features below); a linear model weighs them into a score,
and a second one weighs those of the best evidence into the probability that the question is answered at all. Both
were fitted by training/evidence.py on public questions; their weights are data (qa/data/evidence.json).
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.search import Hit, SentenceHit, standardised
from index.terms import terms

__all__ = [
    "CONFIDENCE_FEATURES",
    "SENTENCE_FEATURES",
    "Evidence",
    "Judgement",
    "hit_terms",
    "judge",
    "linear",
    "names",
    "sentence_features",
    "threshold",
]

SENTENCE_FEATURES = (
    "cosine",  # of the sentence with the question, as a z-score over the candidates
    "passage",  # fused score of its passage, as a z-score over the hits
    "bm25",  # of the sentence for the question's terms, as a z-score over the candidates
    "covered",  # share of the question's terms in the sentence, weighted by rarity
    "covered_near",  # the same with the sentences on either side
    "together",  # share of the question's neighbouring terms that stand close in the sentence
    "kind",  # 1 where the sentence holds a thing of the kind asked for (a number, date, name, place)
)
CONFIDENCE_FEATURES = (
    "cosine",  # best cosine of a sentence with the question
    "covered_passage",  # share of the question's terms in the best passage with its title and heading, by rarity
    "names_missing",  # share of the question's names and numbers that no retrieved passage holds
    "margin",  # share of the sentences' probability that the best one has
)
CONTEXT = 0.4  # what a term of the conversation counts, against 1 for a term of the question itself

_NAME = re.compile(r"(?<![.?!]\s)(?<!^)\b[A-Z][\w'’-]+|\b\w*\d[\w.,%]*")
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|"
                     r"million|billion|half|third|quarter|twice|once|percent)\b", re.IGNORECASE)  # fmt: skip
_DATE = re.compile(r"\b(?:1[0-9]|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October|"
                   r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|decade|"
                   r"yesterday|today|ago|year|years|month|months)\b")  # fmt: skip
_PROPER = re.compile(r"(?<![.?!:]\s)(?<!^)(?<!^[“\"'‘(])\b[A-Z][a-z]+|\b[A-Z][a-z]+ [A-Z]|\b[A-Z]{2,}\b")
# What a question's opening asks for, and how a sentence shows that it holds such a thing.
KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asks, re.IGNORECASE), holds)
    for asks, holds in (
        (r"\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|deep|wide|heavy)\b", _NUMBER),
        (r"\bwhat (?:percent\w*|number|amount|share|proportion|age|price|cost|population|size)\b", _NUMBER),
        (r"\bwhen\b|\b(?:what|which|in what|on what) (?:year|date|day|month|century|decade|time)\b", _DATE),
        (r"\bwho(?:m|se)?\b", _PROPER),
        (r"\bwhere\b|\b(?:what|which) (?:country|city|state|town|place|region|continent|river|island)\b", _PROPER),
    )
)


HitTerms = list[list[list[str]]]  # by hit, then by sentence


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence that may answer: [start, end) in the text of hit's document; `share` of all sentences' probability.

    `index` is its number in the hit's sentences; `answer` the span of the words that answer, where they are known.
    """

    hit: Hit
    index: int
    start: int
    end: int
    score: float
    share: float
    answer: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The sentence's words."""
        return self.hit.text[self.start - self.hit.start : self.end - self.hit.start]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All candidate sentences, best first, and the probability that they answer the question."""

    evidence: tuple[Evidence, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model over named features: weights · (x - mean) / scale + bias."""

    weights: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    bias: float

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores of shape (n,) for features of shape (n, number of features)."""
        return np.asarray(((features - self.mean) / self.scale) @ self.weights + self.bias, dtype=np.float64)


@lru_cache(maxsize=1)
def _fitted() -> dict[str, Any]:
    fitted: dict[str, Any] = json.loads(files("qa").joinpath("data", "evidence.json").read_text(encoding="utf-8"))
    return fitted


def linear(stage: str, name: str) -> Linear:
    """The fitted model "sentence" or "confidence" of a stage: "first", or "read" once the reader has read."""
    fitted = _fitted()[stage][name]
    weights, mean, scale = (np.array(fitted[key], dtype=np.float64) for key in ("weights", "mean", "scale"))
    return Linear(weights, mean, scale, float(fitted["bias"]))


def threshold(stage: str) -> float:
    """The least confidence with which a question counts as answered: the fitted default of a stage."""
    return float(_fitted()[stage]["threshold"])


def judge(question: str, hits: Sequence[Hit], rarity: Mapping[str, float], context: str = "") -> Judgement:
    """Every sentence of the hits weighed as evidence for the question.

    `rarity` gives each term's inverse document frequency in the library; `context` is the question before, whose
    terms count a little where the question itself lacks them.
    """
    if not hits:
        return Judgement((), 0.0)
    own = set(terms(question))
    rarity = {t: value if t in own else CONTEXT * value for t, value in rarity.items()}
    question = f"{question} {context}" if context else question
    found = hit_terms(hits)
    features = sentence_features(question, hits, found, rarity)
    scores = linear("first", "sentence")(features)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    places = [(hit, i) for hit in hits for i in range(len(hit.sentences))]
    ranked = tuple(
        Evidence(hit, i, hit.sentences[i].start, hit.sentences[i].end, float(scores[n]), float(shares[n]))
        for n in np.argsort(-scores, kind="stable")
        for hit, i in (places[n],)
    )
    whole = confidence_features(question, hits, found, ranked, rarity)
    confidence = linear("first", "confidence")(whole.reshape(1, -1))[0]
    return Judgement(ranked, 1 / (1 + math.exp(-float(confidence))))


def hit_terms(hits: Sequence[Hit]) -> HitTerms:
    """The terms of every sentence of every hit."""
    return [[terms(_text(hit, sentence)) for sentence in hit.sentences] for hit in hits]


def _text(hit: Hit, sentence: SentenceHit) -> str:
    return hit.text[sentence.start - hit.start : sentence.end - hit.start]


def sentence_features(
    question: str, hits: Sequence[Hit], found: HitTerms, rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """SENTENCE_FEATURES of every sentence of every hit, shape (sentences, features), in the order of the hits."""
    asked = terms(question)
    flat = [row for rows in found for row in rows]
    length = sum(map(len, flat)) / len(flat) or 1.0
    kinds = [holds for asks, holds in KINDS if asks.search(question)]
    passage = standardised(np.array([hit.score for hit in hits]))
    rows = []
    for h, hit in enumerate(hits):
        for i, sentence in enumerate(hit.sentences):
            near = {t for row in found[h][max(0, i - 1) : i + 2] for t in row}
            rows.append(
                (
                    sentence.cosine,
                    passage[h],
                    _bm25(asked, found[h][i], rarity, length),
                    covered(asked, set(found[h][i]), rarity),
                    covered(asked, near, rarity),
                    _together(asked, found[h][i]),
                    float(any(kind.search(_text(hit, sentence)) for kind in kinds)),
                )
            )
    features = np.array(rows, dtype=np.float64)
    for name in ("cosine", "bm25"):
        column = SENTENCE_FEATURES.index(name)
        features[:, column] = standardised(features[:, column])
    return features


def confidence_features(
    question: str, hits: Sequence[Hit], found: HitTerms, ranked: Sequence[Evidence], rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """CONFIDENCE_FEATURES of the whole evidence, shape (features,)."""
    best = ranked[0]
    passages = [set(terms(f"{hit.title} {hit.heading}")).union(*rows) for hit, rows in zip(hits, found, strict=True)]
    passage = next(held for hit, held in zip(hits, passages, strict=True) if hit is best.hit)
    everywhere = set().union(*passages)
    named = names(question)
    return np.array(
        (
            max(s.cosine for hit in hits for s in hit.sentences),
            covered(terms(question), passage, rarity),
            len(named - everywhere) / len(named) if named else 0.0,
            best.share,
        )
    )


def names(question: str) -> set[str]:
    """The terms of the question's names and numbers; a word that is capitalised for coming first is none."""
    return {t for name in _NAME.findall(question) for t in terms(name)}


def covered(asked: Sequence[str], found: set[str], rarity: Mapping[str, float]) -> float:
    """The share of the asked terms that are found, each counted by its rarity; 0 where nothing is asked."""
    total = sum(rarity.get(t, 0.0) for t in set(asked))
    return sum(rarity.get(t, 0.0) for t in set(asked) & found) / total if total else 0.0


def _bm25(asked: Sequence[str], found: Sequence[str], rarity: Mapping[str, float], length: float) -> float:
    """BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009), `length` being the mean number of terms."""
    score = 0.0
    for term in set(asked):
        count = found.count(term)
        if count:
            score += rarity.get(term, 0.0) * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(found) / length))
    return score


def _together(asked: Sequence[str], found: Sequence[str]) -> float:
    """The share of neighbouring terms of the question that stand within three terms of each other."""
    pairs = [(a, b) for a, b in pairwise(asked) if a != b]
    if not pairs:
        return 0.0
    wanted = set(asked)
    at: dict[str, list[int]] = {}
    for i, term in enumerate(found):
        if term in wanted:
            at.setdefault(term, []).append(i)
    close = sum(any(abs(i - j) <= 3 for i in at.get(a, ()) for j in at.get(b, ())) for a, b in pairs)
    return close / len(pairs)
