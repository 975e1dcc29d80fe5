"""/v1/models and /v1/chat/completions, as OpenAI's clients speak them, so that existing programs can ask Footnote.

The last message of the user is the question and those before it are the history; a system message changes nothing.
The answer keeps its [n] markers. Its citations come as `annotations`, whose indexes are those of the cited sentence in
the content, and the whole answer under `footnote`. Only checked text is ever sent: a stream begins when the answer has
been checked.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from anyio import to_thread
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from documents.errors import NotInLibrary, QuestionError
from index.library import Library
from qa.answer import Answer, AnswerSentence
from qa.libraries import Which
from qa.web.api import sse
from qa.web.api.errors import Json
from qa.web.api.models import WHICH, AskOptions, Filters, Text
from qa.web.api.routes import Threads
from qa.web.guard import caller_of
from qa.web.service import Service

__all__ = ["MODEL", "annotations", "router"]

MODEL = "footnote"
NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_MARKERS = re.compile(r"(?:\s*\[\d+\])*\s*")
ROLES = {"user": "user", "assistant": "agent"}  # of the messages that are a conversation


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str = Field(max_length=100)
    text: Text = Field(default="", max_length=100_000)


class Said(BaseModel):
    """A message as clients send it, with whatever else they put in."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream shall also tell."""

    include_usage: bool = False


class Extension(BaseModel):
    """What Footnote takes and OpenAI doesn't know; clients send it as extra_body."""

    model_config = ConfigDict(extra="forbid")

    library: WHICH = "shared"
    filters: Filters = Filters()
    options: AskOptions = AskOptions()


class Completion(BaseModel):
    """A request for a chat completion; temperature and the like are taken and change nothing."""

    messages: list[Said] = Field(min_length=1, max_length=400)
    model: str = Field(default=MODEL, max_length=200)
    stream: bool = False
    stream_options: StreamOptions | None = None
    footnote: Extension = Extension()

    def given(self, library: Library) -> dict[str, Any]:
        """What the chain takes.

        Raises:
            QuestionError: the last message isn't the user's.
            NotInLibrary: another model is asked for.
        """
        if self.model != MODEL:
            raise NotInLibrary(f"there is no model {self.model[:100]!r} here: ask for {MODEL!r}")
        talk = [m for m in self.messages if m.role in ROLES]
        if not talk or talk[-1].role != "user":
            raise QuestionError("the last message must be the user's question")
        history = [{"role": ROLES[m.role], "text": m.text()} for m in talk[:-1]]
        return {"question": talk[-1].text(), "history": history, "where": self.footnote.filters.where(library)}


@dataclass(frozen=True, slots=True)
class Reply:
    """One completion: its answer, where its documents are found, and what is the same in all of its chunks."""

    answer: Answer
    base: str
    library: Which = "shared"
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self) -> dict[str, Any]:
        """The completion in one piece."""
        message = {
            "role": "assistant",
            "content": self.answer.answer,
            "refusal": None,
            "annotations": annotations(self.answer, self.base, self.library),
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": NO_TOKENS,
            "footnote": self.answer.to_json(),
        }

    def chunks(self, usage: bool) -> Iterator[bytes]:
        """The same as a stream: a chunk for each sentence with its markers, then the citations, then the end."""
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in _pieces(self.answer):
            yield self._chunk({"content": piece})
        yield self._chunk({"annotations": annotations(self.answer, self.base, self.library)})
        yield self._chunk({}, "stop", {"footnote": self.answer.to_json()})
        if usage:
            yield sse.event(None, {**self._head("chat.completion.chunk"), "choices": [], "usage": NO_TOKENS})
        yield sse.event(None, "[DONE]")

    def _chunk(self, delta: dict[str, Any], end: str | None = None, extra: dict[str, Any] | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": end, "logprobs": None}
        return sse.event(None, {**self._head("chat.completion.chunk"), "choices": [choice], **(extra or {})})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


def router(service: Service, threads: Threads) -> APIRouter:
    """The routes over one service."""
    routes = APIRouter(prefix="/v1", tags=["for OpenAI's clients"])
    began = int(time.time())
    model = {"id": MODEL, "object": "model", "created": began, "owned_by": "footnote"}

    @routes.get("/models", summary="The one model there is")
    async def models() -> Json:
        return Json({"object": "list", "data": [model]})

    @routes.get("/models/{name}", summary="What is known of it")
    async def described(name: str) -> Json:
        if name != MODEL:
            raise NotInLibrary(f"there is no model {name[:100]!r} here: ask for {MODEL!r}")
        return Json(model)

    @routes.post("/chat/completions", summary="Answer the last message of the user")
    async def complete(request: Request, body: Completion) -> Response:
        which = body.footnote.library
        asking = await to_thread.run_sync(service.reading, caller_of(request.scope), which)
        given = await to_thread.run_sync(body.given, asking.library)
        answer = await threads.answer(asking, given, body.footnote.options.over(service.options))
        reply = Reply(answer, str(request.base_url).rstrip("/"), which)
        if not body.stream:
            return Json(reply.whole())
        usage = body.stream_options is not None and body.stream_options.include_usage
        return StreamingResponse(reply.chunks(usage), media_type="text/event-stream", headers=sse.HEADERS)

    return routes


def annotations(answer: Answer, base: str, library: Which = "shared") -> list[dict[str, Any]]:
    """One for each citation of each sentence; its URL opens the cited words (a fragment of RFC 5147)."""
    cited = {c.number: c for c in answer.citations}
    found: list[dict[str, Any]] = []
    for sentence, start, end in _placed(answer):
        for number in sentence.citations:
            c = cited[number]
            query = f"start={c.start}&end={c.end}" + (f"&library={library}" if library != "shared" else "")
            url = f"{base}/api/documents/{c.document_id}?{query}#char={c.start},{c.end}"
            place = {"start_index": start, "end_index": end, "title": c.title, "url": url}
            found.append({"type": "url_citation", "url_citation": place})
    return found


def _placed(answer: Answer) -> Iterator[tuple[AnswerSentence, int, int]]:
    """Each sentence with its [start, end) in the answer's text, markers not included."""
    at = 0
    for sentence in answer.sentences:
        found = answer.answer.find(sentence.text, at)
        if found >= 0:  # else the text words it otherwise: its citations then stand for the place it must be at
            at = found
        end = at + (len(sentence.text) if found >= 0 else 0)
        yield sentence, at, end
        at = end


def _pieces(answer: Answer) -> Iterator[str]:
    """The answer's text in parts: each sentence with the markers and the space that follow it."""
    sent = 0
    for _, _, end in _placed(answer):
        markers = _MARKERS.match(answer.answer, end)
        stop = markers.end() if markers else end
        if stop > sent:
            yield answer.answer[sent:stop]
            sent = stop
    if sent < len(answer.answer):
        yield answer.answer[sent:]
