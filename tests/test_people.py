"""The people of a library: what opens and what doesn't, what the file holds, and what is forgotten."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from documents.errors import LibraryCorrupt, PeopleError
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
    assert people.remove_user("ANN") == "Ann"
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
