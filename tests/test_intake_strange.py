"""Files and keys that are out of the ordinary: far times, names in any bytes, names that are too long."""

import os
from pathlib import Path

import pytest
from library_support import document, opened

from documents.errors import FilterError, NotInLibrary
from index.filters import known_as, parse_filter
from index.gone import is_gone
from index.records import Filter


def test_a_file_of_the_year_2350_costs_nobody_anything(tmp_path: Path) -> None:
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for file in files:
        file.write_text(f"Amber is a resin of {file.name}.")
    os.utime(files[0], (12_000_000_000, 12_000_000_000))
    if files[0].stat().st_mtime_ns < 1 << 63:
        pytest.skip("this file system knows no such time")
    with opened(tmp_path / "library") as library:
        assert [r.outcome for r in library.add_files(files)] == ["added", "added"]
        assert [r.outcome for r in library.add_files(files)] == ["unchanged", "unchanged"]


@pytest.mark.skipif(os.name != "posix", reason="names are text there")
def test_a_name_in_other_bytes_is_not_gone(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    file = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.dat"))  # read when it is named, passed over in its folder
    file.write_text("The café opens at nine.")
    with opened(tmp_path / "library") as library:
        (added,) = library.add_files([file])
        assert added.outcome == "added"
        assert library.add_files([folder], prune=True) == []
        assert len(library) == 1
        assert known_as(str(file)) == added.path
        assert parse_filter(library, documents=[str(file)], path="*caf\udce9*") == Filter(
            documents=(library.record(added.path).id,), path=r"*caf\xe9*"
        )
        file.unlink()
        assert [r.outcome for r in library.add_files([folder], prune=True)] == ["removed"]


def test_a_name_that_looks_like_bytes_written_out(tmp_path: Path) -> None:
    (tmp_path / r"caf\xe9.txt").write_text("x")
    assert not is_gone(str(tmp_path / r"caf\xe9.txt"))
    assert is_gone(str(tmp_path / r"the\xe9.txt"))


def test_a_failure_with_a_name_in_other_bytes_can_be_forgotten(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        file.write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes no such name")
    with opened(tmp_path / "library") as library:
        assert [r.outcome for r in library.add_files([file])] == ["failed"]
        assert library.book.dismiss(str(file))


def test_names_that_are_too_long(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as library:
        (result,) = library.add_files([tmp_path / ("a" * 300)])
        assert result.outcome == "failed"
        assert "too long" in (result.reason or "")
        with pytest.raises(NotInLibrary):
            library.record(known_as("a" * 300))
        with pytest.raises(FilterError, match="may have"):
            parse_filter(library, path="*" * 60_000)


def test_any_number_of_documents_limits_a_search(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        added = document("a.txt", "Amber is a resin.")
        library.add(added)
        where = Filter(documents=(added.id, *(f"none of these {n}" for n in range(300_000))))
        assert len(library.search("amber", where=where).hits) == 1


@pytest.mark.parametrize(("pattern", "lets"), [("/a/[^x].txt", True), ("/a/[!x].txt", False), ("/a/[^b].txt", False)])
def test_a_negated_set_is_written_as_in_sqlite(pattern: str, lets: bool) -> None:
    assert Filter(path=pattern).lets_file("/a/b.txt") == lets
