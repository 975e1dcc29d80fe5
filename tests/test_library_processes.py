"""Several processes and threads at once: readers see one committed state, writers take turns or are told."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from library_support import child, document, finished, opened, prose, unwell

from documents.errors import EncoderMismatch, LibraryBusy
from index.encoder import HashEncoder
from index.library import Library

ADDS = """
import sys
from pathlib import Path
from library_support import document, opened, prose
with opened(Path(sys.argv[1])) as library:
    for n in range(int(sys.argv[2]), int(sys.argv[3])):
        library.add(document(f"{n}.txt", prose(n, 8)))
        if n % 5 == 4:
            library.remove(f"{n}.txt")
"""

READS = """
import sys, time
from pathlib import Path
from documents.errors import NotInLibrary
from library_support import opened
with opened(Path(sys.argv[1])) as library:
    sizes, until = [], time.monotonic() + float(sys.argv[2])
    while time.monotonic() < until and (len(sizes) <= 5 or max(sizes) <= 10):
        hits = library.search("amber grove number", k=1000).hits
        records = {r.id: r for r in library.documents()}
        for hit in hits[:5]:
            if hit.document_id in records:  # it may be removed at any moment
                try:
                    text = library.text(hit.document_id)
                except NotInLibrary:
                    continue
                assert text[hit.start : hit.end] == hit.text
        sizes.append(len({hit.document_id for hit in hits}))
    print(len(sizes), max(sizes))
"""


def test_two_readers_while_one_writer_works(tmp_path: Path) -> None:
    writer = child(ADDS, tmp_path, 0, 40)
    readers = [child(READS, tmp_path, 60) for _ in range(2)]
    finished(writer)
    for reader in readers:
        searches, largest = map(int, finished(reader).split())
        assert searches > 5
        assert largest > 10
    with opened(tmp_path) as library:
        assert len(library) == 32
        assert unwell(library) == []


def test_two_writers_at_once_both_finish(tmp_path: Path) -> None:
    for writer in [child(ADDS, tmp_path, 0, 25), child(ADDS, tmp_path, 25, 50), child(ADDS, tmp_path, 0, 25)]:
        _, errors = writer.communicate(timeout=120)
        # The third adds and removes the same documents as the first: only "it is gone already" is allowed.
        assert writer.returncode == 0 or "NotInLibrary" in errors, errors
    with opened(tmp_path) as library:
        assert {r.sources[0] for r in library.documents()} >= {f"{n}.txt" for n in range(25, 50) if n % 5 != 4}
        assert unwell(library) == []


def test_many_processes_make_the_same_new_library(tmp_path: Path) -> None:
    starts = "import sys; from pathlib import Path; from library_support import opened; opened(Path(sys.argv[1]))"
    for process in [child(starts, tmp_path / "library") for _ in range(6)]:
        finished(process)


def test_a_writer_that_never_ends_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.database.BUSY_SECONDS", 0.2)
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
        other = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for change in (lambda: library.add(document("b.txt", prose(2))), lambda: library.remove("a.txt")):
            with pytest.raises(LibraryBusy, match="try again"):
                change()
        assert [r.sources for r in library.documents()] == [("a.txt",)]
        assert library.search("amber").hits
        other.execute("ROLLBACK")
        other.close()
        assert library.add(document("b.txt", prose(2))) == "added"


def test_opening_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    """Not even when it finds a removal that was interrupted."""
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
        library.add(document("b.txt", prose(2)))
        with library.store.transaction():
            library.store.delete_sources_of(library.record("a.txt").id)
            library.store.delete_unnamed([document("a.txt", prose(1)).id])
        with library.store.transaction():
            began = time.monotonic()
            with ThreadPoolExecutor(1) as other:
                other.submit(lambda: opened(tmp_path).close()).result()
            assert time.monotonic() - began < 5
        assert unwell(library) != []
    with opened(tmp_path) as library:
        assert unwell(library) == []


def test_eight_threads_search_while_one_adds(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("first.txt", prose(0)))
        done = threading.Event()

        def searches() -> int:
            count = 0
            while not done.is_set():
                result = library.search([("amber met the grove", 1.0), ("number 3", 0.4)], k=5)
                assert len(result.hits) >= 1
                for hit in result.hits:
                    assert library.text(hit.document_id)[hit.start : hit.end] == hit.text
                count += 1
            return count

        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(searches) for _ in range(8)]
            try:
                for n in range(1, 30):
                    library.add(document(f"{n}.txt", prose(n, 10)))
            finally:
                done.set()
            assert all(future.result() > 0 for future in running)
        assert unwell(library) == []


def test_threads_that_ended_leave_no_connections(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
        for _ in range(20):
            thread = threading.Thread(target=lambda: library.search("amber"))
            thread.start()
            thread.join()
        assert len(library.store._all) <= 2


def test_two_encoders_at_once_do_not_mix(tmp_path: Path) -> None:
    """Both look at an empty library, then both add: the second must be refused, not written beside the first."""
    with opened(tmp_path) as one, Library.open(tmp_path, encoder=HashEncoder(32)) as two:
        assert one.encoder.dimension == 64
        assert two.encoder.dimension == 32
        one.add(document("a.txt", prose(1)))
        with pytest.raises(EncoderMismatch, match=r"hash-64.*hash-32"):
            two.add(document("b.txt", prose(2)))
        with pytest.raises(EncoderMismatch, match="make a new library"):
            two.search("amber")
        assert len(two) == 1
