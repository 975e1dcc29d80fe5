"""Files that come in through the page: kept in the library's own folder, added with progress, forgotten on removal.

The originals stay beside the library (folder `uploads`), so that a source can be shown as it looked; a file uploaded
again under the same name replaces its earlier version.
"""

import queue
import threading
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from index.intake import FileResult, Progress
from index.library import Library
from index.store import DocumentRecord
from qa.web.shelf import Line

__all__ = ["add_uploads", "forget_upload", "remove_document"]

FOLDER = "uploads"
_WRITING = threading.Lock()
PAUSE = 0.1  # seconds between two pictures of the progress: enough for the eye, little for the network


def add_uploads(library: Library, uploads: Sequence[Path]) -> Iterator[tuple[Line, ...]]:
    """Moves the files into the library's folder and adds them; yields the state of all files as it changes.

    Raises what Library.add_files raises; files that can't be read are lines with state "failed".
    """
    kept = _keep(library, uploads)
    lines = {str(path): Line(path.name, "waiting") for path in kept}
    yield tuple(lines.values())
    events: queue.SimpleQueue[Progress] = queue.SimpleQueue()
    results: list[FileResult] = []
    try:
        with ThreadPoolExecutor(1, "footnote-upload") as pool:
            job = pool.submit(library.add_files, list(kept), progress=events.put)
            while not job.done():
                try:
                    event = events.get(timeout=PAUSE)
                except queue.Empty:
                    continue
                lines[event.path] = _working(lines.get(event.path), event)
                if events.empty():
                    yield tuple(lines.values())
            results = job.result()
    finally:
        _settle(kept, results)
    for result in results:
        lines[result.path] = _finished(lines.get(result.path), result)
    yield tuple(lines.values())


def take_uploads(library: Library, uploads: Sequence[Path], collection: str = "") -> list[FileResult]:
    """The same without progress, for programs: what became of each file."""
    results: list[FileResult] = []
    with _WRITING:
        kept = _keep(library, uploads)
        try:
            results = library.add_files(list(kept), collection=collection)
        finally:
            _settle(kept, results)
    return results


def _keep(library: Library, uploads: Sequence[Path]) -> dict[Path, Path | None]:
    """Moves each upload to its place; maps that place to where the file it replaces was put aside."""
    folder = library.path.absolute() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    kept: dict[Path, Path | None] = {}
    for upload in uploads:
        target, count = folder / upload.name, 1
        while target in kept:  # two files of one name in one upload are two documents
            count += 1
            target = folder / f"{upload.stem} ({count}){upload.suffix}"
        aside = folder / f".{target.name}.before" if target.exists() else None
        if aside is not None:
            target.replace(aside)
        shutil.move(upload, target)
        kept[target] = aside
    return kept


def _settle(kept: dict[Path, Path | None], results: Sequence[FileResult]) -> None:
    """A file that was not added leaves no copy behind, and what it would have replaced comes back."""
    added = {r.path for r in results if r.outcome != "failed"}
    for path, aside in kept.items():
        if str(path) in added:
            if aside is not None:
                aside.unlink(missing_ok=True)
        elif aside is not None:
            aside.replace(path)
        else:
            path.unlink(missing_ok=True)


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
    path = source.partition("!/")[0]
    still = any(o.partition("!/")[0] == path for o in others)
    if not still and Path(path).parent == library.path.absolute() / FOLDER:
        Path(path).unlink(missing_ok=True)
