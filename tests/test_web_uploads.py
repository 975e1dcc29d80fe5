"""Uploads: kept beside the library, replaced by name, without a trace of what failed or was removed."""

from pathlib import Path

import pytest

from index.encoder import HashEncoder
from index.library import Library
from qa.web.report import Line
from qa.web.uploads import add_uploads, remove_document


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library", encoder=HashEncoder())


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def upload(library: Library, incoming: Path, **files: str | bytes) -> tuple[Line, ...]:
    paths = []
    for name, content in files.items():
        path = incoming / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return list(add_uploads(library, paths))[-1]


def kept(library: Library) -> dict[str, str]:
    return {p.name: p.read_text() for p in (library.path / "uploads").iterdir()}


def test_an_upload_is_added_and_its_original_kept(library: Library, incoming: Path) -> None:
    assert upload(library, incoming, notes__txt="The tram opens in 2028.") == (Line("notes.txt", "done", "added"),)
    assert kept(library) == {"notes.txt": "The tram opens in 2028."}
    assert not (incoming / "notes.txt").exists()
    assert [r.title for r in library.documents()] == ["notes"]


def test_the_same_again_is_unchanged_and_another_content_replaces(library: Library, incoming: Path) -> None:
    upload(library, incoming, notes__txt="The tram opens in 2028.")
    (again,) = upload(library, incoming, notes__txt="The tram opens in 2028.")
    assert again.state == "unchanged"
    (changed,) = upload(library, incoming, notes__txt="The tram opens in 2031.")
    assert changed.state == "updated" and "replaced" in changed.note
    (record,) = library.documents()
    assert "2031" in library.document(record.id).text and kept(library) == {"notes.txt": "The tram opens in 2031."}


def test_a_file_that_fails_costs_only_itself(library: Library, incoming: Path) -> None:
    good, bad = upload(library, incoming, good__txt="The bridge is long.", bad__txt=b"")
    assert good.state == "done" and bad.state == "failed" and bad.note
    assert kept(library) == {"good.txt": "The bridge is long."}


def test_a_failed_replacement_leaves_the_earlier_version(library: Library, incoming: Path) -> None:
    upload(library, incoming, notes__txt="The tram opens in 2028.")
    (line,) = upload(library, incoming, notes__txt=b"")
    assert line.state == "failed"
    assert kept(library) == {"notes.txt": "The tram opens in 2028."}
    (record,) = library.documents()
    assert "2028" in library.document(record.id).text


def test_two_files_of_one_name_in_one_upload_are_two_documents(library: Library, tmp_path: Path) -> None:
    paths = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "readme.txt")
        paths[-1].write_text(f"This is the readme of {folder}.")
    lines = list(add_uploads(library, paths))[-1]
    assert [line.name for line in lines] == ["readme.txt", "readme (2).txt"]
    assert len(library.documents()) == 2


def test_removing_a_document_removes_its_original(library: Library, incoming: Path, tmp_path: Path) -> None:
    upload(library, incoming, one__txt="First words here.", two__txt="Other words there.")
    outside = tmp_path / "mine.txt"
    outside.write_text("A file of the user's own.")
    library.add_files([outside])
    for record in library.documents():
        remove_document(library, record.id)
    assert kept(library) == {} and library.documents() == []
    assert outside.exists()  # the user's own file is never touched


def test_progress_is_told_for_every_file(library: Library, incoming: Path) -> None:
    text = " ".join(f"Sentence number {n} says something of its own." for n in range(400))
    paths = [incoming / "long.txt", incoming / "short.txt"]
    paths[0].write_text(text)
    paths[1].write_text("One line.")
    pictures = list(add_uploads(library, paths))
    assert [line.state for line in pictures[0]] == ["waiting", "waiting"]
    assert [line.state for line in pictures[-1]] == ["done", "done"]
    assert all(line.fraction is None or 0 <= line.fraction <= 1 for lines in pictures for line in lines)
