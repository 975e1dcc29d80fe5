"""The API: questions, searches, documents, and what it says to those who ask badly."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import MINUTES, QUESTION, client, library_in
from web_support import COST, TRAM

from index.library import Library
from qa.answer import Answer
from qa.history import answer_from_json
from qa.verify import verify_citation


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_in(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def api(library: Library) -> Iterator[Any]:
    with client(library) as made:
        yield made


def error(response: Any) -> tuple[int, str, str]:
    told = response.json()["error"]
    assert set(response.json()) == {"error"} and set(told) == {"message", "type"}
    return response.status_code, told["type"], told["message"]


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_an_answer_is_the_contract_and_its_citations_hold(api: Any, library: Library) -> None:
    response = api.post("/api/ask", json={"question": QUESTION, "options": {"threshold": 0}})
    assert response.status_code == 200 and response.headers["content-type"] == "application/json"
    answer = answer_from_json(response.json())
    assert answer.status == "answered" and TRAM in answer.answer and answer.citations
    for citation in answer.citations:
        verify_citation(library, citation)
        part = api.get(f"/api/documents/{citation.document_id}?start={citation.start}&end={citation.end}")
        assert part.json()["text"] == citation.quote
        plain = api.get(str(part.url), headers={"accept": "text/plain"})
        assert plain.text == citation.quote and plain.headers["content-type"].startswith("text/plain")


def test_filters_and_options_are_kept_to(api: Any) -> None:
    def asked(**given: Any) -> Answer:
        options = {"threshold": 0, **given.pop("options", {})}
        return answer_from_json(api.post("/api/ask", json={"question": QUESTION, "options": options, **given}).json())

    assert {p.source for p in asked().passages} == {"minutes.txt", "bridge.txt"}
    assert {p.source for p in asked(filters={"documents": ["bridge.txt"]}).passages} == {"bridge.txt"}
    assert {p.source for p in asked(filters={"path": "min*"}).passages} == {"minutes.txt"}
    assert asked(filters={"types": ["pdf"]}).status == "not_in_documents"
    assert len(asked(options={"passages": 1}).passages) == 1
    assert len(asked(options={"sentences": 1}).sentences) == 1
    assert asked(options={"threshold": 1}).status == "not_in_documents"


def test_the_history_is_part_of_the_search(api: Any) -> None:
    history = [{"role": "user", "text": "Is there a harbour bridge?"}, {"role": "assistant", "text": "Yes, there is."}]
    answer = api.post("/api/ask", json={"question": "When was it painted?", "history": history}).json()
    assert len(answer["searched"]) > 1 and any("harbour" in text for text in answer["searched"])


@pytest.mark.parametrize("how", [{"json": {"stream": True}}, {"headers": {"accept": "text/event-stream"}}])
def test_a_stream_tells_the_steps_and_ends_with_the_answer(api: Any, how: dict[str, Any]) -> None:
    body = {"question": QUESTION, "options": {"threshold": 0}, **how.get("json", {})}
    response = api.post("/api/ask", json=body, headers=how.get("headers"))
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [name for name, _ in told[:1]] == ["step"] and told[0][1]["name"] == "search" and told[0][1]["ms"] > 0
    assert [name for name, _ in told].count("answer") == 1 and told[-1][0] == "answer"
    plain = api.post("/api/ask", json={"question": QUESTION, "options": {"threshold": 0}}).json()
    assert {**told[-1][1], "timings_ms": {}} == {**plain, "timings_ms": {}}


def test_a_bad_question_has_its_status_even_where_a_stream_is_asked_for(api: Any) -> None:
    for stream in (False, True):
        status, kind, message = error(api.post("/api/ask", json={"question": "x" * 20_001, "stream": stream}))
        assert (status, kind) == (422, "question_error") and "20,001 characters" in message
        assert error(api.post("/api/ask", json={"question": " \n", "stream": stream}))[:2] == (422, "question_error")


def test_a_search_gives_passages_best_first(api: Any, library: Library) -> None:
    found = api.post("/api/search", json={"query": "harbour bridge painted", "k": 1}).json()
    (passage,) = found["passages"]
    assert passage["source"] == "bridge.txt"
    assert library.text(passage["document_id"])[passage["start"] : passage["end"]] == passage["text"]
    assert error(api.post("/api/search", json={"query": " "}))[:2] == (422, "question_error")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "question: Field required"),
        ({"question": 1}, "question: "),
        ({"question": "Who?", "quesiton": "Who?"}, "quesiton: Extra inputs are not permitted"),
        ({"question": "Who?", "history": [{"role": "judge", "text": "x"}]}, "history.0.role"),
        ({"question": "Who?", "options": {"threshold": 2}}, "options.threshold"),
        ({"question": "Who?", "options": {"llm": "openai:gpt"}}, "options.llm"),  # the server's owner chooses
        ({"question": "Who?", "filters": {"types": ["spoon"]}}, "'spoon' is no type"),
        ({"question": "Who?", "filters": {"since": "yesterday"}}, "is no day"),
    ],
)
def test_what_is_wrong_with_a_body_is_said(api: Any, body: dict[str, Any], says: str) -> None:
    status, _, message = error(api.post("/api/ask", json=body))
    assert status == 422 and says in message


def test_odd_bytes_are_refused_or_survived(api: Any) -> None:
    header = {"content-type": "application/json"}
    for body in (b"", b"{", b"\xff\xfe", b"[]", b'{"question": NaN}', b"null", b"[" * 100_000):
        assert error(api.post("/api/ask", content=body, headers=header))[0] in (400, 422)
    response = api.post(
        "/api/ask", content=b'{"question": "Who \\ud800 was it?", "filters": {"path": "\\ud800"}}', headers=header
    )
    assert response.status_code == 200
    response = api.post(
        "/api/ask", content=b'{"question": "x", "filters": {"documents": ["\\ud800\\u0000"]}}', headers=header
    )
    assert error(response)[:2] == (404, "not_in_library")
    nan = b'{"question": "x", "options": {"threshold": NaN}}'
    assert error(api.post("/api/ask", content=nan, headers=header))[0] == 422
    assert error(api.post("/api/ask", content=b"question=x"))[0] == 422


def test_unknown_paths_and_methods_answer_in_json(api: Any) -> None:
    assert error(api.get("/api/nothing"))[:2] == (404, "not_found")
    assert error(api.get("/v1/nothing"))[:2] == (404, "not_found")
    assert error(api.get("/api/ask"))[:2] == (405, "method_not_allowed")
    assert error(api.get("/api/documents/" + "0" * 64))[:2] == (404, "not_in_library")
    assert error(api.get("/api/documents/minutes.txt"))[:2] == (422, "invalid_request")


def test_documents_are_listed_with_filters_and_problems(api: Any) -> None:
    listed = api.get("/api/documents").json()
    assert [d["id"] for d in listed["documents"] if d["sources"] == ["minutes.txt"]] == [MINUTES]
    assert len(listed["documents"]) == 2 and listed["failed"] == []
    only = api.get("/api/documents", params={"path": "bridge*", "types": ["txt", "pdf"]}).json()["documents"]
    assert [d["title"] for d in only] == ["Bridge report"]
    assert api.get("/api/documents", params={"problems": True}).json()["documents"] == []
    assert error(api.get("/api/documents", params={"since": "soon"}))[:2] == (422, "filter_error")


def test_health_and_metrics_tell_what_happened(library: Library) -> None:
    with client(library) as api:
        assert api.get("/api/health").json()["status"] == "ok"
        api.post("/api/ask", json={"question": QUESTION, "options": {"threshold": 0}})
        api.post("/api/ask", json={"question": ""})
        api.get("/api/documents/" + "0" * 64)
        lines = api.get("/api/metrics").text.splitlines()
    assert 'footnote_answers_total{status="answered"} 1.0' in lines
    assert 'footnote_errors_total{type="QuestionError"} 1.0' in lines
    assert "footnote_answer_seconds_count 1.0" in lines
    assert "footnote_documents 2.0" in lines
    assert 'footnote_requests_total{method="POST",route="/api/ask",status="200"} 1.0' in lines
    assert 'footnote_requests_total{method="GET",route="/api/documents/{document_id}",status="404"} 1.0' in lines


def test_the_reference_loads_nothing_from_elsewhere(api: Any) -> None:
    described = api.get("/api/openapi.json").json()
    assert {"/api/ask", "/api/search", "/api/documents", "/v1/chat/completions"} <= described["paths"].keys()
    page = api.get("/api/docs")
    assert page.status_code == 200 and "/api/ask" in page.text
    assert "<script" not in page.text and "http://" not in page.text and "https://" not in page.text


def test_an_answer_holds_exactly_what_the_reference_says(api: Any) -> None:
    schemas = api.get("/api/openapi.json").json()["components"]["schemas"]
    answer = api.post("/api/ask", json={"question": QUESTION, "options": {"threshold": 0}}).json()
    assert schemas["Answer"]["properties"].keys() == answer.keys() | {"prompt"}  # where a language model was asked
    assert schemas["Citation"]["properties"].keys() == answer["citations"][0].keys()


def test_two_servers_of_one_library_see_each_others_documents(tmp_path: Path) -> None:
    with library_in(tmp_path) as one, client(one) as first:
        first.delete(f"/api/documents/{MINUTES}")
        from index.encoder import HashEncoder

        with Library.open(one.path, encoder=HashEncoder()) as two, client(two) as second:  # as after a restart
            assert second.get("/api/health").json()["documents"] == 1
            assert COST not in second.post("/api/ask", json={"question": "What does construction cost?"}).text
