"""Files become documents of a library: what is unchanged is not read again, and one that fails costs only itself.

Files are read in processes of their own (documents/pool.py) while those already read are encoded and written here.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from documents.errors import LibraryError, UnreadableFile
from documents.find import find_files
from documents.load import source_name
from documents.pool import ReadResult, read_files
from index.gone import FileResult, drop_gone, is_folder, known_below
from index.progress import Counter, Progress, Report
from index.records import FileRecord
from index.written import digest_of, failed, written

if TYPE_CHECKING:
    from index.library import Library
    from index.prepared import Prepared

__all__ = [
    "MEMORY",
    "TIMEOUT",
    "USUAL",
    "Limits",
    "Progress",
    "add_found",
    "look",
    "take_in",
]

TIMEOUT = 60.0  # seconds a file
MEMORY = 1 << 30  # bytes a reading process
_AHEAD = 2  # files that wait to be written, at most
_ONE_READER = 2 << 20  # bytes: less than this is read by one process sooner than a second one has started


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one file may take: seconds, and bytes of memory."""

    timeout: float = TIMEOUT
    memory: int = MEMORY


USUAL = Limits()


def take_in(
    library: "Library",
    paths: Sequence[Path],
    *,
    collection: str = "",
    progress: Callable[[Progress], None] | None = None,
    prune: bool = False,
    limits: Limits = USUAL,
) -> list[FileResult]:
    """See Library.add_files."""
    folders = [path for path in paths if is_folder(path)]
    empty = bool(known_below(library, folders))
    files: dict[str, Path] = {}
    without: list[FileResult] = []
    for path in paths:
        try:
            found, unlisted = look(library, path, empty=empty)
        except UnreadableFile as error:
            without.append(FileResult(source_name(path.absolute()), "failed", str(error)))
        else:
            files |= {os.path.abspath(file): file for file in found}
            without += unlisted
    results = add_found(library, list(files.values()), collection=collection, progress=progress, limits=limits)
    results += without
    return results + drop_gone(library, folders, seen={r.path for r in results}, remove=prune)


def look(library: "Library", path: Path, *, empty: bool) -> tuple[list[Path], list[FileResult]]:
    """The files to read at a path, and folders that can't be listed; `empty` and what is raised as in find_files."""
    unlisted: list[FileResult] = []

    def note(folder: Path, error: UnreadableFile) -> None:
        unlisted.append(failed(library, FileRecord(source_name(folder.absolute()), 0, 0, str(error))))

    return find_files([path], empty=empty, unlisted=note), unlisted


def add_found(
    library: "Library",
    files: Sequence[Path],
    *,
    collection: str = "",
    progress: Callable[[Progress], None] | None = None,
    limits: Limits = USUAL,
) -> list[FileResult]:
    """Adds files (no folders); the results are in their order. Call `tidy` on the library afterwards.

    While processes read the next files, one thread encodes and one writes, so that none waits for another; documents
    are written in the order they were read.
    """
    report = Counter(len(files), progress)
    results: dict[Path, FileResult] = {}
    todo: dict[Path, FileRecord] = {}
    for file in (file.absolute() for file in files):
        known = _known(library, file, collection)
        if isinstance(known, FileRecord):
            todo[file] = known
        else:
            results[file] = known
            report(known.path, "done")

    def write(read: ReadResult, ready: Sequence["Future[Prepared]"], before: Future[FileResult] | None) -> FileResult:
        if before:
            before.result()  # nothing is written after what failed
        result = written(library, todo[read.path], read, ready, collection)
        report(todo[read.path].path, "done")
        return result

    encoding, writing = ThreadPoolExecutor(1, "footnote-intake"), ThreadPoolExecutor(1, "footnote-intake")
    line: deque[tuple[Path, Future[FileResult]]] = deque()
    try:
        for read in _read(todo, limits, report):
            told = partial(report, todo[read.path].path, "encode")
            ready = [encoding.submit(library.prepare, document, told) for document in read.documents]
            line.append((read.path, writing.submit(write, read, ready, line[-1][1] if line else None)))
            while line and (len(line) > _AHEAD or line[0][1].done()):
                path, done = line.popleft()
                results[path] = done.result()
        results |= {path: done.result() for path, done in line}
    finally:
        report.ended = True  # else an interrupt would wait until a whole book is encoded
        for pool in (encoding, writing):
            pool.shutdown(cancel_futures=True)
    return [results[file.absolute()] for file in files]


def _known(library: "Library", file: Path, collection: str) -> FileResult | FileRecord:
    """What became of a file that needs no reading, else how it is now."""
    path = source_name(file)
    try:
        record = FileRecord.of(path, file.stat())
        if library.book.knows(record, collection):
            return FileResult(path, "unchanged")
        twins = library.book.twins(record)
        digest = digest_of(file) if twins else None
    except OSError as error:
        why = f"{path!r} can't be read: {error.strerror}. Check its permissions."
        return failed(library, FileRecord(path, 0, 0, why))
    same = [twin.path for twin in twins if twin.sha256 == digest]
    for twin in sorted(same, key=lambda twin: twin != path):  # what the file itself was comes first
        outcome = library.book.rename(replace(record, sha256=digest), twin, collection)
        if outcome:
            return FileResult(path, outcome)
    return record


def _read(todo: Mapping[Path, FileRecord], limits: Limits, report: Report) -> Iterator[ReadResult]:
    if not todo:
        return
    workers = 1 if sum(record.size for record in todo.values()) < _ONE_READER else 2
    ahead = (record.path for record in todo.values())
    for path in islice(ahead, workers):
        report(path, "read")
    with closing(read_files(todo, workers=workers, timeout=limits.timeout, memory=limits.memory)) as results:
        try:
            for result in results:
                for path in islice(ahead, 1):
                    report(path, "read")
                yield result
        except OSError as error:
            why = error.strerror or str(error)
            raise LibraryError(f"no process to read files in can be started ({why}): what was added is kept") from error
