"""The server around the page: one clear error for a taken port, no file of the library, no other host's name."""

import errno
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_support import TRAM, ScriptedChain, small_library

from documents.errors import FootnoteError
from index.library import Library
from qa.web import app as web
from qa.web.serve import Door, serve


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return small_library(tmp_path_factory.mktemp("server") / "library")


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[Any]:
    from starlette.testclient import TestClient

    app = web.application(library, ScriptedChain(library, TRAM))  # type: ignore[arg-type]
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


def test_a_port_in_use_says_which_and_what_to_do(library: Library) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FootnoteError, match=f"port {port} of 127.0.0.1 is in use.*another port"):
            serve(library, Door(port=port))


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 7860), ("no.such.host.invalid", 7860)])
def test_an_address_that_cannot_be_used_is_named(library: Library, host: str, port: int) -> None:
    with pytest.raises(FootnoteError, match=f"port {port} of {re.escape(host)}"):
        serve(library, Door(host, port, force=True))


def test_it_prints_its_address_when_it_listens(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    thread = threading.Thread(target=serve, args=(library, Door(port=0)), daemon=True)
    thread.start()
    printed = ""
    for _ in range(200):
        printed += capsys.readouterr().out
        if "http://127.0.0.1:" in printed:
            break
        thread.join(0.1)
    port = int(re.search(r"http://127\.0\.0\.1:(\d+)", printed)[1])  # type: ignore[index]
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass


def test_the_library_cannot_be_downloaded(client: Any, library: Library) -> None:
    for name in ("library.db", "uploads/notes.txt", "."):
        assert client.get(f"/gradio_api/file={library.path.resolve() / name}").status_code in (403, 404)
    assert client.get(f"/gradio_api/file={Path(__file__)}").status_code in (403, 404)


def test_other_host_names_are_refused(client: Any) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_other_origins_may_not_read_or_call(client: Any) -> None:
    answer = client.get("/config", headers={"origin": "https://evil.example"})
    assert answer.headers.get("access-control-allow-origin") != "*"
    assert answer.headers.get("access-control-allow-origin") != "https://evil.example"


def test_the_policy_lets_the_page_speak_to_its_own_server_only(client: Any) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy and "connect-src 'self'" in policy
    assert "http" not in policy and "*" not in policy


def test_no_handler_is_offered_as_an_api(client: Any) -> None:
    assert client.get("/gradio_api/info").json()["named_endpoints"] == {}


def test_the_page_keeps_gradios_sanitizer(client: Any) -> None:
    config = client.get("/config").json()
    (chat,) = [c["props"] for c in config["components"] if c["type"] == "chatbot"]
    assert chat["sanitize_html"] is True and chat["allow_tags"] is False


def test_an_upload_that_finds_no_room_says_so(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = iter((errno.ENOSPC, errno.EIO))

    async def full(*given: Any, **more: Any) -> Any:
        raise OSError(next(kinds), "what the system says")

    monkeypatch.setattr("gradio.routes.upload_fn", full)
    files = {"files": ("a.txt", b"The ferry sails at nine.")}
    answer = client.post("/gradio_api/upload", files=files)
    assert answer.status_code == 507 and "the disk is full" in answer.text and "make room" in answer.text
    with pytest.raises(OSError, match="what the system says"):  # any other is no matter of room
        client.post("/gradio_api/upload", files=files)
