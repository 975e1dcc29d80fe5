"""/api/documents: what is in a library, files in, documents out, and a document's text to check a citation in."""

import asyncio
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import PlainTextResponse, Response

from index.library import Library
from index.records import DocumentRecord
from qa.libraries import shelf_of
from qa.web.api.errors import Json
from qa.web.api.incoming import INCOMING, LONGEST_COLLECTION, received
from qa.web.api.jobs import Jobs
from qa.web.api.models import WHICH, Filters
from qa.web.api.parts import FILES, MOST_FILES
from qa.web.guard import address_of, caller_of, person
from qa.web.originals import remove_document, shown_source
from qa.web.service import Service

__all__ = ["router", "shown"]

DocumentId = Annotated[str, InPath(pattern="^[0-9a-f]{64}$", description="The SHA-256 that names a document.")]
Shelf = Annotated[WHICH, Query()]
# The body is taken as it comes (incoming.py), so that what it holds is said here.
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILES],
                    "properties": {
                        FILES: {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                            "description": f"At most {MOST_FILES}.",
                        },
                        "collection": {"type": "string", "maxLength": LONGEST_COLLECTION, "default": ""},
                    },
                }
            }
        },
    }
}


class Listing(Filters):
    """What to list."""

    library: WHICH = "shared"
    problems: bool = Field(default=False, description="Only what was not read in full.")


def router(service: Service, jobs: Jobs) -> APIRouter:
    """The routes over one service."""
    routes = APIRouter(prefix="/api/documents", tags=["documents"])

    @routes.get("", summary="List documents, and files that could not be read")
    def listed(request: Request, asked: Annotated[Listing, Query()]) -> Json:
        library = service.reading(caller_of(request.scope), asked.library).library
        where = asked.where(library)
        records = [r for r in library.documents(where) if r.problems or not asked.problems]
        failed = [f for f in library.files() if f.error and (where is None or where.lets_file(f.path))]
        names = {f.path: shown_source(library, f.path) for f in failed}
        failures = [{"path": names[f.path], "reason": (f.error or "").replace(f.path, names[f.path])} for f in failed]
        return Json({"documents": [shown(library, r) for r in records], "failed": failures})

    @routes.post(
        "",
        summary="Add files; a file that fails costs only itself",
        openapi_extra=FORM,
        responses={202: {"description": "All has come and is being read: a job, see `/api/jobs`."}},
    )
    async def added(
        request: Request,
        library: Shelf = "shared",
        wait: Annotated[bool, Query(description="Answer when all is read, else with a job at once.")] = True,
    ) -> Json:
        caller, whose = caller_of(request.scope), service.whose
        await to_thread.run_sync(whose.permit, caller, library)
        owner = await to_thread.run_sync(whose.owner, caller)
        place = jobs.line.enter(person(owner, address_of(request.scope)))
        try:
            incoming = await received(request, service.library.path / INCOMING)
        except BaseException:
            jobs.line.leave(place)
            raise
        shelf = shelf_of(owner, library)
        job, done = jobs.begin(caller, place, partial(whose.changing, caller, library), incoming, shelf)
        if not wait:
            return Json(job.shown(), 202, headers={"location": f"/api/jobs/{job.id}"})
        return Json({"files": await asyncio.shield(asyncio.wrap_future(done))})

    @routes.get("/{document_id}", summary="A document's text, whole or from start to end")
    def text(
        request: Request,
        document_id: DocumentId,
        library: Shelf = "shared",
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int | None, Query(ge=0, description="Not included; the text's end unless given.")] = None,
    ) -> Response:
        held = service.reading(caller_of(request.scope), library).library
        record, whole = held.record(document_id), held.text(document_id)
        part = whole[start:end]
        if "text/plain" in request.headers.get("accept", ""):
            return PlainTextResponse(part)
        return Json({**shown(held, record), "start": min(start, len(whole)), "end": start + len(part), "text": part})

    @routes.delete("/{document_id}", summary="Remove a document, every trace of it")
    def removed(request: Request, document_id: DocumentId, library: Shelf = "shared") -> Json:
        caller = caller_of(request.scope)
        service.whose.permit(caller, library)
        held = service.reading(caller, library)  # as it is: removing makes no library
        record = remove_document(held.library, document_id)
        if held.tests is not None:
            held.tests.forget(record)
        return Json({"removed": shown(held.library, record)})

    return routes


def jobs_router(jobs: Jobs) -> APIRouter:
    """The routes about uploads that are being read, each caller's own."""
    routes = APIRouter(prefix="/api/jobs", tags=["documents"])

    @routes.get("", summary="Your uploads that are being read, or were since the server began")
    def listed(request: Request) -> Json:
        return Json({"jobs": [job.shown() for job in jobs.of(caller_of(request.scope))]})

    @routes.get("/{number}", summary="How far an upload is")
    def told(request: Request, number: str) -> Json:
        return Json(jobs.get(caller_of(request.scope), number).shown())

    @routes.delete("/{number}", summary="Stop reading an upload; what was added until then stays")
    def stopped(request: Request, number: str) -> Json:
        job = jobs.get(caller_of(request.scope), number)
        job.stopping.set()
        return Json(job.shown())

    return routes


def shown(library: Library, record: DocumentRecord) -> dict[str, Any]:
    """A document as the API lists it."""
    return {
        "id": record.id,
        "title": record.title,
        "sources": [shown_source(library, source) for source in record.sources],
        "collections": record.collections,
        "media_type": record.media_type,
        "characters": record.characters,
        "passages": record.passages,
        "size": record.size,
        "added": record.added.isoformat(),
        "problems": [p.message for p in record.problems],
    }
