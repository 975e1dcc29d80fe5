"""The built-in encoder: all-MiniLM-L6-v2 with 7-bit weights, run by ONNX Runtime; no torch, no download.

Each text goes through the network alone, so that its vector depends on nothing else: rounding to integers follows the
largest value of a whole pass. One by one is also fastest on a CPU (nothing is padded); passages go side by side, each
on one thread. docs/figures.md has what the rounding costs; training/encoder.py made the weights.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents.errors import EncoderError
from index.encoder import Encoded, PassageText, Vectors, sentence_means, unit
from index.weights import Weights, load_weights, read_card

__all__ = ["OnnxEncoder", "built_in_name", "load_encoder"]

FOLDER = Path(__file__).parent / "models"
WINDOW = 512  # tokens in one pass, at most


class OnnxEncoder:
    """Mean-pooled token vectors of an ONNX model from ids to hidden states; safe between threads."""

    def __init__(self, weights: Weights) -> None:
        self.name = weights.name
        self._session = weights.session
        self._tokenizer = weights.tokenizer
        self._tokenizer.enable_truncation(WINDOW)
        self.dimension: int = self._session.get_outputs()[0].shape[-1]

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        """See Encoder; a passage longer than the model's window is read in several windows, none of it dropped."""
        pool = ThreadPoolExecutor(min(len(passages), os.cpu_count() or 1) or 1, "footnote-encode")
        try:
            yield from enumerate(pool.map(self._passage, passages))
        finally:
            pool.shutdown(cancel_futures=True)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return np.stack([self._run(text)[0] for text in texts])

    def _passage(self, passage: PassageText) -> Encoded:
        prefix = f"{passage.context}. " if passage.context else ""
        whole, tokens, offsets = self._run(prefix + passage.text)
        means = sentence_means(tokens, offsets - len(prefix), passage.sentences)
        return Encoded(whole, np.stack([unit(vector) for vector in means]))

    def _run(self, text: str) -> tuple[Vectors, Vectors, NDArray[np.int64]]:
        """A text's unit vector, its tokens' vectors (n, width) and their character offsets (n, 2)."""
        first = self._tokenizer.encode(text)
        windows = [first, *first.overflowing]
        hidden: list[Vectors] = [self._session.run(["hidden"], {"ids": [w.ids]})[0][0] for w in windows]
        offsets = np.array([span for w in windows for span in w.offsets], dtype=np.int64)
        whole = np.mean([unit(h.mean(axis=0)) for h in hidden], axis=0)
        return unit(whole), np.concatenate(hidden), offsets


@cache
def built_in_name() -> str:
    """The built-in encoder's name, as libraries have it."""
    card = read_card(FOLDER, "encoder", EncoderError)
    return f"{card['name']}@{card['sha256']['encoder.onnx'][:12]}"


def load_encoder() -> OnnxEncoder:
    """The encoder that ships.

    Raises:
        EncoderError: a file of it is missing or damaged.
    """
    encoder = OnnxEncoder(load_weights(FOLDER, "encoder", EncoderError))
    encoder.name = built_in_name()
    return encoder
