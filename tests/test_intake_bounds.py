"""Reading within bounds: what hangs, crashes or may not be read costs only itself, and Ctrl-C ends the readers."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from library_support import child, opened, prose, unwell

from index.encoder import Encoded, HashEncoder, PassageText
from index.intake import Progress
from index.library import Library

STRANGE = """
import os, pathlib, time
read = pathlib.Path.read_bytes
def strange(path):
    if path.name == "hangs.txt":
        time.sleep(60)
    if path.name == "crashes.txt":
        os._exit(9)
    return read(path)
pathlib.Path.read_bytes = strange
"""


def test_one_that_hangs_and_one_that_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(STRANGE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    names = ("a", "crashes", "hangs", "z")
    (tmp_path / "in").mkdir()
    for n, name in enumerate(names):
        (tmp_path / "in" / f"{name}.txt").write_text(prose(n, 3))
    with opened(tmp_path / "library") as library:
        began = time.monotonic()
        results = library.add_files([tmp_path / "in"], timeout=2)
        assert time.monotonic() - began < 20
        assert [r.outcome for r in results] == ["added", "failed", "failed", "added"]
        assert "crash" in (results[1].reason or "")
        assert "more than 2 s" in (results[2].reason or "")
        assert {Path(f.path).stem for f in library.files() if f.error} == {"crashes", "hangs"}
        assert unwell(library) == []


def test_names_in_any_bytes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/caf\xe9\nx.txt"))
    path.parent.mkdir()
    path.write_text("Words enough for all.")
    with opened(tmp_path / "library") as library:
        (result,) = library.add_files([path.parent])
        assert result.outcome == "added"
        assert result.path.endswith("caf\\xe9\nx.txt")
        assert [r.outcome for r in library.add_files([path.parent], prune=True)] == ["unchanged"]


def test_a_folder_that_may_not_be_listed_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in/closed").mkdir(parents=True)
    (tmp_path / "in/a.txt").write_text("Words enough.")
    (tmp_path / "in/closed/b.txt").write_text("More words.")
    scandir = os.scandir

    def guarded(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with opened(tmp_path / "library") as library:
        library.add_files([tmp_path / "in"])
        with monkeypatch.context() as closed:
            closed.setattr(os, "scandir", guarded)
            results = library.add_files([tmp_path / "in"], prune=True)
        assert {Path(r.path).name: r.outcome for r in results} == {"a.txt": "unchanged", "closed": "failed"}
        assert [Path(f.path).name for f in library.files() if f.error] == ["closed"]
        assert len(library) == 2
        library.add_files([tmp_path / "in"])
        assert not [f for f in library.files() if f.error]


ADDS = """
import sys
from pathlib import Path
from library_support import opened
with opened(Path(sys.argv[1])) as library:
    def tell(progress):
        if progress.stage == "done":
            print(progress.file, flush=True)
    library.add_files([Path(sys.argv[2])], progress=tell)
"""


def readers_of(group: int) -> list[str]:
    """The processes that the process `group` started and that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, parent = status.parent.name, status.read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == group:
            found.append(pid)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in")
def test_ctrl_c_ends_the_readers_and_keeps_what_was_added(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(300):
        (tmp_path / "in" / f"{n:03}.txt").write_text(prose(n, 40))
    process = child(ADDS, tmp_path / "library", tmp_path / "in", process_group=0)
    assert process.stdout is not None
    while process.stdout.readline() != "5\n":
        assert process.poll() is None
    readers = readers_of(process.pid)
    assert readers
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors
    deadline = time.monotonic() + 5
    while any(Path("/proc", pid).exists() for pid in readers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in readers if Path("/proc", pid).exists()]
    with opened(tmp_path / "library") as library:
        assert 5 <= len(library) < 300
        assert not [f for f in library.files() if f.error]  # none was told to have crashed
        assert unwell(library) == []
        before = len(library)
    with Library.open(tmp_path / "library", create=False) as library:
        assert len(library) == before


def test_ctrl_c_does_not_wait_until_a_book_is_encoded(tmp_path: Path) -> None:
    begun = threading.Event()
    seen: list[object] = []

    class Slow(HashEncoder):
        def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
            for found in super().encode_passages(passages):
                seen.append(found)
                begun.set()
                time.sleep(0.02)
                yield found

    def interrupt(progress: Progress) -> None:  # at the second file, while the first is being encoded
        if progress.stage == "read" and progress.path.endswith("c.txt"):
            assert begun.wait(20)
            raise KeyboardInterrupt

    for name, sentences in (("a", 2_000), ("b", 3), ("c", 3)):
        (tmp_path / f"{name}.txt").write_text(prose(1, sentences))
    with Library.open(tmp_path / "library", encoder=Slow(64)) as library:
        with pytest.raises(KeyboardInterrupt):
            library.add_files([tmp_path / f"{name}.txt" for name in "abc"], progress=interrupt)
        assert len(library) == 0 and len(seen) < 20
        assert unwell(library) == []
