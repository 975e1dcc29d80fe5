"""Limits of a search or a list: one parser for what people write, one meaning everywhere."""

import os
from calendar import timegm
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from library_support import document, opened

from documents.errors import FilterError, NotInLibrary
from index.filters import day, media_types, parse_filter
from index.library import Library
from index.records import Filter
from index.store import Store


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-2", date(2023, 2, 1), date(2023, 2, 28)),
        (" 2024-03-31 ", date(2024, 3, 31), date(2024, 3, 31)),
    ],
)
def test_days(text: str, first: date, last: date) -> None:
    assert (day(text), day(text, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13", "2023-02-29", "31.3.2024", "0000", "20240331"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(FilterError, match="2024-03"):
        day(text)


def test_types() -> None:
    assert media_types(["pdf", ".PDF", "application/pdf"]) == ("application/pdf",)
    assert media_types(["md", "text/html"]) == ("text/markdown", "text/html")
    assert {"image/png", "image/jpeg"} <= set(media_types(["image/*"]))
    with pytest.raises(FilterError, match="'nonsense' is no type"):
        media_types(["nonsense"])


def dated(tmp_path: Path) -> Library:
    library = opened(tmp_path / "library")
    evening = datetime(2024, 3, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5)))  # the next day in UTC
    library.add(replace(document("made.txt", "Made then."), created=evening))
    library.add(replace(document("changed.txt", "Changed."), created=evening, modified=datetime(2025, 1, 1)))
    library.add(document("undated.txt", "No date and no file."))
    file = tmp_path / "file.md"
    file.write_text("# From a file\n\nOf its time.")
    noon = timegm(datetime(2022, 6, 15, 12, tzinfo=UTC).timetuple())
    os.utime(file, (noon, noon))
    library.add_files([file])
    return library


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2024-03-31", "2024-03-31", {"made"}),
        ("2024-04", None, {"changed"}),
        (None, "2024", {"made", "file"}),
        ("2022-06-15", "2022-06-15", {"file"}),
        ("2022-06-17", "2024-03-30", set()),
        ("1900", "2100", {"made", "changed", "file"}),
    ],
)
def test_dates(tmp_path: Path, since: str | None, until: str | None, expected: set[str]) -> None:
    with dated(tmp_path) as library:
        where = parse_filter(library, since=since, until=until)
        assert {Path(r.sources[0]).stem for r in library.documents(where)} == expected
        assert {Path(h.source).stem for h in library.search("made changed date file", where=where).hits} == expected


def test_all_limits_together(tmp_path: Path) -> None:
    with dated(tmp_path) as library:
        assert parse_filter(library) is None
        key = library.record("made.txt").id[:8]
        where = parse_filter(library, documents=[key, "changed.txt"], types=["txt"], since="2025", path="*.txt")
        assert [r.sources for r in library.documents(where)] == [("changed.txt",)]
        with pytest.raises(NotInLibrary, match="elsewhere"):
            parse_filter(library, documents=["elsewhere"])


def test_what_limits_let_a_file_through_that_could_not_be_read() -> None:
    assert Filter().lets_file("/in/a.pdf")
    assert Filter(media_types=("application/pdf",), path="/in/*").lets_file("/in/a.PDF")
    assert not Filter(media_types=("text/html",)).lets_file("/in/a.pdf")
    assert not Filter(path="/out/*").lets_file("/in/a.pdf")
    assert not Filter(collections=("work",)).lets_file("/in/a.pdf")


def test_a_library_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    with dated(tmp_path) as library:
        database = library.store._db
        for statement in (
            "DROP INDEX documents_by_day", "DROP INDEX documents_with_problems", "DROP INDEX files_by_size",
            "ALTER TABLE documents DROP COLUMN day", "ALTER TABLE files DROP COLUMN sha256", "DROP TABLE coming",
                "PRAGMA user_version=1",
        ):  # fmt: skip
            database.execute(statement)
    store = Store(tmp_path / "library/library.db")
    days = [r[0] for r in store._db.execute("SELECT day FROM documents ORDER BY day")]
    store.close()
    assert days == [None, None, "2024-03-31", "2025-01-01"]
    with opened(tmp_path / "library") as library:
        assert [r.outcome for r in library.add_files([tmp_path / "file.md"])] == ["unchanged"]
