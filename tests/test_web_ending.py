"""The server's end: with pages open it ends within seconds, with its usual code and without a word of mistakes."""

import asyncio
import signal
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from library_support import child
from web_support import small_library

from qa.web.ending import End, Ending

SERVER = """
import sys
from pathlib import Path
from index.encoder import HashEncoder
from index.library import Library
from qa.web.serve import Door, serve
serve(Library.open(Path(sys.argv[1]), encoder=HashEncoder()), Door(port=0))
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
def test_a_server_with_an_open_page_ends_without_a_trace(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    small_library(tmp_path / "library").close()
    running = child(SERVER, tmp_path / "library")
    assert running.stdout is not None
    address = running.stdout.readline().split()[3]
    page = urllib.request.urlopen(f"{address}/gradio_api/heartbeat/a-page")  # what a page keeps open
    assert b"ALIVE" in page.readline()
    began = time.monotonic()
    running.send_signal(sent)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == code and time.monotonic() - began < 5
    assert "Traceback" not in errors and "ERROR" not in errors, errors
    page.close()


async def through(app: Any, method: str, end: End) -> list[Any]:
    """What is sent of a request that is open when the end begins, and cancelled when its time is over."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.sleep(60)

    request = asyncio.ensure_future(Ending(app, end)({"type": "http", "method": method}, receive, send))
    await asyncio.sleep(0.01)
    end.begin()
    await asyncio.sleep(0.01)
    request.cancel()
    await request
    return sent


async def listening(scope: Any, receive: Any, send: Any) -> None:
    """A stream until its client goes."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    message = await receive()
    await send({"type": "http.response.body", "body": message["type"].encode()})


async def stopping(scope: Any, receive: Any, send: Any) -> None:
    """A stream that says nothing more when its client goes."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await receive()


async def working(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(60)


def test_a_stream_hears_that_its_client_has_gone() -> None:
    calls: list[str] = []
    sent = asyncio.run(through(listening, "GET", End(lambda: calls.append("ended"))))
    assert sent[-1] == {"type": "http.response.body", "body": b"http.disconnect"} and calls == ["ended"]


def test_a_stream_that_just_stops_is_finished() -> None:
    _, one, last = asyncio.run(through(stopping, "GET", End()))
    assert one["more_body"] and last == {"type": "http.response.body", "body": b""}


def test_what_is_cut_off_is_answered() -> None:
    start, body = asyncio.run(through(working, "POST", End()))
    assert start["status"] == 503 and b"being ended" in body["body"]


def test_a_request_that_is_cancelled_at_another_time_stays_so() -> None:
    async def cancelled() -> None:
        request = asyncio.ensure_future(Ending(working, End())({"type": "http", "method": "GET"}, working, working))
        await asyncio.sleep(0.01)
        request.cancel()
        await request

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
