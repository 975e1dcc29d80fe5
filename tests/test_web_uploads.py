"""Uploads: kept beside the library, replaced by name, without a trace of what failed or was removed."""

import errno
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from documents.errors import LibraryFull
from index.encoder import HashEncoder
from index.intake import Progress
from index.library import Library
from qa.web.originals import remove_document, sweep
from qa.web.report import Line, report_html
from qa.web.uploads import add_uploads, take_uploads


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


def test_an_upload_that_is_stopped_keeps_what_was_added_and_nothing_else(library: Library, incoming: Path) -> None:
    paths = [incoming / f"note{n}.txt" for n in range(6)]
    for n, path in enumerate(paths):
        path.write_text(f"Note {n} says {n * 7}.")
    stop = threading.Event()
    pictures = []
    for picture in add_uploads(library, paths, stop=stop):
        stop.set()
        pictures.append(picture)
    lines = pictures[-1]
    added = {line.name for line in lines if line.state == "done"}
    assert len(added) < 6 and {line.state for line in lines} <= {"done", "stopped"}
    assert set(kept(library)) == added == {Path(r.sources[0]).name for r in library.documents()}


@pytest.mark.parametrize("again", ["The tram opens in 2031.", ""])  # one that can be read, and one that can't
def test_a_document_removed_while_its_new_version_is_read_leaves_nothing(
    library: Library, incoming: Path, again: str
) -> None:
    upload(library, incoming, notes__txt="The tram opens in 2028.")
    (record,) = library.documents()
    (incoming / "notes.txt").write_text(again)
    pictures = add_uploads(library, [incoming / "notes.txt"])
    next(pictures)  # moved to its place, not read yet
    remove_document(library, record.id)
    list(pictures)
    assert kept(library) == ({"notes.txt": again} if again else {})
    assert [library.document(r.id).text for r in library.documents()] == ([again] if again else [])


def test_a_document_removed_while_the_rest_of_its_upload_is_read_spoils_nothing(
    library: Library, incoming: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (incoming / name).write_text(f"The note {name} is short.")

    def removing(progress: Progress) -> None:
        if progress.stage == "done" and progress.path.endswith("a.txt"):
            remove_document(library, library.documents()[0].id)

    results = take_uploads(library, [incoming / "a.txt", incoming / "b.txt"], progress=removing)
    assert [r.outcome for r in results] == ["added", "added"]
    assert kept(library) == {"b.txt": "The note b.txt is short."}
    assert [Path(r.sources[0]).name for r in library.documents()] == ["b.txt"]


@pytest.mark.parametrize("adding", [take_uploads, lambda library, files: list(add_uploads(library, files))])
def test_a_full_disk_leaves_the_earlier_versions(
    library: Library, incoming: Path, monkeypatch: pytest.MonkeyPatch, adding: Any
) -> None:
    upload(library, incoming, notes__txt="The tram opens in 2028.")
    for name in ("notes.txt", "more.txt"):
        (incoming / name).write_text("The tram opens in 2031.")
    move = shutil.move

    def full(file: Path, to: Path) -> Any:
        if to.name == "more.txt":
            to.write_text("The tr")
            raise OSError(errno.ENOSPC, "No space left on device")
        return move(file, to)

    monkeypatch.setattr(shutil, "move", full)
    with pytest.raises(LibraryFull, match=r"needs 46 bytes, .* are free.* make room"):
        adding(library, [incoming / "notes.txt", incoming / "more.txt"])
    assert kept(library) == {"notes.txt": "The tram opens in 2028."}


@pytest.mark.parametrize("adding", [take_uploads, lambda library, files: list(add_uploads(library, files))])
def test_a_disk_that_fills_while_files_are_read_is_told_of_without_a_path(
    library: Library, incoming: Path, monkeypatch: pytest.MonkeyPatch, adding: Any
) -> None:
    def full(*given: Any, **more: Any) -> Any:
        raise LibraryFull(f"the disk that holds {library.path} is full")

    monkeypatch.setattr(Library, "add_files", full)
    (incoming / "notes.txt").write_text("The tram opens in 2031.")
    with pytest.raises(LibraryFull, match="needs 23 bytes") as told:
        adding(library, [incoming / "notes.txt"])
    assert str(library.path) not in str(told.value) and kept(library) == {}


def test_an_upload_that_fails_ends_its_report(
    library: Library, incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: Any, **more: Any) -> Any:
        raise LibraryFull("the disk is full")

    monkeypatch.setattr(Library, "add_files", full)
    (incoming / "notes.txt").write_text("The tram opens in 2031.")
    pictures: list[tuple[Line, ...]] = []
    with pytest.raises(LibraryFull):
        for picture in add_uploads(library, [incoming / "notes.txt"]):
            pictures.append(picture)  # those before the error are what is looked at
    assert pictures[-1] == (Line("notes.txt", "stopped", "not added"),)


def test_uploads_go_into_a_collection(library: Library, incoming: Path) -> None:
    (incoming / "a.txt").write_text("One.")
    list(add_uploads(library, [incoming / "a.txt"], "Notes"))
    assert library.documents()[0].collections == ("Notes",)


def test_a_page_that_is_closed_meanwhile_loses_nothing_that_was_added(library: Library, incoming: Path) -> None:
    (incoming / "a.txt").write_text("The tram opens in 2028.")
    pictures = add_uploads(library, [incoming / "a.txt"])
    next(pictures)
    next(pictures)
    pictures.close()  # type: ignore[attr-defined]
    assert len(library.documents()) == 1 and set(kept(library)) == {"a.txt"}


def test_what_a_killed_process_left_is_cleared(library: Library, incoming: Path) -> None:
    upload(library, incoming, whole__txt="This was added.", half__txt="The first version.")
    folder = library.path.absolute() / "uploads"
    (folder / "orphan.txt").write_text("Moved here, then the process was killed.")
    (folder / "half.txt").rename(folder / ".half.txt.before")
    (folder / "half.txt").write_text("The second version, never added.")
    (folder / "whole.txt").rename(folder / "same")
    (folder / ".whole.txt.before").write_text("An earlier version, replaced and added.")
    (folder / "same").rename(folder / "whole.txt")
    (folder / ".999999999.writing").touch()  # no process has this number
    sweep(library)
    assert kept(library) == {"whole.txt": "This was added.", "half.txt": "The first version."}


def test_nothing_is_cleared_while_another_process_writes(library: Library, incoming: Path) -> None:
    upload(library, incoming, whole__txt="This was added.")
    folder = library.path.absolute() / "uploads"
    (folder / f".{os.getppid()}.writing").touch()
    (folder / "arriving.txt").write_text("Not added yet.")
    sweep(library)
    assert set(kept(library)) == {"whole.txt", "arriving.txt", f".{os.getppid()}.writing"}


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>.txt", ".hidden.txt", "a\nb.txt", "…  .txt"])
def test_odd_names_are_kept_as_files(library: Library, incoming: Path, name: str) -> None:
    (incoming / name).write_text("Odd, but readable.")
    (line,) = list(add_uploads(library, [incoming / name]))[-1]
    assert line.state == "done" and list(kept(library)) == [name.lstrip(".")]
    assert "<img" not in report_html([line])


def test_500_files_are_reported_one_by_one(library: Library, incoming: Path) -> None:
    paths = [incoming / f"n{n}.txt" for n in range(500)]
    for n, path in enumerate(paths):
        path.write_text(f"Number {n}.")
    lines = list(add_uploads(library, paths))[-1]
    assert [line.state for line in lines] == ["done"] * 500 and len(library.documents()) == 500
    assert "500 of 500 files" in report_html(lines)


def test_a_report_counts_what_ended_and_is_busy_until_all_did() -> None:
    going = report_html([Line("a", "done"), Line("b", "working", "reading"), Line("c", "failed"), Line("d", "waiting")])
    assert "fn-report busy" in going and "2 of 4 files, 1 could not be read" in going and "fn-dismiss" not in going
    stopped = report_html([Line("a", "done"), Line("b", "stopped", "not added")])
    assert "busy" not in stopped and "1 of 2 files" in stopped and "fn-dismiss" in stopped
