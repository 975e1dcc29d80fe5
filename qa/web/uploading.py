"""What happens when files are uploaded, and when that is stopped: handlers like those of page.py."""

from collections.abc import Iterator, Sequence
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

PAUSE = 0.3  # seconds between two looks at how many are before an upload


def add(
    page: Page, client: str, person: str, files: Sequence[str], session: Session, limits: Limits, collection: str = ""
) -> Iterator[Told]:
    """Adds a person's files when it is their turn, showing how far each one is; `client` may stop it."""
    uploads = [Path(f) for f in files]
    place: Place | None = None
    try:
        page.permit()
        place = page.stops[client] = page.line.enter(person)
        yield {"drop": None, "notice": ""}
        yield from map(_shown, _waiting(page, place, uploads))
        if place.state == "reading":
            page = page.changing()
            yield from map(_shown, add_uploads(page.library, uploads, collection, place.stopping))
    except FootnoteError as error:
        yield {"drop": None, "notice": str(notice(str(error)))}
    finally:
        page.stops.pop(client, None)
        if place is not None:
            page.line.leave(place)
        for upload in uploads:
            upload.unlink(missing_ok=True)  # what was taken is elsewhere by now
    yield page.changed(session, limits)


def _waiting(page: Page, place: Place, uploads: Sequence[Path]) -> Iterator[tuple[Line, ...]]:
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


def _shown(lines: Sequence[Line]) -> Told:
    return {"report": str(report_html(lines))}


def stop(page: Page, client: str) -> Told:
    """Stops what this page adds, before its next file."""
    place = page.stops.get(client)
    if place is None:
        return {}
    place.stopping.set()
    reading = place.state == "reading"
    return {"notice": str(notice("Stopping after the file that is being read.", "good"))} if reading else {}
