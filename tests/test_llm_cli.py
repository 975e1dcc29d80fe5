"""The options that name a language model on the command line: what is wrong is said before anything is opened."""

import re
import shlex
from pathlib import Path
from typing import Any

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


def test_the_commands_of_the_document_exist() -> None:
    from typer.main import get_command

    text = (Path(__file__).resolve().parents[1] / "docs" / "models.md").read_text(encoding="utf-8")
    block = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[0]
    group: Any = get_command(footnote.app)
    lines = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    assert len(lines) == 3
    for name, *arguments in lines:
        known = {option for parameter in group.commands[name].params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("-")} <= known
