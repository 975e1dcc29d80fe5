"""What a page keeps when something changes under it: its words, its place, its filter, its picture's width."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, ask, has, opened, served, written
from web_support import TRAM, document

from index.encoder import HashEncoder
from index.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
STRUCK = """(selector) => {
    const lines = [];
    for (let part = document.querySelector(selector); part; part = part.parentElement)
        lines.push(getComputedStyle(part).textDecorationLine);
    return lines.some((line) => line.includes('line-through'));
}"""
MANY = tuple(f"The mill number {n} of Oxley burned down in 19{n:02}." for n in range(12))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.open(tmp_path / "library", encoder=HashEncoder())
    library.add(document("minutes.txt", "Minutes of March", f"{TRAM} Nobody abstained."))
    for n, words in enumerate(MANY):
        library.add(document(f"mill{n}.txt", f"Mill {n:02}", words))
    return library


@pytest.fixture
def puppet(library: Library) -> Puppet:
    return Puppet(library)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def page(browser: Any, library: Library, puppet: Puppet) -> Iterator[Any]:
    with served(library, chain=puppet) as address:
        with opened(browser, address, viewport={"width": 1440, "height": 700}) as page:
            yield page


def test_messages_are_not_struck_through_while_the_server_is_down(
    browser: Any, library: Library, puppet: Puppet
) -> None:
    with served(library, chain=puppet) as address:
        page = opened(browser, address, viewport={"width": 1440, "height": 900})
        ask(page, "What was approved?")
        page.locator("#fn-source .fn-check.ok").wait_for()
    page.evaluate(LOOK)
    page.locator("#fn-lost", has_text="isn't running").wait_for()
    assert page.evaluate("document.body.classList.contains('fn-gone')")
    for part in (".fn-text", ".fn-question", "#fn-source mark", ".fn-doc-title"):
        assert not page.evaluate(STRUCK, part), part
    page.close()


def test_a_quote_that_is_gone_is_struck_through(page: Any, library: Library) -> None:
    ask(page, "What was approved?")
    page.locator("#fn-source .fn-check.ok").wait_for()
    library.remove(next(r.id for r in library.documents() if r.title == "Minutes of March"))
    page.evaluate(LOOK)
    page.locator("#fn-source .fn-gone").wait_for()
    assert page.evaluate(STRUCK, "#fn-source .fn-gone") and not page.evaluate(STRUCK, ".fn-text")


def test_a_clicked_footnote_is_not_thrown_off_by_what_still_comes(page: Any, puppet: Puppet) -> None:
    puppet.scripted.quotes = (TRAM, *MANY)
    for n in range(2):
        ask(page, f"What was decided, number {n}?")
    chip = page.locator("#a-2 a.fn-chip").last
    chip.scroll_into_view_if_needed()
    chip.click()
    page.locator("#fn-source .fn-check.ok").wait_for()
    before = chip.bounding_box()["y"]
    top = page.evaluate("document.querySelector('#fn-chat .panel-wrap').scrollTop")
    page.evaluate("document.querySelector('#fn-next').append('A question to go on with')")  # as when they come
    page.wait_for_timeout(400)
    assert page.evaluate("document.querySelector('#fn-chat .panel-wrap').scrollTop") == top
    assert chip.bounding_box()["y"] == pytest.approx(before, abs=2)


def test_the_lists_filter_holds_when_the_list_is_drawn_anew(page: Any, library: Library) -> None:
    page.fill(".fn-docs .fn-find", "mill 1")
    shown = page.locator(".fn-doc:not([hidden])")
    has(shown, 2)  # Mill 10 and Mill 11
    page.evaluate(LOOK)
    page.wait_for_timeout(500)  # the page has looked once, and knows what to compare with
    library.add(document("ferry.txt", "Ferries", "The ferry sails at nine."))
    page.evaluate(LOOK)
    page.locator("#fn-notice .fn-notice", has_text="1 document came").wait_for()
    has(page.locator(".fn-doc"), 14)
    has(shown, 2)
    assert page.input_value(".fn-docs .fn-find") == "mill 1"


def test_a_long_row_of_footnotes_is_folded_and_unfolds_by_keyboard(page: Any, puppet: Puppet) -> None:
    from dataclasses import replace

    from qa.answer import Answer, AnswerSentence

    quoting = puppet.scripted.invoke

    def counting(given: Any) -> Answer:
        answer = quoting(given)
        numbers = tuple(c.number for c in answer.citations)
        return replace(answer, sentences=(AnswerSentence("Thirteen documents say so.", numbers, "supported"),))

    puppet.scripted.quotes = (TRAM, *MANY)
    puppet.scripted.invoke = counting  # type: ignore[method-assign]
    answer = ask(page, "How many mills are there?")
    chips, more = answer.locator("a.fn-chip"), answer.locator(".fn-fold")
    has(chips, 13)
    assert sum(chip.is_visible() for chip in chips.all()) == 6
    assert more.inner_text().split() == ["+7", "more", "footnotes"] and more.get_attribute("aria-expanded") == "false"
    more.press("Enter")
    assert all(chip.is_visible() for chip in chips.all()) and more.get_attribute("aria-expanded") == "true"
    more.click()
    assert not chips.last.is_visible()
    answer.locator(".fn-note a").last.click()  # the last one's source; its mark leads back to a folded chip
    page.locator("#fn-source .fn-tab.on", has_text="13").wait_for()
    page.locator("#fn-source mark.cited").click()
    chips.last.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#c-1-13"


def test_an_upload_that_waits_says_so_and_is_stopped(
    browser: Any, library: Library, puppet: Puppet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.web.line import Line

    held = Line()
    first = held.enter("")
    assert held.turn(first, "shared", 0)
    monkeypatch.setattr("qa.web.app.Service", lambda *given, **more: Service(*given, **more, line=held))
    from qa.web.service import Service

    with served(library, chain=puppet) as address:
        with opened(browser, address, viewport={"width": 1440, "height": 900}) as page:
            page.set_input_files("#fn-drop input[type=file]", written(tmp_path, ferry__txt="The ferry sails at nine."))
            page.locator(".fn-report.busy li", has_text="waiting for 1 before it").wait_for()
            page.set_input_files("#fn-drop input[type=file]", written(tmp_path, other__txt="Another."))
            page.locator("#fn-said", has_text="being added already").wait_for()
            page.click(".fn-stop")
            page.locator(".fn-report:not(.busy) li.stopped", has_text="not added").wait_for()
            assert len(library) == 13
            held.leave(first)
            page.set_input_files("#fn-drop input[type=file]", written(tmp_path, more__txt="The ferry sails at ten."))
            page.locator(".fn-report li.done", has_text="added").wait_for()
            assert len(library) == 14


def test_a_full_disk_is_told_on_the_page_which_goes_on(
    page: Any, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import shutil

    move = shutil.move

    def full(*given: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("qa.web.originals.shutil.move", full)
    page.set_input_files("#fn-drop input[type=file]", written(tmp_path, ferry__txt="The ferry sails at nine."))
    notice = page.locator("#fn-notice .fn-notice", has_text="the disk is full")
    notice.wait_for()
    assert "needs 24 bytes" in notice.inner_text() and str(library.path) not in notice.inner_text()
    has(page.locator(".fn-report.busy"), 0)
    monkeypatch.setattr("qa.web.originals.shutil.move", move)
    page.set_input_files("#fn-drop input[type=file]", written(tmp_path, ferry__txt="The ferry sails at nine."))
    page.locator(".fn-report li.done", has_text="added").wait_for()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_enlarged_page_shows_a_wide_row_within_its_width(
    browser: Any, tmp_path: Path, puppet: Puppet, library: Library, width: int
) -> None:
    support = pytest.importorskip("pdf_support", reason="reportlab writes the PDFs of these tests")
    row = "The funicular to Kestrel station climbs 640 metres in nine minutes and takes forty people each quarter hour."
    file = tmp_path / "funicular.pdf"
    file.write_bytes(support.drawn(lambda c: support.column(c, row, 30, 400, 560, 10)))
    library.add_files([file])
    puppet.scripted.quotes = (row,)
    with served(library, chain=puppet) as address:
        with opened(browser, address, viewport={"width": width, "height": 844}) as page:
            ask(page, "How many metres does the funicular climb?").locator("a.fn-chip").first.click()
            page.locator("#fn-source .fn-check.ok").wait_for()
            page.click(".fn-view[value=page]")
            page.wait_for_function("document.querySelector('.fn-sheet img')?.naturalWidth > 500")
            small = page.locator(".fn-sheet img").bounding_box()["width"]
            page.locator(".fn-sheet").first.click()
            page.wait_for_timeout(400)
            assert page.locator(".fn-sheet img").bounding_box()["width"] > small
            frame = page.locator(".fn-scroll").bounding_box()
            for box in page.locator(".fn-sheet rect").all():
                at = box.bounding_box()
                assert frame["x"] <= at["x"] and at["x"] + at["width"] <= frame["x"] + frame["width"] + 1
                assert frame["y"] <= at["y"] and at["y"] + at["height"] <= frame["y"] + frame["height"]
            page.locator(".fn-sheet").first.click()
            assert page.locator(".fn-sheet img").bounding_box()["width"] == pytest.approx(small, abs=1)
