"""Every statement that changes a library's rows, and the checks of them. Nothing here knows of FAISS or of an encoder.

A writer's transaction holds one document, so that a kill at any moment leaves each document wholly old or wholly new.
`tidy` merges the full-text index so that no deleted word stays in it.
"""

import hashlib
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from logging import getLogger

import numpy as np

from documents.errors import LibraryCorrupt
from documents.model import Document, Passage
from index import codec
from index.encoder import Encoded
from index.queries import Queries
from index.records import FileRecord, heading_of
from index.terms import stems

__all__ = ["Store"]

log = getLogger(__name__)

COMING = "coming"  # the setting that says of which encoder the vectors on their way in are
UNTIDY = "untidy"  # the setting that stands while deleted words may be left in the files


class Store(Queries):
    """The library's database; each thread has a connection of its own."""

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

    def begin_coming(self, recipe: str) -> None:
        """Gets ready for the vectors of another encoder, and drops what has come from any but that of `recipe`."""
        if self.setting(COMING) != recipe:
            self._db.execute("DELETE FROM coming")
            self.set_setting(COMING, recipe)

    def add_coming(self, passage_id: int, vectors: Encoded) -> None:
        """Keeps a passage's vectors for the switch; nothing where it was removed meanwhile."""
        self._db.execute(
            "INSERT OR REPLACE INTO coming SELECT id, ?, ? FROM passages WHERE id = ?",
            (codec.pack_vectors(vectors.passage), codec.pack_vectors(vectors.sentences), passage_id),
        )

    def switch(self) -> None:
        """Puts the vectors that have come in the place of the old ones."""
        self._db.execute(
            "UPDATE passages SET vector = coming.vector, sentence_vectors = coming.sentence_vectors"
            " FROM coming WHERE coming.id = passages.id"
        )
        self._db.execute("DELETE FROM coming")
        self._db.execute("DELETE FROM settings WHERE name = ?", (COMING,))
        self._bump()

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

    # -- looking after ----------------------------------------------------------------------------------------------

    def check(self) -> list[str]:
        """What SQLite and the full-text index find wrong with the file; empty when all is well."""
        with self.errors():
            found = [str(r[0]) for r in self._db.execute("PRAGMA quick_check") if r[0] != "ok"]
            found += [f"a {r[0]} row points to a missing {r[2]}" for r in self._db.execute("PRAGMA foreign_key_check")]
            try:
                self._db.execute("INSERT INTO lexicon (lexicon) VALUES ('integrity-check')")
            except sqlite3.DatabaseError as error:
                if not isinstance(self._translated(error) or self._corrupt(""), LibraryCorrupt):
                    raise  # it is in use, say, which is no damage
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


def _day(document: Document) -> str | None:
    """The day a document was last changed, else made, as it says itself: YYYY-MM-DD."""
    moment = document.modified or document.created
    return None if moment is None else moment.date().isoformat()
