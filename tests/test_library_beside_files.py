"""A library in a folder that holds a person's own files: none of them is taken for one of the library's."""

import os
from pathlib import Path

import pytest
from library_support import document, opened

from index.vectors import out_of_date

OWN = ("vectors-and-matrices.pdf", "vectors-2024.txt", "vectors-1.faiss.bak", "vectors-7.faiss.notes.tmp")


def test_a_persons_files_stay(tmp_path: Path) -> None:
    for name in OWN:
        (tmp_path / name).write_text("mine")
    with opened(tmp_path) as library:
        library.add(document("a.txt", "Amber is a resin."))
        library.search("amber")
        library.remove("a.txt")
        assert [finding for finding in library.doctor() if not finding.ok] == []
    assert all((tmp_path / name).read_text() == "mine" for name in OWN)


@pytest.mark.skipif(os.name == "nt", reason="no process is asked for there")
def test_what_serves_no_more(tmp_path: Path) -> None:
    stale = ("vectors-4.faiss", "vectors-5.faiss.999999999-1.tmp", f"vectors-4.faiss.{os.getpid()}-1.tmp")
    for name in (*stale, "vectors-5.faiss", f"vectors-5.faiss.{os.getpid()}-1.tmp"):
        (tmp_path / name).touch()
    assert {file.name for file in out_of_date(tmp_path, 5)} == set(stale)
