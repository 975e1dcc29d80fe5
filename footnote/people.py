"""The commands for the people and programs that `chat --auth` lets in."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from documents.errors import LibraryError, PeopleError
from footnote.options import LibraryOption, library_folder, opened
from footnote.printing import err, out, plain

if TYPE_CHECKING:
    from qa.people import People
    from qa.rights import User

PersonArgument = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, and . _ @ -", show_default=False)]


def user_add(
    name: PersonArgument,
    library: LibraryOption = None,
    reader: Annotated[
        bool, typer.Option("--reader", help="They can't add to the shared library or remove from it.")
    ] = False,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    with _people(library, new=True) as people:
        people.add_user(name, _password(), reader=reader)
        out.print(f"added the user {plain(name)}")


def user_password(name: PersonArgument, library: LibraryOption = None) -> None:
    """Give a user another password, and sign them out everywhere."""
    with _people(library) as people:
        people.set_password(name, _password())
        out.print(f"{plain(name)} has a new password")


def user_change(
    name: PersonArgument,
    reader: Annotated[
        bool,
        typer.Option(
            "--reader/--no-reader",
            help="Whether the shared library is closed to changes of theirs.",
            show_default=False,
        ),
    ],
    library: LibraryOption = None,
) -> None:
    """Say whether a user may change the shared library."""
    with _people(library) as people:
        people.set_reader(name, reader)
        out.print(f"{plain(name)} {'can only read' if reader else 'may change'} the shared library")


def user_list(library: LibraryOption = None) -> None:
    """Show the users, with the folders of their own libraries."""
    with _people(library) as people:
        for user in people.users():
            own = f"  {plain(str(own_folder(people, user)))}" if user.folder else ""
            out.print(
                f"{plain(user.name)}  [dim]since {user.added:%Y-%m-%d}{'  reader' if user.reader else ''}{own}[/]"
            )


def user_remove(
    name: PersonArgument,
    library: LibraryOption = None,
    own: Annotated[
        bool | None,
        typer.Option(
            "--delete-library/--keep-library",
            help="What to do with their own library, if they have one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Remove a user, with their conversations, settings and tokens, and keep or delete their own library."""
    from qa.rights import PROGRAM

    with _people(library) as people:
        folder = own_folder(people, people.user(name))
        if folder is not None and own is None:
            raise PeopleError(f"{name} has a library of their own in {folder}: say --delete-library or --keep-library")
        tokens = people.tokens()
        known = people.remove_user(name).name  # first, so that they can't add to what is being deleted
        _forget(people, known, *(f"{PROGRAM}{token.name}" for token in tokens if token.user == known))
        out.print(f"removed the user {plain(known)} and their conversations")
        if folder is not None and own:
            try:
                shutil.rmtree(folder)
            except OSError as error:  # perhaps a server was still reading an upload into it
                raise LibraryError(f"{folder} is not wholly deleted ({error.strerror}): delete it by hand") from error
            out.print("and deleted their own library")
        elif folder is not None:
            out.print(f"their own library is kept: --library {plain(str(folder))} opens it")


def token_add(
    name: PersonArgument,
    library: LibraryOption = None,
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="It opens this user's own library too.", show_default=False)
    ] = None,
    reader: Annotated[bool, typer.Option("--reader", help="It can't change anything.")] = False,
) -> None:
    """Make a token for a program; it is shown this once."""
    with _people(library, new=True) as people:
        out.print(people.add_token(name, user=user, reader=reader))
        err.print("Keep it: it can't be shown again. Send it as `Authorization: Bearer …`.")


def token_list(library: LibraryOption = None) -> None:
    """Show the tokens by name."""
    with _people(library) as people:
        for token in people.tokens():
            more = f"{f'  of {token.user}' if token.user else ''}{'  reader' if token.reader else ''}"
            out.print(f"{plain(token.name)}  [dim]since {token.added:%Y-%m-%d}{plain(more)}[/]")


def token_remove(name: PersonArgument, library: LibraryOption = None) -> None:
    """Remove a token with the conversations held by it: what uses it is refused from now on."""
    from qa.rights import PROGRAM

    with _people(library) as people:
        _forget(people, f"{PROGRAM}{people.remove_token(name).name}")
        out.print(f"removed the token {plain(name)}")


@contextmanager
def _people(library: Path | None, *, new: bool = False) -> "Iterator[People]":
    """The people of a library; where there are none yet, it is made only if `new`, else a slip in its name would be."""
    from qa.people import PEOPLE, People

    with opened(library, create=new or (library_folder(library) / PEOPLE).is_file()) as shelf:
        yield People(shelf.path / PEOPLE)


def _forget(people: "People", *callers: str) -> None:
    """Deletes the conversations and settings of callers, so that a later one of the same name doesn't get them."""
    from qa.history import CONVERSATIONS, History

    history = History(people.path.with_name(CONVERSATIONS))
    for caller in callers:
        history.of(caller).forget()


def own_folder(people: "People", user: "User") -> Path | None:
    """Where a user's own library is; None where they have none."""
    from qa.libraries import PRIVATE

    folder = None if user.folder is None else people.path.parent / PRIVATE / user.folder
    return folder if folder is not None and folder.is_dir() else None


def _password() -> str:
    """A new password, typed twice; from the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
