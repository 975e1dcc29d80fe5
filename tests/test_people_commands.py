"""`footnote user` and `footnote token`: what they do, print and refuse; `footnote chat` at an open address."""

from pathlib import Path

import pytest
from test_history import ANSWER
from typer.testing import CliRunner, Result

import footnote
from documents.errors import FootnoteError, PeopleError
from qa.history import CONVERSATIONS, History
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


def test_a_token_is_printed_once_alone_on_its_line(tmp_path: Path) -> None:
    added = run(tmp_path / "library", "token", "add", "reports")
    token = added.stdout.strip()
    assert People(tmp_path / "library" / PEOPLE).token(token) == "reports" and "can't be shown again" in added.stderr
    listed = run(tmp_path / "library", "token", "list").output
    assert "reports" in listed and token not in listed
    assert run(tmp_path / "library", "token", "remove", "reports").exit_code == 0
    assert People(tmp_path / "library" / PEOPLE).token(token) is None


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
