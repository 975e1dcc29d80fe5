"""The models worth fetching: each named by its setting, fetched once, or a message where no hub is reached."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("huggingface_hub")

import footnote
from documents.errors import ModelError
from qa.chain import Options
from qa.recommended import RECOMMENDED, fetch


def test_every_model_is_named_by_a_setting_and_stands_in_the_documents() -> None:
    settings = {field.name for field in fields(Options)} | {"encoder"}
    assert {model.setting for model in RECOMMENDED} == {"encoder", "reranker", "reader", "nli"} <= settings
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    assert [model.name for model in RECOMMENDED if model.name not in readme] == []


@pytest.mark.parametrize(("files", "older"), [(["model.safetensors", "a.onnx"], True), (["pytorch_model.bin"], False)])
def test_weights_that_are_there_twice_are_fetched_once(
    monkeypatch: pytest.MonkeyPatch, files: list[str], older: bool
) -> None:
    left_out: list[list[str]] = []

    def download(name: str, ignore_patterns: list[str], **others: Any) -> None:
        left_out.append(ignore_patterns)

    monkeypatch.setattr("qa.recommended.hub_reachable", lambda: True)
    monkeypatch.setattr("huggingface_hub.list_repo_files", lambda name: files)
    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert [model.name for model in fetch()] == [model.name for model in RECOMMENDED]
    assert [("pytorch_model*.bin" in patterns) for patterns in left_out] == [older] * len(RECOMMENDED)
    assert all("*.onnx" in patterns for patterns in left_out)


def test_without_a_hub_the_command_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"can't be fetched.*--nli folders"):
        list(fetch())
    with pytest.raises(SystemExit) as ended:
        footnote.main(["models", "--fetch"])
    assert ended.value.code == 1
    assert "another machine" in " ".join(capsys.readouterr().err.split())


def test_the_command_names_them_with_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        footnote.main(["models"])
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert all(f"--{model.setting} {model.name} ({model.licence})" in printed for model in RECOMMENDED)
