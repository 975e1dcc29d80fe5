"""What the tests of the API share: a small library behind the server, a client for it, and a real server on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
    import uvicorn

    from qa.web.app import application

    app = application(library, **settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        for _ in range(400):
            if server.started:
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def library_in(folder: Path) -> Library:
    """Two short documents, with the stand-in encoder."""
    return small_library(folder / "library")
