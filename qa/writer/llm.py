"""A language model's name becomes a chat model: any LangChain id, a GGUF file, or the small one that is packaged.

Keys come from the environment, read by the provider's own package; they are never logged, stored or shown.
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from documents.errors import MissingExtra, ModelError
from qa.writer.served import served

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Model", "model_named", "model_of"]

CONTEXT = 8_192  # tokens that a model of unknown size is taken to have, question, passages and answer together
SMOLLM2_CONTEXT = 2_048  # it was made for 8,192 and loses the thread long before
WRITTEN = 2_000  # tokens of an answer with what is thought before it, where we set them
BRIEFLY = 400  # the same of a small model, which may go on without an end
TIMEOUT = 60.0  # seconds of silence on a connection
USAGE = "give provider:model (openai:…, ollama:…, anthropic:…), gguf:PATH or smollm2"
# What each provider needs installed, and the arguments of its class that mean what we mean.
PACKAGES = {
    "openai": "langchain-openai",
    "azure_openai": "langchain-openai",
    "ollama": "langchain-ollama",
    "anthropic": "langchain-anthropic",
    "google_genai": "langchain-google-genai",
    "mistralai": "langchain-mistralai",
    "groq": "langchain-groq",
    "deepseek": "langchain-deepseek",
    "huggingface": "langchain-huggingface",
    "openrouter": "langchain-openrouter",
    "xai": "langchain-xai",
}
_loading = threading.Lock()


class _Unasked(Exception):
    """A model whose server couldn't be asked what it takes, and is the next time: raised, a cache doesn't keep it."""

    def __init__(self, model: "Model") -> None:
        super().__init__(model.name)
        self.model = model


@dataclass(frozen=True, slots=True)
class Model:
    """A chat model, the name that answers give it, and the tokens it can take.

    `says_end` where its streams say how they ended; `small` where it loses its way in a long prompt.
    """

    name: str
    chat: "BaseChatModel"
    context: int = CONTEXT
    says_end: bool = False
    small: bool = False


def model_of(llm: "str | BaseChatModel", base_url: str | None = None) -> Model:
    """The model of a name, loaded once, or of a LangChain chat model as it is.

    Raises:
        MissingExtra: a package is missing; the message gives the command that installs it.
        ModelError: the name names no model, or the model can't be loaded.
    """
    if isinstance(llm, str):
        with _loading:  # two questions at once must not load a model twice
            try:
                return model_named(llm.strip(), base_url)
            except _Unasked as unasked:
                return unasked.model
    return Model(str(getattr(llm, "model_name", None) or getattr(llm, "model", None) or llm._llm_type), llm)


@lru_cache(maxsize=2)
def model_named(name: str, base_url: str | None = None) -> Model:
    """The model of a name; raises as model_of."""
    if base_url is not None:
        _check_address(base_url)
    if name == "smollm2":
        from qa.writer.local import load_gguf, smollm2_file

        return Model(name, load_gguf(smollm2_file(), context=SMOLLM2_CONTEXT), SMOLLM2_CONTEXT, True, True)
    provider, colon, model = name.partition(":")
    if not (provider and colon and model):
        raise ModelError(f"language model: {name!r} names no model; {USAGE}")
    if provider == "gguf":
        from qa.writer.local import load_gguf

        path = Path(model).expanduser()
        return Model(path.name, load_gguf(path, context=CONTEXT, max_tokens=WRITTEN), CONTEXT, True)
    chat = _langchain(provider, model, base_url)
    profile: Mapping[str, Any] = chat.profile or {}
    usual = Model(name, chat, int(profile.get("max_input_tokens") or CONTEXT), provider == "openai")
    return usual if provider != "openai" or base_url is None else _as_served(usual, model)


def _as_served(model: Model, id: str) -> Model:
    """The model with what its server says of it; raises _Unasked."""
    chat: Any = model.chat
    try:
        told = served(chat.root_client, id)
    except ConnectionError:
        raise _Unasked(model) from None
    if told.small:
        chat.max_tokens = BRIEFLY
    return replace(model, context=told.context or model.context, small=told.small)


def _check_address(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ModelError("the base URL is not an http or https address, such as http://127.0.0.1:8080/v1")
    if parts.username or parts.password or parts.query:
        raise ModelError("the base URL holds a name, a key or a query: keys belong into the environment")


def _langchain(provider: str, model: str, base_url: str | None) -> "BaseChatModel":
    package = PACKAGES.get(provider, f"langchain-{provider.replace('_', '-')}")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise MissingExtra(f"{provider}: models need LangChain: pip install langchain {package}") from error
    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **_arguments(provider, base_url))
        return chat
    except ImportError as error:
        raise MissingExtra(f"{provider}: models need a package: pip install langchain {package}") from error
    except ValueError as error:  # pydantic's too; its text may hold a key
        known = ", ".join(PACKAGES)
        raise ModelError(
            f"language model: {provider}:{model} can't be set up ({type(error).__name__}); the provider must be one "
            f"that LangChain knows ({known}, …), and its settings complete"
        ) from None
    except _setup_errors() as error:
        raise ModelError(
            f"language model: {provider}:{model} can't be set up ({type(error).__name__}); is its key in the "
            f"environment, such as {provider.upper()}_API_KEY?"
        ) from None


def _setup_errors() -> tuple[type[Exception], ...]:
    """What a provider's package raises when it has no key."""
    try:
        from openai import OpenAIError
    except ImportError:
        return (KeyError,)
    return (KeyError, OpenAIError)


def _arguments(provider: str, base_url: str | None) -> dict[str, Any]:
    """What a provider's class is given: one try, an end to silence, and the same words every time where we may ask so.

    Some hosted models refuse a temperature; those that run at home, or behind a server of one's own, take it.
    """
    if provider == "ollama":
        own = {"base_url": base_url} if base_url else {}
        return {
            **own,
            "temperature": 0.0,
            "num_ctx": CONTEXT,
            "num_predict": WRITTEN,
            "client_kwargs": {"timeout": TIMEOUT},
        }
    common: dict[str, Any] = {"timeout": TIMEOUT, "max_retries": 0}
    if provider == "openai":
        common["stream_usage"] = True
    if base_url is not None:
        common |= {"base_url": base_url, "temperature": 0.0, "max_tokens": WRITTEN}
        if provider == "openai" and not os.environ.get("OPENAI_API_KEY"):
            common["api_key"] = "none"  # a server of one's own asks for no key; the package insists on one
    return common
