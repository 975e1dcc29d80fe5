"""Uploads on their way in: to disk as they come, refused while they come, without a trace where they end badly."""

import os
import socket
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import client, library_in, running

from documents.errors import LibraryFull
from index.library import Library
from qa.web.api.incoming import INCOMING, sweep_incoming
from qa.web.api.parts import MOST_FILES, Parts

HEAD = b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
TAIL = b"\r\n--x--\r\n"
FORM = {"content-type": "multipart/form-data; boundary=x"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_in(tmp_path)


@pytest.fixture
def address(library: Library) -> Iterator[str]:
    with running(library) as address:
        yield address


def left(library: Library) -> list[Path]:
    """What is there of uploads, once the server has cleared up."""
    folders = (library.path / INCOMING, library.path / "uploads")
    for _ in range(100):
        found = [p for folder in folders if folder.is_dir() for p in folder.iterdir()]
        if not found:
            break
        time.sleep(0.05)
    return found


def untouched(library: Library) -> bool:
    return not left(library) and len(library) == 2 and len(library.files()) == 0


def spoken(address: str, *pieces: bytes, close: bool = False, **headers: Any) -> bytes:
    """What a server answers to a request that is written by hand; with `close` nobody waits for it."""
    host, _, port = address.removeprefix("http://").partition(":")
    lines = {"host": "127.0.0.1", **FORM, **{k.replace("_", "-"): v for k, v in headers.items()}}
    with socket.create_connection((host, int(port)), timeout=20) as line:
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        line.sendall(f"POST /api/documents HTTP/1.1\r\n{head}\r\n".encode())
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.1)
        answer = b"" if close else line.recv(65536)
        return answer + line.recv(65536) if answer.endswith(b"\r\n\r\n") else answer  # the head may come by itself


def test_who_closes_the_connection_leaves_nothing_behind(library: Library, address: str) -> None:
    spoken(address, HEAD, b"The ferry sails", close=True, content_length=10_000)
    assert untouched(library)
    chunk = HEAD + b"The ferry sails"
    spoken(address, f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n", close=True, transfer_encoding="chunked")
    assert untouched(library)


def test_a_boundary_that_is_refused_leaves_nothing_behind(library: Library, address: str) -> None:
    answer = spoken(address, content_type=f"multipart/form-data; boundary={'x' * 300}", content_length=0)
    assert answer.startswith(b"HTTP/1.1 400") and b"no form" in answer
    assert untouched(library)


def test_two_collections_are_not_made_one(library: Library, address: str) -> None:
    field = b'--x\r\ncontent-disposition: form-data; name="collection"\r\n\r\nNotes\r\n'
    body = field + field + HEAD + b"The ferry sails at nine." + TAIL
    answer = spoken(address, body, content_length=len(body))
    assert answer.startswith(b"HTTP/1.1 422") and b"collection: this field came twice" in answer
    assert untouched(library)


def test_a_body_longer_than_it_says_is_not_half_a_file(library: Library, address: str) -> None:
    body = HEAD + b"The ferry sails at nine." + TAIL
    answer = spoken(address, body, content_length=len(HEAD) + 9)
    assert answer.startswith(b"HTTP/1.1 400") and b"in the middle of a part" in answer
    assert untouched(library)


def test_a_body_without_a_length_is_cut_off_at_the_limit(
    library: Library, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    monkeypatch.setattr("qa.web.guard.UPLOAD", 1 << 20)
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield HEAD
        for _ in range(400):
            sent += 1 << 16
            yield b"x" * (1 << 16)

    answer = httpx.post(f"{address}/api/documents", content=endless(), headers=FORM, timeout=30)
    assert answer.status_code == 413 and answer.json()["error"]["type"] == "too_large"
    assert answer.headers["connection"] == "close" and sent < 20 << 20  # what the sockets hold, of 25 MB
    assert untouched(library)


def test_a_large_upload_takes_no_memory(library: Library, address: str) -> None:
    import httpx

    def long() -> Iterator[bytes]:
        yield HEAD
        for _ in range(24 * 16):
            yield bytes(1 << 16)  # no text: what is measured is how it comes in, not how it is read
        yield TAIL

    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        answer = httpx.post(f"{address}/api/documents?wait=false", content=long(), headers=FORM, timeout=60)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert answer.status_code == 202 and peak < 6 << 20, f"{peak >> 20} MB for 24 MB"
    httpx.delete(f"{address}{answer.headers['location']}")


def test_one_file_too_many_is_refused_when_it_comes(tmp_path: Path) -> None:
    from starlette.exceptions import HTTPException

    parts = Parts(tmp_path / "in", b"x")
    for _ in range(MOST_FILES):
        parts.feed(HEAD + b"a\r\n")
    with pytest.raises(HTTPException) as refused:
        parts.feed(HEAD)
    assert refused.value.status_code == 413
    parts.give_up()
    assert not list(tmp_path.iterdir())


BAD: tuple[tuple[bytes, int, str], ...] = (
    (b"", 400, "in the middle"),
    (b"nothing like a form", 400, "no form"),
    (b"--x--\r\n", 422, "no file"),
    (HEAD + b"a", 400, "in the middle"),
    (HEAD.replace(b'"files"', b'"other"') + b"a" + TAIL, 422, "files"),
    (HEAD.replace(b'; filename="a.txt"', b"") + b"a" + TAIL, 422, "files"),
    (b"--x\r\n\r\na" + TAIL, 422, "files"),
    (b"--x\r\n" + b"a: b\r\n" * 100 + b"\r\na" + TAIL, 400, "no form"),
    (b'--x\r\ncontent-disposition: form-data; name="collection"\r\n\r\n' + b"c" * 1001 + TAIL, 422, "1000 bytes"),
    (
        HEAD + b'a\r\n--x\r\ncontent-disposition: form-data; name="collection"\r\n\r\n' + b"c" * 201 + TAIL,
        422,
        "200",
    ),
    (b'--x\r\ncontent-disposition: form-data; name="f"\r\n\r\na\r\n' * 1 + HEAD + TAIL, 200, "empty"),
)


def test_what_is_no_form_with_files_says_why(library: Library) -> None:
    with client(library) as api:
        for body, status, says in BAD:
            answer = api.post("/api/documents", content=body, headers=FORM)
            assert answer.status_code == status and says in answer.text, body
            assert len(library) == 2 and not left(library), body


def test_who_stops_sending_is_not_waited_for(library: Library, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.api.incoming.STALLED", 0.3)
    answer = spoken(address, HEAD, content_length=10_000)
    assert answer.startswith(b"HTTP/1.1 408") and untouched(library)


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    parts = Parts(tmp_path / "in", b"x")
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(LibraryFull, match=r"is full.*free"):
        parts.feed(HEAD)
    monkeypatch.undo()
    parts.give_up()
    assert not list(tmp_path.iterdir())


def test_what_a_killed_server_left_is_swept_up_and_what_is_coming_in_is_not(library: Library, tmp_path: Path) -> None:
    below = tmp_path / "incoming"
    dead = 2**22 + 1  # beyond the highest number that Linux gives
    for name in (f"{dead}-a", f"{os.getpid()}-b", f"{os.getppid()}-c", "odd"):
        (below / name / "0").mkdir(parents=True)
        (below / name / "0" / "a.txt").write_text("a")
    sweep_incoming(below)
    assert [p.name for p in below.iterdir()] == [f"{os.getppid()}-c"]
    sweep_incoming(tmp_path / "nowhere")
