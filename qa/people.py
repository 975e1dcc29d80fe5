"""Who may use a library over the network: users with passwords, the sessions they are signed in with, tokens.

One SQLite file beside the library, so each library has people of its own. Passwords are kept as argon2id hashes; tokens
and sessions are long random strings and kept as SHA-256, so that nothing in the file opens anything.

A caller is known by a name: a user's, or "token:" and a token's. A user may have a folder with a library of their own;
its name ends in random letters, so that a later user of the same name never comes to it.
"""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from documents.errors import PeopleError
from index.sidefile import connected, migrate
from qa.passwords import Passwords
from qa.rights import PROGRAM, Rights, Token, User

__all__ = ["PEOPLE", "People"]

PEOPLE = "people.db"  # the file's name in a library's folder
SIGNED_IN = timedelta(days=14)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_MIGRATIONS = (
    """
    CREATE TABLE users (name TEXT PRIMARY KEY COLLATE NOCASE, password TEXT NOT NULL, added TEXT NOT NULL) STRICT;
    CREATE TABLE tokens (name TEXT PRIMARY KEY COLLATE NOCASE, sha256 TEXT NOT NULL UNIQUE, added TEXT NOT NULL) STRICT;
    CREATE TABLE sessions (
        sha256 TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, until TEXT NOT NULL
    ) STRICT
    """,
    """
    ALTER TABLE users ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE users ADD COLUMN folder TEXT;
    ALTER TABLE tokens ADD COLUMN reader INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE tokens ADD COLUMN user TEXT REFERENCES users (name) ON DELETE CASCADE
    """,
)


class People:
    """The people of one library; safe to use from many threads, each call opens its own connection."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._now = now
        self._passwords = Passwords()
        with self._connection() as db:
            migrate(db, _MIGRATIONS)
        path.chmod(0o600)

    def _connection(self) -> AbstractContextManager[sqlite3.Connection]:
        return connected(self.path, "people", "move it away and add the users again")

    # -- users -----------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str, *, reader: bool = False) -> None:
        """Adds a user, a `reader` where they shall not change the shared library.

        Raises:
            PeopleError: the name is taken or none, or the password is too short.
        """
        _check_name(name, "user")
        hashed = self._passwords.hashed(password)
        try:
            with self._connection() as db:
                db.execute(
                    "INSERT INTO users (name, password, added, reader) VALUES (?, ?, ?, ?)",
                    (name, hashed, self._now().isoformat(), reader),
                )
        except sqlite3.IntegrityError as error:
            raise PeopleError(
                f"there is a user {name!r} already: `footnote user password {name}` gives them a new password"
            ) from error

    def set_password(self, name: str, password: str) -> None:
        """Gives a user another password, and signs them out everywhere."""
        hashed = self._passwords.hashed(password)
        with self._connection() as db:
            if not db.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name)).rowcount:
                raise _no_user(name)
            db.execute("DELETE FROM sessions WHERE user = ? COLLATE NOCASE", (name,))

    def set_reader(self, name: str, reader: bool) -> None:
        """Makes a user a reader, or takes that back; raises PeopleError where there is no such user."""
        with self._connection() as db:
            if not db.execute("UPDATE users SET reader = ? WHERE name = ?", (reader, name)).rowcount:
                raise _no_user(name)

    def remove_user(self, name: str) -> User:
        """Removes a user with the tokens that are theirs, and signs them out everywhere; their folder stays."""
        user = self.user(name)
        with self._connection() as db:
            db.execute("DELETE FROM users WHERE name = ?", (name,))
        return user

    def user(self, name: str) -> User:
        """The user of this name; raises PeopleError where there is none."""
        found = next((user for user in self.users() if user.name.lower() == name.lower()), None)
        if found is None:
            raise _no_user(name)
        return found

    def users(self) -> list[User]:
        """All users by name."""
        with self._connection() as db:
            rows = db.execute("SELECT name, added, reader, folder FROM users ORDER BY name").fetchall()
        return [User(name, datetime.fromisoformat(added), bool(reader), folder) for name, added, reader, folder in rows]

    # -- what callers may do ---------------------------------------------------------------------------------------

    def rights(self, caller: str) -> Rights | None:
        """What a caller may do, None where there is no such caller any more."""
        if not _NAME.fullmatch(caller.removeprefix(PROGRAM)):
            return None
        with self._connection() as db:
            if not caller.startswith(PROGRAM):
                row = db.execute("SELECT name, folder, reader FROM users WHERE name = ?", (caller,)).fetchone()
                return None if row is None else Rights(row[0], row[1], not row[2], True)
            row = db.execute(
                "SELECT users.name, users.folder, users.reader, tokens.reader"
                " FROM tokens LEFT JOIN users ON users.name = tokens.user WHERE tokens.name = ?",
                (caller.removeprefix(PROGRAM),),
            ).fetchone()
        return None if row is None else Rights(row[0], row[1], not (row[2] or row[3]), not row[3])

    def folder(self, name: str) -> str:
        """The name of the folder of a user's own library, chosen now where there was none; raises PeopleError."""
        with self._connection() as db:
            db.execute(
                "UPDATE users SET folder = name || ? WHERE name = ? AND folder IS NULL",
                (f"-{secrets.token_hex(6)}", name),
            )
            row = db.execute("SELECT folder FROM users WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise _no_user(name)
        return str(row[0])

    # -- signing in ------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> str | None:
        """A new session's secret, None where name or password is wrong, which takes as long as a right one."""
        row = None
        if _NAME.fullmatch(name):
            with self._connection() as db:
                row = db.execute("SELECT name, password FROM users WHERE name = ?", (name,)).fetchone()
        known, hashed = row or (None, None)
        if not self._passwords.right(password, hashed):
            return None
        secret = secrets.token_urlsafe(32)
        with self._connection() as db:
            db.execute("DELETE FROM sessions WHERE until < ?", (self._now().isoformat(),))
            until = (self._now() + SIGNED_IN).isoformat()
            db.execute("INSERT INTO sessions VALUES (?, ?, ?)", (_sha256(secret), known, until))
        return secret

    def signed_in(self, secret: str) -> str | None:
        """The name of the user a session belongs to, None where it has ended or never was."""
        with self._connection() as db:
            row = db.execute(
                "SELECT user FROM sessions WHERE sha256 = ? AND until >= ?", (_sha256(secret), self._now().isoformat())
            ).fetchone()
        return None if row is None else str(row[0])

    def sign_out(self, secret: str) -> None:
        """Ends a session."""
        with self._connection() as db:
            db.execute("DELETE FROM sessions WHERE sha256 = ?", (_sha256(secret),))

    # -- tokens ----------------------------------------------------------------------------------------------------

    def add_token(self, name: str, *, user: str | None = None, reader: bool = False) -> str:
        """A new token for a program, to be shown once: it can't be told again.

        That of a `user` opens their own library too, and goes with them; a `reader` changes nothing.

        Raises:
            PeopleError: the name is taken or none, or there is no such user.
        """
        _check_name(name, "token")
        owner = None if user is None else self.user(user).name
        token = f"fn-{secrets.token_urlsafe(32)}"
        try:
            with self._connection() as db:
                db.execute(
                    "INSERT INTO tokens (name, sha256, added, user, reader) VALUES (?, ?, ?, ?, ?)",
                    (name, _sha256(token), self._now().isoformat(), owner, reader),
                )
        except sqlite3.IntegrityError as error:
            raise PeopleError(f"there is a token {name!r} already: choose another name, or remove it first") from error
        return token

    def remove_token(self, name: str) -> Token:
        """Removes a token: what uses it is refused from now on."""
        found = next((token for token in self.tokens() if token.name.lower() == name.lower()), None)
        if found is None:
            raise PeopleError(f"there is no token {name!r}: `footnote token list` shows them")
        with self._connection() as db:
            db.execute("DELETE FROM tokens WHERE name = ?", (name,))
        return found

    def tokens(self) -> list[Token]:
        """All tokens by name, without their secrets."""
        with self._connection() as db:
            rows = db.execute("SELECT name, added, reader, user FROM tokens ORDER BY name").fetchall()
        return [Token(name, datetime.fromisoformat(added), bool(reader), user) for name, added, reader, user in rows]

    def token(self, token: str) -> str | None:
        """The name of a token, None where there is no such."""
        with self._connection() as db:
            row = db.execute("SELECT name FROM tokens WHERE sha256 = ?", (_sha256(token),)).fetchone()
        return None if row is None else str(row[0])


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _check_name(name: str, kind: str) -> None:
    if not _NAME.fullmatch(name):
        raise PeopleError(
            f"{name!r} is no name for a {kind}: up to 64 of the letters A to Z, digits, and . _ @ -, "
            "a letter or digit first"
        )


def _no_user(name: str) -> PeopleError:
    return PeopleError(f"there is no user {name!r}: `footnote user list` shows them")
