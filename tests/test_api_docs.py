"""docs/api.md: its Python runs as it stands, its shell commands are known, its figures are the program's."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import library_in, running
from typer.testing import CliRunner

import footnote
from index.library import Library
from qa.ask import LONGEST_QUESTION
from qa.web import line, service, sign_in, throttle
from qa.web.api import incoming, mcp, parts
from qa.web.serve import Door

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_in(tmp_path_factory.mktemp("docs"))


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with running(library) as address:
        yield address


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_python_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("openai", "langchain_openai", "mcp"):
        pytest.importorskip(module)
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(compile(block.replace(ADDRESS, address), "docs/api.md", "exec"), names)
    printed = capsys.readouterr().out
    assert (
        "added None []" in printed
        and "done 1 1 ['added']" in printed
        and re.search(r"answer \{'question': 'Who approved it\?'", printed)
    )
    names["api"].close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_first_command_runs(address: str) -> None:
    command = blocks("sh")[0].replace(ADDRESS, address)
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["question"] == "How much does the new tram line cost?"


def test_every_footnote_command_is_one() -> None:
    told = [
        line.split("#")[0].split()
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("footnote")
    ]
    assert len(told) >= 3
    for words in told:
        names = [w for w in words[1:3] if w in {"user", "token", "add", "change", "remove", "chat"}]
        shown = CliRunner().invoke(footnote.app, [*names, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0
        assert all(option in shown.output for option in words if option.startswith("--")), words
    (config,) = blocks("json")
    assert json.loads(config)["mcpServers"]["footnote"]["args"][0] == "mcp"


def test_the_figures_are_the_programs() -> None:
    for figure in (
        f"at most {LONGEST_QUESTION:,} characters",
        f"at most {parts.MOST_FILES} files and {throttle.UPLOAD >> 20} MB",
        f"{throttle.BODY >> 20} MB; {throttle.UPLOAD >> 20} MB for documents",
        f"{Door().rate} a minute",
        f"stops coming | {incoming.STALLED:.0f} s",
        f"{line.MOST}, of one caller {line.EACH}, while {line.AT_ONCE} are read",
        f"{service.WAITING}, while {service.AT_ONCE} are answered",
    ):
        assert figure in TEXT, figure
    made = sign_in.SignIn(None)  # type: ignore[arg-type]
    assert (made.tries.most, made.address_tries.most) == (5, 30) and "thirty from one address" in TEXT
    assert all(f"`{tool}`" in TEXT for tool in ("ask", "search", "read_source")) and mcp.server


def test_every_route_is_told_of(library: Library) -> None:
    from qa.web.api.app import api
    from qa.web.service import Service

    for path in api(Service(library)).openapi()["paths"]:
        assert re.sub(r"{\w+}", "{id}", path) in TEXT or path.startswith("/v1"), path
