"""What was read from one file is written to the library, and how the file was is noted beside it."""

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from documents.errors import DocumentError, EmptyDocument, MissingExtra
from documents.model import Document, Problem
from documents.pool import ReadResult
from index.gone import FileResult, Outcome
from index.records import FileRecord

if TYPE_CHECKING:
    from index.library import Library
    from index.prepared import Prepared

__all__ = ["digest_of", "failed", "written"]


def digest_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def written(
    library: "Library",
    record: FileRecord,
    read: ReadResult,
    ready: Sequence["Future[Prepared]"],
    collection: str,
) -> FileResult:
    """Writes the documents of a file as they are encoded."""
    outcomes: dict[str, str] = {}
    empty: list[EmptyDocument] = []
    try:
        if read.error is not None:
            raise read.error
        for document, prepared in zip(read.documents, ready, strict=True):
            try:
                outcomes[document.source] = library.add(
                    document, prepared.result(), path=record.path, collection=collection, tidy=False
                )
            except EmptyDocument as error:  # one of several in an archive, perhaps
                empty.append(error)
        if not outcomes:
            raise empty[0]
    except (DocumentError, MissingExtra) as error:
        return failed(library, replace(record, error=str(error)))
    library.book.remember(replace(record, sha256=_known_digest(record, read)), list(outcomes))
    return _result(record.path, read.documents, outcomes.values(), empty)


def _known_digest(record: FileRecord, read: ReadResult) -> str | None:
    """The hash of the bytes that were read; None where the file has changed since."""
    if read.documents[0].source == record.path:
        return read.documents[0].id
    try:
        digest, now = digest_of(read.path), FileRecord.of(record.path, read.path.stat())
    except OSError:
        return None
    return digest if now.same_time(record) else None


def failed(library: "Library", record: FileRecord) -> FileResult:
    """The result of a file that could not be read, of which the library takes note."""
    library.book.remember(record)
    return FileResult(record.path, "failed", record.error)


def _result(
    path: str, documents: Sequence[Document], outcomes: Iterable[str], empty: Sequence[EmptyDocument]
) -> FileResult:
    kinds = set(outcomes)
    outcome: Outcome = "unchanged" if kinds <= {"unchanged"} else "added" if kinds == {"added"} else "updated"
    problems = [problem for document in documents for problem in document.problems]
    problems += [Problem("attachment_skipped", str(error)) for error in empty]
    return FileResult(path, outcome, None, tuple(d.title for d in documents), tuple(problems))
