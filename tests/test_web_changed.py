"""The library is changed by another process under an open page: the page says so, and goes on with what is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from library_support import child, finished
from web_browser import CHROMIUM, Puppet, ask, has, opened, served
from web_support import BRIDGE, TRAM, document, small_library

from index.library import Library

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

REBUILD = """
import sys
from pathlib import Path
from library_support import document
from index.encoder import HashEncoder
from index.library import Library
library = Library.open(Path(sys.argv[1]), encoder=HashEncoder())
for record in library.documents():
    library.remove(record.id)
for n in range(3):
    library.add(document(f"ferry{n}.txt", f"Ferry {n} sails at {n + 7} o'clock, say the rebuilt timetables."))
"""
REENCODE = """
import sys
from pathlib import Path
from index.encoder import HashEncoder
from index.library import Library
from index.reencode import reencode
reencode(Library.open(Path(sys.argv[1]), encoder=HashEncoder()), HashEncoder(32))
"""


LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


@pytest.fixture
def puppet(library: Library) -> Puppet:
    return Puppet(library)


@pytest.fixture
def page(library: Library, puppet: Puppet) -> Iterator[Any]:
    with served(library, chain=puppet) as address, playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            with opened(browser, address, viewport={"width": 1440, "height": 900}) as page:
                looked(page)
                yield page


def looked(page: Any) -> None:
    """Waits until the page has looked at its library, and knows what to compare with."""
    with page.expect_response(lambda response: "state?library" in response.url):
        page.evaluate(LOOK)


def noticed(page: Any, words: str) -> None:
    """Has the page look now instead of within five seconds, and waits until it says this."""
    page.evaluate(LOOK)
    page.locator("#fn-notice .fn-notice", has_text=words).wait_for()


def test_a_library_that_is_rebuilt_elsewhere_is_shown_as_it_is_now(page: Any, library: Library, puppet: Puppet) -> None:
    ask(page, "What was approved?")
    page.locator("#fn-source .fn-check.ok").wait_for()
    finished(child(REBUILD, library.path))
    noticed(page, "3 documents came, 2 documents went")
    has(page.locator(".fn-doc"), 3)
    page.locator("#fn-source .fn-check.lost", has_text="no longer in the library").wait_for()
    assert TRAM in page.inner_text("#fn-source .fn-gone")
    puppet.scripted.quotes = ("Ferry 1 sails at 8 o'clock, say the rebuilt timetables.",)
    assert "Ferry 1 sails" in ask(page, "When does the ferry sail?").inner_text()  # the page goes on
    page.locator("#fn-source .fn-check.ok").wait_for()


def test_a_document_of_another_program_is_shown_without_a_word_of_what_this_page_did(
    page: Any, library: Library, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A note of this page's own.")
    page.set_input_files("#fn-drop input[type=file]", str(note))
    page.locator(".fn-doc", has_text="note").wait_for()
    page.evaluate(LOOK)
    page.wait_for_timeout(500)
    assert page.inner_text("#fn-notice") == ""
    library.add(document("other.txt", "Other", BRIDGE + " So it was said."))
    noticed(page, "1 document came")
    has(page.locator(".fn-doc"), 4)


def test_a_library_that_is_encoded_anew_elsewhere_says_so(page: Any, library: Library) -> None:
    ask(page, "What was approved?")
    finished(child(REENCODE, library.path))
    noticed(page, "encoded anew with hash-32")
    has(page.locator(".fn-doc"), 2)
    page.locator("a.fn-chip").first.click()
    page.locator("#fn-source .fn-check.ok").wait_for()
    assert TRAM in ask(page, "And now?").inner_text()
