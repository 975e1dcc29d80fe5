"""What a library knows of the files on disk that its documents were read from, so that they are read once."""

from collections.abc import Sequence, Set
from typing import Literal

from documents.load import source_name
from index.records import FileRecord
from index.store import Store

__all__ = ["FileBook", "Outcome"]

Outcome = Literal["added", "unchanged", "updated"]


class FileBook:
    """The files that were read or tried, by their paths, and the names their documents have."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def knows(self, record: FileRecord, collection: str) -> bool:
        """Whether a file of this size and time was read before, and its documents are still here."""
        with self._store.snapshot():
            known = self._store.file(record.path)
            sources = self._store.sources_of_file(record.path)
        read = known is not None and known.error is None and known.same_time(record)
        return read and {c for _, _, c in sources} == {collection}

    def twins(self, record: FileRecord) -> list[FileRecord]:
        """The files of the same size, the file itself among them, that were read and may hold the same bytes."""
        with self._store.snapshot():
            return self._store.files_like(record.size)

    def rename(self, record: FileRecord, twin: str, collection: str) -> Outcome | None:
        """Gives all documents that were read from the file `twin` the names they have in a file of the same bytes.

        Returns None where nothing is known of the twin any more. Call `tidy` afterwards.
        """
        with self._store.transaction():
            named = {
                record.path + source.removeprefix(twin): document_id
                for source, document_id, _ in self._store.sources_of_file(twin)
            }
            if not named:
                return None
            before = {source: i for source, i, _ in self._store.sources_of_file(record.path)}
            for source, document_id in named.items():
                self._store.set_source(source, document_id, record.path, collection)
            self._drop(record.path, keep=named.keys())
            self._store.delete_unnamed(before.values())
            self._store.set_file(record)
        return "added" if not before else "unchanged" if before == named else "updated"

    def names(self, path: str) -> list[str]:
        """The names of the documents that were read from a file."""
        with self._store.snapshot():
            return [source for source, _, _ in self._store.sources_of_file(path)]

    def remember(self, record: FileRecord, sources: Sequence[str] | None = None) -> None:
        """Notes how a file was when it was read, or why it could not be; drops the names it gives no more.

        Call `tidy` afterwards.
        """
        with self._store.transaction():
            if sources is not None:
                self._drop(record.path, keep=set(sources))
            self._store.set_file(record)

    def forget(self, path: str) -> None:
        """Drops all names a file gave, and what is known of it. Call `tidy` afterwards."""
        with self._store.transaction():
            self._drop(path, keep=set())
            self._store.delete_file(path)

    def dismiss(self, path: str) -> bool:
        """Forgets that a file could not be read; whether there was such a file."""
        path = source_name(path)
        with self._store.transaction():
            known = self._store.file(path)
            failed = known is not None and known.error is not None
            if failed:
                self._store.delete_file(path)
        return failed

    def _drop(self, path: str, *, keep: Set[str]) -> None:
        dropped = [(s, i) for s, i, _ in self._store.sources_of_file(path) if s not in keep]
        for source, _ in dropped:
            self._store.delete_source(source)
        self._store.delete_unnamed([i for _, i in dropped])
