"""Which files a folder gives: sorted, without the hidden, the temporary and the endless."""

import os
from pathlib import Path

import pytest

from documents.errors import UnreadableFile
from documents.find import find_files, is_temporary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.md", "sub/c.html", "sub/deep/d.csv", "README", "photo.raw", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    for name in ("~$b.docx", "b.txt~", ".b.txt.swp", "c.html.part", "#a.md#", ".DS_Store", "__pycache__/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    return tmp_path


def names(folder: Path, found: list[Path]) -> list[str]:
    return [str(path.relative_to(folder)) for path in found]


def test_folders_are_walked_in_order(folder: Path) -> None:
    assert names(folder, find_files([folder])) == ["README", "a.md", "b.txt", "sub/c.html", "sub/deep/d.csv"]


def test_each_file_once(folder: Path) -> None:
    assert names(folder, find_files([folder / "sub", folder / "sub/c.html"])) == ["sub/c.html", "sub/deep/d.csv"]


def test_a_named_file_is_taken_whatever_it_is_called(folder: Path) -> None:
    assert find_files([folder / ".hidden.txt"]) == [folder / ".hidden.txt"]


def test_loops_pipes_and_broken_links_are_passed_over(folder: Path) -> None:
    (folder / "sub/up").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    found = names(folder, find_files([folder]))
    assert found == ["README", "a.md", "b.txt", "sub/c.html", "sub/deep/d.csv"]


def test_a_folder_that_links_lead_to_is_walked_once_and_by_its_own_name(folder: Path) -> None:
    (folder / "aside").symlink_to(folder / "sub")
    for a in range(7):
        (folder / f"room{a}").mkdir()
        (folder / f"room{a}" / "x.txt").touch()
    for a in range(7):
        for b in range(7):
            (folder / f"room{a}" / f"to{b}").symlink_to(folder / f"room{b}")
    found = names(folder, find_files([folder]))
    rooms = [f"room{a}/x.txt" for a in range(7)]
    assert found == ["README", "a.md", "b.txt", *rooms, "sub/c.html", "sub/deep/d.csv"]


def test_a_folder_from_elsewhere_is_walked_through_its_link(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "e.txt").touch()
    (folder / "aside").symlink_to(other)
    assert "aside/e.txt" in names(folder, find_files([folder]))


@pytest.mark.parametrize("name", ["missing.txt", "pipe.txt", "empty", "self"])
def test_what_can_not_be_read_is_an_error_when_named(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "empty").mkdir()
    (tmp_path / "self").symlink_to(tmp_path / "self")
    with pytest.raises(UnreadableFile, match=name):
        find_files([tmp_path / name])


def test_temporary_names() -> None:
    assert all(map(is_temporary, ("~$x.docx", ".x.swp", "x~", ".DS_Store", "x.tmp", "x.crdownload")))
    assert not any(map(is_temporary, ("x.txt", "~x.txt", "swp", "tmp.txt")))
