"""The options that name a language model on the command line: what is wrong is said before anything is opened."""

from pathlib import Path

import pytest

import footnote


@pytest.mark.parametrize("command", [["ask", "Who?"], ["eval", "--limit", "1"], ["chat"]], ids=lambda c: c[0])
def test_a_wrong_model_ends_the_command(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        footnote.main([*command, "--library", str(tmp_path / "none"), "--llm", "no-such-model"])
    assert ended.value.code == 1
    assert "'no-such-model' names no model; give provider:model" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "none").exists()


def test_an_address_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        footnote.main(["ask", "Who?", "--library", str(tmp_path), "--base-url", "http://127.0.0.1:1/v1"])
    assert ended.value.code == 2


def test_an_unknown_way_with_unsupported_sentences(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        footnote.main(["ask", "Who?", "--library", str(tmp_path), "--unsupported", "hide"])
    assert ended.value.code == 2
