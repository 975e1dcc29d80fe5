"""What the page does on each event, without a browser: nothing typed or answered is lost."""

import threading
from pathlib import Path
from typing import Any

import pytest
from web_support import COST, TRAM, ScriptedChain, citation, small_library

from documents.errors import ModelError
from index.library import Library
from index.records import Filter
from qa.answer import Turn
from qa.history import History
from qa.web.limits import Limits
from qa.web.page import Page
from qa.web.session import Ref, Session


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


@pytest.fixture
def page(library: Library) -> Page:
    history = History(library.path / "conversations.db")
    return Page(library, ScriptedChain(library, TRAM, COST), history)  # type: ignore[arg-type]


def ask(page: Page, text: str, session: Session) -> Session:
    told: Session = page.ask(text, session, session.id)["session"]
    page.rest(told)
    return told


def test_an_answer_comes_with_its_first_footnote_open(page: Page) -> None:
    shown = page.ask("What was approved?", Session(), "")
    assert [m["role"] for m in shown["chat"]] == ["user", "assistant"]
    assert "What was approved?" in shown["chat"][0]["content"] and TRAM in shown["chat"][1]["content"]
    assert shown["session"].opened == Ref("c", 1, 1) and shown["talk"]
    rest = page.rest(shown["session"])
    assert '<mark class="cited">' in rest["panel"] and "What was approved?" in rest["talks"]


def test_a_follow_up_knows_what_was_said(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    ask(page, "And what does it cost?", session)
    (_, second) = page.chain.calls  # type: ignore[attr-defined]
    assert second["history"] == [Turn("user", "What was approved?"), Turn("agent", f"{TRAM} [1] {COST} [2]")]


def test_a_refused_question_changes_nothing_but_the_notice(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    shown = page.ask("x" * 30_000, session, session.id)
    assert "too many characters" in shown["notice"]
    assert set(shown) == {"notice"} and "refused" in shown["notice"]  # the page then puts it back into its box


def test_an_error_while_answering_is_told_as_text(page: Page) -> None:
    class Broken:
        def invoke(self, inputs: object) -> None:
            raise ModelError("the model <b>tiny</b> could not be loaded: install it again")

    shown = Page(page.library, Broken(), page.history).ask("Why?", Session(), "")  # type: ignore[arg-type]
    assert set(shown) == {"notice"} and "&lt;b&gt;tiny" in shown["notice"]


@pytest.mark.parametrize("blank", ["", "  \n "])
def test_a_blank_question_is_not_asked(page: Page, blank: str) -> None:
    assert "Write a question" in page.ask(blank, Session(), "")["notice"]
    assert page.chain.calls == []  # type: ignore[attr-defined]


def test_a_footnote_is_opened_by_its_reference_only(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    assert COST in page.open("c-1-2", session, session.id)["panel"]
    assert page.open("<script>", session, session.id)["panel"] == ""


def test_removing_a_document_tells_the_open_footnote(page: Page, library: Library) -> None:
    session = ask(page, "What was approved?", Session())
    shown = page.remove(citation(library, 1, TRAM).document_id, session)
    assert "can no longer be checked" in shown["panel"] and "was removed" in shown["notice"]
    assert "Minutes of March" not in shown["documents"] and "Bridge report" in shown["documents"]


def test_removing_what_is_gone_says_so(page: Page) -> None:
    assert "fn-notice" in page.remove("0" * 64, Session())["notice"]


def test_a_new_conversation_is_empty(page: Page) -> None:
    ask(page, "What was approved?", Session())
    shown = page.switch("")
    assert shown["chat"] == [] and shown["session"] == Session() and shown["panel"] == "" and shown["talk"] == ""
    assert "fn-welcome" in shown["welcome"] and "What was approved?" in shown["talks"]


def test_a_conversation_survives_a_reload_and_a_restart(page: Page, library: Library) -> None:
    session = ask(page, "What was approved?", Session())
    again = Page(library, page.chain, History(library.path / "conversations.db"))
    shown = again.begin(session.id)
    assert TRAM in shown["chat"][1]["content"] and shown["session"].exchanges == session.exchanges
    assert shown["welcome"] == "" and "Minutes of March" in shown["documents"]
    # The page is still open from before the restart: the server's session is empty, the browser knows which it shows.
    last = again.ask("And the cost?", Session(), session.id)
    assert len(last["chat"]) == 4 and last["talk"] == session.id
    assert TRAM in again.open("c-1-1", Session(), session.id)["panel"]


def test_two_tabs_of_one_conversation_see_each_others_turns(page: Page) -> None:
    first = ask(page, "What was approved?", Session())
    ask(page, "Asked in the other tab", first)
    shown = page.ask("Asked in this tab", first, first.id)
    asked = [m["content"] for m in shown["chat"] if m["role"] == "user"]
    assert ["other tab" in asked[1], "this tab" in asked[2], len(asked)] == [True, True, 3]


def test_an_unknown_conversation_opens_as_an_empty_one(page: Page) -> None:
    assert page.begin("no-such-id")["talk"] == ""
    assert page.ask("What was approved?", Session(), "no-such-id")["talk"] not in ("", "no-such-id")


def test_a_conversation_is_renamed_and_deleted(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    assert "Trams &lt;b&gt;" in page.rename(session.id, "Trams <b>", session)["talks"]
    assert page.forget(session.id, session)["chat"] == []
    assert page.history.conversations() == []


def test_a_deleted_conversation_stays_deleted(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its last answer is still on its way to disk, and the save takes longer than the click."""
    clicked, save = threading.Event(), History.save

    def slow(*given: Any) -> None:
        clicked.wait(0.5)
        save(*given)

    monkeypatch.setattr(History, "save", slow)
    shown = page.ask("What was approved?", Session(), "")
    page.forget(shown["session"].id, shown["session"])
    clicked.set()
    page.keeping.kept(shown["session"].id)
    assert page.history.conversations() == []


def test_an_answer_that_cannot_be_saved_is_still_shown(page: Page) -> None:
    page.history.path.unlink()
    page.history.path.mkdir()
    shown = page.ask("What was approved?", Session(), "")
    rest = page.rest(shown["session"])
    assert TRAM in shown["chat"][1]["content"] and "not saved" in rest["notice"] and TRAM in rest["panel"]


def test_questions_go_to_the_ticked_documents_only(page: Page, library: Library) -> None:
    minutes = citation(library, 1, TRAM).document_id
    ticked = page.tick(minutes, Limits())
    assert ticked["limits"] == Limits((minutes,)) and "Minutes of March" in ticked["scope"]
    assert ticked["documents"].count(" checked") == 1
    page.ask("What was approved?", Session(), "", ticked["limits"])
    assert page.chain.calls[-1]["where"] == Filter(documents=(minutes,))  # type: ignore[attr-defined]
    assert page.tick(minutes, Limits((minutes,)))["limits"] == Limits()
    assert page.tick("", Limits((minutes,), path="*.txt"))["scope"] == ""
    assert page.remove(minutes, Session(), Limits((minutes,)))["limits"] == Limits()  # what is gone limits nothing
    page.chain.quotes = ()  # type: ignore[attr-defined]
    page.ask("What was approved?", Session(), "")
    assert page.chain.calls[-1]["where"] is None  # type: ignore[attr-defined]
