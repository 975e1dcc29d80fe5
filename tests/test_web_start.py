"""The page begins when all of its parts are there, in whatever order a browser puts them in."""

from collections.abc import Iterator
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, served
from web_support import document, small_library

from index.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
PARTS = ("#fn-next", "#fn-drop", "#fn-source", "#fn-ask")
# The page's scripts don't find this part before the test says so.
LATE = """
const real = Document.prototype.querySelector;
Document.prototype.querySelector = function (selector) {
  return selector === "%s" && !window.there ? null : real.call(this, selector);
};
"""
COMES = "() => { window.there = true; document.body.append(document.createElement('i')); }"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return small_library(tmp_path_factory.mktemp("start") / "library")


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(library, chain=Puppet(library)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.mark.parametrize("part", PARTS)
def test_a_page_one_of_whose_parts_comes_last_is_told_of_changes(
    browser: Any, address: str, library: Library, part: str
) -> None:
    mistakes: list[str] = []
    with browser.new_page(viewport={"width": 1440, "height": 900}) as page:
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.add_init_script(LATE % part)
        page.goto(address)
        page.wait_for_selector(".fn-welcome")
        page.wait_for_timeout(300)  # the page's other parts come
        with page.expect_response(lambda response: "state?library" in response.url):
            page.evaluate(COMES)
        library.add(document(f"{part}.txt", "Ferries", f"The ferry of {part} sails at nine."))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.locator("#fn-notice .fn-notice", has_text="1 document came").wait_for()
    assert mistakes == []
