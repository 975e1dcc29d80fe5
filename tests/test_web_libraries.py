"""The page with two libraries, in a real browser: the switch, what is Ann's alone, and a reader's page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_support import library_in, running
from test_web_sign_in import PASSWORD, enter
from web_browser import CHROMIUM, ask, has, written

from eval.page import Bench
from index.library import Library
from qa.chain import Options
from qa.libraries import PRIVATE
from qa.people import PEOPLE, People
from qa.web.guard import Rules

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
SECRET = "The unmistakable xylophone is buried under the oak."
QUESTION = "Where is the unmistakable xylophone buried?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = library_in(tmp_path_factory.mktemp("libraries"))
    people = People(library.path / PEOPLE)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD, reader=True)
    return library


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    rules = Rules(("127.0.0.1",), People(library.path / PEOPLE))
    with running(library, options=Options(threshold=0.0), tests=Bench(library), rules=rules) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


def signed_in(context: Any, address: str, name: str) -> Any:
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(address)
    enter(page, name)
    page.wait_for_selector(".fn-welcome")
    return page


def turn(page: Any, to: str) -> None:
    page.get_by_role("button", name=to, exact=True).click()
    page.locator(f'.fn-whose[aria-pressed="true"]:text-is("{to}")').wait_for()


def test_what_is_put_into_ones_own_is_there_and_nowhere_else(
    browser: Any, address: str, library: Library, tmp_path: Path
) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = signed_in(context, address, "ann")
        has(page.locator(".fn-doc"), 2)
        ask(page, "Who approved the tram line?")
        turn(page, "Mine")
        has(page.locator(".fn-doc"), 0)
        has(page.locator(".fn-talk"), 0)
        assert not (library.path / PRIVATE).exists()
        page.set_input_files("#fn-drop input[type=file]", written(tmp_path, diary__txt=SECRET))
        has(page.locator(".fn-doc"), 1)
        assert SECRET in ask(page, QUESTION).inner_text()
        page.locator(".fn-page mark", has_text="xylophone").wait_for()
        page.locator(".fn-talk", has_text=QUESTION).wait_for()
        page.reload()
        page.locator(".fn-answer", has_text=SECRET).wait_for()  # the page comes back to where it was
        assert page.locator('.fn-whose[aria-pressed="true"]').inner_text() == "Mine"
        with page.expect_download() as download:
            page.locator(".fn-talk summary").click()
            page.get_by_role("link", name="JSON").click()
        assert "xylophone" in Path(download.value.path()).read_text()
        turn(page, "Shared")
        has(page.locator(".fn-report"), 0)
        has(page.locator(".fn-doc"), 2)
        has(page.locator(".fn-answer"), 0)
        assert "xylophone" not in page.content()
        page.locator(".fn-talk", has_text="tram line").wait_for()
    assert len(library) == 2


def test_a_reader_asks_the_shared_library_and_changes_only_their_own(
    browser: Any, address: str, library: Library, tmp_path: Path
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}) as context:
        page = signed_in(context, address, "bob")
        page.get_by_role("button", name="Documents and conversations").click()
        has(page.locator(".fn-doc"), 2)
        has(page.locator(".fn-doc .fn-remove"), 0)
        assert not page.locator("#fn-drop").is_visible()
        page.set_input_files("#fn-drop input[type=file]", written(tmp_path, note__txt="The ferry sails at nine."))
        page.locator(".fn-notice", has_text="--reader").wait_for()  # files dropped on the page all the same
        assert len(library) == 2
        turn(page, "Mine")
        has(page.locator(".fn-doc"), 0)
        assert page.locator("#fn-drop").is_visible()
        assert "xylophone" not in page.content()


def test_where_nobody_signs_in_there_is_no_switch(browser: Any, tmp_path: Path) -> None:
    with library_in(tmp_path) as alone, running(alone) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".fn-welcome")
        assert page.locator(".fn-whose").count() == 0 and not page.locator("#fn-libraries").is_visible()
        page.close()
