"""The commands for the people and programs that `chat --auth` lets in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from footnote.options import LibraryOption, opened
from footnote.printing import err, out, plain

if TYPE_CHECKING:
    from qa.people import People

PersonArgument = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, and . _ @ -", show_default=False)]


def user_add(name: PersonArgument, library: LibraryOption = None) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    with _people(library) as people:
        people.add_user(name, _password())
        out.print(f"added the user {plain(name)}")


def user_password(name: PersonArgument, library: LibraryOption = None) -> None:
    """Give a user another password, and sign them out everywhere."""
    with _people(library) as people:
        people.set_password(name, _password())
        out.print(f"{plain(name)} has a new password")


def user_list(library: LibraryOption = None) -> None:
    """Show the users."""
    with _people(library) as people:
        for user in people.users():
            out.print(f"{plain(user.name)}  [dim]since {user.added:%Y-%m-%d}[/]")


def user_remove(name: PersonArgument, library: LibraryOption = None) -> None:
    """Remove a user, with their conversations and settings."""
    from qa.history import CONVERSATIONS, History

    with _people(library) as people:
        known = people.remove_user(name)
        History(people.path.with_name(CONVERSATIONS), known).forget()
        out.print(f"removed the user {plain(known)} and their conversations")


def token_add(name: PersonArgument, library: LibraryOption = None) -> None:
    """Make a token for a program; it is shown this once."""
    with _people(library) as people:
        out.print(people.add_token(name))
        err.print("Keep it: it can't be shown again. Send it as `Authorization: Bearer …`.")


def token_list(library: LibraryOption = None) -> None:
    """Show the tokens by name."""
    with _people(library) as people:
        for token in people.tokens():
            out.print(f"{plain(token.name)}  [dim]since {token.added:%Y-%m-%d}[/]")


def token_remove(name: PersonArgument, library: LibraryOption = None) -> None:
    """Remove a token: what uses it is refused from now on."""
    with _people(library) as people:
        people.remove_token(name)
        out.print(f"removed the token {plain(name)}")


@contextmanager
def _people(library: Path | None) -> "Iterator[People]":
    from qa.people import PEOPLE, People

    with opened(library, create=True) as shelf:
        yield People(shelf.path / PEOPLE)


def _password() -> str:
    """A new password, typed twice; from the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
