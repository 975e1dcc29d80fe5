"""What the chat shows in a real browser: marks of support, cards, steps, the line of footnotes, suggestions, files."""

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, ask, body_has, has, opened, send, served, written
from web_support import BRIDGE, COST, TRAM, answered, document

from eval.page import Bench
from index.encoder import Encoded, HashEncoder, PassageText, Vectors
from index.library import Library
from qa.answer import Answer, Support
from qa.chain import Options

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
STATES: tuple[Support, ...] = ("verbatim", "supported", "partial", "unsupported")
QUOTES = (TRAM, COST, BRIDGE, "The bridge was opened by Ada Quill.")


class Grading(Puppet):
    """Cites four sentences, each supported in another way."""

    def answer(self, given: Mapping[str, Any], options: Options | None = None) -> Answer:
        assert self.free.wait(20)
        answer = answered(self.scripted.library, given["question"], *QUOTES)
        graded = (replace(s, support=state) for s, state in zip(answer.sentences, STATES, strict=True))
        texts = [self.scripted.library.text(p.document_id) for p in answer.passages]
        whole = tuple(replace(p, end=len(t), text=t) for p, t in zip(answer.passages, texts, strict=True))
        times = {"search": 7.0, "read": 21.0, "total": 30.0}
        return replace(answer, sentences=tuple(graded), passages=whole, timings_ms=times)


class Holding(HashEncoder):
    """Encodes only while it isn't held, so that nothing is added or answered sooner than a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        assert self._free.wait(30)
        return super().encode_passages(passages)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        assert self._free.wait(30)
        return super().encode_queries(texts)


@pytest.fixture(scope="module")
def encoder() -> Holding:
    return Holding()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Holding) -> Library:
    library = Library.open(tmp_path_factory.mktemp("chat") / "library", encoder=encoder)
    library.add(document("minutes.txt", "Minutes of March", f"{TRAM} {COST} Nobody abstained."))
    library.add(document("bridge.txt", "Bridge report", f"{BRIDGE} {QUOTES[3]} It is 412 metres long."))
    library.add(document("mill.txt", "The mill", "The mill at Oxley burned down in 1904."))
    return library


@pytest.fixture(scope="module")
def puppet(library: Library) -> Grading:
    return Grading(library)


@pytest.fixture(scope="module")
def address(library: Library, puppet: Grading) -> Iterator[str]:
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


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('href')"))


def test_each_state_of_support_has_a_colour_and_an_icon_of_its_own(page: Any) -> None:
    answer = ask(page, "What was decided?")
    has(answer.locator("a.fn-chip"), 4)
    look = """(chip) => [getComputedStyle(chip).color + getComputedStyle(chip).backgroundColor,
        getComputedStyle(chip.querySelector('.fn-icon')).maskImage]"""
    page.locator("body").click(position={"x": 700, "y": 5})
    page.keyboard.press("Escape")  # the open footnote's chip is coloured as such
    page.keyboard.press("Escape")
    looks = [answer.locator(f"a.fn-chip.{state}").evaluate(look) for state in STATES[1:]]
    assert len({colour for colour, _ in looks}) == 3 and len({icon for _, icon in looks}) == 3
    assert "none" not in {icon for _, icon in looks}
    assert [a.get_attribute("href") for a in answer.locator("a.fn-chip").all()] == [f"#c-1-{n}" for n in (1, 2, 3, 4)]


def test_pointing_at_a_chip_shows_what_stands_there(page: Any) -> None:
    answer = ask(page, "What was decided?")
    page.locator("#fn-source .fn-check.ok").wait_for()
    page.wait_for_timeout(600)  # what still comes moves the chat, and a card goes away with that
    answer.locator("a.fn-chip").nth(1).hover()
    card = page.locator("#fn-card.on")
    card.wait_for()
    assert "Minutes of March" in card.inner_text() and "Decision" in card.inner_text()
    assert card.locator("mark").inner_text() == COST and TRAM in card.inner_text()  # with the sentence before it
    page.mouse.move(5, 5)
    card.wait_for(state="hidden")


def test_steps_and_their_times_are_folded(page: Any) -> None:
    steps = ask(page, "What was decided?").locator(".fn-steps")
    assert "30 ms" in steps.locator("summary").inner_text() and not steps.locator("li").first.is_visible()
    steps.locator("summary").click()
    assert "Searching the documents 7 ms" in " ".join(steps.inner_text().split())


def test_footnotes_are_walked_in_order_and_a_mark_leads_back_to_its_chip(page: Any) -> None:
    ask(page, "What was decided?")
    page.locator("#fn-source .fn-tab.on", has_text="1").wait_for()
    page.evaluate("document.activeElement.blur()")
    for key, number in (("]", 2), ("]", 3), ("[", 2), ("[", 1), ("[", 4)):
        page.keyboard.press(key)
        page.locator("#fn-source .fn-tab.on", has_text=str(number)).wait_for()
        has(page.locator(f".fn-chip.on[href='#c-1-{number}']"), 1)
    assert page.locator("#fn-source .fn-tab").all_inner_texts() == ["1", "2", "3", "4"]
    page.locator("#fn-source mark.cited").click()
    assert focused(page) == "#c-1-4"
    page.keyboard.press("Enter")
    page.locator("#fn-source mark.cited").press("Enter")
    assert focused(page) == "#c-1-4"


def test_what_was_retrieved_and_not_cited_is_folded(page: Any) -> None:
    ask(page, "What was decided?")
    others = page.locator("#fn-source .fn-others")
    others.locator("summary", has_text="Retrieved, not cited (1)").wait_for()
    assert not others.locator(".fn-passage").is_visible()
    others.locator("summary").click()
    others.locator(".fn-passage a", has_text="The mill").click()
    page.locator("#fn-source h2", has_text="The mill").wait_for()


@pytest.mark.parametrize("kind", ["JSON", "Web page"])
def test_a_conversation_is_exported_whole(page: Any, kind: str, browser: Any) -> None:
    ask(page, "What was decided?")
    talk = page.locator(".fn-talk.on")
    talk.hover()
    talk.locator("summary").click()
    with page.expect_download() as started:
        talk.locator("a", has_text=kind).click()
    text = Path(started.value.path()).read_text("utf-8")
    if kind == "JSON":
        (turn,) = json.loads(text)["turns"]
        assert [c["quote"] for c in turn["citations"]] == list(QUOTES)
    else:
        assert f"<mark>{TRAM}</mark>" in text and "src=" not in text and "http" not in text


def test_two_tabs_hold_one_conversation(browser: Any, address: str) -> None:
    context = browser.new_context()
    with opened(context, address) as first:
        ask(first, "Asked in the first tab")
        second = context.new_page()
        second.goto(address)
        second.locator("#a-1").wait_for()
        send(second, "Asked in the second tab")
        second.locator("#a-2").wait_for()
        send(first, "Asked in the first again")
        first.locator("#a-3").wait_for()
        assert first.locator(".fn-question").all_inner_texts()[1] == "Asked in the second tab"
    context.close()


def test_clicking_twice_asks_once(page: Any) -> None:
    page.fill("#fn-box textarea", "Asked by a double click")
    page.locator("#fn-send").dblclick()
    page.locator("#a-1").wait_for()
    page.wait_for_timeout(500)
    has(page.locator(".fn-question"), 1)
    assert not page.locator("#fn-notice .fn-notice, #fn-said").count()


def test_adding_can_be_stopped(page: Any, library: Library, encoder: Holding, tmp_path: Path) -> None:
    names = {f"n{n}__txt": f"Number {n} is {n * 7}." for n in range(150)}
    with encoder.held():
        page.set_input_files("#fn-drop input[type=file]", written(tmp_path, **names))
        page.locator(".fn-report.busy li", has_text="reading").first.wait_for()
        page.click(".fn-stop")
        page.locator("#fn-notice", has_text="Stopping after").wait_for()
        assert len(library.documents()) == 3
    page.locator(".fn-report:not(.busy)").wait_for()
    stopped = page.locator(".fn-report li.stopped").count()
    assert 0 < stopped <= 150 and len(library.documents()) == 3 + 150 - stopped
    page.reload()
    page.locator("#fn-documents", has_text=f"{3 + 150 - stopped}").wait_for()
    for record in library.documents():
        if Path(record.sources[0]).parent.name == "uploads":
            library.remove(record.id)


def test_an_evaluation_can_be_left_and_stopped(page: Any, library: Library, encoder: Holding) -> None:
    for question in ("What did the council approve?", "What does construction cost?"):
        Bench(library).save(answered(library, question, TRAM), [])
    page.click(".fn-evaluate")
    with encoder.held():
        page.click(".fn-run[value=own]")
        page.locator(".fn-running", has_text="0 of 2").wait_for()
        page.locator("#fn-underway .fn-leave").click()
        assert not body_has(page, "fn-evaluating") and page.locator("#fn-box").is_visible()
        page.click(".fn-evaluate")
        page.locator(".fn-quit").click()
    page.locator(".fn-notice.good", has_text="The evaluation was stopped after 0 of 2 questions").wait_for()
    page.locator(".fn-running").wait_for(state="detached")
    page.locator(".fn-quit").wait_for(state="hidden")
    page.click(".fn-run[value=own]")  # and it can be run again
    page.locator(".fn-result h2", has_text="of 2 right").first.wait_for()


@pytest.mark.soak
def test_five_hundred_files_are_added(page: Any, library: Library, tmp_path: Path) -> None:
    names = {f"n{n}__txt": f"Number {n} is {n * 7}." for n in range(500)}
    page.set_input_files("#fn-drop input[type=file]", written(tmp_path, **names))
    page.locator(".fn-report header", has_text="500 of 500 files").wait_for(timeout=90_000)
    page.locator("#fn-documents", has_text="503").wait_for()
    assert TRAM in ask(page, "What was decided?").inner_text()
    for record in library.documents():
        if Path(record.sources[0]).parent.name == "uploads":
            library.remove(record.id)


@pytest.mark.soak
def test_the_page_can_be_used_soon_after_it_is_opened(browser: Any, address: str) -> None:
    with opened(browser, address):
        pass  # the first page of a server makes what the others find made
    best = 9.0
    for _ in range(3):
        began = time.perf_counter()
        with opened(browser, address) as page:
            page.fill("#fn-box textarea", "?")
            best = min(best, time.perf_counter() - began)
    assert best < 4  # 2 is the aim, on a machine that does nothing else
