"""Hybrid search: dense and lexical candidates, one fused order.

Candidates are the union of the passages nearest to the question's vector and those with the highest BM25. Every
candidate gets a dense score (the best cosine of its sentences) and a lexical one; each is standardised over the
candidates, and their weighted sum is the order. The first of them gain by the neighbouring terms of the question that
stand side by side in them too. Nothing here writes.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from documents.draft import clean
from index.encoder import Encoder
from index.records import Filter, PassageRow
from index.store import Store
from index.terms import STOP_WORDS, terms, words
from index.vectors import VectorIndex

__all__ = ["Hit", "SearchResult", "SentenceHit", "rarity", "search", "standardised"]

CANDIDATES = 100  # from each side
DENSE_WEIGHT = 2.5  # of the standardised dense score, against 1 of the lexical one
PAIRS_WEIGHT = 1.5  # of the share of the question's pairs of terms that a passage has
PAIRED = 30  # passages that are looked through for pairs of terms: those below seldom rise into the first ten


@dataclass(frozen=True, slots=True)
class SentenceHit:
    """A sentence of a hit: [start, end) in the document's text, and its cosine with what was searched for.

    With several queries that is the weighted mean of the cosines, and so are a Hit's cosine and bm25.
    """

    start: int
    end: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with the scores it was found by.

    `score` is the fused one, comparable within one search; `cosine` is the passage's, `bm25` the lexical score.
    """

    passage_id: int
    document_id: str
    source: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    score: float
    cosine: float
    bm25: float
    sentences: tuple[SentenceHit, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first; the texts that were searched for; how long each step took.

    `rarity` is the inverse document frequency, over the library's passages, of every term that was searched for.
    """

    hits: tuple[Hit, ...]
    searched: tuple[str, ...]
    rarity: dict[str, float]
    timings_ms: dict[str, float]


def search(
    store: Store,
    index: VectorIndex,
    encoder: Encoder,
    queries: Sequence[tuple[str, float]],
    *,
    k: int,
    where: Filter | None = None,
) -> SearchResult:
    """The k best passages for weighted queries; the first query is the question itself.

    Call it inside a snapshot of the store, with the index of that snapshot's generation.

    Raises:
        ValueError: no query, a weight that is negative or no number, no weight above 0, or k below 1.
    """
    _check(queries, k)
    began = time.perf_counter()
    texts = tuple(clean(text) for text, _ in queries)
    vectors = encoder.encode_queries(texts)
    encoded = time.perf_counter()
    allowed = None if where is None else store.allowed(where)
    dense = [index.search(vector, CANDIDATES, allowed) for vector in vectors]
    lexical = [dict(store.lexical(_query_words(text), CANDIDATES, where)) for text in texts]
    ids = sorted({i for found in dense for i, _ in found} | {i for found in lexical for i in found})
    rows = store.passages(ids, encoder.dimension)
    ids = [i for i in ids if i in rows]
    rarities = rarity(store.frequencies(t for text in texts for t in terms(text)), len(index))
    weights = [weight for _, weight in queries]
    hits = _fuse([rows[i] for i in ids], vectors, lexical, texts, weights, rarities, k) if ids else ()
    timings = {"encode": 1000 * (encoded - began), "search": 1000 * (time.perf_counter() - encoded)}
    return SearchResult(hits, texts, rarities, timings)


def _check(queries: Sequence[tuple[str, float]], k: int) -> None:
    weights = [weight for _, weight in queries]
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not any(weights):
        raise ValueError(f"a search needs a query, and weights of 0 or more that aren't all 0; these came: {weights}")
    if k < 1:
        raise ValueError(f"a search gives k passages, 1 at least; k is {k}")


def _query_words(text: str) -> list[str]:
    found = words(text)
    return [w for w in found if w not in STOP_WORDS] or found


def rarity(frequencies: dict[str, int], passages: int) -> dict[str, float]:
    """BM25's inverse document frequency, never negative (Lucene's form): log(1 + (N - n + 0.5) / (n + 0.5))."""
    return {t: math.log1p((max(passages, n) - n + 0.5) / (n + 0.5)) for t, n in frequencies.items()}


def _fuse(
    rows: list[PassageRow],
    vectors: NDArray[np.float32],
    lexical: list[dict[int, float]],
    texts: Sequence[str],
    weights: Sequence[float],
    rarities: Mapping[str, float],
    k: int,
) -> tuple[Hit, ...]:
    passages = np.stack([row.vector for row in rows]) @ vectors.T  # (rows, queries)
    sentences = np.concatenate([row.sentence_vectors for row in rows]) @ vectors.T
    bounds = np.cumsum([0] + [len(row.spans) for row in rows])
    best = np.maximum.reduceat(sentences, bounds[:-1], axis=0)
    bm25 = np.array([[found.get(row.id, 0.0) for found in lexical] for row in rows])
    share = np.asarray(weights) / sum(weights)
    scores = (DENSE_WEIGHT * standardised(best) + standardised(bm25)) @ share
    pairs = [_pairs(text, rarities) for text in texts]
    first = np.argsort(-scores, kind="stable")[:PAIRED]
    least = scores[first[:k]].min() - PAIRS_WEIGHT  # what is below can't come among the k best
    for i in first[scores[first] >= least]:
        beside = set(pairwise(terms(rows[i].text)))
        scores[i] += PAIRS_WEIGHT * float(share @ [sum(asked[p] for p in asked.keys() & beside) for asked in pairs])
    cosines, within, words_scores = passages @ share, sentences @ share, bm25 @ share
    order = np.argsort(-scores, kind="stable")[:k]
    return tuple(
        Hit(
            passage_id=row.id,
            document_id=row.document_id,
            source=row.source,
            title=row.title,
            heading=row.heading,
            start=row.start,
            end=row.end,
            text=row.text,
            score=float(scores[i]),
            cosine=float(cosines[i]),
            bm25=float(words_scores[i]),
            sentences=tuple(
                SentenceHit(start, end, float(cosine))
                for (start, end), cosine in zip(row.spans, within[bounds[i] : bounds[i + 1]], strict=True)
            ),
        )
        for i in order
        for row in (rows[i],)
    )


def _pairs(question: str, rarities: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """The question's neighbouring terms, each pair's share of them; a pair is as rare as its commoner half."""
    found = {(a, b): min(rarities.get(a, 0.0), rarities.get(b, 0.0)) for a, b in pairwise(terms(question))}
    total = sum(found.values())
    return {pair: value / total for pair, value in found.items()} if total else {}


def standardised(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores as distances from their mean in standard deviations, column by column; all zero where all are equal."""
    varied = np.ptp(scores, axis=0) > 0  # of equal ones a rounded mean may be none of them, nor their deviation 0
    deviations = (scores - scores.mean(axis=0)) / np.where(varied, scores.std(axis=0), 1.0)
    return np.where(varied, deviations, 0.0).astype(np.float64)
