"""Any extractive question-answering model of the Hugging Face kind as a reader.

It reads a window as such models were taught to: the question, then the text, and out of it a start and an end; the
first token stands for "no answer" (SQuAD 2.0, Rajpurkar et al. 2018). A hub name is fetched by transformers, which
keeps what it fetched; a folder needs no network.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from documents.errors import ModelError
from index.hub import loaded, require_torch
from qa.reader import NOTHING, Reading, Window

__all__ = ["SOFTEN", "HubReader", "load_hub_reader"]

TOKENS, STRIDE = 384, 96  # a longer text is read in pieces that overlap
SPAN_TOKENS = 30
BATCH = 8
# Start plus end over no answer spreads wider than the logits that the fitted weights know: about four times in BERT
# models of SQuAD 2.0. A rough figure, so that a threshold of one's own is worth setting.
SOFTEN = 4.0

Floats = np.ndarray[Any, np.dtype[np.float32]]
Best = tuple[float, int, int]


class HubReader:
    """Reads with a model of transformers' AutoModelForQuestionAnswering; safe to share between threads."""

    def __init__(self, name: str, model: Any, tokenizer: Any) -> None:
        self.name = name
        self._model = model
        self._tokenizer = tokenizer

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Reads every window, as text behind its title.

        A sentence's logit is that of its best words over no answer, a window's that of its best sentence; what has no
        word to read gets NOTHING.
        """
        if not windows or not question.strip():
            return [_reading(w, [(NOTHING, 0, 0)] * len(w.sentences)) for w in windows]
        heads = [f"{w.title}. " if w.title.strip() else "" for w in windows]
        room = min(TOKENS, self._tokenizer.model_max_length)
        asked = self._tokenizer(question, truncation=True, max_length=room // 3, return_offsets_mapping=True)
        rows = self._tokenizer(
            [question[: max(end for _, end in asked["offset_mapping"])]] * len(windows),
            [head + w.text for head, w in zip(heads, windows, strict=True)],
            truncation="only_second", max_length=room, stride=min(STRIDE, room // 4),
            return_overflowing_tokens=True, return_offsets_mapping=True,
        )  # fmt: skip
        found = [[(NOTHING, 0, 0)] * len(w.sentences) for w in windows]
        owners = rows["overflow_to_sample_mapping"]
        for first in range(0, len(owners), BATCH):
            some = range(first, min(first + BATCH, len(owners)))
            starts, ends = self._logits(rows, some)
            for row, start, end in zip(some, starts, ends, strict=True):
                owner = owners[row]
                text = [kind == 1 for kind in rows.sequence_ids(row)]
                shift = len(heads[owner])
                offsets = [(a - shift, b - shift) if inside else (-1, -1)
                           for (a, b), inside in zip(rows["offset_mapping"][row], text, strict=True)]  # fmt: skip
                null = self._null(rows["input_ids"][row])
                best = _best(start, end, float(start[null] + end[null]), offsets, windows[owner])
                found[owner] = [max(old, new) for old, new in zip(found[owner], best, strict=True)]
        return [_reading(w, best) for w, best in zip(windows, found, strict=True)]

    def _logits(self, rows: Any, some: range) -> tuple[Floats, Floats]:
        """Start and end logits of the rows, shape (rows, tokens)."""
        import torch

        names = [n for n in ("input_ids", "attention_mask", "token_type_ids") if n in rows]
        batch = self._tokenizer.pad({n: [rows[n][i] for i in some] for n in names}, return_tensors="pt")
        with torch.inference_mode():
            output = self._model(**batch)
        return output.start_logits.float().numpy(), output.end_logits.float().numpy()

    def _null(self, ids: Sequence[int]) -> int:
        """Where the token stands that means no answer: the classifier's, else the first."""
        token = self._tokenizer.cls_token_id
        return ids.index(token) if token in ids else 0


def load_hub_reader(name: str) -> HubReader:
    """The model in the folder `name`, or that the hub has by that name.

    Raises:
        ModelError: neither is there, the hub can't be reached, or it holds no trained extractive model.
        MissingExtra: torch or transformers isn't installed.
    """
    require_torch(f"the reader {name!r}", "the reader that ships does without (--reader default)")
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # what it would warn of is raised below

    def load(local: bool) -> tuple[Any, dict[str, Any], Any]:
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
        read = AutoModelForQuestionAnswering.from_pretrained
        return *read(name, output_loading_info=True, local_files_only=local), tokenizer

    try:
        model, told, tokenizer = loaded(name, load)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(_unloadable(name, error)) from error
    finally:
        logging.set_verbosity(level)
    if missing := sorted(told["missing_keys"]):
        raise ModelError(
            f"reader: {name!r} was not trained to answer questions: it lacks {', '.join(missing[:3])}; give a model "
            'for extractive question answering, or "default" for the reader that ships'
        )
    if not tokenizer.is_fast:
        raise ModelError(
            f"reader: the tokenizer of {name!r} doesn't tell where its tokens stand; give a model that has a fast "
            'tokenizer (tokenizer.json), or "default"'
        )
    return HubReader(name, model.eval(), tokenizer)


def _unloadable(name: str, error: Exception) -> str:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    if Path(name).is_dir():
        return (
            f"reader: the folder {name!r} holds no extractive question-answering model ({reason[0]}); it needs "
            "config.json, the weights and tokenizer.json, as save_pretrained of transformers writes them"
        )
    return (
        f"reader: {name!r} is no folder, and no extractive question-answering model of that name could be fetched "
        f"({reason[0]}); check the name and the connection, give a folder, or go on with --reader default or none"
    )


def _reading(window: Window, best: Sequence[Best]) -> Reading:
    score, start, end = max(best, default=(NOTHING, 0, 0))
    logits = tuple(max(NOTHING, s / SOFTEN) if a < b else NOTHING for s, a, b in best)
    return Reading(max(logits, default=NOTHING), logits, start, end, max(NOTHING, score))


def _best(start: Floats, end: Floats, null: float, offsets: list[tuple[int, int]], window: Window) -> list[Best]:
    """For each sentence the best words that lie in it: score over no answer, and their span in the text."""
    made: list[Best] = []
    for low, high in window.sentences:
        inside = [i for i, (a, b) in enumerate(offsets) if low <= a < b <= high]
        if not inside:
            made.append((NOTHING, 0, 0))
            continue
        sums = start[inside][:, None] + end[inside][None, :]
        apart = np.arange(len(inside))[None, :] - np.arange(len(inside))[:, None]
        sums = np.where((apart >= 0) & (apart < SPAN_TOKENS), sums, -np.inf)
        first, last = divmod(int(sums.argmax()), len(inside))
        span = offsets[inside[first]][0], offsets[inside[last]][1]
        made.append((float(sums[first, last]) - null, *span))
    return made
