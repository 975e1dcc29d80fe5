"""The weights that ship with Footnote: ONNX models whose files are checked by SHA-256 before they are loaded."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.errors import FootnoteError, MissingExtra

__all__ = ["Weights", "load_weights", "read_card", "sha256"]

SLOW_FUSIONS = ["SkipLayerNormFusion"]  # on a CPU a sum and a norm take a third of the time of both in one


@dataclass(frozen=True, slots=True)
class Weights:
    """A model ready to run: its name, an ONNX Runtime session, a tokenizer that neither pads nor cuts."""

    name: str
    session: Any
    tokenizer: Any


def sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_weights(folder: Path, kind: str, error: type[FootnoteError], advice: str = "") -> Weights:
    """The model in `folder`: KIND.json (its card), KIND.onnx and tokenizer.json.

    `kind` is "encoder" or "reader"; `advice` ends the message about a damaged file. A pass runs on one thread: passes
    side by side get more out of a processor than one pass parted.

    Raises:
        FootnoteError: of the kind `error`, where a file is missing or isn't the one the card names by SHA-256.
    """
    card = read_card(folder, kind, error)
    for name, expected in card["sha256"].items():
        try:
            found = sha256(folder / name)
        except OSError as failure:
            why = failure.strerror
            raise error(f"{kind}: {folder / name} can't be read ({why}); install Footnote again") from failure
        if found != expected:
            raise error(
                f"{kind}: {folder / name} is damaged: its SHA-256 is {found[:12]}…, not {expected[:12]}…; "
                f"install Footnote again{advice}"
            )
    try:
        import onnxruntime  # type: ignore[import-untyped,unused-ignore]
        from tokenizers import Tokenizer
    except ImportError as failure:
        raise MissingExtra(f"the {kind} needs {failure.name}: pip install onnxruntime tokenizers") from failure
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 3
    model = str(folder / f"{kind}.onnx")
    session = onnxruntime.InferenceSession(
        model, settings, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Weights(card["name"], session, tokenizer)


def read_card(folder: Path, kind: str, error: type[FootnoteError]) -> dict[str, Any]:
    """The card KIND.json of a folder: "name", and "sha256" of each file.

    Raises:
        FootnoteError: of the kind `error`, where it is missing or says too little.
    """
    path = folder / f"{kind}.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise error(f"{kind}: {path} can't be read ({failure.strerror}); give the folder of one") from failure
    except ValueError as failure:
        raise error(f"{kind}: {path} isn't JSON ({failure}); install Footnote again") from failure
    if not isinstance(card, dict) or not isinstance(card.get("name"), str) or not isinstance(card.get("sha256"), dict):
        raise error(f"{kind}: {path} lacks a name or the SHA-256 of its files; install Footnote again")
    if not {f"{kind}.onnx", "tokenizer.json"} <= card["sha256"].keys():
        raise error(f"{kind}: {path} must give the SHA-256 of {kind}.onnx and tokenizer.json")
    return card
