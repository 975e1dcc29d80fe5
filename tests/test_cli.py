"""The command line: every command answers, says what is wrong, and ends with the right code."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from library_support import document, opened, prose, unwell
from typer.testing import CliRunner, Result

import footnote
from documents.errors import FootnoteError

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    "add",
    "watch",
    "list",
    "remove",
    "ask",
    "read",
    "doctor",
    "reencode",
    "models",
    "chat",
    "mcp",
    "user",
    "token",
    "eval",
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library of two documents; what is asked of it here needs no encoder."""
    with opened(tmp_path / "library") as library:
        library.add(document("/in/ferry.txt", "The ferry costs three euros."), collection="travel")
        library.add(document("/in/dome.md", "# Dome\n\nThe dome was built in 1877."))
    return tmp_path / "library"


def run(place: Path, command: str, *arguments: object) -> Result:
    """A command in this process; errors of ours come out as `main` would print them, with code 1."""
    result = CliRunner().invoke(footnote.app, [command, *map(str, arguments)], env={"FOOTNOTE_LIBRARY": str(place)})
    if isinstance(result.exception, FootnoteError):
        result.exit_code = 1
        result.output_bytes += str(result.exception).encode()
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def process(place: Path, *arguments: object, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "FOOTNOTE_LIBRARY": str(place), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "footnote", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, **options)  # type: ignore[call-overload]


def test_every_command_explains_itself() -> None:
    commands = {c.name or c.callback.__name__ for c in footnote.app.registered_commands if c.callback}
    assert commands | {group.name for group in footnote.app.registered_groups} == set(COMMANDS)
    for command in COMMANDS:
        result = CliRunner().invoke(footnote.app, [command, "--help"])
        assert result.exit_code == 0
        assert "Usage" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",), ("ask",), ("remove",), ("read",), ("watch",), ("nonsense",), ("list", "--nonsense"),
        ("chat", "--port", "99999"), ("add", "x.txt", "--timeout", "0"), ("eval", "--documents", "docs"),
        ("list", "--since", "yesterday"), ("list", "--type", "nonsense"), ("watch", "no such folder"),
        ("watch", __file__),
    ],
)  # fmt: skip
def test_wrong_use_is_code_2(place: Path, arguments: tuple[str, ...]) -> None:
    assert run(place, *arguments).exit_code == 2


def junk(folder: Path) -> dict[str, Path]:
    (folder / "nothing").mkdir()
    (folder / "empty.txt").touch()
    (folder / "junk.txt").write_bytes(bytes(range(256)) * 40)
    names = ("missing.txt", "nothing", "empty.txt", "junk.txt")
    return {name: folder / name for name in names}


@pytest.mark.parametrize("command", ["add", "read"])
@pytest.mark.parametrize("name", ["missing.txt", "nothing", "empty.txt", "junk.txt"])
def test_what_can_not_be_read_is_code_1_and_is_named(place: Path, tmp_path: Path, command: str, name: str) -> None:
    result = run(place, command, junk(tmp_path)[name])
    assert result.exit_code == 1
    assert name in result.output


def test_problems_are_remembered(place: Path, tmp_path: Path) -> None:
    assert "Everything was read" in run(place, "list", "--problems").output
    run(place, "add", junk(tmp_path)["junk.txt"])
    assert "junk.txt" in run(place, "list", "--problems").output
    assert "junk.txt" in run(place, "list", "--problems", "--path", "*junk*").output
    assert "junk.txt" not in run(place, "list", "--problems", "--type", "pdf").output
    failed = json.loads(run(place, "list", "--json").stdout)["failed"]
    assert [Path(f["path"]).name for f in failed] == ["junk.txt"]
    (tmp_path / "junk.txt").unlink()
    assert "forgot" in run(place, "remove", tmp_path / "junk.txt").output
    assert run(place, "remove", tmp_path / "junk.txt").exit_code == 1
    assert json.loads(run(place, "list", "--json").stdout)["failed"] == []


def test_list_and_its_limits(place: Path) -> None:
    def listed(*arguments: str) -> set[str]:
        shown = json.loads(run(place, "list", "--json", *arguments).stdout)["documents"]
        return {Path(d["sources"][0]).stem for d in shown}

    assert listed() == {"ferry", "dome"}
    assert listed("--type", "md", "--type", "pdf") == {"dome"}
    assert listed("--collection", "travel") == {"ferry"}
    assert listed("--path", "/in/d*") == {"dome"}
    assert listed("--document", "/in/ferry.txt") == {"ferry"}
    assert listed("--since", "2024") == set()
    assert "No document matches" in run(place, "list", "--type", "pdf").output


def test_remove(place: Path) -> None:
    result = run(place, "remove", "/in/dome.md", "no such id")
    assert result.exit_code == 1
    assert "removed Dome" in result.output
    assert "no such id" in result.output
    assert "dome" not in run(place, "list").output


@pytest.mark.parametrize("name", ["dome.md", "Dome.MD", "in/dome.md", "Dome", "dome"])
def test_remove_by_a_name_that_one_document_has(place: Path, name: str) -> None:
    result = run(place, "remove", name)
    assert result.exit_code == 0
    assert "removed Dome" in result.output
    assert "ferry" in run(place, "list").output


@pytest.mark.parametrize("name", ["ome.md", "n/dome.md", "", "/", "Dom", "md", "я" * 200])
def test_remove_takes_no_part_of_a_name(place: Path, name: str) -> None:
    assert run(place, "remove", name).exit_code == 1
    assert len(json.loads(run(place, "list", "--json").stdout)["documents"]) == 2


@pytest.mark.parametrize("name", ["dome.md", "Dome"])
def test_remove_names_all_that_a_name_may_mean_and_removes_none(place: Path, name: str) -> None:
    other = document("/out/dome.md", "# Dome\n\nThis dome was built in 1902.")
    with opened(place) as library:
        library.add(other)
    result = run(place, "remove", name)
    assert result.exit_code == 1
    assert all(source in result.output for source in ("/in/dome.md", "/out/dome.md", other.id[:8]))
    assert len(json.loads(run(place, "list", "--json").stdout)["documents"]) == 3
    assert run(place, "remove", "/out/dome.md").exit_code == 0  # a source in full is never in doubt


def test_remove_names_all_whose_ids_begin_alike(place: Path) -> None:
    alike = [document(f"/in/{text}", text) for text in ("number 3", "number 88")]  # so do their SHA-256
    with opened(place) as library:
        for one in alike:
            library.add(one)
    result = run(place, "remove", alike[0].id[:4])
    assert result.exit_code == 1
    assert all(one.id[:8] in result.output for one in alike)
    assert len(json.loads(run(place, "list", "--json").stdout)["documents"]) == 4


def test_remove_takes_a_file_that_is_there_for_itself(place: Path, tmp_path: Path) -> None:
    (tmp_path / "dome.md").write_text("Another dome, never added.")
    assert run(place, "remove", tmp_path / "dome.md").exit_code == 1
    assert "dome" in run(place, "list").output


def test_an_unknown_document_to_ask(place: Path) -> None:
    result = run(place, "ask", "What does the ferry cost?", "--document", "ffffffff")
    assert result.exit_code == 1
    assert "ffffffff" in result.output


@pytest.mark.parametrize("length", [0, 50_000])
def test_questions_of_no_and_of_too_many_characters(place: Path, length: int) -> None:
    result = run(place, "ask", "x" * length)
    assert result.exit_code == 1
    assert "question" in result.output


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"role": "user", "text": "x"}', '[{"role": "cat", "text": "x"}]'])
def test_a_history_that_is_none(place: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "turns.json").write_text(text)
    assert run(place, "ask", "And when?", "--history", tmp_path / "turns.json").exit_code == 2
    assert run(place, "ask", "And when?", "--history", tmp_path / "none.json").exit_code == 2


@pytest.mark.parametrize("command", ["list", "doctor", "ask", "remove"])
def test_no_library_and_a_damaged_one(tmp_path: Path, command: str) -> None:
    arguments = ("x",) if command in ("ask", "remove") else ()
    result = run(tmp_path / "none", command, *arguments)
    assert result.exit_code == 1
    assert "there is no library" in result.output
    (tmp_path / "library.db").write_bytes(b"not a database" * 100)
    result = run(tmp_path, command, *arguments)
    assert result.exit_code == 1
    assert "library.db" in result.output


def test_doctor(place: Path) -> None:
    assert run(place, "doctor").exit_code == 0
    with opened(place) as library, library.store.transaction():
        library.store._db.execute("UPDATE documents SET text = 'other'")
    result = run(place, "doctor", "--json")
    assert result.exit_code == 1
    assert not all(f["ok"] for f in json.loads(result.stdout))


def test_looking_loads_nothing_heavy(place: Path) -> None:
    code = """
import sys
import footnote
for command in (["--help"], ["list"], ["doctor"], ["list", "--problems", "--since", "2024"]):
    try:
        footnote.app(command)
    except SystemExit as end:
        assert not end.code, end.code
heavy = {"torch", "gradio", "transformers", "sentence_transformers", "onnxruntime", "langchain_core"} & set(sys.modules)
assert not heavy, heavy
"""
    environment = {**os.environ, "FOOTNOTE_LIBRARY": str(place)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def readme_commands() -> list[list[str]]:
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("footnote ")]
    return [shlex.split(line, comments=True)[1:] for line in lines]


def test_the_commands_of_the_readme_exist() -> None:
    from typer.main import get_command

    group = get_command(footnote.app)
    commands = readme_commands()
    assert len(commands) > 5
    for name, *arguments in commands:
        known = {option for parameter in group.commands[name].params for option in parameter.opts}  # type: ignore[attr-defined]
        assert {argument for argument in arguments if argument.startswith("-")} <= known, (name, arguments)


def test_adding_and_asking_for_real(tmp_path: Path) -> None:
    """The one test with the real encoder, as a user would: two processes."""
    (tmp_path / "ferry.txt").write_text("The ferry to the island costs three euros. It leaves at noon.")
    out, err = process(tmp_path / "library", "add", tmp_path).communicate(timeout=300)
    assert "1 added" in out, err
    asked = process(tmp_path / "library", "ask", "What does the ferry cost?", "--json", "--type", "txt")
    out, err = asked.communicate(timeout=300)
    assert asked.returncode == 0, err
    answer = json.loads(out)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == "The ferry to the island costs three euros."


def test_ctrl_c_while_adding_leaves_the_library_sound(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(40):
        (tmp_path / "in" / f"{n:02}.txt").write_text("\n\n".join(prose(n * 20 + i, 40) for i in range(10)))
    adding = process(tmp_path / "library", "add", tmp_path / "in", process_group=0)
    deadline = time.monotonic() + 120
    while not (tmp_path / "library/library.db").is_file() or not stored(tmp_path / "library"):
        assert adding.poll() is None, adding.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    os.killpg(adding.pid, signal.SIGINT)
    _, errors = adding.communicate(timeout=60)
    assert adding.returncode == 130
    assert "stopped" in errors
    assert "Traceback" not in errors
    with opened(tmp_path / "library") as library:
        assert unwell(library) == []
        assert 0 < len(library) < 40


def stored(place: Path) -> int:
    with opened(place) as library:
        return len(library)
