"""A damaged, foreign, read-only or full library says what is wrong; what can be made again is, and it is logged."""

import logging
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from library_support import child, document, finished, opened, prose, traces, unwell

from documents.errors import FootnoteError, LibraryCorrupt, LibraryError, LibraryFull, NotInLibrary
from index.library import Library
from index.vectors import VectorIndex


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library of twelve documents, closed."""
    with opened(tmp_path / "library") as library:
        for n in range(12):
            library.add(document(f"{n}.txt", prose(n)))
        library.search("amber")
    return tmp_path / "library"


def truncate(file: Path) -> None:
    os.truncate(file, 5000)


def cut_the_header(file: Path) -> None:
    os.truncate(file, 60)


def overwrite_the_header(file: Path) -> None:
    with file.open("r+b") as handle:
        handle.write(b"x" * 100)


def put_another_database(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE documents (id)")


def put_text(file: Path) -> None:
    file.write_text("these are my notes\n" * 20)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def put_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage", [truncate, cut_the_header, overwrite_the_header, put_another_database, put_text, empty, put_a_folder]
)
def test_the_database_is_damaged(folder: Path, damage: Callable[[Path], None]) -> None:
    file = folder / "library.db"
    damage(file)
    before = file.read_bytes() if file.is_file() else None
    with pytest.raises(LibraryError, match=r"library\.db") as caught, opened(folder) as library:
        assert unwell(library) != []
        library.documents()
        library.search("amber")
    assert damage is put_a_folder or isinstance(caught.value, LibraryCorrupt)
    assert damage is put_a_folder or "move" in str(caught.value)
    assert before == (file.read_bytes() if file.is_file() else None)  # nothing was repaired behind one's back


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(NotInLibrary, match="footnote add"):
        Library.open(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="another library folder"):
        Library.open(tmp_path / "file" / "library")


def test_flipped_bytes_are_seen_and_nothing_crashes(folder: Path) -> None:
    """400 bytes flipped one at a time: whatever is read either is an error of ours or is what doctor passes."""
    file, rng = folder / "library.db", random.Random(5)
    intact, good = file.read_bytes(), {n: document(f"{n}.txt", prose(n)).text for n in range(12)}
    seen = 0
    for _ in range(400):
        at = rng.randrange(100, len(intact))
        file.write_bytes(intact[:at] + bytes([intact[at] ^ (1 << rng.randrange(8))]) + intact[at + 1 :])
        try:
            with opened(folder) as library:
                well = unwell(library) == []
                texts = {library.text(record.id) for record in library.documents()}
                for record in library.documents():
                    library.document(record.id)
                library.search("amber grove")
        except FootnoteError:
            seen += 1
            continue
        seen += not well
        assert not well or texts == set(good.values()), f"byte {at}"
    assert seen > 100  # the rest hit free pages, or words in the index that no check can know better


@pytest.mark.parametrize("damage", ["text", "passage", "vector", "sentence vectors", "spans", "structure", "lexicon"])
def test_doctor_sees(folder: Path, damage: str) -> None:
    statement = {
        "text": "UPDATE documents SET text = replace(text, 'number', 'figure') WHERE rowid = 3",
        "passage": "UPDATE passages SET text = 'something else' WHERE id = 4",
        "vector": "UPDATE passages SET vector = zeroblob(length(vector)) WHERE id = 4",
        "sentence vectors": "UPDATE passages SET sentence_vectors = substr(sentence_vectors, 3) WHERE id = 4",
        "spans": "UPDATE passages SET sentence_spans = zeroblob(length(sentence_spans)) WHERE id = 4",
        "structure": "UPDATE documents SET structure = x'00112233' WHERE rowid = 3",
        "lexicon": "DELETE FROM lexicon WHERE rowid = 4",
    }[damage]
    with sqlite3.connect(folder / "library.db") as db:
        db.execute(statement)
    with opened(folder) as library:
        assert unwell(library) != []
        if damage == "structure":
            with pytest.raises(LibraryCorrupt):
                [library.document(record.id) for record in library.documents()]


def cut(file: Path, other: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def nothing(file: Path, other: Path) -> None:
    os.truncate(file, 0)


def noise(file: Path, other: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(10_000))


def another_library(file: Path, other: Path) -> None:
    shutil.copy(next(other.glob("vectors-*.faiss")), file)


def another_dimension(file: Path, other: Path) -> None:
    ids = VectorIndex.load(file).ids
    VectorIndex.build(ids, np.random.default_rng(1).random((len(ids), 32), np.float32)).save(file)


def another_kind(file: Path, other: Path) -> None:
    faiss.write_index(faiss.IndexFlatIP(64), os.fspath(file))


def missing(file: Path, other: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("damage", [cut, nothing, noise, another_library, another_dimension, another_kind, missing])
def test_the_vectors_are_damaged(
    folder: Path, tmp_path: Path, damage: Callable[[Path, Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path / "other") as other:
        for n in range(13):
            other.add(document(f"{n}.txt", prose(50 + n)))
        other.search("amber")
    (file,) = folder.glob("vectors-*.faiss")
    intact = file.read_bytes()
    with opened(folder) as library:
        expected = library.search("amber grove 3", k=5).hits
    damage(file, tmp_path / "other")
    with opened(folder) as library, caplog.at_level(logging.WARNING):
        assert (unwell(library) == []) == (damage is missing)
        assert library.search("amber grove 3", k=5).hits == expected
        assert unwell(library) == []
    assert file.read_bytes() == intact
    assert (caplog.text == "") == (damage is missing)
    assert damage is missing or "made again" in caplog.text


def test_vectors_of_an_older_copy_of_the_library_are_not_taken(folder: Path, tmp_path: Path) -> None:
    """A copy is restored and another document added: as many changes and passages, other vectors."""
    shutil.copy(folder / "library.db", tmp_path / "copy.db")
    with opened(folder) as library:
        library.add(document("x.txt", "Quartz is a mineral."))
        library.search("quartz")
    (stale,) = folder.glob("vectors-*.faiss")
    content = stale.read_bytes()
    shutil.copy(tmp_path / "copy.db", folder / "library.db")
    with opened(folder) as library:
        stale.write_bytes(content)
        library.add(document("y.txt", "Linen is a cloth."))
        assert library.search("linen cloth").hits[0].text == "Linen is a cloth."
        assert unwell(library) == []


def test_vectors_that_cannot_be_written_are_kept_in_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(index: VectorIndex, path: Path) -> None:
        raise OSError(28, "No space left on device")

    with opened(folder) as library:
        library.add(document("x.txt", "Quartz is a mineral."))
        monkeypatch.setattr(VectorIndex, "save", full)
        with caplog.at_level(logging.WARNING):
            assert library.search("quartz mineral").hits[0].source == "x.txt"
        assert "kept in memory" in caplog.text


def test_a_full_disk_changes_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may not grow beyond its pages: SQLite says the same as on a full disk."""
    connect = sqlite3.connect

    def narrow(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*given, **named)
        connection.execute(f"PRAGMA max_page_count={pages}")
        return connection

    with opened(folder) as library:
        before = library.documents()
        pages = library.store._db.execute("PRAGMA page_count").fetchone()[0]
        monkeypatch.setattr(sqlite3, "connect", narrow)  # of the thread that will write
        big = tmp_path / "big.txt"
        big.write_text("\n\n".join(prose(200 + n) for n in range(30)))
        with pytest.raises(LibraryFull, match="free some space"):
            library.add_files([big])
        assert library.documents() == before
        assert library.search("amber").hits
        assert unwell(library) == []
        monkeypatch.undo()
        assert [r.outcome for r in library.add_files([big])] == ["added"]
        assert unwell(library) == []
    assert traces(folder, b"number 200000")


LIMITED = """
import resource, signal, sys
from pathlib import Path
from typing import Any
from documents.errors import LibraryError
from library_support import document, opened, prose, unwell
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with opened(Path(sys.argv[1])) as library:
    before = library.documents()
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    try:
        library.add(document("big.txt", " ".join(prose(300 + n) for n in range(60))))
    except LibraryError as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert library.documents() == before
    assert unwell(library) == [], unwell(library)
    assert library.add(document("small.txt", prose(400))) == "added"
"""


def test_a_write_that_the_system_refuses_changes_nothing(folder: Path) -> None:
    assert "nothing was changed" in finished(child(LIMITED, folder))
    with opened(folder) as library:
        assert unwell(library) == []


SMALL_DISK = """
import sys
from pathlib import Path
from typing import Any
from documents.errors import LibraryFull
from library_support import document, opened, prose, unwell
with opened(Path(sys.argv[1])) as library:
    try:
        print(*[result.outcome for result in library.add_files([Path(sys.argv[2])])])
    except LibraryFull as error:
        print(error)
    assert unwell(library) == [], unwell(library)
    assert library.search("amber").hits
with opened(Path(sys.argv[1])) as library:
    assert unwell(library) == [], unwell(library)
    print(len(library))
"""


def test_a_small_disk_fills_up(tmp_path: Path) -> None:
    """A file system of eight megabytes of its own, where one can be made."""
    disk, files = tmp_path / "disk", tmp_path / "files"
    disk.mkdir()
    files.mkdir()
    for n in range(20):
        (files / f"{n}.txt").write_text(prose(n, 1000))
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=8m tmpfs '{disk}' 2>/dev/null") != 0:
        pytest.skip("a small file system can only be mounted by root")
    try:
        message, had = finished(child(SMALL_DISK, disk / "library", files)).splitlines()
        assert "free some space" in message
        assert 0 < int(had) < 20
        os.system(f"mount -o remount,size=64m '{disk}'")
        outcomes, has = finished(child(SMALL_DISK, disk / "library", files)).splitlines()
        assert outcomes.split().count("unchanged") == int(had)
        assert outcomes.split().count("added") == 20 - int(had)
        assert int(has) == 20
    finally:
        os.system(f"umount '{disk}'")


READ_ONLY = """
import os, sys
from pathlib import Path
from typing import Any
from documents.errors import LibraryError
from library_support import document, opened, prose
if os.geteuid() == 0:  # whom nothing is forbidden
    os.setgid(65534)
    os.setuid(65534)
try:
    with opened(Path(sys.argv[1])) as library:
        library.add(document("x.txt", prose(1)))
except LibraryError as error:
    print(type(error).__name__, error)
"""


def test_a_read_only_folder(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    ways = [folder, *folder.parents[:3]]  # somebody else must be able to come here, and only to look
    modes = {path: path.stat().st_mode for path in ways}
    for path in ways:
        path.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    try:
        out = finished(child(READ_ONLY, folder))
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert out.startswith("LibraryError")
    assert "must be writable" in out
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
