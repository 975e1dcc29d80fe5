"""What happens when files are uploaded, and when that is stopped: handlers like those of page.py."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from documents.errors import FootnoteError
from qa.web.limits import Limits
from qa.web.page import Page, Told
from qa.web.report import report_html
from qa.web.session import Session
from qa.web.uploads import add_uploads
from qa.web.welcome import notice

__all__ = ["add", "stop"]


def add(
    page: Page, client: str, files: Sequence[str], session: Session, limits: Limits, collection: str = ""
) -> Iterator[Told]:
    """Adds uploaded files, showing how far each one is; `client` may stop it."""
    event = page.stops[client] = threading.Event()
    try:
        page = page.changing()
        for lines in add_uploads(page.library, [Path(f) for f in files], collection, event):
            yield {"drop": None, "report": str(report_html(lines)), "notice": ""}
    except FootnoteError as error:
        yield {"notice": str(notice(str(error)))}
    finally:
        page.stops.pop(client, None)
    yield page.changed(session, limits)


def stop(page: Page, client: str) -> Told:
    """Stops what this page adds, before its next file."""
    event = page.stops.get(client)
    if event is None:
        return {}
    event.set()
    return {"notice": str(notice("Stopping after the file that is being read.", "good"))}
