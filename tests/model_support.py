"""What the tests of language models share: a model that says what it is told, a server that speaks badly, a library."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

Script = Callable[[str, str], str]  # system and user message -> what it says


class ScriptedChat(BaseChatModel):
    """Says what `script` makes of its system and user messages, a few characters at a time; keeps what it was sent."""

    script: Any
    size: int = 3
    sent: list[tuple[str, str]] = []  # noqa: RUF012 - pydantic copies it

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _said(self, messages: list[BaseMessage]) -> str:
        system, user = str(messages[0].content), str(messages[-1].content)
        self.sent.append((system, user))
        text: str = self.script(system, user)
        return text

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._said(messages)))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        text = self._said(messages)
        for at in range(0, len(text), self.size):
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + self.size]))


ENDLESS = "The Harrow bridge was opened in 1931 [1]. " + "It cost 40,000 pounds [1]. " * 200


class Slow(ScriptedChat):
    """Says a few characters every few milliseconds, and counts them."""

    pause: float = 0.005
    spoken: list[str] = []  # noqa: RUF012 - pydantic copies it

    def _stream(self, messages: Any, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        text = self._said(messages)
        for at in range(0, len(text), 6):
            time.sleep(self.pause)
            self.spoken.append(text[at : at + 6])
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[at : at + 6]))


def ended(chat: Slow) -> bool:
    """Whether the model says nothing more."""
    time.sleep(0.1)
    count = len(chat.spoken)
    time.sleep(0.1)
    return len(chat.spoken) == count


def saying(text: str, size: int = 3) -> ScriptedChat:
    """A model that always says the same."""
    return ScriptedChat(script=lambda system, user: text, size=size)


Behave = Callable[["Talk"], None]


class Talk:
    """One request to a bad server, and the ways it may be answered."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler
        length = int(handler.headers.get("Content-Length", 0))
        self.body = json.loads(handler.rfile.read(length) or b"{}")
        self.key = handler.headers.get("Authorization", "")

    def fail(self, status: int, message: str, kind: str = "error", **headers: str) -> None:
        """A JSON error as OpenAI words it."""
        data = json.dumps({"error": {"message": message, "type": kind, "code": status}}).encode()
        self.handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.send_header("Connection", "close")  # as it will: else a second request may meet the closing
        self.handler.end_headers()
        self.handler.wfile.write(data)

    def begin(self) -> None:
        """The head of a stream of events."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def raw(self, line: str) -> None:
        """One chunk of the stream, as it is."""
        data = line.encode()
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.handler.wfile.flush()

    def piece(self, text: str | None = None, *, finish: str | None = None, usage: dict[str, int] | None = None) -> None:
        """One piece of an answer."""
        delta = {} if text is None else {"role": "assistant", "content": text}
        event: dict[str, Any] = {
            "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "bad",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }  # fmt: skip
        if usage:
            event |= {"usage": usage, "choices": []}
        self.raw(f"data: {json.dumps(event)}\n\n")

    def end(self) -> None:
        """The stream's proper end."""
        self.raw("data: [DONE]\n\n")
        self.handler.wfile.write(b"0\r\n\r\n")

    def say(self, text: str) -> None:
        """A whole good answer."""
        self.begin()
        for word in text.split(" "):
            self.piece(word + " ")
        self.piece(finish="stop")
        self.piece(usage={"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18})
        self.end()

    def cut(self) -> None:
        """Ends the connection without a word."""
        self.handler.close_connection = True
        self.handler.connection.close()

    def sleep(self, seconds: float) -> None:
        """Says nothing for a while."""
        time.sleep(seconds)


@contextmanager
def bad_server(behave: Behave) -> Iterator[tuple[str, list[Talk]]]:
    """The base URL of a server on the loopback address that answers as `behave` does, and the requests it had."""
    talks: list[Talk] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            talk = Talk(self)
            talks.append(talk)
            with suppress(OSError):  # the client has gone
                behave(talk)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", talks
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
