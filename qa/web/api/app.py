"""The API put together as one ASGI app, its OpenAPI document, and the counting of its requests."""

from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse

from qa.web.api import documents, errors, openai, routes
from qa.web.api.jobs import Jobs
from qa.web.api.reference import reference
from qa.web.meters import Meters
from qa.web.service import Service, release
from qa.web.throttle import App, Message, Receive, Send

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["Counted", "api"]

ABOUT = (
    "Ask a library of documents. Every sentence of every answer cites exact characters of a document's text: "
    '`GET /api/documents/{id}?start=…&end=…` gives just those. Errors are `{"error": {"message", "type"}}`.'
)


def api(service: Service) -> "FastAPI":
    """The API over one service."""
    from fastapi import FastAPI

    problems: dict[int | str, dict[str, Any]] = {
        "4XX": {"model": errors.Problem, "description": "What was wrong with the request."},
        "5XX": {"model": errors.Problem, "description": "What the server could not do."},
        422: {"model": errors.Problem, "description": "What was wrong with what was sent."},
    }
    app = FastAPI(
        title="Footnote",
        version=release(),
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems,
    )
    errors.install(app)
    threads = routes.Threads()
    app.state.jobs = jobs = Jobs(service.line)
    for router in (
        routes.router(service, threads),
        documents.router(service, jobs),
        documents.jobs_router(jobs),
        openai.router(service, threads),
    ):
        app.include_router(router)

    @app.get("/api/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(reference(app.openapi()))

    return app


class Counted:
    """ASGI middleware that counts requests to the API by the route that answered them."""

    def __init__(self, app: App, meters: Meters, paths: tuple[str, ...]) -> None:
        self.app, self.meters, self.paths = app, meters, paths

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hands the request on, and counts it when its answer begins."""
        if scope["type"] != "http" or not scope["path"].startswith(self.paths):
            await self.app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self.meters.requested(route, scope["method"], message["status"])
            await send(message)

        await self.app(scope, receive, counted)
