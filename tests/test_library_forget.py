"""Deleted means gone: from the answers, and from the bytes of every file of the library."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from library_support import WORDS, child, document, finished, opened, prose, traces, unwell

from documents.errors import NotInLibrary
from index import generations
from index.encoder import HashEncoder
from index.library import Library

SECRET = "Zyzzogeton"  # Porter leaves "zyzzogeton" as it is


def filled(folder: Path, count: int = 20) -> Library:
    library = opened(folder)
    for n in range(count):
        library.add(document(f"{n}.txt", prose(n)))
    return library


def needles(library: Library, document_id: str) -> list[bytes]:
    """The word as written and as indexed, and the vectors of the document's passages in both precisions."""
    with sqlite3.connect(library.path / "library.db") as db:
        rows = db.execute("SELECT vector FROM passages WHERE document_id = ?", (document_id,)).fetchall()
    assert rows
    halves = [np.frombuffer(row[0], dtype="<f2") for row in rows]
    return [SECRET.encode(), SECRET.lower().encode()] + [
        vector[:8].astype(kind).tobytes() for vector in halves for kind in ("<f2", "<f4")
    ]


def test_the_search_for_traces_finds_them(tmp_path: Path) -> None:
    """The tests below could not fail if this one did."""
    with filled(tmp_path, 3) as library:
        secret = document("secret.txt", f"The password is {SECRET}.")
        library.add(secret)
        library.search("password")
        found = traces(tmp_path, *needles(library, secret.id))
        for where in ("b'Zyz", "b'zyz", "faiss"):
            assert any(where in line for line in found), found


def test_removed(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        secret = document(f"/home/{SECRET}/secret.txt", f"The password is {SECRET}.\n\n{prose(99)}")
        library.add(secret)
        library.add(document("later.txt", prose(21)))  # so that its words are not in the newest segment
        assert library.search(SECRET).hits[0].document_id == secret.id
        bytes_of_it = needles(library, secret.id)
        library.remove(secret.id)
        assert traces(tmp_path, *bytes_of_it) == []
        assert all(hit.document_id != secret.id for hit in library.search(SECRET, k=1000).hits)
        assert traces(tmp_path, *bytes_of_it) == []
        assert unwell(library) == []
        with pytest.raises(NotInLibrary):
            library.document(secret.id)


@pytest.mark.parametrize("by_file", [True, False])
def test_replaced(tmp_path: Path, by_file: bool) -> None:
    folder, file = tmp_path / "library", tmp_path / "note.txt"
    with filled(folder) as library:
        old = f"The password is {SECRET}.\n\n{prose(98)}"
        for text in (old, "The password was changed."):
            file.write_text(text)
            if by_file:
                library.add_files([file])
            else:
                library.add(document(str(file), text))
            library.search("password")
            if text is old:
                bytes_of_it = needles(library, document(str(file), old).id)
                assert traces(folder, *bytes_of_it)
        assert traces(folder, *bytes_of_it) == []
        assert library.search("password", k=1).hits[0].text == "The password was changed."


def test_another_process_that_had_it_open_finds_it_no_more(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from library_support import opened
library = opened(Path(sys.argv[1]))
for line in sys.stdin:
    print(*[hit.source for hit in library.search(line).hits if "Zyzzogeton" in hit.text], flush=True)
"""
    with filled(tmp_path, 5) as library:
        library.add(document("secret.txt", f"The password is {SECRET}."))
        process = child(code, tmp_path, stdin=-1)
        assert process.stdin is not None
        assert process.stdout is not None

        def asked() -> str:
            process.stdin.write(f"{SECRET}\n")
            process.stdin.flush()
            return process.stdout.readline()

        assert asked() == "secret.txt\n"
        library.remove("secret.txt")
        assert asked() == "\n"
        assert finished(process) == ""
        assert traces(tmp_path, SECRET.encode(), SECRET.lower().encode()) == []


def test_a_slow_reader_brings_no_removed_vectors_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of the old state saves its vectors after the removal: they must not stay."""
    with filled(tmp_path, 5) as writer, opened(tmp_path) as reader:
        secret = document("secret.txt", f"The password is {SECRET}.")
        writer.add(secret)
        bytes_of_it = needles(writer, secret.id)
        build = generations.VectorIndex.build

        def slow(ids: np.ndarray, vectors: np.ndarray) -> generations.VectorIndex:
            monkeypatch.setattr(generations.VectorIndex, "build", build)
            monkeypatch.setattr("index.database.BUSY_SECONDS", 0.1)
            writer.store.close()  # its connection is made again, with the shorter wait
            writer.remove("secret.txt")
            return build(ids, vectors)

        monkeypatch.setattr(generations.VectorIndex, "build", slow)
        assert any(SECRET in hit.text for hit in reader.search(SECRET).hits)  # the state it began with
        writer.search("amber")
        assert not [line for line in traces(tmp_path, *bytes_of_it) if "faiss" in line]
        # The log was being read while the document was removed: the next change, or opening, clears it.
        assert any("removed documents" in line for line in unwell(writer))
    with opened(tmp_path) as library:
        assert unwell(library) == []
    assert traces(tmp_path, *bytes_of_it) == []


def test_the_words_of_many_removed_documents(tmp_path: Path) -> None:
    """In any order, with additions in between: the full-text index has segments of many ages."""
    rng = np.random.default_rng(3)
    with opened(tmp_path) as library:
        alive: dict[str, str] = {}
        for n in range(60):
            word = f"qq{''.join(rng.choice(list('bcdfgh'), 9))}qq"
            library.add(document(f"{n}.txt", f"{word} {prose(n, 5)}"))
            alive[f"{n}.txt"] = word
            if n % 3 == 2:
                name = str(rng.choice(sorted(alive)))
                gone = alive.pop(name)
                library.remove(name)
                assert traces(tmp_path, gone.encode()) == []
        assert unwell(library) == []
        for name, word in alive.items():
            ((found, _),) = library.store.lexical([word], 5)
            assert library.store.passages([found], 64)[found].source == name


def test_removed_under_all_its_names_and_added_again(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as library:
        for name in ("a.txt", "b.txt"):
            (tmp_path / name).write_text(prose(1))
        library.add_files([tmp_path / "a.txt", tmp_path / "b.txt"])
        (record,) = library.documents()
        assert library.remove(record.id).sources == (str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))
        assert library.files() == []
        assert [r.outcome for r in library.add_files([tmp_path / "a.txt"])] == ["added"]


@pytest.mark.parametrize("key", ["", "a", "abc", "*", "[", "?" * 64, "no such name"])
def test_a_slip_removes_nothing(tmp_path: Path, key: str) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
        with pytest.raises(NotInLibrary, match="footnote list"):
            library.remove(key)
        assert len(library) == 1


def test_the_beginning_of_an_id_removes(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        added = document("a.txt", prose(1))
        library.add(added)
        assert library.remove(added.id[:8]).id == added.id
        assert library.documents() == []
        assert library.search(WORDS[0]).hits == ()


def test_an_emptied_library_takes_another_encoder(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
        library.remove("a.txt")
    with Library.open(tmp_path, encoder=HashEncoder(32)) as library:
        library.add(document("a.txt", prose(1)))
        assert library.search("amber").hits
