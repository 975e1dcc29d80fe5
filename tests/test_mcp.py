"""The tools for other programs' models, called by the official client: over stdin and stdout, and over HTTP."""

import json
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from api_support import MINUTES, QUESTION, library_in, running
from web_support import TRAM

from index.library import Library
from qa.history import answer_from_json
from qa.people import People
from qa.verify import verify_citation
from qa.web.guard import Rules

pytest.importorskip("mcp")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_in(tmp_path_factory.mktemp("mcp"))


async def talk(transport: Any, library: Library) -> None:
    """What a client does, whatever carries it."""
    from mcp import Client

    async with Client(transport) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "read_source"}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        assert tools["ask"].input_schema["required"] == ["question"]

        asked = await client.call_tool("ask", {"question": QUESTION})
        answer = answer_from_json(asked.structured_content)
        for citation in answer.citations:
            verify_citation(library, citation)

        found = await client.call_tool("search", {"query": "tram line votes", "k": 1, "documents": ["minutes.txt"]})
        (passage,) = found.structured_content["passages"]
        assert passage["document_id"] == MINUTES and TRAM in found.content[0].text

        start = library.text(MINUTES).index(TRAM)
        span = {"document_id": MINUTES, "start": start, "end": start + len(TRAM)}
        read = await client.call_tool("read_source", span)
        assert TRAM in read.content[0].text and read.structured_content["title"] == "Minutes of March"

        for tool, given, says in (
            ("ask", {"question": " "}, "the question is empty"),
            ("ask", {"question": "Who?", "documents": ["nowhere.txt"]}, "nowhere.txt"),
            ("search", {"query": ""}, "the question is empty"),
            ("read_source", {"document_id": "0" * 64}, "footnote list"),
        ):
            refused = await client.call_tool(tool, given)
            assert refused.is_error and says in refused.content[0].text, refused


def test_over_http(library: Library) -> None:
    with running(library) as address:
        anyio.run(talk, f"{address}/mcp", library)


def test_over_http_a_token_is_asked_for_where_people_sign_in(library: Library, tmp_path: Path) -> None:
    import httpx

    people = People(tmp_path / "people.db")
    token = people.add_token("assistant")
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    with running(library, rules=Rules(("127.0.0.1",), people)) as address:
        assert httpx.post(f"{address}/mcp", json=call, headers=accept).status_code == 401
        let_in = httpx.post(f"{address}/mcp", json=call, headers={**accept, "authorization": f"Bearer {token}"})
    assert let_in.status_code != 401


def test_over_stdin_and_stdout(tmp_path: Path) -> None:
    """The command itself, with the encoder that ships."""
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client

    (tmp_path / "minutes.txt").write_text(f"Minutes of March\n\n{TRAM}\n")
    with Library.open(tmp_path / "library") as library:
        library.add_files([tmp_path / "minutes.txt"])
        (record,) = library.documents()
        command = StdioServerParameters(
            command=sys.executable,
            args=["-m", "footnote", "mcp", "--library", str(library.path)],
            cwd=str(ROOT),
            env={"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )

        async def asking() -> None:
            from mcp import Client

            async with Client(stdio_client(command)) as client:
                asked = await client.call_tool("ask", {"question": QUESTION})
                answer = answer_from_json(asked.structured_content)
                assert answer.status == "answered" and TRAM in answer.answer, json.dumps(asked.structured_content)
                assert answer.citations[0].document_id == record.id and f"“{TRAM}”" in asked.content[0].text
                verify_citation(library, answer.citations[0])

        anyio.run(asking)
