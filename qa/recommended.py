"""The models that are worth fetching where the hub can be reached, and fetching them. Nothing else opens a connection.

Each is named in one setting and used from the hub's cache afterwards; Footnote works without any of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from documents.errors import ModelError
from index.hub import hub_reachable

__all__ = ["RECOMMENDED", "Recommended", "fetch", "fetched"]


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model of the hub: the setting that takes it, its name, licence, megabytes to fetch and what it is for."""

    setting: str
    name: str
    licence: str
    megabytes: int
    use: str


RECOMMENDED = (
    Recommended("encoder", "thenlper/gte-base", "MIT", 220, "finds passages by meaning; after `footnote reencode`"),
    Recommended("reranker", "cross-encoder/ms-marco-MiniLM-L6-v2", "Apache-2.0", 95, "puts passages in order"),
    Recommended(
        "reader", "deepset/roberta-base-squad2", "CC-BY-4.0", 500, "finds the words that answer, or that none do"
    ),
    Recommended(
        "nli", "cross-encoder/nli-MiniLM2-L6-H768", "Apache-2.0", 330, "helps to check what a language model writes"
    ),
)
# Weights of other frameworks, which would be fetched along, and an older copy of the same.
_LEFT_OUT = ("*.onnx", "onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "flax_model*", "tf_model*", "coreml/*")
_OLDER = "pytorch_model*.bin"


def fetched(name: str) -> bool:
    """Whether a model is in the hub's cache on this machine."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(name, "config.json"), str)


def fetch() -> Iterator[Recommended]:
    """Fetches what is not here yet, giving each model when it is there.

    Raises:
        ModelError: the hub can't be reached; the message says what to do.
    """
    from huggingface_hub import list_repo_files, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    for model in RECOMMENDED:
        try:
            if not hub_reachable():
                raise OSError("no connection")
            twice = any(file.endswith(".safetensors") for file in list_repo_files(model.name))
            snapshot_download(model.name, ignore_patterns=[*_LEFT_OUT, *([_OLDER] if twice else [])])
        except (OSError, HfHubHTTPError) as error:
            why = str(error) if type(error) is OSError else type(error).__name__
            raise ModelError(
                f"{model.name} can't be fetched: the hub (huggingface.co) can't be reached from here, or refuses "
                f"({why}). Footnote works without it. On another machine, `footnote models --fetch` fills the cache; "
                "copy that folder (HF_HOME) here, or give --encoder, --reranker, --reader and --nli folders"
            ) from error
        yield model
