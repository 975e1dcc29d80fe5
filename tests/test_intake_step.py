"""In step with the folder: only what changed is read, what moved keeps its vectors, what is gone goes when asked."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from library_support import NoEncoder, opened, prose, traces, unwell

import index.intake
from index.intake import Progress
from index.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes/deep").mkdir(parents=True)
    for n, name in enumerate(("a.txt", "b.txt", "deep/c.txt")):
        (tmp_path / "notes" / name).write_text(prose(n + 1, 4))
    return tmp_path / "notes"


def outcomes(library: Library, *paths: Path, **options: bool) -> dict[str, str]:
    return {Path(r.path).name: r.outcome for r in library.add_files(paths, **options)}


@pytest.fixture
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reader was started")

    monkeypatch.setattr(index.intake, "read_files", refuse)


def added(folder: Path) -> Path:
    """A library in which the folder is; closed."""
    with opened(folder.parent / "library") as library:
        assert set(outcomes(library, folder).values()) == {"added"}
    return folder.parent / "library"


@pytest.mark.usefixtures("nothing_read")
def test_nothing_to_read_starts_no_reader(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as library:
        (result,) = library.add_files([tmp_path])
    assert result.outcome == "failed"
    assert result.reason is not None and "holds no file" in result.reason


def test_a_path_that_is_not_there_costs_only_itself(folder: Path) -> None:
    gone = folder / "gone.txt"
    with opened(folder.parent / "library") as library:
        *found, missing = library.add_files([gone, folder])
        assert [result.outcome for result in found] == ["added"] * 3
        assert (missing.path, missing.outcome) == (str(gone), "failed")
        assert missing.reason is not None and "No such file" in missing.reason
        assert library.files() and all(record.error is None for record in library.files())  # nothing to remember


def test_the_unchanged_the_touched_and_the_renamed_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = added(folder)
    monkeypatch.setattr(index.intake, "read_files", None)
    with Library.open(place, encoder=NoEncoder(64)) as library:
        assert outcomes(library, folder) == {"a.txt": "unchanged", "b.txt": "unchanged", "c.txt": "unchanged"}
        os.utime(folder / "a.txt", (1, 1))
        assert outcomes(library, folder)["a.txt"] == "unchanged"
        ids = library.store.passage_ids().tolist()
        (folder / "b.txt").rename(folder / "deep/z.txt")
        assert outcomes(library, folder) == {
            "a.txt": "unchanged", "c.txt": "unchanged", "z.txt": "added", "b.txt": "gone",
        }  # fmt: skip
        assert outcomes(library, folder, prune=True)["b.txt"] == "removed"
        assert library.store.passage_ids().tolist() == ids
        assert {Path(s).name for r in library.documents() for s in r.sources} == {"a.txt", "c.txt", "z.txt"}
        assert unwell(library) == []


def test_a_renamed_folder_keeps_its_vectors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = added(folder)
    monkeypatch.setattr(index.intake, "read_files", None)
    (folder / "deep").rename(folder / "renamed")
    with Library.open(place, encoder=NoEncoder(64)) as library:
        results = library.add_files([folder], prune=True)
        assert [(Path(r.path).parent.name, r.outcome) for r in results[2:]] == [
            ("renamed", "added"),
            ("deep", "removed"),
        ]
        assert len(library) == 3


def test_a_renamed_archive_takes_its_members_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in/old.zip", "w") as archive:
        archive.writestr("one.txt", prose(1, 3))
        archive.writestr("two.txt", prose(2, 3))
    place = added(tmp_path / "in")
    monkeypatch.setattr(index.intake, "read_files", None)
    (tmp_path / "in/old.zip").rename(tmp_path / "in/new.zip")
    with Library.open(place, encoder=NoEncoder(64)) as library:
        assert outcomes(library, tmp_path / "in", prune=True) == {"new.zip": "added", "old.zip": "removed"}
        new = str(tmp_path / "in/new.zip")
        assert sorted(s for r in library.documents() for s in r.sources) == [f"{new}!/one.txt", f"{new}!/two.txt"]


def test_same_size_and_other_bytes_is_a_change(folder: Path) -> None:
    place = added(folder)
    text = (folder / "a.txt").read_text()
    (folder / "a.txt").write_text(text.replace("amber", "basil").replace("number", "figure"))
    os.utime(folder / "a.txt", (5, 5))
    assert (folder / "a.txt").stat().st_size == len(text)
    with opened(place) as library:
        assert outcomes(library, folder)["a.txt"] == "updated"
        assert "figure" in library.text(library.record(str(folder / "a.txt")).id)


def test_gone_files_are_told_and_removed_only_when_asked(folder: Path) -> None:
    place = added(folder)
    (folder / "a.txt").unlink()
    shutil.rmtree(folder / "deep")
    with opened(place) as library:
        assert outcomes(library, folder) == {"b.txt": "unchanged", "a.txt": "gone", "c.txt": "gone"}
        assert len(library) == 3
        assert outcomes(library, folder / "b.txt", prune=True) == {"b.txt": "unchanged"}  # not below what was named
        assert outcomes(library, folder, prune=True) == {"b.txt": "unchanged", "a.txt": "removed", "c.txt": "removed"}
        assert outcomes(library, folder, prune=True) == {"b.txt": "unchanged"}
        assert len(library) == 1
        assert unwell(library) == []
    assert traces(place, b"number 1000", b"number 3000") == []


def test_a_folder_that_became_empty_is_pruned_and_one_that_is_away_is_not(folder: Path) -> None:
    place = added(folder)
    kept = folder.rename(folder.with_name("elsewhere"))
    with opened(place) as library:
        (away,) = library.add_files([folder], prune=True)
        assert away.outcome == "failed"
        assert len(library) == 3
        folder.mkdir()
        assert set(outcomes(library, folder, prune=True).values()) == {"removed"}
        assert len(library) == 0
    assert kept.is_dir()


def test_a_failure_is_forgotten_with_its_file(folder: Path) -> None:
    (folder / "empty.txt").touch()
    with opened(folder.parent / "library") as library:
        assert outcomes(library, folder)["empty.txt"] == "failed"
        (folder / "empty.txt").unlink()
        assert "empty.txt" not in outcomes(library, folder)
        assert not [f for f in library.files() if f.error]


def test_a_named_file_that_stays_outside_the_usual_is_not_gone(folder: Path) -> None:
    (folder / ".hidden.txt").write_text("The hidden one is here.")
    with opened(folder.parent / "library") as library:
        library.add_files([folder / ".hidden.txt"])
        assert "removed" not in outcomes(library, folder, prune=True).values()
        assert len(library) == 4


def test_results_are_in_the_order_of_the_files(folder: Path) -> None:
    (folder / "b.txt").write_bytes(b"word " * 500_000)  # slow, and enough for two readers
    with opened(folder.parent / "library") as library:
        seen: list[Progress] = []
        order = [Path(r.path).name for r in library.add_files([folder], progress=seen.append)]
    assert order == ["a.txt", "b.txt", "c.txt"]
    assert [(p.file, p.files) for p in seen if p.stage == "done"] == [(1, 3), (2, 3), (3, 3)]
