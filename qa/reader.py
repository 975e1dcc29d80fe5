"""The reader: does a window of text answer the question, in which sentence, and in which words.

A cross-encoder of our own, 22 M parameters in int8, run by ONNX Runtime; docs/reader.md says how it was trained and
how well it reads. Nothing here opens a connection, and torch is never imported.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from documents.errors import MissingExtra, ModelError

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


def load_reader(folder: Path = FOLDER, threads: int = 2) -> Reader:
    """The reader in `folder` (reader.json, reader.onnx, tokenizer.json), the one shipped by default.

    Raises ModelError where a file is missing or isn't the one reader.json names by SHA-256.
    """
    card = _card(folder)
    for name, expected in card["sha256"].items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                f"reader: {folder / name} can't be read ({error.strerror}); install Footnote again"
            ) from error
        if found != expected:
            raise ModelError(
                f"reader: {folder / name} is damaged: its SHA-256 is {found[:12]}…, not {expected[:12]}…; "
                "install Footnote again, or go on without it with --reader none"
            )
    try:
        import onnxruntime  # type: ignore[import-untyped,unused-ignore]
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra(f"the reader needs {error.name}: pip install onnxruntime tokenizers") from error
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.log_severity_level = 3
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")  # other programs need the processor
    session = onnxruntime.InferenceSession(str(folder / "reader.onnx"), settings, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    from qa.onnx_reader import OnnxReader

    return OnnxReader(card["name"], session, tokenizer)


def _card(folder: Path) -> dict[str, Any]:
    path = folder / "reader.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"reader: {path} can't be read ({error.strerror}); give the folder of a reader") from error
    except ValueError as error:
        raise ModelError(f"reader: {path} isn't JSON ({error}); install Footnote again") from error
    if not isinstance(card, dict) or not isinstance(card.get("name"), str) or not isinstance(card.get("sha256"), dict):
        raise ModelError(f"reader: {path} lacks a name or the SHA-256 of its files; install Footnote again")
    if not {"reader.onnx", "tokenizer.json"} <= card["sha256"].keys():
        raise ModelError(f"reader: {path} must give the SHA-256 of reader.onnx and tokenizer.json")
    return card
