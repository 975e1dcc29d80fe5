"""A language model's writing is stopped on the page, and its prompt is shown: a real chain, a slow scripted model."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from model_support import ENDLESS, Slow, ended
from web_browser import CHROMIUM, has, opened, send, served
from web_support import document

from index.encoder import HashEncoder
from index.library import Library
from qa.chain import Options

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
QUESTION = "When was the Harrow bridge opened?"


@pytest.fixture(scope="module")
def chat() -> Slow:
    return Slow(script=lambda system, user: ENDLESS, pause=0.02)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, chat: Slow) -> Iterator[str]:
    library = Library.open(tmp_path_factory.mktemp("stop") / "library", encoder=HashEncoder())
    library.add(document("bridge.txt", "Bridges", "The Harrow bridge was opened in 1931. It cost 40,000 pounds."))
    with served(library, options=Options(reader="none", threshold=0.0, llm=chat)) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            with opened(browser, address, viewport={"width": 1440, "height": 900}) as page:
                yield page


def test_stopping_keeps_what_was_written_checked_with_its_prompt_and_ends_the_model(page: Any, chat: Slow) -> None:
    send(page, QUESTION)
    page.locator(".fn-unchecked", has_text="opened in 1931").wait_for()
    page.click(".fn-halt")
    answer = page.locator("#a-1")
    answer.wait_for()
    assert "opened in 1931" in answer.inner_text()
    assert answer.locator(".fn-warn", has_text="was stopped").count() == 1
    assert answer.locator("a.fn-chip").count() >= 1
    assert ended(chat)
    page.locator(".fn-halt").wait_for(state="hidden")
    page.click(".fn-view[value=why]")
    prompt = page.inner_text(".fn-why pre")
    assert chat.sent[-1][0] in prompt and QUESTION in prompt
    send(page, "How many pounds did the Harrow bridge cost?")  # the page goes on
    page.locator(".fn-unchecked").wait_for()
    page.click(".fn-halt")
    page.locator("#a-2").wait_for()
    has(page.locator(".fn-draft"), 0)


def test_a_page_that_is_closed_ends_the_model(page: Any, chat: Slow) -> None:
    send(page, QUESTION)
    page.locator(".fn-unchecked").wait_for()
    page.close()
    until = time.monotonic() + 10
    while not ended(chat):
        assert time.monotonic() < until, "the model still writes for a page that is gone"
