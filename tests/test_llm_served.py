"""What a server says of its model is used, over HTTP; one that says nothing, or nonsense, changes nothing."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qa.writer.llm import BRIEFLY, CONTEXT, WRITTEN, model_named, model_of

pytest.importorskip("langchain_openai", reason="pip install langchain langchain-openai")
LARGE, TINY = {"n_ctx": 4096, "n_params": 8_000_000_000}, {"n_ctx": 2048, "n_params": 135_000_000}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    model_named.cache_clear()
    monkeypatch.setenv("OPENAI_API_KEY", "loopback")


@contextmanager
def listing(
    body: bytes, status: int = 200, kind: str = "application/json", port: int = 0
) -> Iterator[tuple[str, list[str]]]:
    """The base URL of a server whose every GET gets this, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.mark.parametrize(
    ("models", "context", "small"),
    [
        ([{"id": "/models/x.gguf", "meta": LARGE}], 4096, False),  # llama.cpp, whatever its only model is called
        ([{"id": "x", "meta": TINY}], 2048, True),
        ([{"id": "x", "max_model_len": 32_768}], 32_768, False),  # vLLM
        ([{"id": "y", "meta": TINY}, {"id": "x", "meta": LARGE}], 4096, False),
        ([{"id": "y", "meta": TINY}, {"id": "z", "meta": LARGE}], CONTEXT, False),  # it may be either
        ([], CONTEXT, False),
        ([{"id": "x"}], CONTEXT, False),
    ],
)
def test_a_model_takes_what_its_server_says(models: list[Any], context: int, small: bool) -> None:
    with listing(json.dumps({"object": "list", "data": models}).encode()) as (url, asked):
        model = model_of("openai:x", url)
        assert model_of("openai:x", url) is model
    assert (model.context, model.small) == (context, small)
    chat: Any = model.chat
    assert chat.max_tokens == (BRIEFLY if small else WRITTEN)
    assert asked == ["/v1/models"]  # once


@pytest.mark.parametrize(
    "said",
    [
        b"[]", b"null", b"5", b'"x"', b"{}", b'{"data": 5}', b'{"data": [5]}', b'{"data": [{"id": "x", "meta": 5}]}',
        b'{"data": [{"id": "x", "meta": {"n_ctx": -1, "n_params": true}}]}',
        b'{"data": [{"id": "x", "meta": {"n_ctx": "9"}}]}',
    ],
)  # fmt: skip
def test_nonsense_says_nothing(said: bytes) -> None:
    with listing(said) as (url, _):
        model = model_of("openai:x", url)
    assert (model.context, model.small) == (CONTEXT, False)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"<html>Please sign in</html>", 200, "text/html"),
        (b"{this is no json", 200, "application/json"),
        (b"not here", 404, "text/plain"),
        (b'{"error": {"message": "wrong key"}}', 401, "application/json"),
        (b"", 500, "text/plain"),
    ],
)
def test_a_server_without_such_a_list(body: bytes, status: int, kind: str) -> None:
    with listing(body, status, kind) as (url, _):
        model = model_of("openai:x", url)
    assert (model.context, model.small) == (CONTEXT, False)


def test_a_server_that_is_not_there_is_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    assert model_of("openai:x", url).context == CONTEXT
    with listing(json.dumps({"data": [{"id": "x", "meta": TINY}]}).encode(), port=port) as (again, _):
        assert again == url
        assert (model_of("openai:x", url).context, model_of("openai:x", url).small) == (2048, True)
