"""The library's SQLite file: its schema and migrations, connections, transactions, errors, settings.

WAL mode: readers see the last committed state while one writer works. A file that isn't ours is refused before SQLite
opens it. Deleted rows are overwritten with zeros (secure_delete).
"""

import sqlite3
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from documents.errors import LibraryBusy, LibraryCorrupt, LibraryError, LibraryFull

__all__ = ["BUSY_SECONDS", "MIGRATIONS", "Database", "glob"]

APPLICATION_ID = 0x464F4F54  # "FOOT", in the file's header: tells a library from any other SQLite file
BUSY_SECONDS = 30.0

MIGRATIONS = (
    """
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, media_type TEXT NOT NULL, text TEXT NOT NULL,
        text_sha256 TEXT NOT NULL, structure BLOB NOT NULL, layout BLOB NOT NULL, problems TEXT NOT NULL,
        meta TEXT NOT NULL, size INTEGER NOT NULL, added TEXT NOT NULL
    );
    CREATE TABLE files (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, error TEXT, seen TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sources (
        source TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id), path TEXT,
        collection TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sources_of_document ON sources (document_id);
    CREATE INDEX sources_of_file ON sources (path);
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents (id),
        start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
        vector BLOB NOT NULL, sentence_spans BLOB NOT NULL, sentence_vectors BLOB NOT NULL
    );
    CREATE INDEX passages_of_document ON passages (document_id);
    CREATE VIRTUAL TABLE lexicon USING fts5 (
        title, heading, body, tokenize = 'unicode61 remove_diacritics 0'
    );
    CREATE VIRTUAL TABLE lexicon_terms USING fts5vocab ('lexicon', 'row');
    INSERT INTO settings VALUES ('generation', '0');
    """,
    # A document's day, and whether something of it was not read, are asked for without touching its text: indexes that
    # hold all that is asked for. A file's hash tells a renamed or touched file from a changed one.
    """
    ALTER TABLE documents ADD COLUMN day TEXT;
    ALTER TABLE files ADD COLUMN sha256 TEXT;
    UPDATE documents SET day = substr(coalesce(meta ->> 'modified', meta ->> 'created'), 1, 10) WHERE json_valid(meta);
    CREATE INDEX documents_by_day ON documents (day, id);
    CREATE INDEX documents_with_problems ON documents (id, problems) WHERE problems <> '[]';
    CREATE INDEX files_by_size ON files (size);
    """,
    # Vectors of another encoder on their way in; a passage that is removed meanwhile takes its own along.
    """
    CREATE TABLE coming (
        id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, vector BLOB NOT NULL,
        sentence_vectors BLOB NOT NULL
    );
    """,
)


class Database:
    """The connections to the file, one for each thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: dict[threading.Thread, sqlite3.Connection] = {}
        self._lock = threading.Lock()
        self._check_header()
        with self.errors():
            self._migrate()

    # -- connections and transactions ------------------------------------------------------------------------------

    def _check_header(self) -> None:
        """Refuses a file that isn't ours before SQLite opens it: a crafted database can attack the one who opens it."""
        try:
            with self.path.open("rb") as file:
                header = file.read(100)
        except FileNotFoundError:
            self._make()
            return
        except OSError as error:
            raise LibraryError(f"{self.path} can't be opened: {error.strerror}") from error
        if not header:
            self._check_leftovers()
            return
        ours = header.startswith(b"SQLite format 3\0") and len(header) == 100
        if not ours or struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
            raise LibraryCorrupt(
                f"{self.path} is not a Footnote library, or its first page is damaged. Restore it from a copy, or move "
                "it away and add the documents again"
            )

    def _make(self) -> None:
        """An empty file: connections make none, or one that begins after the library was moved away would."""
        try:
            self.path.touch()
        except OSError as error:
            raise LibraryError(
                f"{self.path} can't be made: {error.strerror}; change the folder's permissions or choose another folder"
            ) from error

    def _check_leftovers(self) -> None:
        """An empty file is a library about to be made, unless what lies beside it says that it was one."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if (log.is_file() and log.stat().st_size) or any(self.path.parent.glob("vectors-*.faiss")):
            raise LibraryCorrupt(
                f"{self.path} is empty, and files beside it say that it held documents. Restore it from a copy, or "
                "move the whole folder away and add the documents again"
            )

    @property
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=rw",  # never rwc: see _make
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
