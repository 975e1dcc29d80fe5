"""Adding: the same bytes do nothing, a changed file replaces, a document lives as long as it has a name."""

from dataclasses import replace
from pathlib import Path

import pytest
from library_support import NoEncoder, document, opened, prose, unwell

from documents.errors import EmptyDocument, EncoderMismatch
from documents.model import Section
from index.encoder import HashEncoder
from index.library import Library
from index.records import FileRecord


def files(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / f"{name}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text)
    return paths


def test_the_same_bytes_again_change_nothing_and_encode_nothing(tmp_path: Path) -> None:
    paths = files(tmp_path, a=prose(1), b=prose(2))
    with opened(tmp_path / "library") as library:
        assert [r.outcome for r in library.add_files(paths)] == ["added", "added"]
        library.search("amber")
        generation = library.store.generation
    with Library.open(tmp_path / "library", encoder=NoEncoder(64)) as library:
        assert [r.outcome for r in library.add_files(paths)] == ["unchanged", "unchanged"]
        assert library.store.generation == generation
        for path in paths:  # touched, so that the bytes have to be looked at
            path.touch()
        assert [r.outcome for r in library.add_files(paths)] == ["unchanged", "unchanged"]
        assert library.add(document(str(paths[0]), prose(1)), path=str(paths[0])) == "unchanged"
        assert library.store.generation == generation
        assert len(list((tmp_path / "library").glob("vectors-*"))) == 1


def test_a_changed_file_replaces_its_old_version(tmp_path: Path) -> None:
    paths = files(tmp_path, a="The anchor is red.", b=prose(2))
    with opened(tmp_path / "library") as library:
        library.add_files(paths)
        old = library.record(str(paths[0])).id
        files(tmp_path, a="The anchor is blue now.")
        assert [r.outcome for r in library.add_files(paths)] == ["updated", "unchanged"]
        assert len(library) == 2
        assert library.record(str(paths[0])).id != old
        assert library.search("anchor", k=1).hits[0].text == "The anchor is blue now."
        assert unwell(library) == []


def test_one_document_under_two_names_is_kept_until_both_are_gone(tmp_path: Path) -> None:
    paths = files(tmp_path, a=prose(1), b=prose(1))
    with opened(tmp_path / "library") as library:
        assert [r.outcome for r in library.add_files(paths)] == ["added", "added"]
        (record,) = library.documents()
        assert record.sources == tuple(map(str, paths))
        files(tmp_path, a=prose(2))
        library.add_files(paths)
        assert library.document(record.id).source == str(paths[1])
        files(tmp_path, b=prose(3))
        library.add_files(paths)
        assert record.id not in {r.id for r in library.documents()}
        assert len(library) == 2
        assert unwell(library) == []


def test_a_renamed_file_keeps_its_vectors(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a=prose(1))
    with opened(tmp_path / "library") as library:
        library.add_files([path])
        passages = library.store.passage_ids().tolist()
    moved = path.rename(tmp_path / "z.txt")
    with Library.open(tmp_path / "library", encoder=NoEncoder(64)) as library:
        assert [r.outcome for r in library.add_files([moved])] == ["added"]
        assert library.store.passage_ids().tolist() == passages
        assert library.documents()[0].sources == (str(path), str(moved))


def test_a_document_comes_back_as_it_was_added(tmp_path: Path) -> None:
    text = "# Title\n\nIntro.\n\n## Part “one”\n\nBody é 東京 𝔘.\n\n### Deep\n\nMore."
    added = document("note.md", text)
    with opened(tmp_path) as library:
        library.add(added)
        assert library.document(added.id) == added
        (record,) = library.documents()
        assert (record.characters, record.title) == (len(added.text), "Title")
        for hit in library.search("body part", k=10).hits:
            assert added.text[hit.start : hit.end] == hit.text
            assert all(hit.start <= s.start < s.end <= hit.end for s in hit.sentences)


def test_another_collection_or_path_is_noted_without_encoding(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
    with Library.open(tmp_path, encoder=NoEncoder(64)) as library:
        assert library.add(document("a.txt", prose(1)), collection="work", path="/a.txt") == "unchanged"
        assert library.documents()[0].collections == ("work",)


def test_nothing_to_quote(tmp_path: Path) -> None:
    with opened(tmp_path) as library, pytest.raises(EmptyDocument, match="no text"):
        library.add(replace(document("blank.txt", "x"), text=" ", sections=(Section(0, 0, 1),)))


def test_one_file_that_fails_costs_only_itself(tmp_path: Path) -> None:
    good, empty, junk, also = files(tmp_path, good=prose(1), empty="", junk="", zebra=prose(2))
    junk.write_bytes(bytes(range(256)) * 40)
    with opened(tmp_path / "library") as library:
        results = {r.path: r for r in library.add_files([good, empty, junk, also])}
        assert [results[str(p)].outcome for p in (good, empty, junk, also)] == ["added", "failed", "failed", "added"]
        assert "empty" in (results[str(empty)].reason or "")
        assert {f.path: f.error for f in library.files()}[str(empty)] == results[str(empty)].reason
        empty.write_text("Now there is text.")
        assert [r.outcome for r in library.add_files([empty])] == ["added"]
        assert {f.path: f.error for f in library.files()}[str(empty)] is None


def test_a_file_that_becomes_unreadable_keeps_its_last_good_version(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a=prose(1))
    with opened(tmp_path / "library") as library:
        library.add_files([path])
        path.write_bytes(b"")
        assert [r.outcome for r in library.add_files([path])] == ["failed"]
        assert len(library) == 1


def test_ctrl_c_keeps_what_was_added_and_nothing_half(tmp_path: Path) -> None:
    paths = files(tmp_path, a=prose(1), b=prose(2), c=prose(3))

    def interrupt(progress: object) -> None:
        if getattr(progress, "file", 0) == 2 and getattr(progress, "done", 0):
            raise KeyboardInterrupt

    with opened(tmp_path / "library") as library:
        with pytest.raises(KeyboardInterrupt):
            library.add_files(paths, progress=interrupt)
        assert [r.sources for r in library.documents()] == [(str(paths[0]),)]
        assert unwell(library) == []
        assert [r.outcome for r in library.add_files(paths)] == ["unchanged", "added", "added"]


def test_progress_counts_files_and_passages(tmp_path: Path) -> None:
    seen = []
    with opened(tmp_path / "library") as library:
        library.add_files(files(tmp_path, a=prose(1, 60), b=prose(2)), progress=seen.append)
    assert [(p.file, p.files) for p in seen if p.stage == "done"] == [(1, 2), (2, 2)]
    encoded = [(p.done, p.total) for p in seen if p.file == 1 and p.stage == "encode"]
    assert encoded == [(n + 1, len(encoded)) for n in range(len(encoded))]
    assert len(encoded) > 2


def test_files_are_known_by_size_and_time(tmp_path: Path) -> None:
    (path,) = files(tmp_path, a=prose(1))
    with opened(tmp_path / "library") as library:
        library.add_files([path])
        state = path.stat()
        known = FileRecord(str(path), state.st_size, state.st_mtime_ns, None)
        assert library.book.knows(known, "")
        assert not library.book.knows(known, "another collection")
        assert not library.book.knows(FileRecord(str(path), state.st_size, state.st_mtime_ns + 1, None), "")


def test_another_encoder_is_refused_with_advice(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", prose(1)))
    with Library.open(tmp_path, encoder=HashEncoder(32)) as library:
        assert len(library) == 1  # looking needs no encoder
        for attempt in (lambda: library.search("amber"), lambda: library.add(document("b.txt", prose(2)))):
            with pytest.raises(EncoderMismatch, match=r"hash-64.*hash-32.*--library"):
                attempt()
        assert library.remove("a.txt").title == "a"
