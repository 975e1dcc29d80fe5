"""Signing in, in a real browser: two people at one server, each with their own conversations, and the way out."""

from collections.abc import Iterator
from typing import Any

import pytest
from api_support import library_in, running
from web_browser import CHROMIUM, send
from web_support import TRAM, ScriptedChain

from index.library import Library
from qa.people import PEOPLE, People
from qa.web.guard import Rules

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
PASSWORD = "four words in row"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library: Library = library_in(tmp_path_factory.mktemp("sign-in"))
    people = People(library.path / PEOPLE)
    for name in ("ann", "bob"):
        people.add_user(name, PASSWORD)
    with running(library, chain=ScriptedChain(library, TRAM), rules=Rules(("127.0.0.1",), people)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


def enter(page: Any, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_each_signs_in_asks_and_sees_only_their_own(browser: Any, address: str) -> None:
    for name, question in (("ann", "What did the council approve?"), ("bob", "How were the votes?")):
        with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
            page = context.new_page()
            elsewhere: list[str] = []
            page.on("request", lambda r, to=elsewhere: r.url.startswith(address) or to.append(r.url))
            page.goto(address)
            page.wait_for_url("**/sign-in**")
            enter(page, name, "wrong password")
            page.get_by_role("alert").wait_for()
            assert page.get_by_label("Name").input_value() == name  # and the password is asked for again
            enter(page, name)
            page.wait_for_selector(".fn-welcome")
            send(page, question)
            page.locator("#fn-talks", has_text=question).wait_for()
            page.reload()
            page.locator("#fn-talks", has_text=question).wait_for()
            listed = page.inner_text("#fn-talks")
            assert question in listed and ("council" in listed) == (name == "ann")
            page.goto(f"{address}/sign-in")
            assert f"Signed in as {name}" in page.inner_text("main")
            page.get_by_role("button", name="Sign out").click()
            page.get_by_label("Password").wait_for()
            page.goto(address)
            page.wait_for_url("**/sign-in**")
            assert not [url for url in elsewhere if not url.startswith(("data:", "blob:"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_form_fits_and_can_be_read(browser: Any, address: str, scheme: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.wait_for_function("document.activeElement.name == 'name'")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.get_by_role("button", name="Sign in").bounding_box()["height"] >= 40
