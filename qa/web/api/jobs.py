"""Uploads being read: each is a job with a number to ask by, that tells how far it is and can be stopped.

Jobs live in memory: the server's end stops them between two files, or within one, and what was added until then stays.
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from documents.errors import FootnoteError, NotInLibrary
from index.gone import FileResult
from index.intake import Progress
from index.library import Library
from index.records import DocumentRecord
from qa.web.api.errors import told
from qa.web.api.incoming import Incoming
from qa.web.line import Line, Place
from qa.web.uploads import take_uploads

__all__ = ["Job", "Jobs"]

NOT_READ = "it was not added: reading ended before"
KEPT = 200  # finished ones that can still be asked for
PAUSE = 0.2  # seconds between two looks at whether one that waits shall stop


class _Stopped(Exception):
    """Raised from the progress of adding files, to end it."""


@dataclass
class Job:
    """One upload: `reports` are those of its files that are done, in their order at the end."""

    caller: str
    names: tuple[str, ...]
    line: Line
    place: Place
    shelf: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: str = "waiting"
    reports: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None
    _now: Progress | None = None
    _ended: list[str] = field(default_factory=list)  # paths

    @property
    def stopping(self) -> threading.Event:
        """Ends it, once set."""
        return self.place.stopping

    def heard(self, event: Progress) -> None:
        """Notes how far reading is, or ends it."""
        if event.stage == "done":
            self._ended.append(event.path)
        self._now = event
        if self.stopping.is_set():
            raise _Stopped

    def read(self, library_of: Callable[[], Library], incoming: Incoming) -> list[dict[str, Any]]:
        """Does the work; returns the reports. Raises FootnoteError where nothing more could be added."""
        library: Library | None = None
        state = "failed"
        try:
            while not (self.stopping.is_set() or self.line.turn(self.place, self.shelf, PAUSE)):
                pass
            if not self.stopping.is_set():
                self.state = "reading"
                library = library_of()
                results = take_uploads(library, incoming.files, incoming.collection, self.heard)
                records = library.documents()
                self.reports = [_report(result, records) for result in results]
            state = "stopped" if self.state == "waiting" else "done"
        except _Stopped:
            state = "stopped"
        except FootnoteError as error:
            self.error = told(error)["error"]
            raise
        finally:
            incoming.discard()
            self.line.leave(self.place)
            try:
                if state != "done":
                    self.reports = self._cut_short(library)
            finally:  # also where the library can't be read any more
                self.state = state  # at last: then all else is there
        return self.reports

    def _cut_short(self, library: Library | None) -> list[dict[str, Any]]:
        """The reports of a job that ended before its time."""
        if library is None:
            return [_report(FileResult(name, "failed", NOT_READ), ()) for name in self.names]
        ended = {Path(path).name: path for path in self._ended}
        errors = {file.path: file.error for file in library.files()}
        records = library.documents()
        results = [
            FileResult(ended[name], "added")
            if name in ended and library.book.names(ended[name])
            else FileResult(name, "failed", errors.get(ended.get(name, "")) or NOT_READ)
            for name in self.names
        ]
        return [_report(result, records) for result in results]

    def shown(self) -> dict[str, Any]:
        """How it stands, for the one who sent it."""
        now = self._now if self.state == "reading" else None
        progress = now and {
            "name": Path(now.path).name, "stage": now.stage, "passages": now.done, "of_passages": now.total,
        }  # fmt: skip
        return {
            "id": self.id,
            "state": self.state,
            "ahead": self.line.ahead(self.place) if self.state == "waiting" else 0,
            "files_done": len(self.reports) if self.state not in ("waiting", "reading") else len(self._ended),
            "files_total": len(self.names),
            "now": progress,
            "files": self.reports,
            "error": self.error,
        }


class Jobs:
    """The jobs of one server; safe to use from many threads."""

    def __init__(self, line: Line | None = None) -> None:
        self.line = line or Line()
        self._pool = ThreadPoolExecutor(self.line.most, "footnote-upload")  # most of them wait
        self._jobs: dict[str, tuple[Job, Future[list[dict[str, Any]]]]] = {}
        self._lock = threading.Lock()

    def begin(
        self, caller: str, place: Place, library_of: Callable[[], Library], incoming: Incoming, shelf: str = ""
    ) -> tuple[Job, "Future[list[dict[str, Any]]]"]:
        """Has an upload read when it is its turn at its `shelf`; then it is discarded, and leaves its place in line."""
        job = Job(caller, tuple(_unlike(path.name for path in incoming.files)), self.line, place, shelf)
        future = self._pool.submit(partial(job.read, library_of, incoming))
        with self._lock:
            finished = [i for i, (_, done) in self._jobs.items() if done.done()]
            for i in finished[: max(0, len(finished) - KEPT)]:
                del self._jobs[i]
            self._jobs[job.id] = job, future
        return job, future

    def of(self, caller: str) -> Sequence[Job]:
        """A caller's own, oldest first."""
        with self._lock:
            return [job for job, _ in self._jobs.values() if job.caller == caller]

    def get(self, caller: str, number: str) -> Job:
        """One of a caller's own; raises NotInLibrary."""
        found = next((job for job in self.of(caller) if job.id == number), None)
        if found is None:
            raise NotInLibrary("there is no such job of yours: GET /api/jobs lists them, as long as the server runs")
        return found

    def close(self) -> None:
        """Stops them all, and waits for none."""
        self.line.close()
        self._pool.shutdown(wait=False)


def _unlike(names: Iterator[str]) -> Iterator[str]:
    """The names that files of one upload are kept under: a second of the same name gets a number."""
    seen: set[str] = set()
    for name in names:
        kept, count = name, 1
        while kept in seen:
            count += 1
            kept = f"{Path(name).stem} ({count}){Path(name).suffix}"
        seen.add(kept)
        yield kept


def _report(result: FileResult, records: Sequence[DocumentRecord]) -> dict[str, Any]:
    """The reading report of one file, with the documents that it held."""
    name = Path(result.path).name
    held = [r for r in records if any(s.partition("!/")[0] == result.path for s in r.sources)]
    return {
        "name": name,
        "outcome": result.outcome,
        "reason": result.reason and result.reason.replace(result.path, name),
        "documents": [{"id": r.id, "title": r.title} for r in held],
        "problems": [p.message for p in result.problems],
    }
