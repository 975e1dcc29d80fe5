"""Footnote as tools for other programs' language models (Model Context Protocol): ask, search and read a source.

The same server speaks over stdin and stdout (`footnote mcp`) and, inside the web server, over HTTP at /mcp.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from documents.errors import FootnoteError
from qa.answer import Answer
from qa.libraries import Which
from qa.web.api.models import Filters, Search
from qa.web.api.routes import searched
from qa.web.guard import caller_of
from qa.web.originals import shown_source
from qa.web.service import Service, release

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.types import CallToolResult

__all__ = ["server"]

AROUND = 500  # characters on either side of a span that is read
LONGEST = 20_000  # characters read at once
INSTRUCTIONS = (
    "Answers come from the user's own documents. Each [n] in an answer is a citation: a document's id and the "
    "characters [start, end) of its text. Keep the markers when you pass an answer on, and use read_source to see a "
    "citation in its surroundings. not_in_documents means that the documents don't say; don't fill it in."
)
Documents = Annotated[Sequence[str], Field(description="Limit to these documents: ids or sources.", max_length=100)]
Shelf = Annotated[Which, Field(description="The library that all share, or the user's own (where people sign in).")]
Collections = Annotated[Sequence[str], Field(description="Limit to these collections.", max_length=100)]


def server(service: Service) -> "MCPServer[Any]":
    """An MCP server over one service, for any transport."""
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.types import CallToolResult, ToolAnnotations

    made: MCPServer[Any] = MCPServer(
        "footnote", title="Footnote", instructions=INSTRUCTIONS, version=release(), log_level="WARNING"
    )
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)

    @made.tool(title="Ask the documents", annotations=reads)
    def ask(
        context: Context[Any, Any],
        question: Annotated[str, Field(description="A question in plain words.")],
        documents: Documents = (),
        collections: Collections = (),
        library: Shelf = "shared",
    ) -> CallToolResult:
        """Answer a question from the user's documents; every sentence carries the number of its citation."""
        with _errors():
            limits = Filters(documents=list(documents), collections=list(collections))
            asking = service.reading(_caller(context), library)
            answer = asking.answer({"question": question, "where": limits.where(asking.library)})
        return _result(_readable(answer), answer.to_json())

    @made.tool(title="Search the documents", annotations=reads)
    def search(
        context: Context[Any, Any],
        query: Annotated[str, Field(description="What to look for.")],
        k: Annotated[int, Field(ge=1, le=50, description="How many passages.")] = 10,
        documents: Documents = (),
        collections: Collections = (),
        library: Shelf = "shared",
    ) -> CallToolResult:
        """Find the passages of the user's documents that best match a query, best first."""
        with _errors():
            limits = Filters(documents=list(documents), collections=list(collections))
            body = Search(query=query, k=k, library=library, filters=limits)
            found = searched(service, _caller(context), body)
        lines = [
            f"{p['title']} ({_span(p['document_id'], p['start'], p['end'])})\n{p['text']}" for p in found["passages"]
        ]
        return _result("\n\n".join(lines) or "Nothing matches.", found)

    @made.tool(title="Read a source", annotations=reads)
    def read_source(
        context: Context[Any, Any],
        document_id: Annotated[str, Field(description="The id of a document, as citations and passages give it.")],
        start: Annotated[int, Field(ge=0, description="Where to begin, in characters.")] = 0,
        end: Annotated[int | None, Field(ge=0, description="Where to end; not included.")] = None,
        library: Shelf = "shared",
    ) -> CallToolResult:
        """Read a document's text around the characters [start, end), to check a citation."""
        with _errors():
            held = service.reading(_caller(context), library).library
            record = held.record(document_id.encode("utf-8", "replace").decode())
            text = held.text(record.id)
        first = max(0, start - AROUND)
        last = min(len(text), (start if end is None else end) + AROUND, first + LONGEST)
        sources = [shown_source(held, source) for source in record.sources]
        read = {"document_id": record.id, "title": record.title, "sources": sources}
        span = {"start": first, "end": last, "of": len(text), "text": text[first:last]}
        return _result(text[first:last], {**read, **span})

    return made


def _caller(context: "Context[Any, Any]") -> str:
    """Who calls: over HTTP whom the guard let in, over stdin and stdout the one user there is."""
    request = context.request_context.request
    return "" if request is None else caller_of(request.scope)


@contextmanager
def _errors() -> Iterator[None]:
    """Tells the calling model what went wrong, in our words."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except FootnoteError as error:
        raise ToolError(str(error)) from error
    except ValidationError as error:
        raise ToolError("; ".join(e["msg"] for e in error.errors())) from error


def _result(text: str, structured: dict[str, Any]) -> "CallToolResult":
    from mcp.types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured)


def _readable(answer: Answer) -> str:
    """The answer with its footnotes below it."""
    notes = [
        f"[{c.number}] {c.title}, {c.place or c.source} ({_span(c.document_id, c.start, c.end)}): “{c.quote}”"
        for c in answer.citations
    ]
    return "\n".join([answer.answer, "", *notes, *answer.notes]).strip()


def _span(document_id: str, start: int, end: int) -> str:
    return f"document {document_id}, characters {start} to {end}"
