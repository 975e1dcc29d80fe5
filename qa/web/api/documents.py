"""/api/documents: what is in the library, files in, documents out, and a document's text to check a citation in."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi import Path as InPath
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from index.intake import FileResult
from index.records import DocumentRecord
from qa.web.api.errors import Json
from qa.web.api.models import Filters
from qa.web.service import Service
from qa.web.uploads import remove_document, take_uploads

__all__ = ["file_name", "router"]

MOST_FILES = 500  # in one request
LONGEST_NAME = 200  # bytes of a file's name
DocumentId = Annotated[str, InPath(pattern="^[0-9a-f]{64}$", description="The SHA-256 that names a document.")]


class Listing(Filters):
    """What to list."""

    problems: bool = Field(default=False, description="Only what was not read in full.")


def router(service: Service) -> APIRouter:
    """The routes over one service."""
    routes = APIRouter(prefix="/api/documents", tags=["documents"])
    library = service.library

    @routes.get("", summary="List documents, and files that could not be read")
    def listed(asked: Annotated[Listing, Query()]) -> Json:
        where = asked.where(library)
        records = [r for r in library.documents(where) if r.problems or not asked.problems]
        failed = [f for f in library.files() if f.error and (where is None or where.lets_file(f.path))]
        failures = [{"path": f.path, "reason": f.error} for f in failed]
        return Json({"documents": [shown(r) for r in records], "failed": failures})

    @routes.post("", summary="Add files; a file that fails costs only itself")
    def added(
        files: Annotated[list[UploadFile], File(description=f"At most {MOST_FILES}.")],
        collection: Annotated[str, Form(max_length=200)] = "",
    ) -> Json:
        if len(files) > MOST_FILES:
            raise HTTPException(413, f"{len(files)} files came at once, and {MOST_FILES} may: send them in parts")
        with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
            results = take_uploads(library, [_spooled(f, Path(folder), n) for n, f in enumerate(files)], collection)
        records = library.documents()
        return Json({"files": [_result(r, records) for r in results]})

    @routes.get("/{document_id}", summary="A document's text, whole or from start to end")
    def text(
        request: Request,
        document_id: DocumentId,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int | None, Query(ge=0, description="Not included; the text's end unless given.")] = None,
    ) -> Response:
        record, whole = library.record(document_id), library.text(document_id)
        part = whole[start:end]
        if "text/plain" in request.headers.get("accept", ""):
            return PlainTextResponse(part)
        return Json({**shown(record), "start": min(start, len(whole)), "end": start + len(part), "text": part})

    @routes.delete("/{document_id}", summary="Remove a document, every trace of it")
    def removed(document_id: DocumentId) -> Json:
        record = remove_document(library, document_id)
        if service.tests is not None:
            service.tests.forget(record)
        return Json({"removed": shown(record)})

    return routes


def shown(record: DocumentRecord) -> dict[str, Any]:
    """A document as the API lists it."""
    return {
        "id": record.id,
        "title": record.title,
        "sources": record.sources,
        "collections": record.collections,
        "media_type": record.media_type,
        "characters": record.characters,
        "passages": record.passages,
        "size": record.size,
        "added": record.added.isoformat(),
        "problems": [p.message for p in record.problems],
    }


def file_name(given: str | None) -> str:
    """The name a file came with, without folders and control characters, short enough for a disk."""
    name = re.split(r"[/\\]", given or "")[-1].encode("utf-8", "replace").decode()
    name = "".join(c for c in name if c.isprintable()).strip().lstrip(".")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix[:20]
    kept = stem.encode()[: LONGEST_NAME - len(suffix.encode())].decode("utf-8", "ignore")
    return f"{kept}{suffix}" or "document"


def _spooled(file: UploadFile, folder: Path, number: int) -> Path:
    """The uploaded file on disk, in a folder of its own, so that two of one name don't meet."""
    path = folder / str(number) / file_name(file.filename)
    path.parent.mkdir()
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out)
    return path


def _result(result: FileResult, records: Sequence[DocumentRecord]) -> dict[str, Any]:
    """The reading report of one file, with the documents that it held."""
    held = [r for r in records if any(s.partition("!/")[0] == result.path for s in r.sources)]
    return {
        "name": Path(result.path).name,
        "outcome": result.outcome,
        "reason": result.reason,
        "documents": [{"id": r.id, "title": r.title} for r in held],
        "problems": [p.message for p in result.problems],
    }
