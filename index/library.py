"""A library: one folder with everything known about a person's documents, and the search over it.

library.db is the truth; vectors-N.faiss is derived from generation N of it and made again whenever it is missing or out
of date. Nothing above this room knows about SQLite or FAISS.
"""

from collections.abc import Callable, Sequence
from logging import getLogger
from pathlib import Path
from types import TracebackType

from documents.errors import EmptyDocument, LibraryBusy, LibraryError, LibraryFull, NotInLibrary
from documents.model import Document, Place
from index.book import FileBook, Outcome
from index.doctor import Finding, examine
from index.encoder import Encoder
from index.generations import KeptVectors
from index.gone import FileResult
from index.intake import MEMORY, TIMEOUT, Limits, Progress, take_in
from index.kept_encoder import KeptEncoder
from index.prepared import Prepared, prepare
from index.records import DocumentRecord, FileRecord, Filter, Unread
from index.search import SearchResult, search
from index.store import Store

__all__ = ["Finding", "Library", "Outcome"]

log = getLogger(__name__)


class Library:
    """The documents of one folder on disk. Safe to use from many threads and from many processes at once."""

    def __init__(self, path: Path, store: Store, encoder: Encoder | None) -> None:
        self.path = path
        self.store = store
        self.kept_encoder = KeptEncoder(path, store, encoder)
        self._vectors = KeptVectors(path, store)
        self.book = FileBook(store)

    @classmethod
    def open(cls, path: Path, *, encoder: Encoder | None = None, create: bool = True) -> "Library":
        """Opens the library in the folder `path`, making an empty one where there is none.

        The encoder is the one that the library was made with unless given, for an empty library the built-in one; it
        is loaded when first needed, so that opening is quick.

        Raises:
            NotInLibrary: there is no library and `create` is false.
            LibraryError: the folder can't be used.
            LibraryCorrupt: the database is damaged or isn't a library.
        """
        database = path / "library.db"
        if not create and not database.is_file():
            raise NotInLibrary(
                f"there is no library in {path}: add documents with `footnote add`, or name another folder"
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"the folder {path} can't be made: {error.strerror}; choose another library folder"
            ) from error
        library = cls(path, Store(database), encoder)
        library._finish_removals()
        return library

    def beside(self, path: Path) -> "Library":
        """The library in another folder, made where there is none; an encoder that suits both is loaded once.

        Raises what `open` raises, and what this library's encoder raises.
        """
        other = Library.open(path, encoder=self.kept_encoder.given)
        self.kept_encoder.lend(other.kept_encoder)
        return other

    def _finish_removals(self) -> None:
        """Clears the traces of what a process changed before it was killed, unless another process is writing."""
        self._vectors.drop_stale()
        with self.store.errors():
            if not self.store.untidy:
                return
        log.info("%s: finishing a removal that was interrupted", self.path)
        try:
            with self.store.impatient():
                self.tidy()
        except (LibraryBusy, LibraryFull) as error:
            log.warning("%s; traces of removed documents stay in the files until then", error)

    def close(self) -> None:
        """Closes the database; the library can't be used afterwards."""
        self.store.close()
        self._vectors.forget()

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def encoder(self) -> Encoder:
        """The library's encoder, loaded at first use.

        Raises:
            EncoderMismatch: the library's vectors were made by another encoder.
            EncoderError, MissingExtra: it can't be loaded.
        """
        return self.kept_encoder.current()

    # -- adding and removing ---------------------------------------------------------------------------------------

    def prepare(self, document: Document, progress: Callable[[int, int], None] | None = None) -> Prepared:
        """Splits and encodes a document that isn't stored yet, for `add`; another may be written meanwhile.

        `progress` is called with the numbers of passages encoded and to encode.
        """
        with self.store.errors():
            if self.store.has(document.id):
                return Prepared((), (), "")
        return prepare(document, self.encoder, progress)

    def add(
        self,
        document: Document,
        prepared: Prepared | None = None,
        *,
        path: str | None = None,
        collection: str = "",
        tidy: bool = True,
    ) -> Outcome:
        """Adds a document under its source's name, in one transaction.

        The same bytes again under the same name change nothing; under a new name they only gain that name; other bytes
        under a known name replace what had it. `prepared` is what `prepare` made of it, `path` the file it was read
        from. `tidy=False` leaves traces of what was replaced to a later `tidy()`.

        Raises:
            EmptyDocument: there is no text in it.
            LibraryBusy, LibraryFull: nothing was changed.
        """
        with self.store.errors():
            known = self.store.source(document.source)
            stored = self.store.has(document.id)
        if known == (document.id, collection, path) and stored:
            return "unchanged"
        ready = prepared or self.prepare(document)
        if not stored and not ready.passages:
            ready = self.prepare(document)  # it was stored when it was prepared, and has been removed since
            if not ready.passages:
                raise EmptyDocument(f"{document.source} holds no text that could be found or quoted")
        with self.store.transaction():
            if not self.store.has(document.id):
                if ready.encoder != self.encoder.name:  # it was removed, or all was encoded anew, since we looked
                    ready = self.prepare(document)
                self._insert(document, ready)
            known = self.store.source(document.source)
            self.store.set_source(document.source, document.id, path, collection)
            self.store.delete_unnamed([known[0]] if known else [])
        if tidy:
            self.tidy()
        return "added" if known is None else "unchanged" if known[0] == document.id else "updated"

    def _insert(self, document: Document, ready: Prepared) -> None:
        self.kept_encoder.record(self.encoder)  # it checks again: another process may have added the first document
        self.store.insert_document(document, ready.passages, ready.encoded)

    def add_files(
        self,
        paths: Sequence[Path],
        *,
        collection: str = "",
        progress: Callable[[Progress], None] | None = None,
        prune: bool = False,
        timeout: float = TIMEOUT,
        memory: int = MEMORY,
    ) -> list[FileResult]:
        """Reads files and folders and adds what is new or changed; a file that fails costs only itself.

        Files that were read from these folders before and are gone follow at the end, as "gone", or where `prune` is
        set, "removed". `timeout` is in seconds a file, `memory` in bytes a reading process may fill.

        A path that doesn't exist, or a folder that holds nothing to read and never did, is "failed" like any other.

        Raises:
            LibraryError: nothing more could be written; what was added stays.
        """
        try:
            return take_in(
                self, paths, collection=collection, progress=progress, prune=prune, limits=Limits(timeout, memory)
            )
        finally:
            self.tidy()

    def remove(self, key: str) -> DocumentRecord:
        """Removes the document with this id (or the beginning of one) or name, under all its names.

        Afterwards no text, word or vector of it is left in the library's files.

        Raises:
            NotInLibrary: no document, or more than one, has this id or name.
        """
        record = self.record(key)
        with self.store.transaction():
            self.store.delete_sources_of(record.id)
            self.store.delete_unnamed([record.id])
        self.tidy()
        return record

    def files(self) -> list[FileRecord]:
        """Every file that was read or tried, with the reason where it failed."""
        with self.store.snapshot():
            return self.store.files()

    def tidy(self) -> None:
        """Clears the last traces of what was removed or replaced: old vectors, words and pages in the files."""
        self._vectors.drop_stale()
        self.store.tidy()

    # -- reading ---------------------------------------------------------------------------------------------------

    def documents(self, where: Filter | None = None) -> list[DocumentRecord]:
        """All documents, or those a filter lets through, by title."""
        with self.store.snapshot():
            return self.store.records(where)

    def unread(self, where: Filter | None = None) -> list[Unread]:
        """The documents (that a filter lets through) that were not read in full, and the files that were not at all."""
        with self.store.snapshot():
            return self.store.unread(where)

    def record(self, key: str) -> DocumentRecord:
        """The record of the document with this id, beginning of an id, or name."""
        with self.store.snapshot():
            ids = self.store.find(key)
            if len(ids) != 1:
                why = "no document has" if not ids else "more than one document has"
                raise NotInLibrary(f"{why} the id or name {key!r} in {self.path}: `footnote list` shows them")
            return self.store.records(Filter(documents=(ids[0],)))[0]

    def document(self, document_id: str) -> Document:
        """The document as it was added.

        Raises:
            NotInLibrary: it isn't in the library, or not any more.
        """
        with self.store.errors():
            document = self.store.document(document_id)
        if document is None:
            raise NotInLibrary(f"the document {document_id[:12]} is not in {self.path}: it may have been removed")
        return document

    def places(self, document_id: str) -> tuple[Place, ...]:
        """The pages, slides, sheets, … of a document; empty where it has none, or is no longer there."""
        with self.store.errors():
            return self.store.places(document_id)

    def spans(self, document_id: str) -> list[tuple[int, int]]:
        """[start, end) of each passage of a document as it was cut when it was added; none where it is not there."""
        with self.store.errors():
            return self.store.spans(document_id)

    def text(self, document_id: str) -> str:
        """The canonical text of a document."""
        with self.store.errors():
            text = self.store.text_of(document_id)
        if text is None:
            raise NotInLibrary(f"the document {document_id[:12]} is not in {self.path}: it may have been removed")
        return text

    @property
    def state(self) -> tuple[int, str]:
        """What changes when any process changes the library: the generation of its passages, its encoder's name."""
        with self.store.errors():
            return self.store.generation, self.kept_encoder.recorded() or ""

    def __len__(self) -> int:
        with self.store.errors():
            return self.store.count("documents")

    # -- searching -------------------------------------------------------------------------------------------------

    def search(
        self, queries: str | Sequence[tuple[str, float]], *, k: int = 10, where: Filter | None = None
    ) -> SearchResult:
        """The k passages that best match a query, or several queries with weights, fused."""
        weighted = [(queries, 1.0)] if isinstance(queries, str) else list(queries)
        encoder = self.encoder  # loaded before the snapshot, which shall be short
        with self.store.snapshot():
            encoder = self.encoder
            self.kept_encoder.check(encoder)
            result = search(self.store, self._vectors.current(encoder.dimension), encoder, weighted, k=k, where=where)
        self._vectors.settle()
        return result

    # -- looking after ---------------------------------------------------------------------------------------------

    def doctor(self) -> list[Finding]:
        """Checks the library from the inside: structure, texts, spans, vectors. Loads no encoder."""
        return examine(self.store, self.path)
