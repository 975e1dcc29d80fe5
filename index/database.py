"""The library's SQLite file: connections, transactions, errors, settings.

WAL mode: readers see the last committed state while one writer works. Deleted rows are overwritten with zeros
(secure_delete). What is in it is in index/schema.py.
"""

import sqlite3
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from documents.errors import LibraryBusy, LibraryCorrupt, LibraryError, LibraryFull
from index.schema import APPLICATION_ID, MIGRATIONS, check_header

__all__ = ["BUSY_SECONDS", "Database", "glob"]

BUSY_SECONDS = 30.0


class Database:
    """The connections to the file, one for each thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: dict[threading.Thread, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        check_header(path)
        with self.errors():
            self._migrate()

    # -- connections and transactions ------------------------------------------------------------------------------

    @property
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw",  # never rwc: see schema.py
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                uri=True,
            )
            for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "foreign_keys=ON", "secure_delete=ON"):
                connection.execute(f"PRAGMA {pragma}")
            self._local.connection = connection
            with self._lock:
                self._close_orphans()
                self._all[threading.current_thread()] = connection
        return connection

    def _close_orphans(self) -> None:
        """Closes the connections of threads that have ended: a server's threads come and go by the thousand."""
        for thread in [t for t in self._all if not t.is_alive()]:
            self._all.pop(thread).close()

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        if self.path.stat().st_size == 0:
            # Before WAL mode: in it, the header would say whose file this is only after a checkpoint.
            self._db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        self._db.execute("PRAGMA journal_mode=WAL")
        with self.transaction():
            version = self._version()  # again, now that no other process can be migrating
            if version > len(MIGRATIONS):
                raise LibraryError(
                    f"{self.path} was made by a newer Footnote (schema {version}, this one knows {len(MIGRATIONS)}): "
                    "update Footnote"
                )
            for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in script.split(";\n"):
                    if statement.strip():
                        self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={number}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns SQLite's errors into ours, which say what to do; mistakes in our own SQL pass as they are."""
        try:
            yield
        except sqlite3.Error as error:
            ours = self._translated(error)
            if ours is None:
                raise
            raise ours from error
        except (zlib.error, struct.error, UnicodeDecodeError) as error:
            raise self._corrupt(str(error)) from error  # what was stored can't be unpacked

    def _translated(self, error: sqlite3.Error) -> LibraryError | None:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # raised by Python: bytes that aren't UTF-8 are damage, anything else is a mistake of ours
            return self._corrupt(str(error)) if "decode" in str(error) else None
        match code & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return LibraryBusy(
                    f"another process has been using {self.path} for {BUSY_SECONDS:g} s: try again when it is done"
                )
            case sqlite3.SQLITE_FULL:
                return LibraryFull(
                    f"the disk that holds {self.path} is full: nothing was changed; free some space and try again"
                )
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_FORMAT:
                return self._corrupt(str(error))
            case sqlite3.SQLITE_CANTOPEN if not self.path.exists():
                return LibraryError(
                    f"{self.path} is not there any more: it was moved or deleted while it was in use. Put it back, or "
                    "start again to make a new library"
                )
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
                return LibraryError(
                    f"{self.path} can't be opened for writing ({error}): a library's folder must be writable, even to "
                    "read it; change its permissions or copy it to a folder of yours"
                )
            case sqlite3.SQLITE_IOERR:
                return LibraryError(
                    f"{self.path} can't be read or written ({error.sqlite_errorname}): nothing was changed; check the "
                    "disk and the limits on file sizes, and try again"
                )
        return None

    def _corrupt(self, text: str) -> LibraryCorrupt:
        return LibraryCorrupt(
            f"{self.path} is damaged ({text}). Restore it from a copy, or move it away and add the documents again; "
            "`footnote doctor` says more"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside take effect together, or none does."""
        with self.errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one state of the library, whatever is written meanwhile."""
        with self.errors():
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN")
            try:
                yield
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Inside, a lock held by another process is an error at once."""
        self._db.execute("PRAGMA busy_timeout=0")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA busy_timeout={int(1000 * BUSY_SECONDS)}")

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for connection in self._all.values():
                connection.close()
            self._all.clear()
        self._local = threading.local()

    # -- settings --------------------------------------------------------------------------------------------------

    def setting(self, name: str) -> str | None:
        """The value of a setting, None where it isn't set."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Sets a setting; inside a transaction."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    @property
    def generation(self) -> int:
        """Counts the changes to passages: what was derived at another generation is out of date."""
        return self._number("generation")

    @property
    def dimension(self) -> int:
        """The length of the library's vectors, 0 while there is none."""
        return self._number("dimension")

    def _number(self, name: str) -> int:
        value = self.setting(name) or "0"
        if not value.isdecimal():
            raise self._corrupt(f"the setting {name} is {value!r}")
        return int(value)


def glob(text: str, pattern: str) -> bool:
    """Whether a text is of a pattern, by SQLite's own GLOB: a file is limited as the documents in the database are."""
    with closing(sqlite3.connect(":memory:")) as db:
        return bool(db.execute("SELECT ? GLOB ?", (text, pattern)).fetchone()[0])
