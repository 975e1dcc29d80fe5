"""Whose library is whose: what is shared, what is one's own, who may change what, and what is left of it afterwards."""

import gc
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from api_support import library_in
from web_support import document

from documents.errors import LibraryError, NotPermitted
from index.library import Library
from qa.libraries import OPEN, PRIVATE, Libraries, shelf_of
from qa.people import PEOPLE, People

PASSWORD = "four words in row"


@pytest.fixture
def shared(tmp_path: Path) -> Library:
    return library_in(tmp_path)


@pytest.fixture
def people(shared: Library) -> People:
    people = People(shared.path / PEOPLE)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD, reader=True)
    return people


def test_without_signing_in_there_is_one_library(shared: Library) -> None:
    libraries = Libraries(shared)
    assert libraries.reading("") is libraries.changing("") is shared
    for way in (libraries.reading, libraries.changing, libraries.permit):
        with pytest.raises(NotPermitted, match="--auth"):
            way("", "mine")


def test_ones_own_is_made_with_its_first_document_and_only_its_user_reads_it(shared: Library, people: People) -> None:
    libraries = Libraries(shared, people)
    assert len(libraries.reading("ann", "mine")) == 0 and not libraries.exists("ann", "mine")
    libraries.permit("ann", "mine")
    assert not (shared.path / PRIVATE).exists()
    own = libraries.changing("ann", "mine")
    own.add(document("diary.txt", "Diary", "Nobody else may read this."))
    assert own.path.parent == shared.path / PRIVATE and own.path.parent.stat().st_mode & 0o777 == 0o700
    assert libraries.reading("ANN", "mine") is own and libraries.exists("ann", "mine")
    assert len(libraries.reading("bob", "mine")) == 0 and len(shared) == 2
    assert libraries.changing("bob", "mine").path != own.path


def test_a_reader_changes_their_own_and_not_the_shared_one(shared: Library, people: People) -> None:
    libraries = Libraries(shared, people)
    assert libraries.reading("bob") is shared and libraries.changing("ann") is shared
    with pytest.raises(NotPermitted, match="--reader"):
        libraries.changing("bob")
    assert libraries.changing("bob", "mine") is not shared


def test_a_token_opens_its_users_library_and_one_of_nobodys_none(shared: Library, people: People) -> None:
    people.add_token("hers", user="ann")
    people.add_token("looking", user="ann", reader=True)
    people.add_token("nobodys")
    libraries = Libraries(shared, people)
    own = libraries.changing("token:hers", "mine")
    assert libraries.reading("ann", "mine") is libraries.reading("token:looking", "mine") is own
    for caller, which in (("token:looking", "mine"), ("token:looking", "shared"), ("token:nobodys", "mine")):
        with pytest.raises(NotPermitted):
            libraries.changing(caller, which)  # type: ignore[arg-type]
    assert libraries.changing("token:nobodys") is shared


def test_who_is_removed_comes_to_nothing_and_who_follows_under_the_name_begins_anew(
    shared: Library, people: People
) -> None:
    libraries = Libraries(shared, people)
    before = libraries.changing("ann", "mine")
    before.add(document("diary.txt", "Diary", "Nobody else may read this."))
    people.remove_user("ann")
    for which in ("shared", "mine"):
        with pytest.raises(NotPermitted, match="any more"):
            libraries.reading("ann", which)  # type: ignore[arg-type]
    people.add_user("ann", PASSWORD)
    assert len(libraries.reading("ann", "mine")) == 0
    assert libraries.changing("ann", "mine").path != before.path


def test_a_library_deleted_by_hand_is_an_empty_one(shared: Library, people: People) -> None:
    libraries = Libraries(shared, people)
    own = libraries.changing("ann", "mine")
    own.add(document("diary.txt", "Diary", "Nobody else may read this."))
    shutil.rmtree(own.path)
    assert len(libraries.reading("ann", "mine")) == 0
    again = libraries.changing("ann", "mine")
    assert again is not own and len(again) == 0


def test_only_so_many_are_kept_open_and_who_is_at_work_is_not_cut_off(shared: Library, people: People) -> None:
    opened: list[Path] = []
    libraries = Libraries(shared, people, lambda library: opened.append(library.path))
    at_work = libraries.changing("ann", "mine")
    store = at_work.store
    for n in range(OPEN):
        people.add_user(f"u{n}", PASSWORD)
        libraries.changing(f"u{n}", "mine")
    assert len(at_work) == 0  # still open
    assert libraries.changing("ann", "mine") is not at_work and len(opened) == OPEN + 1  # told of each once
    assert len(store._all) == 1
    del at_work
    gc.collect()
    assert not store._all, "its connections are closed"
    with pytest.raises(LibraryError):
        Library.open(shared.path / PRIVATE / "ann", create=False)


def test_ones_own_shares_the_encoder(shared: Library, people: People) -> None:
    assert Libraries(shared, people).changing("ann", "mine").encoder is shared.encoder


def test_a_library_that_takes_long_to_open_holds_up_only_who_wants_it(
    shared: Library, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, opening, go = Library.beside, threading.Event(), threading.Event()

    def slow(library: Library, folder: Path) -> Library:
        if folder.name.startswith("ann"):
            opening.set()
            assert go.wait(20)
        return beside(library, folder)

    monkeypatch.setattr(Library, "beside", slow)
    libraries = Libraries(shared, people)
    with ThreadPoolExecutor(3) as pool:
        hers = [pool.submit(libraries.changing, "ann", "mine") for _ in range(2)]
        assert opening.wait(20)
        his = pool.submit(libraries.changing, "bob", "mine")
        try:
            assert his.result(10).path.name.startswith("bob")
            assert not any(job.done() for job in hers)
        finally:
            go.set()
        assert hers[0].result(20) is hers[1].result(20), "opened once"


def test_a_caller_is_told_of_as_the_user_behind_it(shared: Library, people: People) -> None:
    people.add_token("hers", user="ann")
    people.add_token("nobodys")
    libraries = Libraries(shared, people)
    owners = [libraries.owner(caller) for caller in ("ann", "ANN", "token:hers", "token:nobodys")]
    assert owners == ["ann", "ann", "ann", "token:nobodys"] and Libraries(shared).owner("") == ""
    shelves = [shelf_of(owner, which) for which in ("shared", "mine") for owner in ("ann", "bob")]  # type: ignore[arg-type]
    assert shelves[0] == shelves[1] and len(set(shelves)) == 3
