"""Files that come in through the page: kept in the library's own folder, added with progress, forgotten on removal.

The originals stay beside the library (folder `uploads`), so that a source can be shown as it looked; a file uploaded
again under the same name replaces its earlier version.
"""

import hashlib
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from index.gone import FileResult
from index.intake import Progress
from index.library import Library
from index.records import DocumentRecord
from qa.web.report import Line

__all__ = ["add_uploads", "alive", "forget_upload", "remove_document", "sweep", "take_uploads"]

FOLDER = "uploads"
ASIDE, MARK = ".before", ".writing"  # ends of names, each with a dot in front
PAUSE = 0.1  # seconds between two pictures of the progress: enough for the eye, little for the network
# By folder, one upload at a time: a file's earlier version waits aside until the new one is read.
_WRITING: dict[Path, threading.Lock] = {}


class _Stopped(Exception):
    """Raised from the progress of adding files, to end it between two of them."""


def add_uploads(
    library: Library, uploads: Sequence[Path], collection: str = "", stop: threading.Event | None = None
) -> Iterator[tuple[Line, ...]]:
    """Moves the files into the library's folder and adds them; yields the state of all files as it changes.

    `stop` ends it before the next file; what was added until then stays. Raises what Library.add_files raises; files
    that can't be read are lines with state "failed".
    """
    folder = library.path.absolute() / FOLDER
    with _writing(folder):
        kept: dict[Path, Path | None] = {}
        lines: dict[str, Line] = {}
        events: queue.SimpleQueue[Progress] = queue.SimpleQueue()

        def told(event: Progress) -> None:
            if stop is not None and stop.is_set():
                raise _Stopped
            events.put(event)

        results: list[FileResult] = []
        try:
            _keep(folder, uploads, kept)
            lines = {str(path): Line(path.name, "waiting") for path in kept}
            yield tuple(lines.values())
            with ThreadPoolExecutor(1, "footnote-upload") as pool:
                job = pool.submit(library.add_files, list(kept), collection=collection, progress=told)
                while not job.done():
                    try:
                        event = events.get(timeout=PAUSE)
                    except queue.Empty:
                        continue
                    lines[event.path] = _working(lines.get(event.path), event)
                    if events.empty():
                        yield tuple(lines.values())
                results = job.result()
        except _Stopped:
            results = []
        finally:
            _settle(library, kept)
        for result in results:
            lines[result.path] = _finished(lines.get(result.path), result)
        if not results:
            lines = {path: _halted(library, path, line) for path, line in lines.items()}
        yield tuple(lines.values())


def take_uploads(
    library: Library, uploads: Sequence[Path], collection: str = "", progress: Callable[[Progress], None] | None = None
) -> list[FileResult]:
    """The same in one go, for programs: what became of each file.

    Raises what Library.add_files raises, and what `progress` raises to end it; what was added until then stays.
    """
    folder = library.path.absolute() / FOLDER
    with _writing(folder):
        kept: dict[Path, Path | None] = {}
        try:
            _keep(folder, uploads, kept)
            return library.add_files(list(kept), collection=collection, progress=progress)
        finally:
            _settle(library, kept)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Marks the folder as being written to by this process, so that no other one sweeps it meanwhile."""
    folder.mkdir(mode=0o700, exist_ok=True)
    mark = folder / f".{os.getpid()}{MARK}"
    with _WRITING.setdefault(folder, threading.Lock()):
        mark.touch()
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)


def sweep(library: Library) -> None:
    """Clears what a killed process left in the folder of uploads; nothing while another process writes there."""
    folder = library.path.absolute() / FOLDER
    if not folder.is_dir() or any(_alive(mark) for mark in folder.glob(f".*{MARK}")):
        return
    hashes = {file.path: file.sha256 for file in library.files() if file.error is None}
    for aside in folder.glob(f".*{ASIDE}"):
        target = folder / aside.name[1 : -len(ASIDE)]
        with target.open("rb") if target.exists() else nullcontext() as file:
            whole = file is not None and hashlib.file_digest(file, "sha256").hexdigest() == hashes.get(str(target))
        if whole:
            aside.unlink()
        else:
            aside.replace(target)
    for path in folder.iterdir():
        if path.name.endswith(MARK) or (path.is_file() and str(path) not in hashes):
            path.unlink()


def _alive(mark: Path) -> bool:
    """Whether the process that made a mark still runs; marks of this one are from an earlier life of its number."""
    return alive(int("0" + "".join(c for c in mark.name if c.isdigit())))


def alive(pid: int) -> bool:
    """Whether another process of this number runs; this one's number may be that of an earlier one."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _keep(folder: Path, uploads: Sequence[Path], kept: dict[Path, Path | None]) -> None:
    """Moves each upload to its place; `kept` maps that place to where the file it replaces is put aside.

    Where a move fails, `kept` holds what has been touched until then.
    """
    for upload in uploads:
        name = upload.name.lstrip(".") or "unnamed"  # names with a dot in front are our own here
        target, count = folder / name, 1
        while target in kept:  # two files of one name in one upload are two documents
            count += 1
            target = folder / f"{Path(name).stem} ({count}){Path(name).suffix}"
        kept[target] = _aside(target) if target.exists() else None
        if kept[target] is not None:
            target.replace(_aside(target))
        shutil.move(upload, target)


def _settle(library: Library, kept: dict[Path, Path | None]) -> None:
    """A file that was not added leaves no copy behind, and what it would have replaced comes back."""
    known = {file.path: file for file in library.files() if file.error is None}
    for path, aside in kept.items():
        record = known.get(str(path))
        if record is not None and (record.size, record.mtime_ns) == _state(path):
            if aside is not None:
                aside.unlink(missing_ok=True)
        elif aside is not None and aside.exists():  # unless what it was of has been removed meanwhile
            aside.replace(path)
        else:
            path.unlink(missing_ok=True)


def _state(path: Path) -> tuple[int, int] | None:
    """A file's size and time; None where its document was removed while the rest was read."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_size, state.st_mtime_ns


def _aside(path: Path) -> Path:
    """Where a file waits until its new version is read."""
    return path.with_name(f".{path.name}{ASIDE}")


def _halted(library: Library, path: str, line: Line) -> Line:
    """How a file stands after adding was stopped."""
    return (
        replace(line, state="done", note="added")
        if library.book.names(path)
        else replace(line, state="stopped", note="not added")
    )


def _working(line: Line | None, event: Progress) -> Line:
    line = line or Line(Path(event.path).name, "waiting")
    if event.stage == "read":
        return replace(line, state="working", note="reading", fraction=None)
    if event.stage == "done":
        return replace(line, state="done", note="", fraction=1.0)
    share = event.done / event.total if event.total else None
    return replace(line, state="working", note=f"{event.done:,} of {event.total:,} passages", fraction=share)


def _finished(line: Line | None, result: FileResult) -> Line:
    line = line or Line(Path(result.path).name, "waiting")
    if result.outcome == "failed":
        reason = (result.reason or "could not be read").removeprefix(f"{line.name}: ")
        return replace(line, state="failed", note=reason, fraction=None)
    notes = {
        "added": "added",
        "unchanged": "already in the library",
        "updated": "replaced its earlier version",
    }
    problems = "; ".join(p.message for p in result.problems)
    note = notes[result.outcome] + (f"; {problems}" if problems else "")
    states = {"added": "done", "unchanged": "unchanged", "updated": "updated"}
    return Line(line.name, states[result.outcome], note)  # type: ignore[arg-type]


def remove_document(library: Library, document_id: str) -> DocumentRecord:
    """Removes a document, and its uploaded original with it.

    Raises NotInLibrary where there is no such document.
    """
    record = library.remove(document_id)
    others = {source for r in library.documents() for source in r.sources}
    for source in record.sources:
        forget_upload(library, source, others)
    return record


def forget_upload(library: Library, source: str, others: set[str]) -> None:
    """Deletes the uploaded file behind a source, unless another document was read from it."""
    path = Path(source.partition("!/")[0])
    still = any(o.partition("!/")[0] == str(path) for o in others)
    if not still and path.parent == library.path.absolute() / FOLDER:
        aside = _aside(path)
        (aside if aside.exists() else path).unlink(missing_ok=True)  # a new version is being read in its place
