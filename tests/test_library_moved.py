"""A library whose file is moved away while it is open: said so, and no empty one is made in its place."""

import threading
from pathlib import Path

import pytest
from library_support import document, opened

from documents.errors import LibraryError


def test_no_new_library_in_the_place_of_one_that_was_moved_away(tmp_path: Path) -> None:
    said: list[str] = []
    with opened(tmp_path / "a") as library:
        library.add(document("a.txt", "Amber is a resin."))
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "a").mkdir()

        def count() -> None:
            with pytest.raises(LibraryError) as caught:
                len(library)
            said.append(str(caught.value))

        thread = threading.Thread(target=count)
        thread.start()
        thread.join()
    assert "moved or deleted" in said[0]
    assert list((tmp_path / "a").iterdir()) == []
    with opened(tmp_path / "b") as library:
        assert len(library) == 1


@pytest.mark.parametrize("name", ["100% sure?", "a#b", "ä ö", "it's"])
def test_folders_with_marks_in_their_names(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        with opened(tmp_path / name) as library:
            library.add(document("a.txt", "Amber is a resin."))
            assert len(library) == 1
    assert {file.name.partition("-")[0] for file in (tmp_path / name).iterdir()} == {"library.db"}
