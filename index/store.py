"""Every SQL statement of the library, its schema and its migrations. Nothing here knows of FAISS or of an encoder.

One SQLite file in WAL mode: readers see the last committed state while one writer works; a writer's transaction holds
one document, so that a kill at any moment leaves each document wholly old or wholly new. Deleted rows are overwritten
with zeros (secure_delete), and `tidy` merges the full-text index so that no deleted word stays in it.
"""

import hashlib
import json
import sqlite3
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from logging import getLogger
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from documents.detect import SUFFIXES
from documents.errors import LibraryBusy, LibraryCorrupt, LibraryError, LibraryFull
from documents.model import Document, Passage, Place, Problem
from index import codec
from index.encoder import Encoded
from index.terms import stem, stems

__all__ = ["DocumentRecord", "FileRecord", "Filter", "PassageRow", "Store", "Unread", "heading_of"]

log = getLogger(__name__)

APPLICATION_ID = 0x464F4F54  # "FOOT", in the file's header: tells a library from any other SQLite file
BUSY_SECONDS = 30.0
SHORTEST_ID = 4  # characters: a slip of one letter must not name a document
UNTIDY = "untidy"  # the setting that stands while deleted words may be left in the files

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
)

_FILE = "path, size, mtime_ns, error, sha256"  # the columns of a FileRecord
# By subqueries on an index alone: to find the day in a document's row, all of its text would be read.
_DATED = (
    "(d.id IN (SELECT id FROM documents WHERE day BETWEEN ? AND ?)"
    " OR (d.id IN (SELECT id FROM documents WHERE day IS NULL) AND s.path IN (SELECT path FROM files"
    " WHERE date(mtime_ns / 1000000000, 'unixepoch', 'localtime') BETWEEN ? AND ?)))"
)

# BM25 weights of title, heading and body.
_WEIGHTS = "1.0, 1.0, 1.0"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search or a listing is limited to; None sets no limit.

    `path` is a pattern over sources as in SQLite's GLOB: * any characters, ? one, [a-c] one of these. `since` and
    `until` are days, both included, that a document's own date of change or creation is held against, or where it has
    none, the time of the file it was read from.
    """

    documents: tuple[str, ...] | None = None
    collections: tuple[str, ...] | None = None
    media_types: tuple[str, ...] | None = None
    path: str | None = None
    since: date | None = None
    until: date | None = None

    def lets_file(self, path: str) -> bool:
        """Whether it lets a file through that could not be read, of which nothing but its path is known."""
        if (self.documents, self.collections, self.since, self.until) != (None, None, None, None):
            return False
        typed = self.media_types is None or SUFFIXES.get(PurePath(path).suffix.lower()) in self.media_types
        return typed and (self.path is None or fnmatchcase(path, self.path))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as a list shows it. `sources` are all the names its bytes are known by."""

    id: str
    title: str
    sources: tuple[str, ...]
    collections: tuple[str, ...]
    media_type: str
    characters: int
    passages: int
    size: int
    added: datetime
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when last read; `error` says why it could not be, `sha256` is its content's where it could."""

    path: str
    size: int
    mtime_ns: int
    error: str | None
    sha256: str | None = None

    def same_time(self, other: "FileRecord") -> bool:
        """Whether size and time are the same."""
        return (self.size, self.mtime_ns) == (other.size, other.mtime_ns)


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that was not read in full, with its problems; or a file that was not read at all, with none."""

    name: str
    document_id: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as stored, with its vectors: (dimension,) and (sentences, dimension)."""

    id: int
    document_id: str
    source: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    spans: list[tuple[int, int]]
    vector: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]


def heading_of(passage: Passage) -> str:
    """A heading path as one line."""
    return " › ".join(passage.path)


class Store:
    """The library's database; each thread has a connection of its own."""

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
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
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
        except (zlib.error, struct.error, json.JSONDecodeError, UnicodeDecodeError) as error:
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

    # -- writing (inside a transaction) ----------------------------------------------------------------------------

    def insert_document(self, document: Document, passages: Sequence[Passage], encoded: Sequence[Encoded]) -> None:
        """A document with its passages and vectors."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                document.title,
                document.media_type,
                document.text,
                hashlib.sha256(document.text.encode()).hexdigest(),
                codec.pack_structure(document),
                codec.pack_layout(document.layout),
                codec.pack_problems(document.problems),
                codec.document_meta(document),
                document.size,
                datetime.now(UTC).isoformat(timespec="seconds"),
                _day(document),
            ),
        )
        for passage, vectors in zip(passages, encoded, strict=True):
            self._insert_passage(document, passage, vectors)
        self._bump()

    def _insert_passage(self, document: Document, passage: Passage, vectors: Encoded) -> None:
        heading, text = heading_of(passage), document.text[passage.start : passage.end]
        row = self._db.execute(
            "INSERT INTO passages (document_id, start, end, heading, text, vector, sentence_spans,"
            " sentence_vectors) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                passage.start,
                passage.end,
                heading,
                text,
                codec.pack_vectors(vectors.passage),
                codec.pack_spans([(s.start, s.end) for s in passage.sentences]),
                codec.pack_vectors(vectors.sentences),
            ),
        )
        self._db.execute(
            "INSERT INTO lexicon (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
            (row.lastrowid, stems(document.title), stems(heading), stems(text)),
        )

    def set_source(self, source: str, document_id: str, path: str | None, collection: str) -> None:
        """Makes `source` a name of the document."""
        self._db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)", (source, document_id, path, collection))

    def delete_source(self, source: str) -> None:
        """Takes a name away from its document."""
        self._db.execute("DELETE FROM sources WHERE source = ?", (source,))

    def delete_sources_of(self, document_id: str) -> None:
        """Takes all names from a document, and forgets the files it was read from, so that they can be added again."""
        paths = "SELECT path FROM sources WHERE document_id = ?"
        self._db.execute(f"DELETE FROM files WHERE path IN ({paths})", (document_id,))
        self._db.execute("DELETE FROM sources WHERE document_id = ?", (document_id,))

    def delete_unnamed(self, documents: Iterable[str]) -> int:
        """Deletes those of the documents that no source names any more; returns how many. Then `tidy` is due."""
        named = "SELECT 1 FROM sources WHERE document_id = ?"
        gone = [i for i in set(documents) if self._db.execute(named, (i,)).fetchone() is None]
        for document_id in gone:
            passages = "SELECT id FROM passages WHERE document_id = ?"
            self._db.execute(f"DELETE FROM lexicon WHERE rowid IN ({passages})", (document_id,))
            self._db.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
            self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        if gone:
            self._bump()
            self.set_setting(UNTIDY, str(self.generation))
        return len(gone)

    def set_file(self, record: FileRecord) -> None:
        """Remembers how a file was when it was read."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fields = (record.path, record.size, record.mtime_ns, record.error, now, record.sha256)
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", fields)

    def delete_file(self, path: str) -> None:
        """Forgets a file; the names it gave stay."""
        self._db.execute("DELETE FROM files WHERE path = ?", (path,))

    def _bump(self) -> None:
        # By a random step: a library restored from an old copy must not reach a number that stood for other passages.
        self._db.execute(
            "UPDATE settings SET value = value + 1 + abs(random() % 1000000) WHERE name = 'generation'",
        )

    @property
    def untidy(self) -> bool:
        """Whether words of deleted documents may still be in the full-text index or in the write-ahead log."""
        return self.setting(UNTIDY) is not None

    def tidy(self) -> None:
        """Removes the last traces of deleted documents: words in the index's old segments, pages in the log.

        Takes time in proportion to the library, so it is done once after many deletions. Where it is interrupted, or
        a reader holds the log for longer than BUSY_SECONDS, the library stays `untidy` and the next call tries again.
        """
        with self.errors():
            due = self.setting(UNTIDY)
            if due is None:
                return
            with self.transaction():
                self._db.execute("INSERT INTO lexicon (lexicon) VALUES ('optimize')")
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                log.warning("%s is being read: what was deleted stays in its log until the next change", self.path)
                return
            with self.transaction():  # unless something else was deleted meanwhile
                self._db.execute("DELETE FROM settings WHERE name = ? AND value = ?", (UNTIDY, due))

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Inside, a lock held by another process is an error at once."""
        self._db.execute("PRAGMA busy_timeout=0")
        try:
            yield
        finally:
            self._db.execute(f"PRAGMA busy_timeout={int(1000 * BUSY_SECONDS)}")

    # -- reading ---------------------------------------------------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        """The document with this id, as it was added; its source is the first of its names."""
        row = self._db.execute(
            "SELECT id, (SELECT min(source) FROM sources WHERE document_id = id), title, media_type, text,"
            " structure, layout, problems, size, meta FROM documents WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            return None
        sections, places = codec.unpack_structure(row[5])
        return Document(
            id=row[0],
            source=row[1] or "",
            title=row[2],
            media_type=row[3],
            text=row[4],
            sections=sections,
            places=places,
            layout=codec.unpack_layout(row[6]),
            problems=codec.unpack_problems(row[7]),
            size=row[8],
            **codec.unpack_meta(row[9]),
        )

    def has(self, document_id: str) -> bool:
        """Whether the document is there."""
        return self._db.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None

    def places(self, document_id: str) -> tuple[Place, ...]:
        """A document's places alone."""
        row = self._db.execute("SELECT structure FROM documents WHERE id = ?", (document_id,)).fetchone()
        return codec.unpack_structure(row[0])[1] if row else ()

    def text_of(self, document_id: str) -> str | None:
        """A document's canonical text alone."""
        row = self._db.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else str(row[0])

    def records(self, where: Filter | None = None) -> list[DocumentRecord]:
        """The documents that a filter lets through, by title."""
        chosen, parameters = _chosen(where)
        names: dict[str, list[tuple[str, str]]] = {}
        for source, document_id, collection in self._db.execute(
            "SELECT source, document_id, collection FROM sources ORDER BY source"
        ):
            names.setdefault(document_id, []).append((source, collection))
        rows = self._db.execute(
            "SELECT id, title, media_type, length(text), size, added, problems,"
            " (SELECT count(*) FROM passages WHERE document_id = documents.id) FROM documents"
            f" WHERE {f'id IN ({chosen})' if chosen else 'TRUE'} ORDER BY title, id",
            parameters,
        )
        return [
            DocumentRecord(
                id=row[0],
                title=row[1],
                sources=tuple(source for source, _ in names.get(row[0], ())),
                collections=tuple(sorted({c for _, c in names.get(row[0], ()) if c})),
                media_type=row[2],
                characters=row[3],
                size=row[4],
                added=self._moment(row[5]),
                problems=codec.unpack_problems(row[6]),
                passages=row[7],
            )
            for row in rows
        ]

    def _moment(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise self._corrupt(str(error)) from error

    def source(self, source: str) -> tuple[str, str, str | None] | None:
        """(document id, collection, path) of a name, None where there is no such name."""
        query = "SELECT document_id, collection, path FROM sources WHERE source = ?"
        row: tuple[str, str, str | None] | None = self._db.execute(query, (source,)).fetchone()
        return row

    def sources_of_file(self, path: str) -> list[tuple[str, str, str]]:
        """(name, document id, collection) of all documents read from a file; an archive or a mail gives several."""
        query = "SELECT source, document_id, collection FROM sources WHERE path = ? ORDER BY source"
        return self._db.execute(query, (path,)).fetchall()

    def find(self, key: str) -> list[str]:
        """Ids of the document named `key`, else of those whose id begins with it (SHORTEST_ID characters at least)."""
        named = self.source(key)
        if named is not None:
            return [named[0]]
        if len(key) < SHORTEST_ID:
            return []
        rows = self._db.execute("SELECT id FROM documents WHERE id GLOB ? || '*' LIMIT 3", (_literal(key),))
        return [str(row[0]) for row in rows]

    def files(self) -> list[FileRecord]:
        """All files that were read or tried, by path."""
        rows = self._db.execute(f"SELECT {_FILE} FROM files ORDER BY path")
        return [FileRecord(*row) for row in rows]

    def files_like(self, size: int) -> list[FileRecord]:
        """The files of a size that were read and whose hash is known."""
        rows = self._db.execute(f"SELECT {_FILE} FROM files WHERE size = ? AND sha256 IS NOT NULL", (size,))
        return [FileRecord(*row) for row in rows]

    def file(self, path: str) -> FileRecord | None:
        """A file as it was when last read."""
        row = self._db.execute(f"SELECT {_FILE} FROM files WHERE path = ?", (path,)).fetchone()
        return None if row is None else FileRecord(*row)

    def unread(self, where: Filter | None = None) -> list[Unread]:
        """What was not read in full among the documents that a filter lets through, and the files that failed."""
        where = where or Filter()
        chosen, parameters = _chosen(where)
        rows = self._db.execute(
            "SELECT (SELECT min(source) FROM sources WHERE document_id = id), id, problems FROM documents"
            " WHERE problems <> '[]'"
            f" AND {f'id IN ({chosen})' if chosen else 'TRUE'}"
            " UNION ALL SELECT path, NULL, '[]' FROM files WHERE error IS NOT NULL ORDER BY 1, 2",
            parameters,
        )
        return [
            Unread(name or "", document_id, codec.unpack_problems(text))
            for name, document_id, text in rows
            if document_id or where.lets_file(name)
        ]

    def count(self, table: str) -> int:
        """Rows of documents, passages, sources, files or lexicon."""
        if table not in ("documents", "passages", "sources", "files", "lexicon"):
            raise ValueError(f"no table {table!r}")
        return int(self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def passage_ids(self) -> NDArray[np.int64]:
        """Every passage's id, ascending."""
        return np.array([row[0] for row in self._db.execute("SELECT id FROM passages ORDER BY id")], dtype=np.int64)

    def vectors(self, dimension: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Every passage's id, shape (n,), and vector, shape (n, dimension)."""
        rows = self._db.execute("SELECT id, vector FROM passages ORDER BY id").fetchall()
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        return ids, codec.unpack_vectors(b"".join(row[1] for row in rows), dimension)

    def lexical(self, terms: Iterable[str], k: int, where: Filter | None = None) -> list[tuple[int, float]]:
        """The k passages with the highest BM25 for any of the words: (id, score), best first; higher is better."""
        query = " OR ".join(f'"{term}"' for term in dict.fromkeys(stem(term) for term in terms))
        if not query:
            return []
        condition, parameters = _conditions(where)
        limited = f" AND rowid IN (SELECT passages.id FROM passages WHERE {condition})" if condition else ""
        rows = self._db.execute(
            f"SELECT rowid, -bm25(lexicon, {_WEIGHTS}) AS score FROM lexicon WHERE lexicon MATCH ?{limited}"
            " ORDER BY score DESC, rowid LIMIT ?",
            (query, *parameters, k),
        )
        return [(int(row[0]), float(row[1])) for row in rows]

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each stem occurs."""
        found = {}
        for term in set(terms):
            row = self._db.execute("SELECT doc FROM lexicon_terms WHERE term = ?", (term,)).fetchone()
            found[term] = int(row[0]) if row else 0
        return found

    def mentioning(
        self,
        words: Sequence[str],
        where: Filter | None = None,
        *,
        column: str = "body",
        phrase: bool = True,
        exact: Sequence[str] = (),
    ) -> list[tuple[str, int, int]]:
        """(document id, id of its first such passage, how many there are) of all documents that have the words.

        The words' stems stand in one passage's body, or in its title or heading where `column` says so; one after the
        other where `phrase` is set. `exact` stands in the passage letter by letter.
        """
        found = list(map(stem, words))
        if not found:
            return []
        query = f'"{" ".join(found)}"' if phrase else " AND ".join(f'"{word}"' for word in found)
        condition, parameters = _conditions(where)
        rows = self._db.execute(
            "SELECT passages.document_id, min(passages.id), count(*) FROM lexicon"
            " JOIN passages ON passages.id = lexicon.rowid WHERE lexicon MATCH ?"
            f" AND {condition or 'TRUE'}{' AND instr(passages.text, ?)' * len(exact)} GROUP BY passages.document_id",
            (f"{{{column}}} : ({query})", *parameters, *exact),
        )
        return [(str(row[0]), int(row[1]), int(row[2])) for row in rows]

    def opening(self, document_id: str) -> int | None:
        """The id of a document's first passage."""
        row = self._db.execute(
            "SELECT id FROM passages WHERE document_id = ? ORDER BY start LIMIT 1", (document_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def allowed(self, where: Filter) -> list[int]:
        """Ids of the passages a filter lets through."""
        condition, parameters = _conditions(where)
        rows = self._db.execute(f"SELECT id FROM passages WHERE {condition or 'TRUE'}", parameters)
        return [int(row[0]) for row in rows]

    def passages(self, ids: Sequence[int], dimension: int) -> dict[int, PassageRow]:
        """The passages with these ids, those that exist."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            "SELECT p.id, p.document_id, (SELECT min(source) FROM sources WHERE document_id = d.id), d.title,"
            " p.heading, p.start, p.end, p.text, p.sentence_spans, p.vector, p.sentence_vectors"
            f" FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.id IN ({marks})",
            list(ids),
        )
        found = rows.fetchall()
        blobs = b"".join(row[-2] + row[-1] for row in found)
        vectors = codec.unpack_vectors(blobs, dimension)  # all at once, which is twice as fast as row by row
        placed, at = {}, 0
        for *fields, packed, _, _ in found:
            spans = codec.unpack_spans(packed)
            end = at + 1 + len(spans)
            fields += [spans, vectors[at], vectors[at + 1 : end]]
            placed[fields[0]], at = PassageRow(*fields), end
        return placed

    def check(self) -> list[str]:
        """What SQLite and the full-text index find wrong with the file; empty when all is well."""
        with self.errors():
            found = [str(r[0]) for r in self._db.execute("PRAGMA quick_check") if r[0] != "ok"]
            found += [f"a {r[0]} row points to a missing {r[2]}" for r in self._db.execute("PRAGMA foreign_key_check")]
            try:
                self._db.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                found.append(f"the full-text index: {error}")
            return found

    def inconsistencies(self) -> list[str]:
        """What contradicts itself: rows without their counterpart."""
        checks = {
            "document {} has no passages": "SELECT id FROM documents"
            " WHERE id NOT IN (SELECT document_id FROM passages)",
            "document {} has no source": "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM sources)",
            "passage {} can't be searched for words": "SELECT id FROM passages"
            " WHERE id NOT IN (SELECT rowid FROM lexicon)",
            "the words of passage {} were left behind": "SELECT rowid FROM lexicon"
            " WHERE rowid NOT IN (SELECT id FROM passages)",
        }
        return [text.format(row[0]) for text, query in checks.items() for row in self._db.execute(query)]

    def altered(self) -> Iterator[str]:
        """What isn't as it was stored: documents' texts, passages that aren't their document's text, bad vectors."""
        dimension = self.dimension
        documents = self._db.execute("SELECT id FROM documents ORDER BY id").fetchall()
        digests = dict(self._db.execute("SELECT id, text_sha256 FROM documents"))
        for (document_id,) in documents:
            try:
                document = self.document(document_id)
            except (zlib.error, struct.error, ValueError, TypeError, sqlite3.OperationalError) as error:
                yield f"document {document_id[:12]} can't be unpacked ({error})"
                continue
            text = document.text if document else ""
            if hashlib.sha256(text.encode()).hexdigest() != digests.get(document_id):
                yield f"text of {document_id[:12]} was changed"
            yield from self._altered_passages(document_id, text, dimension)

    def _altered_passages(self, document_id: str, text: str, dimension: int) -> Iterator[str]:
        rows = self._db.execute(
            "SELECT id, start, end, CAST(text AS BLOB), vector, sentence_spans, sentence_vectors FROM passages"
            " WHERE document_id = ?",
            (document_id,),
        )
        for number, start, end, stored, vector, spans, sentence_vectors in rows:
            if stored != text[start:end].encode():
                yield f"passage {number} is not the text of its document"
            both = vector + sentence_vectors
            if len(spans) % 8 or len(both) != 2 * dimension * (1 + len(spans) // 8):
                yield f"passage {number} has vectors of the wrong length"
            elif not np.allclose(np.linalg.norm(codec.unpack_vectors(both, dimension), axis=1), 1.0, atol=0.01):
                yield f"passage {number} has vectors that aren't of length 1"
            elif any(not start <= a < b <= end for a, b in codec.unpack_spans(spans)):
                yield f"passage {number} has sentences outside it"


def _literal(text: str) -> str:
    """A string that GLOB takes at its word."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)


def _day(document: Document) -> str | None:
    """The day a document was last changed, else made, as it says itself: YYYY-MM-DD."""
    moment = document.modified or document.created
    return None if moment is None else moment.date().isoformat()


def _conditions(where: Filter | None) -> tuple[str, list[Any]]:
    """A filter as a condition on `passages`, with its parameters; empty where it limits nothing."""
    chosen, parameters = _chosen(where)
    return (f"passages.document_id IN ({chosen})" if chosen else ""), parameters


def _chosen(where: Filter | None) -> tuple[str, list[Any]]:
    """The query for the ids of the documents a filter lets through, with its parameters; empty where it lets all."""
    where = where or Filter()
    lists = (
        ("d.id", where.documents),
        ("d.media_type", where.media_types),
        ("s.collection", where.collections),
    )
    parts: list[tuple[str, Sequence[Any]]] = [
        (f"{column} IN ({','.join('?' * len(values))})", values) for column, values in lists if values is not None
    ]
    if where.path is not None:
        parts.append(("s.source GLOB ?", (where.path,)))
    if where.since is not None or where.until is not None:
        days = [(where.since or date.min).isoformat(), (where.until or date.max).isoformat()]
        parts.append((_DATED, 2 * days))
    if not parts:
        return "", []
    condition = " AND ".join(sql for sql, _ in parts)
    documents = f"SELECT d.id FROM documents d JOIN sources s ON s.document_id = d.id WHERE {condition}"
    return documents, [value for _, values in parts for value in values]
