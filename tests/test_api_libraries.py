"""Shared and private libraries over the API: each comes to their own and to the shared one, and to nothing else.

Ann has a diary and a scanned map of her own. Bob is a reader; `hers` and `looking` are tokens of Ann's, `nobodys` is of
nobody's. Each tries every way in.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import anyio
import pytest
from api_support import MINUTES, ORIGIN, client, library_in, running
from test_history import ANSWER
from web_support import TRAM

from eval.page import Bench
from index.library import Library
from qa.chain import Options
from qa.history import CONVERSATIONS, History
from qa.libraries import PRIVATE
from qa.people import PEOPLE, People
from qa.web.guard import Rules

pdf = pytest.importorskip("pdf_support", reason="reportlab writes the PDF of these tests")
PASSWORD = "four words in row"
SECRET = "The unmistakable xylophone is buried under the oak."
ASKED = {"question": "Where is the unmistakable xylophone buried?", "library": "mine"}
MINE = {"library": "mine"}
TOKENS = {"hers": {"user": "ann"}, "looking": {"user": "ann", "reader": True}, "nobodys": {}}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = library_in(tmp_path_factory.mktemp("private"))
    people = People(library.path / PEOPLE)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD, reader=True)
    return library


@pytest.fixture(scope="module")
def headers(library: Library) -> Mapping[str, dict[str, str]]:
    """What each caller sends."""
    people = People(library.path / PEOPLE)
    made = {n: {"authorization": f"Bearer {people.add_token(n, **given)}"} for n, given in TOKENS.items()}
    for name in ("ann", "bob"):
        made[name] = {"cookie": f"footnote_session={people.sign_in(name, PASSWORD)}"}
    return made


@pytest.fixture(scope="module")
def api(library: Library) -> Iterator[Any]:
    rules = Rules(("127.0.0.1",), People(library.path / PEOPLE))
    with client(library, rules=rules, options=Options(threshold=0.0), tests=Bench(library)) as made:
        yield made


@pytest.fixture(scope="module")
def ids(api: Any, headers: Mapping[str, dict[str, str]]) -> Mapping[str, str]:
    """Ann's documents, which she puts into her own library."""
    scan = pdf.drawn(lambda canvas: canvas.drawString(100, 700, "The map of the oak."))
    sent = [("files", ("diary.txt", SECRET.encode())), ("files", ("map.pdf", scan))]
    done = api.post("/api/documents", params=MINE, files=sent, headers=headers["hers"])
    assert done.status_code == 200, done.text
    return {f["name"]: f["documents"][0]["id"] for f in done.json()["files"]}


def test_ann_has_all_ways_to_her_own_and_it_is_not_in_the_shared_one(
    api: Any, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str], library: Library
) -> None:
    for caller in ("ann", "hers", "looking"):
        mine = {"params": MINE, "headers": headers[caller]}
        assert {d["id"] for d in api.get("/api/documents", **mine).json()["documents"]} == set(ids.values())
        answer = api.post("/api/ask", json=ASKED, headers=headers[caller]).json()
        assert answer["answer"].startswith(SECRET)
        (cited, *_) = answer["citations"]
        span = {**MINE, "start": cited["start"], "end": cited["end"]}
        source = api.get(f"/api/documents/{cited['document_id']}", params=span, headers=headers[caller])
        assert source.json()["text"] == cited["quote"] == SECRET
        assert api.get(f"/pages/{ids['map.pdf']}/1.png", **mine).content.startswith(b"\x89PNG")
        found = api.post("/api/search", json={"query": "oak", **MINE}, headers=headers[caller]).json()
        assert any(p["text"].endswith(SECRET) for p in found["passages"])
        body = {"messages": [{"role": "user", "content": ASKED["question"]}], "footnote": MINE}
        reply = api.post("/v1/chat/completions", json=body, headers=headers[caller]).json()["choices"][0]["message"]
        url = reply["annotations"][0]["url_citation"]["url"].removeprefix(ORIGIN)
        assert "library=mine" in url and api.get(url, headers=headers[caller]).json()["text"] == SECRET
        listed = api.get("/api/documents", headers=headers[caller]).json()["documents"]
        assert MINUTES in {d["id"] for d in listed} and not {d["id"] for d in listed} & set(ids.values())
    assert len(library) == 2


def test_nobody_else_comes_to_it_by_any_way(
    api: Any, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str]
) -> None:
    everywhere = ({}, {"library": "shared"}, MINE)
    for caller in ("bob", "nobodys"):
        head = {"headers": headers[caller]}
        for document in ids.values():
            for where in everywhere:
                for path in (f"/api/documents/{document}", f"/pages/{document}/1.png"):
                    assert api.get(path, params=where, **head).status_code in (403, 404), (caller, path, where)
                assert api.delete(f"/api/documents/{document}", params=where, **head).status_code in (403, 404)
        for where in everywhere:
            tries = (
                api.get("/api/documents", params=where, **head),
                api.post("/api/ask", json={**ASKED, "library": "shared", **where}, **head),
                api.post("/api/ask", json={**ASKED, "library": "shared", **where, "stream": True}, **head),
                api.post("/api/search", json={"query": "xylophone", **where}, **head),
                api.post("/v1/chat/completions", json=completion(where), **head),
            )
            for answer in tries:
                assert SECRET not in answer.text and not any(i in answer.text for i in ids.values())
                assert answer.status_code in (200, 403, 404)
            told = [
                api.post("/api/ask", json={**ASKED, **where, "filters": {"documents": [i]}}, **head)
                for i in (ids["diary.txt"], "0" * 64)
            ]
            assert {t.status_code for t in told} <= {403, 404}  # and the same as of one that there is not
            assert told[0].text.replace(ids["diary.txt"], "0" * 64) == told[1].text
    for way in ("/api/documents", f"/api/documents/{ids['diary.txt']}", f"/pages/{ids['map.pdf']}/1.png"):
        for stranger in ({}, {"authorization": "Bearer fn-wrong"}, {"cookie": "footnote_session=wrong"}):
            assert api.get(way, params=MINE, headers=stranger).status_code == 401
    assert api.get("/state", params=MINE, headers=headers["nobodys"]).status_code == 404
    states = [api.get("/state", params=MINE, headers=headers[who]).text for who in ("ann", "bob")]
    assert states[0] != states[1]


def completion(where: Mapping[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": ASKED["question"]}], "footnote": dict(where)}


def test_a_library_is_named_and_never_a_folder(
    api: Any, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str], library: Library
) -> None:
    (folder,) = (library.path / PRIVATE).iterdir()
    for name in (folder.name, f"../private/{folder.name}", "ann", "mine\0", "", "both"):
        head = {"headers": headers["bob"]}
        assert api.get("/api/documents", params={"library": name}, **head).status_code == 422
        assert api.post("/api/ask", json={**ASKED, "library": name}, **head).status_code == 422
        assert api.get(f"/pages/{ids['map.pdf']}/1.png", params={"library": name}, **head).status_code == 422
    for path in (folder / "library.db", folder / "uploads" / "diary.txt", folder):
        assert api.get(f"/gradio_api/file={path}", headers=headers["bob"]).status_code in (403, 404)


def test_who_may_only_read_changes_nothing(
    api: Any, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str], library: Library
) -> None:
    note = {"files": [("files", ("note.txt", b"The ferry sails at nine."))]}
    for caller, where in (("bob", {}), ("looking", {}), ("looking", MINE), ("nobodys", MINE)):
        for document in (MINUTES, ids["diary.txt"]):
            refused = api.delete(f"/api/documents/{document}", params=where, headers=headers[caller])
            assert refused.status_code == 403 and refused.json()["error"]["type"] == "not_permitted", (caller, where)
        assert api.post("/api/documents", params=where, headers=headers[caller], **note).status_code == 403
    assert len(library) == 2 and not (library.path / "uploads").exists()
    added = api.post("/api/documents", headers=headers["nobodys"], **note).json()["files"][0]
    assert added["outcome"] == "added"  # a token may change the shared one unless told otherwise
    made = added["documents"][0]["id"]
    assert api.delete(f"/api/documents/{made}", headers=headers["bob"]).status_code == 403
    assert api.delete(f"/api/documents/{made}", headers=headers["ann"]).status_code == 200


def test_conversations_and_uploads_under_way_are_each_ones_own(
    api: Any, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str], library: Library
) -> None:
    History(library.path / CONVERSATIONS, "ann", "mine").save("diary-talk", "What does my diary say?", ANSWER)
    for who, where, status in (
        ("ann", MINE, 200), ("ann", {}, 404), ("bob", MINE, 404), ("bob", {}, 404), ("hers", MINE, 404),
    ):  # fmt: skip
        got = api.get("/conversations/diary-talk.json", params=where, headers=headers[who])
        assert got.status_code == status, (who, where)
    note = {"files": [("files", ("note.txt", b"The ferry sails at nine."))]}
    sent = api.post("/api/documents", params={**MINE, "wait": False}, headers=headers["ann"], **note)
    job = sent.headers["location"]
    assert api.get(job, headers=headers["ann"]).status_code == 200
    for who in ("bob", "hers", "nobodys"):
        assert api.get(job, headers=headers[who]).status_code == 404
        assert api.delete(job, headers=headers[who]).status_code == 404
        listed = api.get("/api/jobs", headers=headers[who]).json()["jobs"]
        assert sent.json()["id"] not in {j["id"] for j in listed}
    while api.get(job, headers=headers["ann"]).json()["state"] != "done":
        time.sleep(0.05)  # no more requests than a person may make
    held = api.get(job, headers=headers["ann"]).json()["files"][0]["documents"][0]["id"]
    assert api.delete(f"/api/documents/{held}", params=MINE, headers=headers["ann"]).status_code == 200


def test_questions_kept_about_ones_own_stay_there(library: Library, ids: Mapping[str, str]) -> None:
    from qa.libraries import Libraries

    own = Libraries(library, People(library.path / PEOPLE)).reading("ann", "mine")
    (mine,) = (record for record in own.documents() if record.id == ids["diary.txt"])
    Bench(library).of(own).save(ANSWER, ())
    assert len(Bench(own).kept()) == 1 and not Bench(library).kept() and mine.title


def test_the_tools_of_mcp_take_a_library_too(
    library: Library, headers: Mapping[str, dict[str, str]], ids: Mapping[str, str]
) -> None:
    """As the official client calls them, with the token of each."""
    import httpx2

    pytest.importorskip("mcp")

    async def told(address: str, caller: str, tool: str, given: dict[str, Any]) -> tuple[bool, str]:
        from mcp import Client
        from mcp.client.streamable_http import streamable_http_client

        async with httpx2.AsyncClient(headers=headers[caller]) as http:
            async with Client(streamable_http_client(f"{address}/mcp", http_client=http)) as tools:
                result = await tools.call_tool(tool, given)
                return bool(result.is_error), json.dumps(result.structured_content) + result.content[0].text

    calls = (
        ("ask", ASKED),
        ("search", {"query": "xylophone", **MINE}),
        ("read_source", {"document_id": ids["diary.txt"], **MINE}),
    )
    with running(library, rules=Rules(("127.0.0.1",), People(library.path / PEOPLE))) as address:
        for tool, given in calls:
            wrong, text = anyio.run(told, address, "looking", tool, given)
            assert not wrong and "xylophone is buried" in text
            wrong, text = anyio.run(told, address, "nobodys", tool, given)
            assert wrong and "nobody's" in text and "xylophone" not in text
        wrong, text = anyio.run(told, address, "looking", "read_source", {"document_id": ids["diary.txt"]})
        assert wrong and "xylophone" not in text
        wrong, text = anyio.run(told, address, "looking", "search", {"query": "tram line votes"})
        assert not wrong and TRAM in text


def test_who_is_removed_is_out_at_once(api: Any, headers: Mapping[str, dict[str, str]], library: Library) -> None:
    people = People(library.path / PEOPLE)
    people.remove_user("ann")
    for caller in ("ann", "hers", "looking"):
        for where in ({}, MINE):
            assert api.get("/api/documents", params=where, headers=headers[caller]).status_code == 401
    people.add_user("ann", PASSWORD)
    again = {"cookie": f"footnote_session={people.sign_in('ann', PASSWORD)}"}
    assert api.get("/api/documents", params=MINE, headers=again).json() == {"documents": [], "failed": []}


def test_without_signing_in_there_is_no_other_library(library: Library) -> None:
    with client(library) as api:
        refused = api.get("/api/documents", params=MINE)
        assert refused.status_code == 403 and "--auth" in refused.json()["error"]["message"]
        assert api.post("/api/ask", json=ASKED).status_code == 403
        assert api.get("/pages/x/1.png", params=MINE).status_code == 404
