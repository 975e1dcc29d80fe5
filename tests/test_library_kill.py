"""A kill at any moment leaves each document wholly old or wholly new, and what was interrupted can be done again."""

import random
import signal
import subprocess
import time
from pathlib import Path

from library_support import child, opened, prose, traces, unwell

ROUNDS = 12  # each: kill while adding, while replacing, while removing

WRITER = """
import sys
from pathlib import Path
from library_support import opened
folder, files, action = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
library = opened(folder)
begun = []
def begin(progress=None):
    if not begun and (progress is None or progress.stage == "encode"):  # once the first file was read
        begun.append(print("ready", flush=True))
if action == "remove":
    begin()
    for record in library.documents():
        library.remove(record.id)
else:
    library.add_files([files], progress=begin)
    library.search("amber")
print("done", flush=True)
"""


def write(files: Path, version: int) -> dict[str, str]:
    """Six files; returns the canonical text that each holds now."""
    files.mkdir(exist_ok=True)
    texts = {}
    for n in range(6):
        texts[str(files / f"{n}.txt")] = prose(100 * version + n)
        (files / f"{n}.txt").write_text(texts[str(files / f"{n}.txt")])
    return texts


def killed(folder: Path, files: Path, action: str, wait: float) -> bool:
    """Runs a writer and kills it `wait` seconds after it began; whether it was killed before it was done."""
    process = child(WRITER, folder, files, action)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    assert "Traceback" not in err, err
    return "done" not in out


def check(folder: Path, *allowed: dict[str, str]) -> None:
    """Every document of the library is one of those that could be there, and nothing is left in between."""
    with opened(folder) as library:
        assert unwell(library) == []
        for record in library.documents():
            (source,) = record.sources
            assert library.text(record.id) in [texts[source] for texts in allowed]
            first = library.text(record.id).split("\n")[0]
            assert library.search(first, k=1).hits[0].document_id == record.id


def test_killed_at_random_moments(tmp_path: Path) -> None:
    rng = random.Random(20_26)
    files, interrupted = tmp_path / "files", {"add": 0, "replace": 0, "remove": 0}
    waits = {"add": 0.12, "replace": 0.2, "remove": 0.12}  # seconds at most: shorter where the writer was done before

    def kill(folder: Path, action: str) -> None:
        early = killed(folder, files, action, rng.uniform(0, waits[action]))
        interrupted[action] += early
        waits[action] *= 1.2 if early else 0.5

    for number in range(ROUNDS):
        folder = tmp_path / f"library-{number}"
        old = write(files, 2 * number)
        kill(folder, "add")
        check(folder, old)
        with opened(folder) as library:
            library.add_files([files])
            assert {library.text(r.id) for r in library.documents()} == set(old.values())
        new = write(files, 2 * number + 1)
        kill(folder, "replace")
        check(folder, old, new)
        with opened(folder) as library:
            library.add_files([files])
            assert {library.text(r.id) for r in library.documents()} == set(new.values())
            assert unwell(library) == []
        kill(folder, "remove")
        check(folder, new)
        with opened(folder) as library:
            gone = set(new.values()) - {library.text(r.id) for r in library.documents()}
        numbers = [text.split("number ")[1].split()[0].encode() for text in gone]
        assert traces(folder, *numbers) == []
    assert all(count >= ROUNDS // 4 for count in interrupted.values()), interrupted  # the moments were well chosen


def test_killed_before_the_first_document(tmp_path: Path) -> None:
    """What is in the log only must be found again: the header tells whose file it is from the start."""
    finished = child(
        "import os, sys; from pathlib import Path; from library_support import opened;"
        "opened(Path(sys.argv[1])); os.kill(os.getpid(), 9)",
        tmp_path / "library",
    )
    finished.communicate()
    assert finished.returncode == -signal.SIGKILL
    with opened(tmp_path / "library") as library:
        assert unwell(library) == []
        assert len(library) == 0


def test_killed_while_writing_the_vectors(tmp_path: Path) -> None:
    """A draft of the current vectors goes with the process that wrote it, and stays while that one runs."""
    with opened(tmp_path) as library:
        generation = library.store.generation
    sleeper = child("import sys; print('ready', flush=True); sys.stdin.read()", stdin=subprocess.PIPE)
    draft = tmp_path / f"vectors-{generation}.faiss.{sleeper.pid}-1.tmp"
    draft.write_bytes(b"half")
    with opened(tmp_path) as library:
        assert draft.exists()
        assert unwell(library) == []
    sleeper.kill()
    sleeper.communicate()
    with opened(tmp_path) as library:
        assert not draft.exists()
        assert unwell(library) == []
