"""Who may use a library over the network: users with passwords, the sessions they are signed in with, tokens.

One SQLite file beside the library, so each library has people of its own. Passwords are kept as argon2id hashes; tokens
and sessions are long random strings and kept as SHA-256, so that nothing in the file opens anything.
"""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from documents.errors import LibraryCorrupt, LibraryError, PeopleError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["PEOPLE", "SHORTEST_PASSWORD", "People", "Token", "User"]

PEOPLE = "people.db"  # the file's name in a library's folder
SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 1000
SIGNED_IN = timedelta(days=14)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_SCHEMA = """
    CREATE TABLE users (name TEXT PRIMARY KEY COLLATE NOCASE, password TEXT NOT NULL, added TEXT NOT NULL) STRICT;
    CREATE TABLE tokens (name TEXT PRIMARY KEY COLLATE NOCASE, sha256 TEXT NOT NULL UNIQUE, added TEXT NOT NULL) STRICT;
    CREATE TABLE sessions (
        sha256 TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, until TEXT NOT NULL
    ) STRICT
"""


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in."""

    name: str
    added: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A program that may call the API, by the name it was given."""

    name: str
    added: datetime


class People:
    """The people of one library; safe to use from many threads, each call opens its own connection."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self._now = now
        with self._connection() as db:
            if not _version(db):
                db.execute("BEGIN IMMEDIATE")
                for statement in () if _version(db) else _SCHEMA.split(";\n"):
                    db.execute(statement)
                db.execute("PRAGMA user_version = 1")
        path.chmod(0o600)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=10)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")
                with db:
                    yield db
        except sqlite3.OperationalError as error:
            raise LibraryError(f"the people in {self.path} can't be used: {error}") from error
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise LibraryCorrupt(f"{self.path} is damaged ({error}): move it away and add the users again") from error

    # -- users -----------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str) -> None:
        """Adds a user.

        Raises:
            PeopleError: the name is taken or none, or the password is too short.
        """
        _check_name(name, "user")
        hashed = self._hash(password)
        try:
            with self._connection() as db:
                db.execute("INSERT INTO users VALUES (?, ?, ?)", (name, hashed, self._now().isoformat()))
        except sqlite3.IntegrityError as error:
            raise PeopleError(
                f"there is a user {name!r} already: `footnote user password {name}` gives them a new password"
            ) from error

    def set_password(self, name: str, password: str) -> None:
        """Gives a user another password, and signs them out everywhere."""
        hashed = self._hash(password)
        with self._connection() as db:
            if not db.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name)).rowcount:
                raise _no_user(name)
            db.execute("DELETE FROM sessions WHERE user = ? COLLATE NOCASE", (name,))

    def remove_user(self, name: str) -> str:
        """Removes a user and signs them out everywhere; returns the name as it was written when they were added."""
        with self._connection() as db:
            removed = db.execute("DELETE FROM users WHERE name = ? RETURNING name", (name,)).fetchone()
        if removed is None:
            raise _no_user(name)
        return str(removed[0])

    def users(self) -> list[User]:
        """All users by name."""
        with self._connection() as db:
            rows = db.execute("SELECT name, added FROM users ORDER BY name").fetchall()
        return [User(name, datetime.fromisoformat(added)) for name, added in rows]

    # -- signing in ------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> str | None:
        """A new session's secret, None where name or password is wrong, which takes as long as a right one."""
        from argon2.exceptions import InvalidHashError, VerificationError

        row = None
        if _NAME.fullmatch(name):
            with self._connection() as db:
                row = db.execute("SELECT name, password FROM users WHERE name = ?", (name,)).fetchone()
        known, hashed = row or (None, self._decoy)
        try:
            self._hasher.verify(hashed, _bytes(password[: LONGEST_PASSWORD + 1]))
        except (VerificationError, InvalidHashError):
            return None
        if known is None:
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

    def add_token(self, name: str) -> str:
        """A new token for a program, to be shown once: it can't be told again.

        Raises:
            PeopleError: the name is taken or none.
        """
        _check_name(name, "token")
        token = f"fn-{secrets.token_urlsafe(32)}"
        try:
            with self._connection() as db:
                db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (name, _sha256(token), self._now().isoformat()))
        except sqlite3.IntegrityError as error:
            raise PeopleError(f"there is a token {name!r} already: choose another name, or remove it first") from error
        return token

    def remove_token(self, name: str) -> None:
        """Removes a token: what uses it is refused from now on."""
        with self._connection() as db:
            if not db.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount:
                raise PeopleError(f"there is no token {name!r}: `footnote token list` shows them")

    def tokens(self) -> list[Token]:
        """All tokens by name, without their secrets."""
        with self._connection() as db:
            rows = db.execute("SELECT name, added FROM tokens ORDER BY name").fetchall()
        return [Token(name, datetime.fromisoformat(added)) for name, added in rows]

    def token(self, token: str) -> str | None:
        """The name of a token, None where there is no such."""
        with self._connection() as db:
            row = db.execute("SELECT name FROM tokens WHERE sha256 = ?", (_sha256(token),)).fetchone()
        return None if row is None else str(row[0])

    # -- hashing ---------------------------------------------------------------------------------------------------

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher()  # RFC 9106, low memory: 64 MiB, three passes

    @cached_property
    def _decoy(self) -> str:
        """A hash that no password has, so that an unknown name takes as long as a known one."""
        return str(self._hasher.hash(secrets.token_hex(32)))

    def _hash(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise PeopleError(
                f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, and this one {len(password)}: "
                "a few words in a row are easy to keep in mind"
            )
        return str(self._hasher.hash(_bytes(password)))


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")


def _sha256(secret: str) -> str:
    return hashlib.sha256(_bytes(secret)).hexdigest()


def _check_name(name: str, kind: str) -> None:
    if not _NAME.fullmatch(name):
        raise PeopleError(
            f"{name!r} is no name for a {kind}: up to 64 of the letters A to Z, digits, and . _ @ -, "
            "a letter or digit first"
        )


def _no_user(name: str) -> PeopleError:
    return PeopleError(f"there is no user {name!r}: `footnote user list` shows them")
