"""What the tests of the API share: a small library, a client of the server over it, a real server on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web_browser import served
from web_support import small_library

from index.library import Library

QUESTION = "By how many votes was the tram line approved?"
ORIGIN = "http://127.0.0.1:7860"
MINUTES = b"minutes.txt".hex().ljust(64, "0")  # the id of the document that says so


@contextmanager
def client(library: Library, **settings: Any) -> Iterator[Any]:
    """A client that speaks to the server without a network."""
    from starlette.testclient import TestClient

    from qa.web.app import application

    with TestClient(application(library, **settings), base_url=ORIGIN, follow_redirects=False) as made:
        yield made


@contextmanager
def running(library: Library, **settings: Any) -> Iterator[str]:
    """A real server on a free port of loopback; gives its address."""
    with served(library, **settings) as address:
        yield address.rstrip("/")


def library_in(folder: Path) -> Library:
    """Two short documents, with the stand-in encoder."""
    return small_library(folder / "library")
