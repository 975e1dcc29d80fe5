"""The people of a library: what opens and what doesn't, what the file holds, and what is forgotten."""

import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from documents.errors import LibraryCorrupt, LibraryError, PeopleError
from qa.people import SIGNED_IN, People

PASSWORD = "four words in row"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Callable[[], datetime]) -> People:
    return People(tmp_path / "people.db", now=clock)


def test_only_the_right_name_and_password_sign_in(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    secret = people.sign_in("ann", PASSWORD)  # names are the same in capitals and small letters
    assert secret is not None and people.signed_in(secret) == "Ann"
    for name, password in (("Ann", PASSWORD + "s"), ("Ann", ""), ("Bob", PASSWORD), ("", ""), ("\ud800", "\ud800")):
        assert people.sign_in(name, password) is None
    assert people.signed_in(secret[:-1]) is None and people.signed_in("") is None


def test_a_session_ends_in_time_by_signing_out_and_with_its_user(people: People, clock: Clock) -> None:
    people.add_user("Ann", PASSWORD)
    first, second = people.sign_in("Ann", PASSWORD), people.sign_in("Ann", PASSWORD)
    assert first and second and first != second
    people.sign_out(first)
    assert people.signed_in(first) is None and people.signed_in(second) == "Ann"
    clock.now = START + SIGNED_IN + timedelta(seconds=1)
    assert people.signed_in(second) is None
    third = people.sign_in("Ann", PASSWORD)
    assert third and people.signed_in(third) == "Ann"
    people.set_password("ann", "another long one")
    assert people.signed_in(third) is None and people.sign_in("Ann", PASSWORD) is None
    fourth = people.sign_in("Ann", "another long one")
    assert people.remove_user("ANN").name == "Ann"
    assert fourth and people.signed_in(fourth) is None and people.users() == []


def test_people_are_there_after_a_restart(people: People, clock: Clock) -> None:
    people.add_user("Ann", PASSWORD)
    secret, token = people.sign_in("Ann", PASSWORD), people.add_token("reports")
    again = People(people.path, now=clock)
    assert secret and again.signed_in(secret) == "Ann" and again.token(token) == "reports"
    assert [(u.name, u.added) for u in again.users()] == [("Ann", START)]


def test_the_file_holds_nothing_that_opens_anything(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    secret, token = people.sign_in("Ann", PASSWORD), people.add_token("reports")
    held = people.path.read_bytes()
    assert b"$argon2id$" in held
    for opener in (PASSWORD, secret, token):
        assert opener and opener.encode() not in held
    assert stat.S_IMODE(people.path.stat().st_mode) == 0o600


def test_tokens_are_named_shown_once_and_removed(people: People) -> None:
    token = people.add_token("reports")
    assert people.token(token) == "reports" and people.token(token + "x") is None
    with pytest.raises(PeopleError, match="already"):
        people.add_token("Reports")
    assert [t.name for t in people.tokens()] == ["reports"]
    people.remove_token("reports")
    assert people.token(token) is None
    with pytest.raises(PeopleError, match="token list"):
        people.remove_token("reports")


def test_what_is_refused_says_why(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    with pytest.raises(PeopleError, match="footnote user password ann"):
        people.add_user("ann", PASSWORD)
    with pytest.raises(PeopleError, match="10 to 1000 characters, and this one 5"):
        people.add_user("Bob", "short")
    for name in ("", " ", "a b", "-x", "x" * 65, "a\n", "<b>", "\ud800"):
        with pytest.raises(PeopleError, match="is no name for a user"):
            people.add_user(name, PASSWORD)
    for change in (lambda: people.set_password("Bob", PASSWORD), lambda: people.remove_user("Bob")):
        with pytest.raises(PeopleError, match="footnote user list"):
            change()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "people.db").write_bytes(b"nothing that SQLite would know" * 100)
    with pytest.raises(LibraryCorrupt, match="is damaged"):
        People(tmp_path / "people.db")


def test_readers_and_tokens_may_do_what_they_were_given(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    people.add_user("Rea", PASSWORD, reader=True)
    for token, user, reader in (("a", "ANN", False), ("b", "ann", True), ("c", None, False), ("d", "rea", False)):
        people.add_token(token, user=user, reader=reader)
    may = {
        "ann": ("Ann", True, True),
        "rea": ("Rea", False, True),
        "token:a": ("Ann", True, True),
        "token:b": ("Ann", False, False),
        "token:c": (None, True, True),
        "token:d": ("Rea", False, True),
    }
    for caller, expected in may.items():
        rights = people.rights(caller)
        assert rights and (rights.user, rights.change_shared, rights.change_own) == expected, caller
    for nobody in ("", "token:", "token:ann", "bob", "a", "\ud800"):
        assert people.rights(nobody) is None
    people.set_reader("rea", False)
    assert (again := people.rights("token:d")) and again.change_shared
    with pytest.raises(PeopleError, match="footnote user list"):
        people.add_token("e", user="bob")


def test_a_users_token_goes_with_them(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    hers, other = people.add_token("hers", user="ann"), people.add_token("other")
    people.remove_user("ann")
    assert people.token(hers) is None and people.rights("token:hers") is None and people.token(other) == "other"


def test_a_folder_is_never_anothers(people: People) -> None:
    people.add_user("Ann", PASSWORD)
    first = people.folder("ann")
    assert first.startswith("Ann-") and len(first) == len("Ann-") + 12 and people.folder("ANN") == first
    people.remove_user("ann")
    people.add_user("ann", PASSWORD)
    assert people.user("ann").folder is None and people.folder("ann") != first


def test_a_file_from_before_there_were_readers_is_brought_up_to_date(tmp_path: Path, clock: Clock) -> None:
    with sqlite3.connect(tmp_path / "people.db") as db:  # the first schema
        db.executescript(
            "CREATE TABLE users (name TEXT PRIMARY KEY COLLATE NOCASE, password TEXT NOT NULL, added TEXT NOT NULL)"
            " STRICT; CREATE TABLE tokens (name TEXT PRIMARY KEY COLLATE NOCASE, sha256 TEXT NOT NULL UNIQUE,"
            " added TEXT NOT NULL) STRICT; CREATE TABLE sessions (sha256 TEXT PRIMARY KEY, user TEXT NOT NULL"
            " REFERENCES users (name) ON DELETE CASCADE, until TEXT NOT NULL) STRICT; PRAGMA user_version = 1;"
        )
        db.execute("INSERT INTO users VALUES ('Ann', 'x', '2026-01-02T03:04:05+00:00')")
        db.execute("INSERT INTO tokens VALUES ('reports', 'x', '2026-01-02T03:04:05+00:00')")
    db.close()
    people = People(tmp_path / "people.db", now=clock)
    for caller, user in (("ann", "Ann"), ("token:reports", None)):
        rights = people.rights(caller)
        assert rights and (rights.user, rights.folder, rights.change_shared) == (user, None, True)


def test_a_file_of_a_newer_footnote_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "people.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LibraryError, match=r"people.db was made by a newer Footnote \(schema 99"):
        People(tmp_path / "people.db")
