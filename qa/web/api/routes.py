"""/api/ask, /api/search, /api/health and /api/metrics."""

import dataclasses
from collections.abc import Iterator
from functools import partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from index.search import Hit
from qa.answer import Answer, Event
from qa.ask import asked
from qa.cite import passage, places_of
from qa.web.api import sse
from qa.web.api.errors import Json
from qa.web.api.models import Question, Search
from qa.web.guard import caller_of
from qa.web.originals import shown_source
from qa.web.service import Service, release

__all__ = ["Threads", "router", "searched"]


class Threads:
    """Threads that wait for their turn at the gate, apart from those that the rest of the server works with."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(200)

    async def answer(self, service: Service, given: Any, options: Any = None) -> Answer:
        """The Answer, made in a thread."""
        return await to_thread.run_sync(partial(service.answer, given, options), limiter=self._limiter)

    async def begun(self, iterator: Iterator[Event]) -> Event:
        """The first event, made in a thread."""
        return await to_thread.run_sync(next, iterator, limiter=self._limiter)


def router(service: Service, threads: Threads) -> APIRouter:
    """The routes over one service."""
    routes = APIRouter(prefix="/api", tags=["questions"])
    library = service.library

    @routes.post(
        "/ask",
        summary="Answer a question; every sentence cites its sources",
        responses={200: {"model": Answer, "content": {"text/event-stream": {}}, "description": "The answer."}},
    )
    async def ask(request: Request, body: Question) -> Response:
        asking = await to_thread.run_sync(service.reading, caller_of(request.scope), body.library)
        given = await to_thread.run_sync(body.given, asking.library)
        options = body.options.over(service.options)
        if not (body.stream or "text/event-stream" in request.headers.get("accept", "")):
            return Json((await threads.answer(asking, given, options)).to_json())
        told = asking.events(given, options)
        first = await threads.begun(told)  # here, so that a bad question has its status
        events = sse.stream(first, sse.stepped(told), Answer.to_json)
        return StreamingResponse(events, media_type="text/event-stream", headers=sse.HEADERS)

    @routes.post("/search", summary="The passages that best match a query")
    async def search(request: Request, body: Search) -> Json:
        return Json(await to_thread.run_sync(searched, service, caller_of(request.scope), body))

    @routes.get("/health", summary="Whether the server is well")
    async def health(request: Request) -> Json:
        if request.scope.get("state", {}).get("user") is None:  # anyone may ask whether it is well, and no more
            return Json({"status": "ok"})
        return Json({"status": "ok", "version": release(), "documents": await to_thread.run_sync(len, library)})

    @routes.get("/metrics", summary="Counters for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        text = await to_thread.run_sync(lambda: service.meters.text(len(library)))
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


def searched(service: Service, caller: str, body: Search) -> dict[str, Any]:
    """What a search found, best first, in the form of an answer's passages."""
    library = service.reading(caller, body.library).library
    query, where = asked({"question": body.query}).question, body.filters.where(library)
    with service.gate.turn():
        hits: tuple[Hit, ...] = library.search(query, k=body.k, where=where).hits if len(library) else ()
        places = places_of(library, hits)
    passages = (passage(hit, places) for hit in hits)
    shown = (dataclasses.replace(p, source=shown_source(library, p.source)) for p in passages)
    return {"query": query, "passages": [dataclasses.asdict(p) for p in shown]}
