"""What the page does on each event, without a browser: nothing typed or answered is lost."""

from pathlib import Path

import pytest
from web_support import COST, TRAM, ScriptedChain, citation, small_library

from documents.errors import ModelError
from index.library import Library
from qa.answer import Turn
from qa.web.page import Page
from qa.web.session import Ref, Session


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


@pytest.fixture
def page(library: Library) -> Page:
    return Page(library, ScriptedChain(library, TRAM, COST))  # type: ignore[arg-type]


def ask(page: Page, text: str, session: Session) -> Session:
    return list(page.ask(text, session))[-1]["session"]  # type: ignore[no-any-return]


def test_the_question_shows_at_once_and_then_its_answer(page: Page) -> None:
    first, last = page.ask("What was approved?", Session())
    assert "What was approved?" in first["chat"][0]["content"] and "fn-thinking" in first["chat"][1]["content"]
    assert first["box"] == "" and "session" not in first
    assert [m["role"] for m in last["chat"]] == ["user", "assistant"]
    assert TRAM in last["chat"][1]["content"]
    assert last["session"].opened == Ref("c", 1, 1)
    assert '<mark class="cited">' in last["panel"]  # the first footnote opens with the answer


def test_a_follow_up_knows_what_was_said(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    ask(page, "And what does it cost?", session)
    (_, second) = page.chain.calls  # type: ignore[attr-defined]
    assert second["history"] == [Turn("user", "What was approved?"), Turn("agent", f"{TRAM} [1] {COST} [2]")]


def test_a_refused_question_stays_in_the_box_and_out_of_the_conversation(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    last = list(page.ask("x" * 30_000, session))[-1]
    assert last["box"] == "x" * 30_000 and "too many characters" in last["notice"]
    assert len(last["chat"]) == 2 and "session" not in last


def test_an_error_while_answering_gives_the_question_back(page: Page) -> None:
    class Broken:
        def invoke(self, inputs: object) -> None:
            raise ModelError("the model <b>tiny</b> could not be loaded: install it again")

    last = list(Page(page.library, Broken()).ask("Why?", Session()))[-1]  # type: ignore[arg-type]
    assert last["box"] == "Why?" and last["chat"] == []
    assert "&lt;b&gt;tiny" in last["notice"]


@pytest.mark.parametrize("blank", ["", "  \n "])
def test_a_blank_question_is_not_asked(page: Page, blank: str) -> None:
    (only,) = page.ask(blank, Session())
    assert "Write a question" in only["notice"] and page.chain.calls == []  # type: ignore[attr-defined]


def test_a_footnote_is_opened_by_its_reference_only(page: Page) -> None:
    session = ask(page, "What was approved?", Session())
    assert COST in page.open("c-1-2", session)["panel"]
    assert page.open("<script>", session)["panel"] == ""


def test_removing_a_document_tells_the_open_footnote(page: Page, library: Library) -> None:
    session = ask(page, "What was approved?", Session())
    shown = page.remove(citation(library, 1, TRAM).document_id, session)
    assert "can no longer be checked" in shown["panel"] and "was removed" in shown["notice"]
    assert "Minutes of March" not in shown["documents"] and "Bridge report" in shown["documents"]


def test_removing_what_is_gone_says_so(page: Page) -> None:
    assert "fn-notice" in page.remove("0" * 64, Session())["notice"]


def test_a_new_conversation_is_empty(page: Page) -> None:
    shown = page.restart()
    assert shown["chat"] == [] and shown["session"] == Session() and shown["panel"] == ""
    assert "fn-welcome" in shown["welcome"]
