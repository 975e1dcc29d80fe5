"""Whether one text entails another, by a model for natural language inference from a folder or the Hugging Face hub.

Any sequence classifier whose labels name entailment will do (cross-encoder/nli-*, *-mnli, a CrossEncoder that
sentence-transformers saved); its own configuration says which label that is. qa/checker/check.py works without one.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from documents.errors import ModelError
from index.hub import loaded, require_torch

__all__ = ["EntailmentModel", "Verdict", "entailment_named"]

LONGEST = 512  # tokens of a text and a sentence together, at most: what is cited is a few sentences
_NOT_FETCHED = (
    "it is no folder, and no model of that name could be fetched: check the name and the connection, give a folder "
    "that save_pretrained of transformers wrote, or go on with --nli none"
)
_OPPOSED = ("not_entail", "not entail", "non-entail", "no_entail")
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How probable it is that a text entails a sentence, and that it contradicts it (None: the model can't tell)."""

    entails: float
    contradicts: float | None = None


class EntailmentModel:
    """The Verdict on a sentence and a text; made by `entailment_named`, safe to share between threads."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        self._entails = _entailment_label(name, model.config.id2label)
        self._contradicts = _label(model.config.id2label, "contradict")
        known = getattr(model.config, "max_position_embeddings", None) or LONGEST
        self._longest = min(tokenizer.model_max_length, known, LONGEST)

    def __call__(self, sentence: str, text: str) -> Verdict:
        """Whether `text` says `sentence`; where they are longer than the model reads, the longer one is cut."""
        import torch

        given = self._tokenizer(
            text, sentence, truncation="longest_first", max_length=self._longest, return_tensors="pt"
        )
        with torch.inference_mode():
            chances = self._model(**given).logits.float().softmax(dim=-1)[0].tolist()
        return Verdict(chances[self._entails], None if self._contradicts is None else chances[self._contradicts])


def entailment_named(name: str) -> EntailmentModel:
    """The model in the folder `name`, or that the hub has by that name, loaded once a process.

    Raises:
        ModelError: neither is there, the hub can't be reached, or the model's labels don't name entailment.
        MissingExtra: torch or transformers isn't installed.
    """
    with _loading:
        return _loaded(name)


@lru_cache(maxsize=2)
def _loaded(name: str) -> EntailmentModel:
    require_torch(f"the entailment model {name!r}", "without --nli the checker goes by its rules alone")
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    def load(local: bool) -> tuple[Any, Any, Any]:
        model, told = AutoModelForSequenceClassification.from_pretrained(
            name, output_loading_info=True, local_files_only=local
        )
        return model, told, AutoTokenizer.from_pretrained(name, local_files_only=local)

    try:
        model, told, tokenizer = loaded(name, load)
    except (OSError, ValueError, KeyError) as error:
        where = "the folder holds no sequence classifier" if Path(name).is_dir() else _NOT_FETCHED
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"entailment model {name!r}: {where} ({reason})") from error
    if missing := sorted(told["missing_keys"]):
        raise ModelError(
            f"entailment model {name!r}: it was not trained to classify, it lacks {', '.join(missing[:3])}; give a "
            "model for natural language inference"
        )
    return EntailmentModel(name, model.eval(), tokenizer)


def _entailment_label(name: str, labels: Mapping[int, str]) -> int:
    """The number of the label that means entailment."""
    found = _label(labels, "entail")
    if found is None:
        raise ModelError(
            f"entailment model {name!r}: its labels are {', '.join(map(str, labels.values()))}, none of which names "
            "entailment; give a model for natural language inference (labels entailment, neutral, contradiction)"
        )
    return found


def _label(labels: Mapping[int, str], beginning: str) -> int | None:
    low = {int(number): str(label).lower() for number, label in labels.items()}
    return next((n for n, label in low.items() if label.startswith(beginning) and not label.startswith(_OPPOSED)), None)
