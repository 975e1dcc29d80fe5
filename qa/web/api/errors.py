"""Errors as the API tells them: {"error": {"message", "type"}}, with the status that says whose mistake it was."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from documents.errors import (
    DocumentError,
    FootnoteError,
    LibraryBusy,
    LibraryError,
    LibraryFull,
    LimitExceeded,
    ModelError,
    NotInLibrary,
    NotPermitted,
    ServerBusy,
    UnsupportedFile,
)

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request

__all__ = ["Json", "Problem", "problem", "refused", "status_of", "told"]

# The first class that an error is an instance of gives its status; any other of ours is a mistake in what was sent.
STATUS: tuple[tuple[type[FootnoteError], int], ...] = (
    (NotInLibrary, 404),
    (NotPermitted, 403),
    (LibraryBusy, 409),
    (ServerBusy, 429),
    (LibraryFull, 507),
    (LibraryError, 503),
    (ModelError, 503),
    (LimitExceeded, 413),
    (UnsupportedFile, 415),
    (DocumentError, 422),
)
KINDS = {
    400: "invalid_request", 401: "not_signed_in", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    408: "too_slow", 413: "too_large", 415: "unsupported_media_type", 422: "invalid_request", 429: "too_many_requests",
}  # fmt: skip


class Json(JSONResponse):
    """JSON of any text: lone surrogates, which some file names hold, become question marks."""

    def render(self, content: Any) -> bytes:
        """The bytes that are sent."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class Told(BaseModel):
    """What went wrong and what to do, and a word for programs."""

    message: str
    type: str


class Problem(BaseModel):
    """The body of every answer that is an error."""

    error: Told


def status_of(error: FootnoteError) -> int:
    """The HTTP status of one of our errors."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 422)


def told(error: FootnoteError) -> dict[str, Any]:
    """One of our errors as the body of an answer."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
    return {"error": {"message": str(error), "type": kind}}


def problem(error: FootnoteError) -> Json:
    """One of our errors as an answer."""
    status = status_of(error)
    after = error.after if isinstance(error, ServerBusy) else 1
    return Json(told(error), status, headers={"retry-after": str(after)} if status in (409, 429) else None)


def refused(status: int, message: str, headers: Mapping[str, str] | None = None) -> Json:
    """An answer that says why a request was refused before it came to anything."""
    return Json({"error": {"message": message, "type": KINDS.get(status, "error")}}, status, headers=headers)


def install(app: "FastAPI") -> None:
    """Makes an app tell all errors in this form."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    @app.exception_handler(FootnoteError)
    async def ours(request: "Request", error: FootnoteError) -> Json:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: "Request", error: RequestValidationError) -> Json:
        return refused(422, "; ".join(map(_where, error.errors()[:5])))

    @app.exception_handler(HTTPException)
    async def http(request: "Request", error: HTTPException) -> Json:
        return refused(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(Exception)
    async def mistake(request: "Request", error: Exception) -> Json:
        return refused(500, "Footnote failed, which is a mistake in the program: the terminal it runs in says more")


def _where(error: Mapping[str, Any]) -> str:
    """One complaint about a body or a parameter, with the field it is about."""
    field = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "path"))
    return f"{field}: {error['msg']}" if field else str(error["msg"])
