"""What happens when files are uploaded, and when that is stopped: handlers like those of page.py.

Files are read in a thread of their own: a page that is closed meanwhile neither loses them nor waits for them.
"""

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from documents.errors import FootnoteError
from qa.libraries import shelf_of
from qa.web.limits import Limits
from qa.web.line import Place
from qa.web.page import Page, Told
from qa.web.report import Line, report_html
from qa.web.session import Session
from qa.web.uploads import add_uploads
from qa.web.welcome import notice

__all__ = ["add", "stop"]

PAUSE = 0.3  # seconds between two looks at what has changed
Lines = tuple[Line, ...]


def add(
    page: Page, client: str, person: str, files: Sequence[str], session: Session, limits: Limits, collection: str = ""
) -> Iterator[Told]:
    """Adds a person's files when it is their turn, showing how far each one is; `client` may stop it."""
    uploads = [Path(f) for f in files]
    told: queue.SimpleQueue[Lines] = queue.SimpleQueue()
    try:
        page.permit()
        place = page.stops[client] = page.line.enter(person)
    except FootnoteError as error:
        _discard(uploads)
        yield {"drop": None, "notice": str(notice(str(error)))}
        return
    pool = ThreadPoolExecutor(1, "footnote-upload")
    job = pool.submit(_work, page, client, place, uploads, collection, told)
    pool.shutdown(wait=False)
    yield {"drop": None, "notice": ""}
    for lines in _pictures(job, told):
        yield {"report": str(report_html(lines))}
    if place.state == "reading":
        page = page.changing()
    try:
        job.result()
    except FootnoteError as error:
        yield {"notice": str(notice(str(error)))}
    yield page.changed(session, limits)


def _work(
    page: Page, client: str, place: Place, uploads: Sequence[Path], collection: str, told: "queue.SimpleQueue[Lines]"
) -> None:
    """Waits for the turn and adds the files, telling how they stand each time that changes."""
    try:
        for lines in _waiting(page, place, uploads):
            told.put(lines)
        if place.state == "reading":
            for lines in add_uploads(page.changing().library, uploads, collection, place.stopping):
                told.put(lines)
    finally:
        if page.stops.get(client) is place:
            del page.stops[client]
        page.line.leave(place)
        _discard(uploads)


def _waiting(page: Page, place: Place, uploads: Sequence[Path]) -> Iterator[Lines]:
    """The lines of an upload that waits for its turn, each time that others before it are done."""
    shelf, told = shelf_of(page.owner, page.which), -1
    while not page.line.turn(place, shelf, PAUSE):
        if place.stopping.is_set():
            yield tuple(Line(upload.name, "stopped", "not added") for upload in uploads)
            return
        ahead = page.line.ahead(place)
        if ahead != told:
            told = ahead
            yield tuple(Line(upload.name, "waiting", f"waiting for {told} before it") for upload in uploads)


def _pictures(job: "Future[None]", told: "queue.SimpleQueue[Lines]") -> Iterator[Lines]:
    """How the files stand, as long as they are read and at last; what is overtaken at once is left out."""
    done = False
    while not done:
        done = job.done()
        last: Lines | None = None
        try:
            last = told.get(timeout=0 if done else PAUSE)
            while True:
                last = told.get_nowait()
        except queue.Empty:
            if last is not None:
                yield last


def _discard(uploads: Sequence[Path]) -> None:
    """Deletes what was not taken."""
    for upload in uploads:
        upload.unlink(missing_ok=True)


def stop(page: Page, client: str) -> Told:
    """Stops what this page adds, before its next file."""
    place = page.stops.get(client)
    if place is None:
        return {}
    place.stopping.set()
    reading = place.state == "reading"
    return {"notice": str(notice("Stopping after the file that is being read.", "good"))} if reading else {}
