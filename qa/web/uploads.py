"""Files that come in through the page or the API: put with the originals, and added with progress.

A file uploaded again under the same name replaces its earlier version.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from documents.errors import FootnoteError
from index.gone import FileResult
from index.intake import Progress
from index.library import Library
from qa.web.originals import received
from qa.web.report import ADDED, UNCHANGED, Line
from qa.web.words import counted

__all__ = ["add_uploads", "take_uploads"]

PAUSE = 0.1  # seconds between two pictures of the progress: enough for the eye, little for the network


class _Stopped(Exception):
    """Raised from the progress of adding files, to end it between two of them."""


def add_uploads(
    library: Library, uploads: Sequence[Path], collection: str = "", stop: threading.Event | None = None
) -> Iterator[tuple[Line, ...]]:
    """Moves the files into the library's folder and adds them; yields the state of all files as it changes.

    `stop` ends it before the next file; what was added until then stays. Files that can't be read are lines with state
    "failed".

    Raises:
        FootnoteError: nothing more can be added (LibraryFull: the disk is full); the last state was yielded before.
    """
    lines: dict[str, Line] = {}
    results: list[FileResult] = []
    failure: FootnoteError | None = None
    try:
        with received(library, uploads) as paths:
            lines = {str(path): Line(path.name, "waiting") for path in paths}
            yield tuple(lines.values())
            events: queue.SimpleQueue[Progress] = queue.SimpleQueue()
            with ThreadPoolExecutor(1, "footnote-upload") as pool:
                job = pool.submit(library.add_files, paths, collection=collection, progress=_telling(events, stop))
                while not job.done():
                    if come := _come(events):
                        lines |= {event.path: _working(lines.get(event.path), event) for event in come}
                        yield tuple(lines.values())
                results = job.result()
    except _Stopped:
        pass
    except FootnoteError as error:
        failure = error
    for result in results:
        lines[result.path] = _finished(lines.get(result.path), result)
    if not results:
        lines = {path: _halted(library, path, line) for path, line in lines.items()}
    yield tuple(lines.values())
    if failure is not None:
        raise failure


def _telling(events: "queue.SimpleQueue[Progress]", stop: threading.Event | None) -> Callable[[Progress], None]:
    def told(event: Progress) -> None:
        if stop is not None and stop.is_set():
            raise _Stopped
        events.put(event)

    return told


def _come(events: "queue.SimpleQueue[Progress]") -> list[Progress]:
    """What has come, none where nothing comes for a moment."""
    come: list[Progress] = []
    try:
        come.append(events.get(timeout=PAUSE))
        while True:
            come.append(events.get_nowait())
    except queue.Empty:
        return come


def take_uploads(
    library: Library, uploads: Sequence[Path], collection: str = "", progress: Callable[[Progress], None] | None = None
) -> list[FileResult]:
    """The same in one go, for programs: what became of each file.

    Raises as `add_uploads`, and what `progress` raises to end it; what was added until then stays.
    """
    with received(library, uploads) as paths:
        return library.add_files(paths, collection=collection, progress=progress)


def _halted(library: Library, path: str, line: Line) -> Line:
    """How a file stands after adding was stopped."""
    return (
        replace(line, state="done", note=ADDED)
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
    return replace(line, state="working", note=f"{event.done:,} of {counted(event.total, 'passage')}", fraction=share)


def _finished(line: Line | None, result: FileResult) -> Line:
    line = line or Line(Path(result.path).name, "waiting")
    if result.outcome == "failed":
        reason = (result.reason or "could not be read").replace(result.path, line.name).removeprefix(f"{line.name}: ")
        return replace(line, state="failed", note=reason, fraction=None)
    notes = {
        "added": ADDED,
        "unchanged": UNCHANGED,
        "updated": "replaced its earlier version",
    }
    problems = "; ".join(p.message for p in result.problems)
    note = notes[result.outcome] + (f"; {problems}" if problems else "")
    states = {"added": "done", "unchanged": "unchanged", "updated": "updated"}
    return Line(line.name, states[result.outcome], note)  # type: ignore[arg-type]
