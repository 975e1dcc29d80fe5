"""Whether one text entails another, by a model for natural language inference from a folder or the Hugging Face hub.

Any sequence classifier whose labels name entailment will do (cross-encoder/nli-*, *-mnli); its own configuration says
which label that is. qa/checker/check.py works without one.
"""

from pathlib import Path
from typing import Any

from documents.errors import MissingExtra, ModelError

__all__ = ["EntailmentModel", "load_entailment"]

_NOT_FETCHED = (
    "it is no folder, and no model of that name could be fetched: check the name and the connection, or give a folder "
    "that save_pretrained of transformers wrote"
)
_OPPOSED = ("not_entail", "not entail", "non-entail", "no_entail")


class EntailmentModel:
    """The probability that a text entails a sentence; made by `load_entailment`."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        self._label = _entailment_label(name, model.config.id2label)

    def __call__(self, sentence: str, text: str) -> float:
        """How probable it is that `text` entails `sentence`; a text longer than the model reads is cut at its end."""
        import torch

        longest = min(self._tokenizer.model_max_length, self._model.config.max_position_embeddings)
        given = self._tokenizer(text, sentence, truncation="longest_first", max_length=longest, return_tensors="pt")
        with torch.inference_mode():
            chances = self._model(**given).logits.float().softmax(dim=-1)[0]
        return float(chances[self._label])


def load_entailment(name: str) -> EntailmentModel:
    """The model in the folder `name`, or that the hub has by that name.

    Raises:
        ModelError: neither is there, the hub can't be reached, or the model's labels don't name entailment.
        MissingExtra: transformers isn't installed.
    """
    try:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging
    except ImportError as error:
        raise MissingExtra(
            f"the entailment model {name!r} needs {error.name}: pip install transformers torch"
        ) from error
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it writes to the terminal of whoever called us
    try:
        model, told = AutoModelForSequenceClassification.from_pretrained(name, output_loading_info=True)
        tokenizer = AutoTokenizer.from_pretrained(name)
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


def _entailment_label(name: str, labels: dict[int, str]) -> int:
    """The number of the label that means entailment."""
    for number, label in labels.items():
        low = str(label).lower()
        if low.startswith("entail") and not low.startswith(_OPPOSED):
            return int(number)
    raise ModelError(
        f"entailment model {name!r}: its labels are {', '.join(map(str, labels.values()))}, none of which names "
        "entailment; give a model for natural language inference (labels entailment, neutral, contradiction)"
    )
