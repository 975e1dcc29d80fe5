"""A watched folder: what is saved, renamed and deleted there is so in the library soon after."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from library_support import child, opened, unwell
from typer.testing import CliRunner

import footnote
from documents.errors import UnreadableFile
from eval.saved import add_rows, questions_file, saved_rows
from index.gone import FileResult
from index.library import Library
from index.watch import watch

SOON = 25.0  # seconds; a busy machine is slow

WATCHES = """
import sys
from pathlib import Path
from index.watch import watch
from library_support import opened
with opened(Path(sys.argv[1])) as library:
    try:
        for results in watch(library, [Path(sys.argv[2])]):
            for result in results:
                if result.outcome != "unchanged":
                    print(result.outcome, Path(result.path).name, flush=True)
            print("in step", flush=True)
    except KeyboardInterrupt:
        print("ended", flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/first.txt").write_text("The first was there before.")
    return tmp_path / "in"


class Watcher:
    """A watching process, and the lines it has printed."""

    def __init__(self, folder: Path) -> None:
        self.process = child(WATCHES, folder.parent / "library", folder)
        self.lines: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait(lambda: "in step" in self.lines)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def wait(self, met: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON
        while not met():
            assert time.monotonic() < deadline, (self.lines, self.process.poll())
            time.sleep(0.05)

    def said(self, line: str) -> None:
        self.wait(lambda: line in self.lines)


@pytest.fixture
def watcher(folder: Path) -> Iterator[Watcher]:
    watcher = Watcher(folder)
    yield watcher
    if watcher.process.poll() is None:
        watcher.process.kill()
    watcher.process.wait()


def names(folder: Path) -> set[str]:
    with opened(folder.parent / "library") as library:
        assert unwell(library) == []
        return {Path(source).name for record in library.documents() for source in record.sources}


def test_files_come_change_move_and_go(folder: Path, watcher: Watcher) -> None:
    assert watcher.lines[:1] == ["added first.txt"]
    (folder / ".second.txt.swp").write_text("an editor's own")
    (folder / "second.txt~").write_text("an editor's copy")
    (folder / "second.tmp").write_text("The second is new.")
    (folder / "second.tmp").rename(folder / "second.txt")
    watcher.said("added second.txt")
    (folder / "second.txt").write_text("The second was changed.")
    watcher.said("updated second.txt")
    (folder / "second.txt").rename(folder / "third.txt")
    watcher.said("added third.txt")
    watcher.said("removed second.txt")
    other = folder.parent / "other"
    (other / "deep").mkdir(parents=True)
    (other / "deep/fourth.md").write_text("# Fourth\n\nIt came with its folder.")
    other.rename(folder / "other")
    watcher.said("added fourth.md")
    shutil.rmtree(folder / "other")
    watcher.said("removed fourth.md")
    (folder / "first.txt").unlink()
    watcher.said("removed first.txt")
    watcher.process.send_signal(signal.SIGINT)
    watcher.said("ended")
    assert watcher.process.wait(10) == 0
    assert not [line for line in watcher.lines if "swp" in line or "~" in line or "tmp" in line or "failed" in line]
    assert names(folder) == {"third.txt"}


def test_files_that_come_and_go_at_once(folder: Path, watcher: Watcher) -> None:
    for n in range(100):
        (folder / f"{n}.txt").write_text(f"Number {n}.")
        if n % 2:
            (folder / f"{n}.txt").unlink()
    (folder / "last.txt").write_text("The last.")
    watcher.said("added last.txt")
    watcher.said("added 98.txt")
    watcher.process.send_signal(signal.SIGINT)
    watcher.said("ended")
    assert not [line for line in watcher.lines if line.startswith("failed")]
    assert names(folder) == {"first.txt", "last.txt", *(f"{n}.txt" for n in range(0, 100, 2))}


def step(library: Library, folder: Path) -> dict[str, str]:
    """What the first look at a folder finds."""
    stop = threading.Event()
    for results in watch(library, [folder], stop=stop):
        stop.set()
        return {Path(r.path).name: r.outcome for r in results}
    raise AssertionError("nothing was looked at")


def test_the_first_look_prunes_but_not_a_folder_that_is_wholly_empty(folder: Path) -> None:
    (folder / "second.txt").write_text("The second.")
    with opened(folder.parent / "library") as library:
        assert step(library, folder) == {"first.txt": "added", "second.txt": "added"}
        (folder / "first.txt").unlink()
        assert step(library, folder) == {"first.txt": "removed", "second.txt": "unchanged"}
        (folder / "second.txt").rename(folder.parent / "second.txt")
        assert step(library, folder) == {}  # as if its disk had been taken out
        assert len(library) == 1


def test_only_folders_that_are_there_can_be_watched(folder: Path) -> None:
    with opened(folder.parent / "library") as library:
        for path in (folder / "first.txt", folder / "none"):
            with pytest.raises(UnreadableFile, match=path.name):
                next(watch(library, [path]))


def test_the_command(folder: Path) -> None:
    """The command itself, over an unreadable file only, so that no encoder is loaded."""
    (folder / "first.txt").write_text("")
    (folder / "kept.log").mkdir()
    command = ["-m", "footnote", "watch", str(folder), "--library", str(folder.parent / "library")]
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        if line.startswith("watching") and not any(earlier.startswith("watching") for earlier in lines):
            process.send_signal(signal.SIGINT)
        lines.append(line)
    assert process.wait(30) == 0
    assert lines[0].startswith("failed")
    assert "empty" in lines[0]
    assert lines[-1] == "stopped watching\n"


@pytest.mark.parametrize("damaged", [False, True])
def test_kept_questions_go_with_a_watched_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool) -> None:
    monkeypatch.setattr("index.watch.watch", lambda *_, **__: iter([[FileResult("/x/a.md", "removed")], []]))
    opened(tmp_path).close()
    add_rows(tmp_path, [{"id": "a", "question": "A?", "doc_ids": ["/x/a.md"]}])
    if damaged:
        questions_file(tmp_path).write_text("{")
    result = CliRunner().invoke(footnote.app, ["watch", str(tmp_path), "--library", str(tmp_path)])
    assert result.exit_code == 0
    assert "removed   /x/a.md" in result.output
    assert ("not JSON" if damaged else "forgot 1 kept question") in result.output + result.stderr
    assert damaged or saved_rows(tmp_path) == []
