"""The parts of the page in a real browser, over a scripted chain: what a person does, what is kept, what recovers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, ask, body_has, has, opened, send, served, written
from web_support import BRIDGE, TRAM, document, small_library

from documents.model import Problem
from eval.page import Bench
from index.library import Library
from qa.chain import Options
from qa.history import History

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = small_library(tmp_path_factory.mktemp("parts") / "library")
    library.add(document("plan.txt", "The plan", "The plan was drawn in 2021."), collection="Plans")
    return library


@pytest.fixture(scope="module")
def puppet(library: Library) -> Puppet:
    return Puppet(library)


@pytest.fixture(scope="module")
def address(library: Library, puppet: Puppet) -> Iterator[str]:
    with served(library, chain=puppet, tests=Bench(library)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    with opened(context, address) as page:
        yield page
    context.close()


def test_a_question_sent_while_another_is_answered_waits_in_line(page: Any, puppet: Puppet) -> None:
    with puppet.held():
        send(page, "First question")
        page.keyboard.press("Enter")  # pressed twice
        send(page, "Second question")
        send(page, "Second question")
        send(page, "Third question")
        page.locator("#fn-queue p", has_text="Second").wait_for()
        has(page.locator("#fn-queue p"), 2)
        page.locator(".fn-unqueue").last.click()
        page.fill("#fn-box textarea", "Still being typed")
    page.locator("#a-2").wait_for()
    assert page.locator(".fn-question").all_inner_texts() == ["First question", "Second question"]
    assert page.input_value("#fn-box textarea") == "Still being typed"


def test_a_refused_question_comes_back_and_says_the_limit(page: Any) -> None:
    page.fill("#fn-box textarea", "x" * 100_000)
    page.locator("#fn-said", has_text="100,000 characters").wait_for()  # before it is sent
    page.click("#fn-send")
    page.locator("#fn-notice", has_text="20,000").wait_for()
    page.wait_for_function("document.querySelector('#fn-box textarea').value.length == 100000")
    has(page.locator(".fn-question"), 0)
    ask(page, "A shorter one")


def test_a_page_reloaded_before_its_answer_finds_it_again(page: Any, puppet: Puppet) -> None:
    with puppet.held():
        send(page, "What is lost by reloading?")
        page.wait_for_function("document.querySelector('#fn-ask').hasAttribute('data-busy')")
        page.wait_for_timeout(200)
        page.reload()
        page.locator("#fn-said", has_text="reloaded").wait_for()
        assert page.input_value("#fn-box textarea") == "What is lost by reloading?"
    assert TRAM in ask(page, "What is lost by reloading?").inner_text()


def test_a_language_models_words_are_shown_as_unchecked_until_they_are_checked(page: Any, puppet: Puppet) -> None:
    puppet.writes = True
    try:
        with puppet.held():
            send(page, "What was approved?")
            page.locator(".fn-unchecked", has_text="The council <b>approved").wait_for()
            assert "12 ms" in page.inner_text(".fn-doing") and page.locator(".fn-draft a.fn-chip").count() == 0
            send(page, "And then?")
            page.locator("#fn-queue p", has_text="And then?").wait_for()
        page.locator("#a-2").wait_for()
        has(page.locator(".fn-draft"), 0)
        has(page.locator(".fn-question"), 2)
    finally:
        puppet.writes = False


def test_the_server_may_be_restarted_under_an_open_page(browser: Any, tmp_path: Path) -> None:
    library = small_library(tmp_path / "library")
    with served(library, chain=Puppet(library)) as address:
        page = opened(browser, address)
        ask(page, "What was approved?")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # or wait for the page to look by itself
    page.locator("#fn-lost").wait_for()
    page.fill("#fn-box textarea", "Typed while it was gone")
    with served(library, port=int(address.rsplit(":")[-1].strip("/")), chain=Puppet(library)):
        page.locator("#fn-lost").wait_for(state="detached")
        page.locator("#a-1").wait_for()
        page.wait_for_function("document.querySelector('#fn-box textarea')?.value == 'Typed while it was gone'")
        assert TRAM in ask(page, "And now?").inner_text()
    page.close()


def test_what_is_said_of_an_answer_is_kept(page: Any, library: Library) -> None:
    ask(page, "Was it right?")
    page.click('.fn-judge[href="#f-1-citation"]')
    page.locator(".fn-judge.on", has_text="Wrong footnote").wait_for()
    page.reload()
    page.locator(".fn-judge.on", has_text="Wrong footnote").wait_for()
    said = History(library.path / "conversations.db").feedback()
    assert [(f.verdict, f.question, f.answer.citations[0].quote) for f in said] == [("citation", "Was it right?", TRAM)]


def test_settings_are_kept_and_used(page: Any, puppet: Puppet) -> None:
    page.click(".fn-set")
    page.select_option("#fn-settings select[name=strictness]", "strict")
    page.select_option("#fn-settings select[name=passages]", "20")
    page.select_option("#fn-settings select[name=theme]", "dark")
    page.keyboard.press("Escape")
    assert body_has(page, "dark") and not page.locator("#fn-settings").is_visible()
    page.wait_for_timeout(300)
    assert page.inner_text("#fn-notice") == ""
    page.reload()
    page.locator(".fn-welcome").wait_for()
    assert page.input_value("#fn-settings select[name=passages]") == "20" and body_has(page, "dark")
    ask(page, "How strict?")
    options: Options = puppet.scripted.calls[-1]["options"]
    assert options.passages == 20 and options.threshold is not None and options.threshold > 0.5
    page.click(".fn-set")
    page.select_option("#fn-settings select[name=strictness]", "standard")
    page.select_option("#fn-settings select[name=theme]", "auto")
    page.wait_for_timeout(300)


def test_limits_reach_the_search_and_can_be_taken_away(page: Any, puppet: Puppet) -> None:
    page.click(".fn-limit")
    page.check("#fn-limiting input[value=Plans]")
    page.locator(".fn-scope", has_text="collection Plans").wait_for()
    page.fill("#fn-limiting input[name=since]", "2020-05-01")
    page.fill("#fn-limiting input[name=pattern]", "*.txt")
    page.keyboard.press("Tab")
    page.locator(".fn-scope", has_text="from 2020-05-01").wait_for()
    page.locator(".fn-scope", has_text="*.txt").wait_for()
    page.keyboard.press("Escape")
    ask(page, "What was drawn?")
    where = puppet.scripted.calls[-1]["where"]
    assert (where.collections, where.path, str(where.since)) == (("Plans",), "*.txt", "2020-05-01")
    page.click(".fn-unlimit")
    page.locator(".fn-scope").wait_for(state="detached")
    ask(page, "And without limits?")
    assert puppet.scripted.calls[-1]["where"] is None
    assert not page.locator("#fn-limiting input[value=Plans]").is_checked()


def test_the_panel_says_why_and_is_reached_by_keyboard(page: Any) -> None:
    ask(page, "What was approved?")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("s")
    assert not body_has(page, "fn-panel-open")
    page.keyboard.press("s")
    page.click(".fn-view[value=why]")
    said = page.inner_text(".fn-why")
    assert (
        "What was approved?" in said and "90 %" in said and "No language model" in said and "Minutes of March" in said
    )
    page.locator(".fn-why td a", has_text="Bridge report").click()
    page.click(".fn-view[value=text]")
    page.locator("#fn-source .fn-check", has_text="not cited").wait_for()


def test_uploads_go_into_a_collection_and_report_each_file(page: Any, library: Library, tmp_path: Path) -> None:
    names = {f"note{n}__txt": f"Note {n} says {n * 7}." for n in range(12)} | {"empty__txt": ""}
    page.click(".fn-into summary")
    page.fill(".fn-collection", "Notes")
    page.keyboard.press("Tab")
    page.wait_for_timeout(200)
    page.set_input_files("#fn-drop input[type=file]", written(tmp_path, **names))
    page.locator(".fn-report header", has_text="13 of 13 files, 1 could not be read").wait_for()
    added = [r for r in library.documents() if r.collections == ("Notes",)]
    assert len(added) == 12 and page.locator(".fn-report li.failed", has_text="empty.txt").count() == 1
    assert not list((library.path / "uploads").glob("empty*"))
    for record in added:
        library.remove(record.id)


def test_a_file_too_large_is_refused_before_it_is_sent(page: Any) -> None:
    page.evaluate("""() => {
        const big = new File(['x'], 'huge.pdf');
        Object.defineProperty(big, 'size', {value: 2 ** 30});
        window.sent = 0;
        const field = document.querySelector('#fn-drop input[type=file]');
        Object.defineProperty(field, 'files', {value: [big], configurable: true, writable: true});
        field.dispatchEvent(new Event('change', {bubbles: true}));
    }""")
    page.locator("#fn-said", has_text="huge.pdf: larger than 512 MB").wait_for()
    has(page.locator(".fn-report"), 0)


def test_a_document_with_problems_has_a_mark(page: Any, library: Library) -> None:
    has(page.locator(".fn-health"), 0)
    scan = document("scan.txt", "A scan", "One line of it.")
    library.add(
        type(scan)(
            **{f: getattr(scan, f) for f in scan.__slots__}
            | {"problems": (Problem("no_text", "7 pages have no text"),)}
        )
    )
    page.reload()
    assert (
        page.locator(".fn-doc", has_text="A scan").locator(".fn-health").get_attribute("title")
        == "7 pages have no text"
    )
    library.remove(scan.id)


def test_an_answer_becomes_a_test_that_is_run_reviewed_and_opened(page: Any, library: Library) -> None:
    ask(page, "What does the council say about trams?")
    page.click('.fn-judge[href="#t-1"]')
    page.locator(".fn-notice.good", has_text="Saved as a test").wait_for()
    row = json.loads((library.path / "questions.jsonl").read_text())
    row |= {"id": "wrong", "question": "How long is the bridge?", "answers": ["9 miles"], "reviewed": False}
    with (library.path / "questions.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    page.click(".fn-evaluate")
    page.locator(".fn-review", has_text="2 questions, 1 not reviewed yet").wait_for()
    page.click(".fn-run[value=own]")
    page.locator(".fn-result h2", has_text="of 2 right").first.wait_for()
    assert "Where answers are lost" in page.frame_locator(".fn-frame").locator("body").inner_text()
    one = page.locator(".fn-one").first
    one.locator("input[name=answers]").fill("412 | 412 metres")
    one.locator(".fn-accept").click()
    page.locator(".fn-review p", has_text="2 questions").wait_for()
    page.locator(".fn-unreviewed").wait_for(state="detached")
    kept = {r["id"]: r for r in map(json.loads, (library.path / "questions.jsonl").read_text().splitlines())}
    assert kept["wrong"]["answers"] == ["412", "412 metres"] and kept["wrong"]["reviewed"]
    page.locator(".fn-retry", has_text="Open in the chat").first.click()
    page.locator(".fn-question", has_text="How long is the bridge?").wait_for()
    has(page.locator(".fn-question"), 1)
    page.wait_for_function("!document.body.classList.contains('fn-evaluating')")


def test_conversations_can_be_searched(page: Any, library: Library, puppet: Puppet) -> None:
    history = History(library.path / "conversations.db")
    for n in range(9):
        history.save(
            f"talk{n}",
            f"Question number {n} about {'bridges' if n == 4 else 'trams'}",
            puppet.answer({"question": "?"}),
        )
    page.reload()
    page.fill(".fn-talks .fn-find", "bridges")
    shown = [t for t in page.locator(".fn-talk").all() if t.is_visible()]
    assert len(shown) == 1 and "number 4" in shown[0].inner_text()
    for n in range(9):
        history.delete(f"talk{n}")


def test_a_document_removed_elsewhere_is_said_to_be_gone(page: Any, library: Library, puppet: Puppet) -> None:
    found = document("brief.txt", "Brief", "The ferry sails at nine o'clock.")
    library.add(found)
    puppet.scripted.quotes = ("The ferry sails at nine o'clock.", BRIDGE)
    try:
        ask(page, "When does it sail?")
        page.locator("#fn-source .fn-check.ok").wait_for()
        library.remove(found.id)
        page.locator("a.fn-chip").nth(1).click()
        page.locator("#fn-source h2", has_text="Bridge report").wait_for()
        page.locator("a.fn-chip").first.click()
        page.locator("#fn-source .fn-check.lost", has_text="no longer in the library").wait_for()
    finally:
        puppet.scripted.quotes = (TRAM,)
