"""The page in a real browser, with the real encoder and chain: what a user does, and what they then see."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, ask, has, opened, served

from index.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

TRAM = """# The Eastfield tram

## Decision

The city council approved the Eastfield tram line on 4 March 2025. Thirty-one members voted for it and twelve against.
Councillor Mara Lindqvist called the timetable ambitious.

## Costs

Building the tram line will cost 214 million euros. The state pays sixty per cent of that sum.
The first trams will run in December 2028.
"""
BRIDGE = """# Harbour bridge

The harbour bridge is 412 metres long and was opened in 1931.
Its steel was last painted in 1998, by a crew of forty painters.
"""
OBSERVATORY = "The observatory on Mount Kestrel was founded in 1887 by the astronomer Ilse Brandt.\n"
WIDTHS = ((1440, 900), (1024, 768), (390, 844))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("web")
    (folder / "tram.md").write_text(TRAM, "utf-8")
    (folder / "bridge.md").write_text(BRIDGE, "utf-8")
    library = Library.open(folder / "library")
    library.add_files([folder / "tram.md", folder / "bridge.md"])
    return library


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(library) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with opened(browser, address, viewport={"width": 1440, "height": 900}) as page:
        yield page


def marked(page: Any, title: str) -> str:
    """The highlighted words of the source panel, once it shows the document with this title."""
    page.locator("#fn-source h2", has_text=title).wait_for()
    return " ".join(page.locator("#fn-source .fn-page mark").all_inner_texts())


def test_asking_and_clicking_a_footnote_shows_the_sentence_in_its_document(page: Any) -> None:
    answer = ask(page, "How much will the tram line cost?")
    sentence = answer.locator(".fn-sentence", has_text="214 million euros")
    sentence.locator("a.fn-chip").click()
    assert "Building the tram line will cost 214 million euros." in marked(page, "The Eastfield tram")
    assert "Checked just now" in page.inner_text("#fn-source .fn-check")
    assert (
        page.locator("#fn-source .fn-page").inner_text().count("Councillor Mara Lindqvist") == 1
    )  # the text around it
    inside = """() => {
        const mark = document.querySelector('#fn-source mark').getBoundingClientRect();
        const box = document.querySelector('#fn-source .fn-scroll').getBoundingClientRect();
        return mark.top >= box.top && mark.bottom <= box.bottom;
    }"""
    assert page.evaluate(inside)
    has(sentence.locator("a.fn-chip.on"), 1)  # the chip and its mark belong together


def test_every_sentence_ends_in_a_footnote(page: Any) -> None:
    answer = ask(page, "When was the bridge painted, and by whom?")
    sentences = answer.locator(".fn-sentence")
    assert sentences.count() >= 1
    for n in range(sentences.count()):
        assert sentences.nth(n).locator("a.fn-chip").count() >= 1
    numbers = [int(re.sub(r"\D", "", text)) for text in answer.locator("a.fn-chip").all_inner_texts()]
    assert sorted(set(numbers)) == list(range(1, max(numbers) + 1)) and numbers[0] == 1


def test_the_page_works_by_keyboard(page: Any) -> None:
    ask(page, "How long is the harbour bridge?")
    page.locator("a.fn-chip").first.focus()
    assert "412 metres" in page.inner_text("#fn-card")  # the card shows on focus
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    assert "412 metres" in marked(page, "Harbour bridge")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.body.classList.contains('fn-panel-open')")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("What did Mara Lindqvist call the timetable?")
    page.keyboard.press("Enter")
    page.locator("#a-2").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("]")
    page.wait_for_function("document.body.classList.contains('fn-panel-open')")


def test_what_the_documents_do_not_say_is_a_card_with_the_closest_passages(page: Any) -> None:
    answer = ask(page, "Who painted the ceiling of the opera house in Vienna?")
    assert "Not in the documents" in answer.inner_text()
    has(answer.locator("a.fn-chip"), 0)
    answer.locator(".fn-passage a").first.click()
    page.locator("#fn-source .fn-check", has_text="not cited").wait_for()


def test_a_refusal_is_nothing_that_a_follow_up_is_searched_with(page: Any) -> None:
    refused = ask(page, "Who painted the ceiling of the opera house in Vienna?")
    said = refused.locator(".fn-card-none p").first.inner_text()
    assert "documents" in said
    answer = ask(page, "And when was it opened?")
    answer.locator(".fn-steps summary, .fn-card-none").first.wait_for()
    searched = " ".join(answer.locator("q").all_text_contents())
    assert "And when was it opened?" in searched and "Who painted" in searched  # what was asked leads on
    assert said[:40] not in searched, searched  # what was answered does not


def test_a_long_answer_is_read_from_its_question_on(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    for turn in (1, 2):
        ask(page, "Who painted the ceiling of the opera house in Vienna?")
        page.wait_for_function(
            """(turn) => {
            const frame = document.querySelector('#fn-chat .panel-wrap').getBoundingClientRect();
            const top = [...document.querySelectorAll('.fn-question')].at(-1).getBoundingClientRect().top;
            const there = top >= frame.top && top < frame.top + 60;
            return there && document.querySelectorAll('.fn-question').length === turn;
        }""",
            arg=turn,
        )
    page.wait_for_timeout(300)
    heading = page.locator("#a-2 h3").bounding_box()
    assert 0 < heading["y"] < 300


def test_an_uploaded_file_answers_until_it_is_removed(page: Any, tmp_path: Path) -> None:
    file = tmp_path / "observatory.txt"
    file.write_text(OBSERVATORY)
    page.set_input_files("#fn-drop input[type=file]", str(file))
    page.locator("#fn-report li", has_text="added").wait_for()
    page.locator(".fn-doc", has_text="observatory").wait_for()
    assert "Ilse Brandt" in ask(page, "Who founded the observatory on Mount Kestrel?").inner_text()
    document = page.locator(".fn-doc", has_text="observatory")
    document.hover()
    document.locator("summary").click()
    document.locator("[data-remove]").click()
    page.locator(".fn-notice", has_text="was removed").wait_for()
    has(page.locator(".fn-doc", has_text="observatory"), 0)
    page.locator("#fn-source .fn-check.lost").wait_for()  # its open footnote says that it is gone
    page.click("#fn-new")
    page.wait_for_selector(".fn-welcome")
    assert "Ilse Brandt" not in ask(page, "Who founded the observatory on Mount Kestrel?").inner_text()


def test_a_quote_of_a_pdf_is_boxed_on_the_picture_of_its_page(page: Any, tmp_path: Path, library: Library) -> None:
    support = pytest.importorskip("pdf_support", reason="reportlab writes the PDFs of these tests")
    words = "The funicular to Kestrel station climbs 640 metres in nine minutes."
    (tmp_path / "funicular.pdf").write_bytes(
        support.drawn(lambda c: None, lambda c: support.column(c, words, 80, 120, 400, 12))
    )
    page.set_input_files("#fn-drop input[type=file]", str(tmp_path / "funicular.pdf"))
    page.locator("#fn-report li", has_text="added").wait_for()
    ask(page, "How many metres does the funicular climb?").locator("a.fn-chip").first.click()
    page.click(".fn-view[value=page]")
    picture = page.locator(".fn-sheet img")
    page.wait_for_function("document.querySelector('.fn-sheet img')?.naturalWidth > 500")
    assert "/2.png" in picture.get_attribute("src")
    box, mark = picture.bounding_box(), page.locator(".fn-sheet rect").first.bounding_box()
    # The line was drawn 80 of 595 points from the left and about 120 of 842 from the top.
    assert (mark["x"] - box["x"]) / box["width"] == pytest.approx(80 / 595, abs=0.01)
    assert (mark["y"] - box["y"]) / box["height"] == pytest.approx(120 / 842, abs=0.02)
    (record,) = [r for r in library.documents() if "funicular" in r.sources[0]]
    library.remove(record.id)


def test_files_dropped_anywhere_are_added(page: Any, library: Library) -> None:
    dropped = """() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['The lighthouse keeper was Tomas Berg.'], '<img onerror=alert(1)>.txt'));
        document.querySelector('#fn-main').dispatchEvent(
            new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: transfer}));
    }"""
    page.evaluate(dropped)
    page.locator("#fn-report li", has_text="added").wait_for()
    has(page.locator("#fn-documents img"), 0)
    (record,) = [r for r in library.documents() if "lighthouse" in library.text(r.id)]
    library.remove(record.id)


def test_a_question_that_is_refused_stays_in_the_box(page: Any) -> None:
    page.fill("#fn-box textarea", "why " * 6000)
    page.click("#fn-send")
    page.locator("#fn-notice .fn-notice", has_text="20,000").wait_for()
    page.wait_for_function("document.querySelector('#fn-box textarea').value == 'why '.repeat(6000)")
    assert "412 metres" in ask(page, "How long is the harbour bridge?").inner_text()


def test_markup_in_a_question_stays_text(page: Any) -> None:
    ask(page, '<img src=x onerror="window.broken=1"> **tram** <script>window.broken=1</script> `x` $$y$$')
    has(page.locator("#fn-chat img"), 0)
    assert page.locator(".fn-question").inner_text().startswith('<img src=x onerror="window.broken=1"> **tram**')
    assert page.evaluate("window.broken === undefined")


def test_a_starter_question_asks_itself_and_a_new_conversation_begins_again(page: Any) -> None:
    starter = page.locator(".fn-starter").first
    text = starter.inner_text()
    starter.click()
    page.locator("#a-1").wait_for()
    assert page.inner_text(".fn-question") == text
    page.click("#fn-new")
    page.wait_for_selector(".fn-welcome")
    has(page.locator(".fn-answer"), 0)


def test_questions_to_go_on_with_are_asked_by_a_click(page: Any) -> None:
    ask(page, "How much will the tram line cost?")
    following = page.locator(".fn-next .fn-starter").first
    following.wait_for()
    text = following.inner_text()
    following.click()
    page.locator("#a-2").wait_for()
    assert page.locator(".fn-question").last.inner_text() == text


def test_a_conversation_is_there_after_a_reload_and_can_be_left_found_and_deleted(page: Any) -> None:
    ask(page, "How long is the harbour bridge?")
    page.reload()
    page.locator("#a-1", has_text="412 metres").wait_for()
    page.locator("a.fn-chip").first.click()
    assert "412 metres" in marked(page, "Harbour bridge")
    page.click("#fn-new")
    page.wait_for_selector(".fn-welcome")
    page.locator(".fn-switch", has_text="How long is the harbour bridge?").first.click()
    page.locator("#a-1", has_text="412 metres").wait_for()
    page.fill("#fn-box textarea", "Who opened it, and when?")
    page.keyboard.press("Enter")
    page.locator("#a-2").wait_for()
    talk = page.locator(".fn-talk.on")
    talk.hover()
    talk.locator("summary").click()
    talk.locator(".fn-title").fill("Bridges <b>")
    talk.locator(".fn-title").press("Enter")
    page.locator(".fn-talk.on .fn-switch", has_text="Bridges <b>").wait_for()
    talk.hover()
    talk.locator("summary").click()
    with page.expect_download() as started:
        talk.locator("a", has_text="Markdown").click()
    assert "[^1-1]: Harbour bridge" in Path(started.value.path()).read_text("utf-8")
    talk.locator("[data-forget]").click()
    page.wait_for_selector(".fn-welcome")
    has(page.locator(".fn-switch", has_text="Bridges"), 0)


def test_ticked_documents_limit_the_question(page: Any) -> None:
    bridge = page.locator(".fn-doc", has_text="Harbour bridge")
    bridge.hover()
    bridge.locator(".fn-tick").check()
    page.locator(".fn-scope", has_text="Harbour bridge").wait_for()
    assert "214 million" not in ask(page, "How much will the tram line cost?").inner_text()
    page.click(".fn-unlimit")
    page.locator(".fn-scope").wait_for(state="detached")
    assert not bridge.locator(".fn-tick").is_checked()
    assert "214 million" in ask(page, "How much will the tram line cost?").inner_text()


def test_the_answer_can_be_copied_with_its_footnotes(browser: Any, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    with opened(context, address) as page:
        ask(page, "How long is the harbour bridge?")
        page.click(".fn-copy")
        page.locator(".fn-copy", has_text="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("**How long is the harbour bridge?**") and "[^1]: Harbour bridge" in copied
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_page_fits_its_window(browser: Any, address: str, width: int, height: int, scheme: str) -> None:
    with opened(browser, address, viewport={"width": width, "height": height}, color_scheme=scheme) as page:
        ask(page, "How much will the tram line cost?").locator("a.fn-chip").first.click()
        page.wait_for_timeout(400)  # the sheet slides in
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        chat = page.locator("#fn-chat .message-wrap").bounding_box()
        assert chat["width"] <= 760 and chat["x"] >= 0 and chat["x"] + chat["width"] <= width
        panel = page.locator("#fn-panel").bounding_box()
        assert panel["x"] >= (chat["x"] + chat["width"] if width >= 1024 else 0)
        assert panel["x"] + panel["width"] <= width and panel["y"] + panel["height"] <= height + 1
        assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
        page.keyboard.press("Escape")
        assert page.locator("#fn-box textarea").is_visible()


def test_nothing_is_asked_of_another_host(browser: Any, address: str) -> None:
    outside: list[str] = []
    context = browser.new_context()
    local = ("http://127.0.0.1", "data:", "blob:")
    context.on("request", lambda request: request.url.startswith(local) or outside.append(request.url))
    context.route(lambda url: not url.startswith(local), lambda route: route.abort())
    with opened(context, address) as page:
        ask(page, "How long is the harbour bridge?").locator("a.fn-chip").first.click()
        marked(page, "Harbour bridge")
        page.wait_for_timeout(500)
        blocked = page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert set(outside) <= {"https://example.org/"}  # the one asked for here, and nothing of the page's own
    assert blocked == "refused"
    context.close()
