"""What happens when a question is asked, and when its answer is stopped: handlers like those of page.py."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from qa.web.limits import Limits
from qa.web.page import Page, Told
from qa.web.session import Session

__all__ = ["ask", "halt", "stream"]


def ask(page: Page, client: str, text: str, session: Session, talk: str, limits: Limits) -> Told:
    """Page.ask, which `client` may stop."""
    with _stoppable(page, client, text) as stop:
        return page.ask(text, session, talk, limits, stop)


def stream(page: Page, client: str, text: str, session: Session, talk: str, limits: Limits) -> Iterator[Told]:
    """Page.stream, which `client` may stop, and which a page that was closed ends."""
    with _stoppable(page, client, text) as stop:
        yield from page.stream(text, session, talk, limits, stop)


def halt(page: Page, client: str, text: str) -> Told:
    """Stops the answer that this page waits for; late, when it waits for another question's, nothing."""
    stop = page.halts.get((client, text))
    if stop is not None:
        stop.set()
    return {}


@contextmanager
def _stoppable(page: Page, client: str, text: str) -> Iterator[threading.Event]:
    stop = page.halts[client, text] = threading.Event()
    try:
        yield stop
    finally:
        stop.set()  # where the page was closed, nothing else ends the model's writing
        page.halts.pop((client, text), None)
