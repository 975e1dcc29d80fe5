"""Uploads that are read in the background: how far they are, stopping them, whose they are, how many there may be."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import client, library_in

from documents.errors import LibraryCorrupt, NotInLibrary
from index.intake import Progress
from index.library import Library
from qa.people import People
from qa.web.api import jobs as module
from qa.web.api.incoming import INCOMING, Incoming
from qa.web.api.jobs import Job, Jobs
from qa.web.guard import Rules
from qa.web.line import AT_ONCE, EACH, Line

Files = list[tuple[str, tuple[str, bytes]]]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_in(tmp_path)


@pytest.fixture
def api(library: Library) -> Iterator[Any]:
    with client(library) as made:
        yield made


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Reading goes on from its first sign of progress only when this is set."""
    go, real = threading.Event(), module.take_uploads

    def slow(library: Library, files: Any, collection: str, progress: Callable[[Progress], None]) -> Any:
        def told(event: Progress) -> None:
            progress(event)
            assert go.wait(20)

        return real(library, files, collection, told)

    monkeypatch.setattr(module, "take_uploads", slow)
    yield go
    go.set()


def files(**given: str) -> Files:
    return [("files", (name.replace("__", "."), content.encode())) for name, content in given.items()]


def until(api: Any, job: str, *states: str) -> Any:
    for _ in range(400):
        told = api.get(job).json()
        if told["state"] in states:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


def test_a_job_is_told_of_until_it_is_done(api: Any, library: Library, held: threading.Event) -> None:
    sent = api.post("/api/documents?wait=false", files=files(a__txt="The ferry sails at nine.", b__txt=""))
    job = sent.headers["location"]
    assert sent.status_code == 202 and job == f"/api/jobs/{sent.json()['id']}"
    reading = until(api, job, "reading")
    assert (reading["files_done"], reading["files_total"], reading["files"], reading["error"]) == (0, 2, [], None)
    assert api.get("/api/jobs").json()["jobs"][0]["id"] == reading["id"]
    held.set()
    done = until(api, job, "done")
    assert [(f["name"], f["outcome"]) for f in done["files"]] == [("a.txt", "added"), ("b.txt", "failed")]
    assert "'b.txt' is empty" in done["files"][1]["reason"]
    assert done["files_done"] == 2 and done["now"] is None and len(done["files"][0]["documents"]) == 1
    assert len(library) == 3 and not list((library.path / INCOMING).iterdir())


def test_a_stopped_job_keeps_what_it_had_added(api: Any, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first, go, real = threading.Event(), threading.Event(), module.take_uploads

    def slow(library: Library, files: Any, collection: str, progress: Callable[[Progress], None]) -> Any:
        def told(event: Progress) -> None:
            if event.stage == "done":
                first.set()
                assert go.wait(20)
            progress(event)

        return real(library, files, collection, told)

    monkeypatch.setattr(module, "take_uploads", slow)
    sent = api.post("/api/documents?wait=false", files=files(a__txt="One sentence.", b__txt="Two.", c__txt="Three."))
    assert first.wait(20)
    assert api.delete(sent.headers["location"]).json()["state"] == "reading"
    go.set()
    stopped = until(api, sent.headers["location"], "stopped")
    assert [f["outcome"] for f in stopped["files"]] == ["added", "failed", "failed"]
    assert "not added" in stopped["files"][1]["reason"] and len(stopped["files"][0]["documents"]) == 1
    assert len(library) == 3 and [p.name for p in (library.path / "uploads").iterdir()] == ["a.txt"]
    assert not list((library.path / INCOMING).iterdir())


def test_one_that_waits_is_stopped_before_it_begins(api: Any, library: Library, held: threading.Event) -> None:
    sent = [api.post("/api/documents?wait=false", files=files(a__txt=f"Note {n}.")) for n in range(AT_ONCE + 1)]
    until(api, sent[0].headers["location"], "reading")
    last = sent[-1].headers["location"]
    assert api.get(last).json()["state"] == "waiting"
    api.delete(last)
    held.set()
    assert until(api, last, "stopped")["files"][0]["outcome"] == "failed"
    until(api, sent[1].headers["location"], "done")


def incoming(folder: Path, *names: str) -> Incoming:
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / str(number) / name)
        paths[-1].parent.mkdir(parents=True)
        paths[-1].write_text(f"The note {number} is short.")
    return Incoming(folder, tuple(paths), "")


def begun(jobs: Jobs, caller: str, library_of: Callable[[], Library], coming: Incoming) -> tuple[Job, Any]:
    return jobs.begin(caller, jobs.line.enter(caller), library_of, coming)


def test_each_sees_and_stops_only_their_own(library: Library, tmp_path: Path) -> None:
    jobs = Jobs()
    job, done = begun(jobs, "ann", lambda: library, incoming(tmp_path / "in", "a.txt"))
    done.result(20)
    assert jobs.get("ann", job.id) is job and jobs.of("ann") == [job] and jobs.of("bob") == jobs.of("") == []
    for caller, number in (("bob", job.id), ("", job.id), ("ann", "0"), ("ann", "")):
        with pytest.raises(NotInLibrary, match="no such job"):
            jobs.get(caller, number)


def test_files_of_one_name_are_told_apart(library: Library, tmp_path: Path) -> None:
    job, done = begun(Jobs(), "", lambda: library, incoming(tmp_path / "in", "a.txt", "a.txt"))
    assert job.names == ("a.txt", "a (2).txt") and [r["name"] for r in done.result(20)] == list(job.names)


def test_a_library_that_fails_is_told(library: Library, tmp_path: Path) -> None:
    def none() -> Library:
        raise NotInLibrary("it is gone")

    job, done = begun(Jobs(), "", none, incoming(tmp_path / "in", "a.txt"))
    assert isinstance(done.exception(20), NotInLibrary)
    assert job.shown()["state"] == "failed" and job.shown()["error"]["message"] == "it is gone"
    assert job.shown()["files"][0]["outcome"] == "failed" and not (tmp_path / "in").exists()


def test_a_library_that_can_not_even_be_read_ends_its_job(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: Any) -> Any:
        raise LibraryCorrupt("it is damaged")

    monkeypatch.setattr(module, "take_uploads", fails)
    monkeypatch.setattr(library, "files", fails)
    job, done = begun(Jobs(), "", lambda: library, incoming(tmp_path / "in", "a.txt"))
    assert isinstance(done.exception(20), LibraryCorrupt)
    assert job.shown()["state"] == "failed" and job.shown()["error"]["message"] == "it is damaged"


def test_finished_ones_are_forgotten_in_time(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs()
    monkeypatch.setattr(module, "KEPT", 2)
    for n in range(4):
        begun(jobs, "", lambda: library, incoming(tmp_path / str(n), "a.txt"))[1].result(20)
    assert len(jobs.of("")) == 3  # two finished, and the last


def test_one_who_sends_too_many_is_told_when_to_go_on_and_others_are_let_in(
    library: Library, tmp_path: Path, held: threading.Event
) -> None:
    people = People(tmp_path / "people.db")
    tokens = {}
    for name in ("ann", "bob"):
        people.add_user(name, "four words in row")
        tokens[name] = {"authorization": f"Bearer {people.add_token(name, user=name)}"}
    with client(library, rules=Rules(("127.0.0.1",), people)) as api:

        def send(who: str, n: int) -> Any:
            headers = tokens[who]
            return api.post("/api/documents?wait=false", files=files(a__txt=f"Note {n} of {who}."), headers=headers)

        assert [send("ann", n).status_code for n in range(EACH)] == [202] * EACH
        refused = send("ann", EACH)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 1
        assert refused.json()["error"]["type"] == "server_busy" and "of yours" in refused.json()["error"]["message"]
        assert send("bob", 0).json()["ahead"] >= 1  # hers are read one after the other, and his comes after one of them
        held.set()


def test_a_body_that_is_refused_gives_its_place_back(library: Library) -> None:
    with client(library) as api:
        for _ in range(Line().most + 1):
            assert api.post("/api/documents", content=b"no form").status_code == 422


def test_the_end_of_the_server_stops_what_is_read(library: Library, tmp_path: Path, held: threading.Event) -> None:
    jobs = Jobs()
    job, done = begun(jobs, "", lambda: library, incoming(tmp_path / "in", "a.txt", "b.txt"))
    while job.state != "reading":
        time.sleep(0.01)
    jobs.close()
    held.set()
    assert done.result(20)[1]["outcome"] == "failed" and job.state == "stopped"
