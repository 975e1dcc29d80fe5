"""What a server of one's own says of the model it serves: how much that can take, and how large it is.

llama.cpp tells both in its list of models ("meta"), vLLM how much it takes ("max_model_len"), others nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Served", "served"]

PATIENCE = 5.0  # seconds
SMALL = 300_000_000  # parameters; SmolLM2 with 135 million copies long orders instead of following them


@dataclass(frozen=True, slots=True)
class Served:
    """The tokens that a model takes, question and answer together, None where the server doesn't say; `small` ones
    lose their way in a long prompt.
    """

    context: int | None = None
    small: bool = False


def served(client: Any, name: str) -> Served:
    """What the server behind an OpenAI client lists of the model of this name, or of the only one it has.

    A server without such a list says nothing. Raises ConnectionError where it can't be reached.
    """
    from openai import APIConnectionError, OpenAIError

    try:
        listed = client.with_options(timeout=PATIENCE, max_retries=0).get("/models", cast_to=object)
    except APIConnectionError as error:
        raise ConnectionError from error
    except (OpenAIError, ValueError):  # the latter for what calls itself JSON and isn't
        return Served()
    models = listed.get("data") if isinstance(listed, Mapping) else None
    told = [model for model in models if isinstance(model, Mapping)] if isinstance(models, list) else []
    model = next((m for m in told if m.get("id") == name), told[0] if len(told) == 1 else {})
    meta = model.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    size = _count(meta.get("n_params"))
    return Served(_count(meta.get("n_ctx")) or _count(model.get("max_model_len")), size is not None and size < SMALL)


def _count(value: object) -> int | None:
    """A whole number above 0, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
