"""What a library's SQLite file holds, by numbered migrations, and how its header tells it from any other file.

Nothing here opens a database: a file that isn't ours is refused before SQLite reads it.
"""

import struct
from pathlib import Path

from documents.errors import LibraryCorrupt, LibraryError

__all__ = ["APPLICATION_ID", "MIGRATIONS", "check_header"]

APPLICATION_ID = 0x464F4F54  # "FOOT", in the file's header: tells a library from any other SQLite file

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


def check_header(path: Path) -> None:
    """Refuses a file that isn't ours before SQLite opens it: a crafted database can attack the one who opens it.

    Where there is none, an empty one is made. Raises LibraryCorrupt or LibraryError.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        _make(path)
        return
    except OSError as error:
        raise LibraryError(f"{path} can't be opened: {error.strerror}") from error
    if not header:
        _check_leftovers(path)
        return
    ours = header.startswith(b"SQLite format 3\0") and len(header) == 100
    if not ours or struct.unpack(">I", header[68:72])[0] != APPLICATION_ID:
        raise LibraryCorrupt(
            f"{path} is not a Footnote library, or its first page is damaged. Restore it from a copy, or move "
            "it away and add the documents again"
        )


def _make(path: Path) -> None:
    """An empty file: connections make none, or one that begins after the library was moved away would."""
    try:
        path.touch()
    except OSError as error:
        raise LibraryError(
            f"{path} can't be made: {error.strerror}; change the folder's permissions or choose another folder"
        ) from error


def _check_leftovers(path: Path) -> None:
    """An empty file is a library about to be made, unless what lies beside it says that it was one."""
    log = path.with_name(f"{path.name}-wal")
    if (log.is_file() and log.stat().st_size) or any(path.parent.glob("vectors-*.faiss")):
        raise LibraryCorrupt(
            f"{path} is empty, and files beside it say that it held documents. Restore it from a copy, or "
            "move the whole folder away and add the documents again"
        )
