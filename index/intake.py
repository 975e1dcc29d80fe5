"""Files become documents of a library: what is unchanged is not read again, and one that fails costs only itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from documents.errors import DocumentError, MissingExtra
from documents.find import find_files
from documents.load import load
from documents.model import Document, Problem
from index.store import FileRecord

if TYPE_CHECKING:
    from index.library import Library

Stage = Literal["read", "encode", "done"]

__all__ = ["FileResult", "Progress", "take_in"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far adding has come: `file` of `files` is being read or encoded, `done` of its `total` passages are."""

    path: str
    stage: Stage
    file: int
    files: int
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: its documents' titles, or the reason it failed, and what its reader noticed."""

    path: str
    outcome: Literal["added", "unchanged", "updated", "failed"]
    reason: str | None = None
    titles: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def take_in(
    library: "Library",
    paths: Sequence[Path],
    *,
    collection: str = "",
    progress: Callable[[Progress], None] | None = None,
) -> list[FileResult]:
    """See Library.add_files."""
    files = find_files(paths)
    results = []
    for number, file in enumerate(files, start=1):
        report = partial(_report, progress, str(file), number, len(files))
        report("read")
        results.append(_take_in_file(library, file.absolute(), collection, partial(report, "encode")))
        report("done")
    return results


def _report(
    progress: Callable[[Progress], None] | None,
    path: str,
    file: int,
    files: int,
    stage: Stage,
    done: int = 0,
    total: int = 0,
) -> None:
    if progress:
        progress(Progress(path, stage, file, files, done, total))


def _take_in_file(library: "Library", file: Path, collection: str, progress: Callable[[int, int], None]) -> FileResult:
    path = str(file)
    try:
        state = file.stat()
        record = FileRecord(path, state.st_size, state.st_mtime_ns, None)
        if library.knows(record, collection):
            return FileResult(path, "unchanged")
        documents = load(file)
        outcomes = [library.add(d, path=path, collection=collection, progress=progress, tidy=False) for d in documents]
    except (DocumentError, MissingExtra, OSError) as error:
        reason = str(error)
        library.remember(FileRecord(path, 0, 0, reason))
        return FileResult(path, "failed", reason)
    library.remember(record, [d.source for d in documents])
    return _result(path, documents, outcomes)


def _result(path: str, documents: Sequence[Document], outcomes: Sequence[str]) -> FileResult:
    outcome: Literal["added", "unchanged", "updated"] = (
        "unchanged" if set(outcomes) <= {"unchanged"} else "added" if set(outcomes) == {"added"} else "updated"
    )
    return FileResult(
        path, outcome, None, tuple(d.title for d in documents), tuple(p for d in documents for p in d.problems)
    )
