"""Reading in worker processes: a file that hangs, crashes or eats memory costs only itself."""

import json
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument, LimitExceeded, UnreadableFile
from documents.load import load, load_bytes
from documents.pool import read_files
from documents.wire import from_json, to_json


def test_results_are_those_of_reading_here(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.md").write_text(f"# Title {number}\n\nSome words, {number} of them.")
    (tmp_path / "none.txt").touch()
    results = {result.path.name: result for result in read_files(sorted(tmp_path.iterdir()))}
    assert len(results) == 6
    for number in range(5):
        assert list(results[f"{number}.md"].documents) == load(tmp_path / f"{number}.md")
    assert isinstance(results["none.txt"].error, EmptyDocument)
    assert "none.txt" in str(results["none.txt"].error)


def test_names_in_any_bytes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.txt"))
    path.write_text("Words enough.")
    (result,) = read_files([path])
    assert result.path == path
    assert result.documents[0].text == "Words enough."


HANGS = """
import pathlib, time
read = pathlib.Path.read_bytes
pathlib.Path.read_bytes = lambda path: time.sleep(60) if path.name == "slow.txt" else read(path)
"""


def customised(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every worker run some code before its first file."""
    (folder / "site").mkdir()
    (folder / "site/sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder / "site"))


def test_one_that_hangs_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customised(tmp_path, HANGS, monkeypatch)
    for name in ("slow.txt", "quick.txt"):
        (tmp_path / name).write_text("Quickly said.")
    started = time.monotonic()
    first, second = read_files([tmp_path / "slow.txt", tmp_path / "quick.txt"], workers=1, timeout=4.0)
    assert time.monotonic() - started < 40  # and not the minute that it hangs; a worker's start counts too
    assert isinstance(first.error, LimitExceeded)
    assert "slow.txt" in str(first.error)
    assert second.documents[0].text == "Quickly said."


def test_one_that_needs_too_much_memory(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_bytes(b"words and words. " * (60 << 20 >> 4))
    small = tmp_path / "small.txt"
    small.write_text("Little.")
    first, second = read_files([big, small], workers=1, memory=160 << 20)
    assert isinstance(first.error, LimitExceeded)
    assert "big.txt" in str(first.error)
    assert second.documents[0].text == "Little."


def test_closing_early_leaves_no_process(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.txt").write_text("Words.")
    reading = read_files(sorted(tmp_path.iterdir()))
    next(reading)
    reading.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "footnote-reader"]


def test_a_crash_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customised(tmp_path, "import os; os._exit(9)", monkeypatch)
    path = tmp_path / "a.txt"
    path.write_text("Words.")
    (result,) = read_files([path])
    assert isinstance(result.error, UnreadableFile)
    assert "exit code 9" in str(result.error)


@settings(deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cc"]), min_size=1),
    rows=st.lists(st.text(alphabet="abc,\n"), max_size=5),
)
def test_documents_survive_the_wire(text: str, rows: list[str]) -> None:
    table = "x,y\n" + "\n".join(rows)
    for content, name in ((f"# Title of it\n\n{text} x", "a.md"), (table, "b.csv")):
        documents = load_bytes(content.encode("utf-8", "replace"), name)
        assert from_json(json.loads(to_json(documents))) == documents
