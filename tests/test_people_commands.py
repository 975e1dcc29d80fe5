"""`footnote user` and `footnote token`: what they do, print and refuse; `footnote chat` at an open address."""

from pathlib import Path

import pytest
from test_history import ANSWER
from typer.testing import CliRunner, Result
from web_support import document

import footnote
from documents.errors import FootnoteError, NotInLibrary, PeopleError
from index.library import Library
from qa.history import CONVERSATIONS, History
from qa.libraries import Libraries
from qa.people import PEOPLE, People

PASSWORD = "four words in row"


def run(library: Path, *arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(footnote.app, list(arguments), input=given, env={"FOOTNOTE_LIBRARY": str(library)})


def test_a_user_is_added_listed_given_a_password_and_removed(tmp_path: Path) -> None:
    added = run(tmp_path / "library", "user", "add", "ann", given=f"{PASSWORD}\n")
    assert added.exit_code == 0 and PASSWORD not in added.output
    people = People(tmp_path / "library" / PEOPLE)
    assert people.sign_in("ann", PASSWORD)
    assert "ann  since 20" in run(tmp_path / "library", "user", "list").output
    assert run(tmp_path / "library", "user", "password", "ann", given="another long one\n").exit_code == 0
    assert people.sign_in("ann", PASSWORD) is None and people.sign_in("ann", "another long one")

    history = History(tmp_path / "library" / CONVERSATIONS)
    for name in ("ann", "bob", ""):
        history.of(name).save(f"talk of {name}", "What did they ask?", ANSWER)
    history.of("ann").choose({"theme": "dark"})
    assert run(tmp_path / "library", "user", "remove", "ANN").exit_code == 0
    assert people.users() == [] and history.of("ann").conversations() == [] and history.of("ann").settings() == {}
    assert len(history.of("bob").conversations()) == len(history.conversations()) == 1


def test_a_user_with_a_library_is_removed_with_or_without_it(tmp_path: Path) -> None:
    shared = tmp_path / "library"
    for flag in ("--delete-library", "--keep-library"):
        assert run(shared, "user", "add", "ann", given=f"{PASSWORD}\n").exit_code == 0
        people = People(shared / PEOPLE)
        token = people.add_token("hers", user="ann")
        with Library.open(shared) as library:
            own = Libraries(library, people).changing("ann", "mine")
            own.add(document("diary.txt", "Diary", "Nobody else may read this."))
        assert str(own.path) in "".join(run(shared, "user", "list").output.split())
        unsaid = run(shared, "user", "remove", "ann")
        assert isinstance(unsaid.exception, PeopleError) and "--keep-library" in str(unsaid.exception)
        assert people.user("ann") and people.token(token) and own.path.is_dir()
        removed = run(shared, "user", "remove", "ann", flag)
        assert removed.exit_code == 0 and people.users() == people.tokens() == []
        assert own.path.is_dir() == (flag == "--keep-library")
    assert str(own.path) in "".join(removed.output.split())
    assert "Diary" in run(own.path, "list").output


def test_readers_are_made_and_unmade(tmp_path: Path) -> None:
    run(tmp_path, "user", "add", "bob", "--reader", given=f"{PASSWORD}\n")
    run(tmp_path, "token", "add", "his", "--user", "bob", "--reader")
    people = People(tmp_path / PEOPLE)
    assert people.user("bob").reader and people.tokens()[0].reader
    assert "reader" in run(tmp_path, "user", "list").output
    assert "of bob  reader" in run(tmp_path, "token", "list").output
    assert "may change" in run(tmp_path, "user", "change", "bob", "--no-reader").output
    assert not people.user("bob").reader
    assert run(tmp_path, "user", "change", "bob").exit_code == 2  # which of the two must be said


def test_a_token_is_printed_once_alone_on_its_line(tmp_path: Path) -> None:
    added = run(tmp_path / "library", "token", "add", "reports")
    token = added.stdout.strip()
    assert People(tmp_path / "library" / PEOPLE).token(token) == "reports" and "can't be shown again" in added.stderr
    listed = run(tmp_path / "library", "token", "list").output
    assert "reports" in listed and token not in listed
    assert run(tmp_path / "library", "token", "remove", "reports").exit_code == 0
    assert People(tmp_path / "library" / PEOPLE).token(token) is None


def test_the_conversations_of_a_token_go_with_it(tmp_path: Path) -> None:
    people, history = People(tmp_path / PEOPLE), History(tmp_path / CONVERSATIONS)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD)
    for name, user in (("Diary", "ann"), ("lists", "bob"), ("nobodys", None)):
        people.add_token(name, user=user)
        history.of(f"token:{name}", "mine").save(f"talk of {name}", "What did they ask?", ANSWER)

    def kept() -> list[str]:
        return [t.name for t in people.tokens() if history.of(f"token:{t.name}", "mine").conversations()]

    assert kept() == ["Diary", "lists", "nobodys"]
    assert run(tmp_path, "user", "remove", "ANN").exit_code == 0
    people.add_token("Diary", user="bob")  # as the one before it
    assert kept() == ["lists", "nobodys"]
    assert run(tmp_path, "token", "remove", "LISTS").exit_code == 0
    people.add_token("lists")
    assert kept() == ["nobodys"]


def test_what_cannot_be_done_is_an_error(tmp_path: Path) -> None:
    for arguments, given, says in (
        (("user", "add", "a b"), PASSWORD, "no name for a user"),
        (("user", "add", "ann"), "short", "this one 5"),
        (("user", "add", "ann"), "", "this one 0"),  # no default password
        (("user", "remove", "nobody"), "", "footnote user list"),
        (("token", "remove", "nothing"), "", "footnote token list"),
    ):
        refused = run(tmp_path / "library", *arguments, given=given)
        assert isinstance(refused.exception, PeopleError) and says in str(refused.exception), arguments


@pytest.mark.parametrize(("more", "says"), [((), "--auth"), (("--auth",), "footnote user add NAME")])
def test_an_open_address_wants_people(tmp_path: Path, more: tuple[str, ...], says: str) -> None:
    refused = run(tmp_path / "library", "chat", "--host", "0.0.0.0", *more)
    assert isinstance(refused.exception, FootnoteError) and says in str(refused.exception)


@pytest.mark.parametrize("arguments", [("user", "list"), ("token", "list"), ("user", "remove", "ann")], ids=str)
def test_a_slip_in_the_librarys_name_makes_none(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path / "libary", *arguments)
    assert result.exit_code == 1 and isinstance(result.exception, NotInLibrary)
    assert not (tmp_path / "libary").exists()


def test_a_collections_name_is_utf8(tmp_path: Path) -> None:
    result = run(tmp_path / "library", "add", str(tmp_path), "--collection", "caf\udce9")
    assert result.exit_code == 2 and not (tmp_path / "library").exists()
