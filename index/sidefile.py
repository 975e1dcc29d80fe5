"""A small SQLite file beside a library: opened for one transaction at a time, brought up to date by numbered scripts.

What such a file holds (conversations, people) is no part of the library, and may be moved away without harm to it.
Deleted rows are overwritten with zeros (secure_delete). An empty one serves as a lock.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from documents.errors import LibraryCorrupt, LibraryError

__all__ = ["connected", "locked", "migrate"]

BUSY_SECONDS = 10.0


@contextmanager
def connected(path: Path, what: str, remedy: str) -> Iterator[sqlite3.Connection]:
    """A connection whose statements take effect together or not at all; `what` is in the file, in messages.

    Raises:
        LibraryError: the file can't be opened, read or written.
        LibraryCorrupt: it is damaged, or no SQLite file; the message ends in the `remedy`.
        sqlite3.IntegrityError: as it is, since only who wrote the statement knows what it means.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            with db:
                yield db
    except sqlite3.OperationalError as error:
        raise LibraryError(f"the {what} in {path} can't be used: {error}") from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise LibraryCorrupt(f"{path} is damaged ({error}): {remedy}") from error


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Inside, no other thread or process is inside with the same empty file; `what` is changed there, in messages.

    SQLite's lock works on every system, and ends with the process that holds it.

    Raises LibraryError where another one stays inside for BUSY_SECONDS, or the file can't be made.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
    except sqlite3.OperationalError as error:
        raise LibraryError(
            f"{what} can't be changed: {error}. Is another program changing it, and may this one write to {path}?"
        ) from error


def migrate(db: sqlite3.Connection, scripts: Sequence[str]) -> None:
    """Runs those of the scripts that the file hasn't seen; their statements are divided by a semicolon at a line's end.

    Raises LibraryError where the file was made by a newer Footnote.
    """
    if _version(db) == len(scripts):
        return
    db.execute("BEGIN IMMEDIATE")
    done = _version(db)  # again, now that no other process can be migrating
    if done > len(scripts):
        path = db.execute("PRAGMA database_list").fetchone()[2]
        raise LibraryError(
            f"{path} was made by a newer Footnote (schema {done}, this one knows {len(scripts)}): update Footnote"
        )
    for number, script in enumerate(scripts[done:], start=done + 1):
        for statement in script.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
