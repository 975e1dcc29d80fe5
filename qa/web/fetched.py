"""What the page fetches beside its events: the library's state, pictures of pages, conversations as files."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import JSONResponse, PlainTextResponse, Response

from documents.errors import FootnoteError
from qa.history import CONVERSATIONS, Conversation, History
from qa.libraries import Libraries, Which
from qa.web.export import KINDS, exported
from qa.web.guard import caller_of
from qa.web.originals import named
from qa.web.pages import page_png

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["add_routes", "export_name"]

LONGEST = 80  # characters of a title in a file's name


def add_routes(app: "FastAPI", libraries: Libraries) -> None:
    """Adds the routes; each sees what its caller may see."""
    from fastapi import Request  # FastAPI looks it up by its annotation

    @app.get("/pages/{document_id}/{number}.png")
    def page(request: Request, document_id: str, number: int, library: Which = "shared") -> Response:
        try:
            picture = page_png(libraries.reading(caller_of(request.scope), library), document_id, number)
        except FootnoteError as error:
            return PlainTextResponse(str(error), status_code=404)
        return Response(picture, media_type="image/png", headers={"cache-control": "private, max-age=300"})

    @app.get("/state")
    def state(request: Request, library: Which = "shared") -> JSONResponse:
        try:
            return JSONResponse(libraries.reading(caller_of(request.scope), library).state)
        except FootnoteError as error:
            return JSONResponse(str(error), status_code=404)

    @app.get("/conversations/{talk}.{kind}")
    def export(request: Request, talk: str, kind: str, library: Which = "shared") -> Response:
        caller = caller_of(request.scope)
        try:
            held = libraries.reading(caller, library)
            history = History(libraries.shared.path / CONVERSATIONS, caller, library)
            found = next((c for c in history.conversations() if c.id == talk), None)
            if found is None or kind not in KINDS:
                return PlainTextResponse(f"no such conversation, or not one of: {', '.join(KINDS)}", status_code=404)
            turns = [(question, named(held, answer)) for question, answer in history.load(talk)]
        except FootnoteError as error:
            return PlainTextResponse(str(error), status_code=404)
        return Response(exported(kind, found.title, turns), media_type=KINDS[kind], headers=_attached(found, kind))


def export_name(talk: Conversation) -> str:
    """A name for a conversation's file, without its suffix: the day of its last turn and its title.

    What some system doesn't allow in a file's name becomes a space.
    """
    title = "".join(c if c.isprintable() and c not in '<>:"/\\|?*' else " " for c in talk.title)
    title = " ".join(title.split())[:LONGEST].rstrip(". ")
    return f"{talk.updated:%Y-%m-%d} {title or 'conversation'}"


def _attached(talk: Conversation, kind: str) -> dict[str, Any]:
    """The header that has a browser save a file under its name; the first form is for programs that know no other."""
    name = f"{export_name(talk)}.{kind}"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w.() ,-]", "_", plain)
    encoded = quote(name.encode("utf-8", "replace"), safe="")
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"}
