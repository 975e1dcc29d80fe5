"""Puts the retrieved passages in the order of a cross-encoder, which reads question and passage together.

Any sentence-transformers CrossEncoder with one score, by hub name or from a local folder. It reads three times as many
passages as are kept, so it can lift what the search placed low; on two cores a small one (6 layers, 384 wide) takes
about 15 ms a passage. A hub name is fetched by sentence-transformers, which keeps what it fetched.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from documents.errors import ModelError
from index.hub import loaded, require_torch
from index.search import SearchResult

__all__ = ["WIDER", "CrossEncoderReranker", "Reranker", "rerank", "reranker_named"]

WIDER = 3  # times as many passages are read as are kept
BATCH = 8


class Reranker(Protocol):
    """Anything that scores passages for a question; `name` is for a person."""

    name: str

    def score(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """One score for each passage, higher is better."""
        ...


class CrossEncoderReranker:
    """A CrossEncoder of sentence-transformers; safe to share between threads."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name
        self._model = model

    def score(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """See Reranker; the model's raw logits, so that scores far apart stay apart."""
        from torch.nn import Identity

        pairs = [(question, passage) for passage in passages]
        scores = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=Identity())
        return np.asarray(scores, dtype=np.float64).reshape(len(passages))


@lru_cache(maxsize=2)
def reranker_named(name: str) -> Reranker:
    """The reranker that a setting names, a folder or a hub name, loaded once a process.

    Raises ModelError where it can't be loaded, or gives several scores for a pair, MissingExtra where torch is missing.
    """
    require_torch(f"the reranker {name!r}", "--reranker none goes without")
    from sentence_transformers import CrossEncoder

    try:
        model = loaded(name, lambda local: CrossEncoder(name, device="cpu", local_files_only=local))
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())
        raise ModelError(
            f"reranker: {name!r} can't be loaded: {why if len(why) <= 300 else why[:300] + '…'}. Give a folder that "
            "holds a CrossEncoder, or a hub name while the hub can be reached; --reranker none goes without"
        ) from error
    if model.num_labels != 1:
        raise ModelError(
            f"reranker: {name!r} gives {model.num_labels} scores for a pair, and one is needed: give a model for "
            "ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2"
        )
    return CrossEncoderReranker(name, model.eval())


def rerank(question: str, result: SearchResult, reranker: Reranker, keep: int) -> SearchResult:
    """The first `keep` hits by the reranker's scores, which become the hits' own; equal ones keep their order."""
    if not result.hits:
        return result
    texts = [f"{hit.heading or hit.title}. {hit.text}" if hit.heading or hit.title else hit.text for hit in result.hits]
    scores = reranker.score(question, texts)
    order = np.argsort(-scores, kind="stable")[:keep]
    return replace(result, hits=tuple(replace(result.hits[i], score=float(scores[i])) for i in order))
