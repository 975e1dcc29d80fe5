"""Texts become unit vectors: one for a passage and one for each of its sentences, from a single pass.

A sentence's vector pools the passage's token vectors over the sentence's span ("late chunking", Günther et al. 2024,
arXiv:2409.04701), so sentence vectors cost nothing beyond the passage's and know their surroundings.

The built-in encoder is OnnxEncoder (index/onnx_encoder.py); SentenceTransformerEncoder (index/transformer_encoder.py)
runs any other model; HashEncoder, here, is a stand-in for tests that needs no weights.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.terms import words

__all__ = [
    "Encoded",
    "Encoder",
    "HashEncoder",
    "PassageText",
    "built_in",
    "default_encoder",
    "encoder_named",
    "sentence_means",
    "unit",
]

Vectors = NDArray[np.float32]

MODEL = "all-MiniLM-L6-v2"  # sentence-transformers/all-MiniLM-L6-v2, of which the built-in encoder is the int8 form
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors
PACKAGED = f"{MODEL}@{PACKAGED_SHA256[:12]}"  # as libraries have it


@dataclass(frozen=True, slots=True)
class PassageText:
    """What an encoder sees of a passage: its context (title and headings), its text, its sentences' spans in it."""

    context: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Unit vectors: `passage` of shape (dimension,), `sentences` of shape (number of sentences, dimension)."""

    passage: NDArray[np.floating]
    sentences: NDArray[np.floating]

    def halved(self) -> "Encoded":
        """The same in float16, as it is stored."""
        return Encoded(self.passage.astype(np.float16), self.sentences.astype(np.float16))


class Encoder(Protocol):
    """Anything that encodes passages and questions into one space; `name` tells it from any other."""

    @property
    def name(self) -> str:
        """Tells this encoder's vectors from those of any other."""
        ...

    @property
    def dimension(self) -> int:
        """The length of its vectors."""
        ...

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        """Yields (index into `passages`, its vectors), in whatever order is fastest."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension)."""
        ...


def unit(vector: Vectors) -> Vectors:
    """The vector at length 1; the zero vector as it is."""
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def sentence_means(tokens: Vectors, offsets: NDArray[np.int64], sentences: Sequence[tuple[int, int]]) -> Vectors:
    """The mean of each sentence's own tokens, shape (sentences, width); of all tokens where a sentence has none.

    `tokens` is (n, width); `offsets` (n, 2), the characters of each token, counted as the sentences' spans are.
    """
    starts, ends = offsets[:, 0], offsets[:, 1]
    own = [(starts >= start) & (ends <= end) & (ends > starts) for start, end in sentences]
    return np.stack([tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0) for inside in own])


def built_in(name: str) -> bool:
    """Whether a name is that of the built-in encoder, or "default"."""
    from index.onnx_encoder import built_in_name

    return name in ("", "default") or name == built_in_name()


def encoder_named(name: str) -> Encoder:
    """The encoder that a setting or a library names, as recorded with a digest or without.

    "default" is the built-in one, "all-MiniLM-L6-v2" the same model in full precision from its package, anything else
    a folder or a hub name.

    Raises:
        EncoderError: it can't be loaded; the message says what to do.
    """
    if built_in(name):
        return default_encoder()
    if found := re.fullmatch(r"hash-(\d+)", name):
        return HashEncoder(int(found[1]))
    from index.transformer_encoder import SentenceTransformerEncoder, packaged_encoder

    if name in (MODEL, PACKAGED):
        return packaged_encoder()
    return SentenceTransformerEncoder(re.sub(r"@(?:[0-9a-f]{12}|unknown)$", "", name))


def default_encoder() -> Encoder:
    """The built-in encoder.

    Raises:
        EncoderError: its files are missing or damaged.
    """
    from index.onnx_encoder import load_encoder

    return load_encoder()


class HashEncoder:
    """Deterministic vectors from hashed words: texts that share words are close, and nothing is loaded.

    For tests and for trying the rest of the house; it knows no synonyms.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.name = f"hash-{dimension}"

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        """See Encoder."""
        for i, p in enumerate(passages):
            pieces = [self._vector(p.text[start:end]) for start, end in p.sentences]
            yield i, Encoded(self._vector(f"{p.context} {p.text}"), np.stack(pieces))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)  # no text is the zero vector
        for word in words(text):
            digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
            sign = 1.0 if digest[4] & 1 else -1.0
            vector[int.from_bytes(digest[:4], "big") % self.dimension] += sign / math.sqrt(1 + len(word))
        return unit(vector)
