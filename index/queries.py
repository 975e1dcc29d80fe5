"""Every question a library's database can be asked. Nothing here writes, or knows of FAISS or of an encoder."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from documents.model import Document, Place
from index import codec
from index.conditions import chosen_documents, conditions
from index.database import Database
from index.records import DocumentRecord, FileRecord, Filter, PassageRow, Unread
from index.terms import stem

__all__ = ["Queries"]

SHORTEST_ID = 4  # characters: a slip of one letter must not name a document

_FILE = "path, size, mtime_ns, error, sha256"  # the columns of a FileRecord
# BM25 weights of title, heading and body.
_WEIGHTS = "1.0, 1.0, 1.0"


class Queries(Database):
    """What is in the library: documents, names, files, passages, words."""

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
        chosen, parameters = chosen_documents(where)
        names: dict[str, list[tuple[str, str]]] = {}
        for source, document_id, collection in self._db.execute(
            "SELECT source, document_id, collection FROM sources"
            f" WHERE {f'document_id IN ({chosen})' if chosen else 'TRUE'} ORDER BY source",
            parameters,
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
        chosen, parameters = chosen_documents(where)
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

    def holds_any(self) -> bool:
        """Whether there is any document; at once, however many there are."""
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM documents)").fetchone()[0])

    def count(self, table: str) -> int:
        """Rows of documents, passages, sources, files, lexicon or coming (vectors of another encoder)."""
        if table not in ("documents", "passages", "sources", "files", "lexicon", "coming"):
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
        condition, parameters = conditions(where)
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

    def stems_from(self, prefix: str, shortest: int, longest: int) -> list[tuple[str, int]]:
        """(stem, in how many passages it occurs) of all that begin so and have so many letters."""
        rows = self._db.execute(
            "SELECT term, doc FROM lexicon_terms WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1), shortest, longest),
        )
        return [(str(row[0]), int(row[1])) for row in rows]

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
        condition, parameters = conditions(where)
        rows = self._db.execute(
            "SELECT passages.document_id, min(passages.id), count(*) FROM lexicon"
            " JOIN passages ON passages.id = lexicon.rowid WHERE lexicon MATCH ?"
            f" AND {condition or 'TRUE'}{' AND instr(passages.text, ?)' * len(exact)} GROUP BY passages.document_id",
            (f"{{{column}}} : ({query})", *parameters, *exact),
        )
        return [(str(row[0]), int(row[1]), int(row[2])) for row in rows]

    def to_come(self, most: int, after: int = 0) -> list[tuple[int, str, str, str, int, list[tuple[int, int]]]]:
        """(id, title, heading, text, start, sentence spans) of passages that another encoder hasn't encoded yet.

        By id, those after the one given: who goes on where the last ones ended looks at each passage once.
        """
        rows = self._db.execute(
            "SELECT p.id, d.title, p.heading, p.text, p.start, p.sentence_spans FROM passages p"
            " JOIN documents d ON d.id = p.document_id WHERE p.id > ?"
            " AND NOT EXISTS (SELECT 1 FROM coming WHERE id = p.id) ORDER BY p.id LIMIT ?",
            (after, most),
        )
        return [(*row[:5], codec.unpack_spans(row[5])) for row in rows]

    def spans(self, document_id: str) -> list[tuple[int, int]]:
        """[start, end) of each of a document's passages, in the order of its text."""
        query = "SELECT start, end FROM passages WHERE document_id = ? ORDER BY start"
        return self._db.execute(query, (document_id,)).fetchall()

    def opening(self, document_id: str) -> int | None:
        """The id of a document's first passage."""
        row = self._db.execute(
            "SELECT id FROM passages WHERE document_id = ? ORDER BY start LIMIT 1", (document_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def allowed(self, where: Filter, most: int = -1) -> list[int]:
        """Ids of the passages a filter lets through, of so many at most."""
        condition, parameters = conditions(where)
        rows = self._db.execute(f"SELECT id FROM passages WHERE {condition or 'TRUE'} LIMIT ?", (*parameters, most))
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
        if at != len(vectors):  # else those of one would stand for another's
            raise self._corrupt(f"{len(vectors)} vectors where {at} belong")
        return placed


def _literal(text: str) -> str:
    """A string that GLOB takes at its word."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)
