"""What was uploaded is known by its name: where the server keeps it is told nowhere, on the page, by the API, in files.

What the owner added from a folder of their own keeps its path.
"""

import json
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from api_support import client
from web_support import answered

from eval.page import Bench
from index.encoder import HashEncoder
from index.library import Library
from qa.answer import Answer
from qa.chain import Options
from qa.history import CONVERSATIONS, Conversation, History
from qa.web.fetched import export_name
from qa.web.holdings import NOWHERE
from qa.web.originals import shown_source
from qa.web.page import Page
from qa.web.session import Session
from qa.web.uploads import take_uploads

FERRY = "The ferry of Oxley sails at nine o'clock."
MILL = "The mill of Oxley burned down in 1904."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "library", encoder=HashEncoder())
    (tmp_path / "in").mkdir()
    (tmp_path / "mine").mkdir()
    uploaded, own = tmp_path / "in" / "ferry.txt", tmp_path / "mine" / "mill.txt"
    uploaded.write_text(FERRY)
    own.write_text(MILL)
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing")
    (tmp_path / "in" / "empty.txt").touch()
    take_uploads(library, [uploaded, tmp_path / "in" / "broken.pdf", tmp_path / "in" / "empty.txt"])
    library.add_files([own])
    return library


class Quoting:
    """Answers with both documents, as the library knows them."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def invoke(self, given: Any) -> Answer:
        return answered(self.library, given["question"], FERRY, MILL)


def hides(library: Library, text: object) -> None:
    told = text if isinstance(text, str) else json.dumps(text, default=str)
    assert "uploads" not in told and str(library.path) not in told, told


def test_a_source_is_shown_by_its_name_or_its_owners_path(library: Library, tmp_path: Path) -> None:
    folder = library.path.absolute() / "uploads"
    assert shown_source(library, f"{folder}/ferry.txt") == "ferry.txt"
    assert shown_source(library, f"{folder}/a.zip!/b/uploads/c.txt") == "a.zip!/b/uploads/c.txt"
    assert shown_source(library, f"/where/it/was/before/{library.path.name}/uploads/ferry.txt") == "ferry.txt"
    for own in (str(tmp_path / "mine" / "mill.txt"), "/home/ann/uploads/mill.txt", "minutes.txt", f"{folder}/a/b.txt"):
        assert shown_source(library, own) == own


def test_the_page_shows_names(library: Library, tmp_path: Path) -> None:
    bench = Bench(library)
    page = Page(library, Quoting(library), History(library.path / CONVERSATIONS), bench)  # type: ignore[arg-type]
    shown = page.ask("When does the ferry sail?", Session(), "")
    session = shown["session"]
    page.rest(session)
    for ref in ("c-1-1", "p-1-1"):
        hides(library, page.open(ref, session, session.id)["panel"])
    page.keep(1, session, session.id)
    (kept,) = bench.kept()
    assert kept.source == "ferry.txt"
    for part in (shown["chat"], page.begin(session.id, NOWHERE)):
        hides(library, [v for v in part.values() if isinstance(v, str)] if isinstance(part, dict) else part)
    assert "/mine/mill.txt" in json.dumps(shown["chat"])  # in what is copied
    library.remove(kept_id(library, "ferry"))
    hides(library, page.open("c-1-1", session, session.id)["panel"])


def kept_id(library: Library, word: str) -> str:
    return next(r.id for r in library.documents() if word in r.sources[0])


def test_a_report_on_the_page_shows_names(library: Library) -> None:
    bench = Bench(library)
    bench.save(answered(library, "When does the ferry sail?", FERRY), ())
    *_, outcome = bench.run("own", Options(reader="none"))
    hides(library, outcome.report)  # type: ignore[union-attr]
    assert "ferry.txt" in outcome.report  # type: ignore[union-attr]


def test_programs_are_told_names(library: Library, tmp_path: Path) -> None:
    with client(library, options=Options(reader="none", threshold=0.0)) as api:
        question = "When does the ferry of Oxley sail?"
        asked = api.post("/api/ask", json={"question": question}).json()
        assert {c["source"] for c in (*asked["citations"], *asked["passages"])} >= {"ferry.txt"}
        streamed = api.post("/api/ask", json={"question": question, "stream": True}).text
        found = api.post("/api/search", json={"query": "ferry"}).json()
        listed = api.get("/api/documents").json()
        one = api.get(f"/api/documents/{kept_id(library, 'ferry')}").json()
        chat = api.post(
            "/v1/chat/completions", json={"model": "footnote", "messages": [{"role": "user", "content": question}]}
        ).json()
        sent = api.post("/api/documents", files=[("files", ("bad.pdf", b"%PDF-1.4 no"))]).json()
        gone = api.delete(f"/api/documents/{kept_id(library, 'ferry')}").json()
    assert {tuple(d["sources"]) for d in listed["documents"]} == {
        ("ferry.txt",),
        (str(tmp_path / "mine" / "mill.txt"),),
    }
    assert [f["path"] for f in listed["failed"]] == ["broken.pdf", "empty.txt"]
    for answer in (asked, streamed, found, listed, one, chat, sent, gone):
        hides(library, answer)


@pytest.mark.parametrize("kind", ["md", "json", "html"])
def test_an_exported_conversation_shows_names_and_has_one(library: Library, kind: str) -> None:
    history = History(library.path / CONVERSATIONS)
    history.save("t1", "When does the ferry sail?", answered(library, "When?", FERRY, MILL))
    with client(library) as api:
        sent = api.get(f"/conversations/t1.{kind}")
    hides(library, sent.text)
    assert "ferry.txt" in sent.text
    today = datetime.now(UTC).date().isoformat()
    assert f'filename="{today} When does the ferry sail.{kind}"' in sent.headers["content-disposition"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("How long is it?", "How long is it"),
        ('../../etc/passwd: "a|b"\r\n<c>*', ".. .. etc passwd a b c"),
        ("Brücken – über 400 m?", "Brücken – über 400 m"),
        ("橋の長さ", "橋の長さ"),
        ("???", "conversation"),
        ("x" * 300, "x" * 80),
        ("ends in dots ...", "ends in dots"),
    ],
)
def test_a_conversations_file_is_named_after_its_day_and_title(library: Library, title: str, name: str) -> None:
    talk = Conversation("t1", title, datetime(2026, 11, 23, 9, tzinfo=UTC), 1)
    assert export_name(talk) == f"2026-11-23 {name}"
    history = History(library.path / CONVERSATIONS)
    history.save("t1", title, answered(library, title, FERRY))
    history.rename("t1", title)
    with client(library) as api:
        header = api.get("/conversations/t1.md").headers["content-disposition"]
    assert header.isascii() and header.count('"') == 2 and "\n" not in header
    encoded = header.partition("filename*=UTF-8''")[2]
    assert urllib.parse.unquote(encoded) == f"{export_name(history.conversations()[0])}.md"
