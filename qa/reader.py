"""The reader: does a window of text answer the question, in which sentence, and in which words.

A cross-encoder of our own, 22 M parameters in int8, run by ONNX Runtime; docs/reader.md says how it was trained and
how well it reads. Nothing here opens a connection, and torch is never imported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from documents.errors import ModelError
from index.weights import load_weights

__all__ = ["NOTHING", "Reader", "Reading", "Window", "load_reader", "reader_named"]

FOLDER = Path(__file__).parent / "models"
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")
NOTHING = -20.0  # the logit of what holds no word to read


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one passage: `title` is the document's title and headings, `sentences` [start, end) in `text`."""

    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one window; all scores are logits.

    `answerable`: the window answers the question; `sentences`: each sentence holds the answer; [start, end): the best
    answer within the text, never across sentences, empty where there is none; `span`: its score over that of no answer.
    """

    answerable: float
    sentences: tuple[float, ...]
    start: int
    end: int
    span: float


class Reader(Protocol):
    """Anything that reads windows; readings come in the order of the windows."""

    name: str

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Reads every window for the question."""
        ...


@lru_cache(maxsize=2)
def reader_named(name: str) -> Reader:
    """The reader that a setting names, loaded once a process.

    "default" is the one shipped; a folder with a reader.json holds one of ours; any other folder, or a name of the
    Hugging Face hub, an extractive question-answering model. Raises ModelError where there is none.
    """
    if name == "default":
        return load_reader()
    folder = Path(name)
    if (folder / "reader.json").is_file():
        return load_reader(folder)
    if not folder.exists() and not _HUB_NAME.fullmatch(name):
        raise ModelError(
            f"reader: there is no folder {name!r}; give the folder of a reader, the name of an extractive "
            'question-answering model of the Hugging Face hub ("owner/model"), "default" or "none"'
        )
    from qa.hub_reader import load_hub_reader

    return load_hub_reader(name)


def load_reader(folder: Path = FOLDER) -> Reader:
    """The reader in `folder` (reader.json, reader.onnx, tokenizer.json), the one shipped by default.

    Raises ModelError where a file is missing or isn't the one reader.json names by SHA-256.
    """
    from qa.onnx_reader import OnnxReader

    weights = load_weights(folder, "reader", ModelError, ", , or go on without it with --reader none")
    return OnnxReader(weights.name, weights.session, weights.tokenizer)
