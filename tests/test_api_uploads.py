"""Files over the API: read and reported one by one, refused where they are too much, with any name, without a trace."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import MINUTES, QUESTION, client, library_in, running
from web_support import TRAM

from index.library import Library
from qa.web import throttle
from qa.web.api.parts import MOST_FILES, file_name

NASTY = "<img src=x onerror=alert(1)>.txt"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_in(tmp_path)


@pytest.fixture
def api(library: Library) -> Iterator[Any]:
    with client(library) as made:
        yield made


def files(*given: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", each) for each in given]


def test_each_file_has_its_report_and_one_that_fails_costs_only_itself(api: Any, library: Library) -> None:
    sent = files((NASTY, b"The ferry sails at nine."), ("empty.txt", b""), ("../../escape.txt", b"Out of here."))
    response = api.post("/api/documents", files=sent, data={"collection": "harbour"})
    assert response.status_code == 200
    nasty, empty, escape = sorted(
        response.json()["files"], key=lambda f: [NASTY, "empty.txt", "escape.txt"].index(f["name"])
    )
    assert nasty["outcome"] == "added" and nasty["reason"] is None
    assert empty["outcome"] == "failed" and "empty" in empty["reason"]
    assert escape["outcome"] == "added"
    (made,) = nasty["documents"]
    assert api.get(f"/api/documents/{made['id']}").json()["text"] == "The ferry sails at nine."
    assert {p.name for p in (library.path / "uploads").iterdir()} == {NASTY, "escape.txt"}
    listed = api.get("/api/documents", params={"collections": "harbour"}).json()["documents"]
    assert len(listed) == 2
    asked = {
        "question": "When does the ferry sail?",
        "filters": {"documents": [made["id"]]},
        "options": {"threshold": 0},
    }
    assert api.post("/api/ask", json=asked).json()["citations"][0]["quote"] == "The ferry sails at nine."


def test_a_file_sent_again_replaces_its_earlier_version(api: Any) -> None:
    first = api.post("/api/documents", files=files(("a.txt", b"The ferry sails at nine."))).json()["files"][0]
    same = api.post("/api/documents", files=files(("a.txt", b"The ferry sails at nine."))).json()["files"][0]
    other = api.post("/api/documents", files=files(("a.txt", b"The ferry sails at ten."))).json()["files"][0]
    assert [first["outcome"], same["outcome"], other["outcome"]] == ["added", "unchanged", "updated"]
    assert api.get(f"/api/documents/{first['documents'][0]['id']}").status_code == 404
    two = api.post("/api/documents", files=files(("b.txt", b"One."), ("b.txt", b"Two."))).json()["files"]
    assert [f["outcome"] for f in two] == ["added", "added"] and len({f["name"] for f in two}) == 2


def test_what_is_removed_is_gone(api: Any, library: Library) -> None:
    made = api.post("/api/documents", files=files(("a.txt", b"The unmistakable xylophone."))).json()["files"][0]
    (document,) = made["documents"]
    removed = api.delete(f"/api/documents/{document['id']}")
    assert removed.json()["removed"]["title"] == document["title"]
    for response in (api.delete(f"/api/documents/{document['id']}"), api.get(f"/api/documents/{document['id']}")):
        assert response.status_code == 404 and response.json()["error"]["type"] == "not_in_library"
    assert not list((library.path / "uploads").iterdir())
    assert api.delete(f"/api/documents/{MINUTES[:12]}").status_code == 422  # no beginning of an id removes anything


def test_five_hundred_files_are_taken_and_one_more_is_not(api: Any, library: Library) -> None:
    many = files(*((f"{n}.txt", f"Note {n} says {n * n}.".encode()) for n in range(MOST_FILES)))
    taken = api.post("/api/documents", files=many)
    assert taken.status_code == 200 and {f["outcome"] for f in taken.json()["files"]} == {"added"}
    assert len(library) == 2 + MOST_FILES
    refused = api.post("/api/documents", files=[*many, *files(("more.txt", b"More."))])
    assert refused.status_code == 413 and refused.json()["error"]["type"] == "too_large"
    assert len(library) == 2 + MOST_FILES


def test_what_is_no_upload_is_refused(api: Any) -> None:
    for sent in (
        {"json": {"files": []}},
        {"data": {"files": "not a file"}},
        {"content": b"--x\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
    ):
        response = api.post("/api/documents", **sent)
        assert response.status_code in (400, 422) and response.json()["error"]["message"], sent


def test_a_gigabyte_is_refused_before_it_is_sent(library: Library) -> None:
    import httpx

    sent = 0

    def gigabyte() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1024):
            sent += 1 << 20
            yield bytes(1 << 20)

    head = {"content-type": "multipart/form-data; boundary=x", "content-length": str(1 << 30)}
    with running(library) as address:
        response = httpx.post(f"{address}/api/documents", content=gigabyte(), headers=head, timeout=60)
        assert response.status_code == 413 and "512 MB" in response.json()["error"]["message"]
        assert sent < 256 << 20  # some megabytes are on their way before the refusal comes
        assert httpx.get(f"{address}/api/health").status_code == 200


def test_a_body_that_hides_its_size_is_cut_off(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setattr("qa.web.guard.BODY", 100_000)
    with running(library) as address:

        def long() -> Iterator[bytes]:
            yield b'{"question": "'
            for _ in range(50):
                yield b"x" * 10_000

        response = httpx.post(f"{address}/api/ask", content=long(), headers={"content-type": "application/json"})
        assert response.status_code == 413 and response.json()["error"]["type"] == "too_large"
        assert httpx.post(f"{address}/v1/chat/completions", content=b" " * 200_000).status_code == 413
    assert throttle.BODY == 2 << 20


def test_questions_are_answered_while_documents_come_and_go(library: Library) -> None:
    """Every answer is whole: of the library as it was at some moment, never an error."""
    import httpx

    done = threading.Event()
    wrong: list[str] = []

    def asking(address: str) -> None:
        with httpx.Client(base_url=address, timeout=60) as mine:
            while not done.is_set():
                got = mine.post("/api/ask", json={"question": QUESTION, "options": {"threshold": 0}})
                if got.status_code != 200 or TRAM not in got.json()["answer"]:
                    wrong.append(got.text)

    with running(library) as address:
        askers = [threading.Thread(target=asking, args=(address,)) for _ in range(4)]
        for thread in askers:
            thread.start()
        try:
            with httpx.Client(base_url=address, timeout=60) as writer:
                for n in range(8):
                    sent = writer.post("/api/documents", files=files((f"{n}.txt", f"Note {n} is short.".encode())))
                    (document,) = sent.json()["files"][0]["documents"]
                    assert writer.delete(f"/api/documents/{document['id']}").status_code == 200
        finally:
            done.set()
            for thread in askers:
                thread.join(30)
    assert not wrong, wrong[:3]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.txt", "a.txt"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        (NASTY, NASTY),
        ("x\0y\n.txt", "xy.txt"),
        ("..", "document"),
        ("", "document"),
        (None, "document"),
        (".hidden", "hidden"),
        ("\ud800.txt", "?.txt"),
        ("é" * 200 + ".pdf", "é" * 98 + ".pdf"),  # 2 x 98 + 4 = 200 bytes
    ],
)
def test_a_files_name_is_a_name_and_fits_a_disk(given: str | None, kept: str) -> None:
    assert file_name(given) == kept
