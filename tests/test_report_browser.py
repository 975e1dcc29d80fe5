"""The report in a real browser: it fits, filters, opens, and says nothing on the console."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.compare import compare
from eval.report import write_html
from tests.synthetic import random_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    run, old = random_run(40, 0.7, seed=1), random_run(40, 0.8, seed=2)
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    write_html(run, path, compare(run, old))
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_is_quiet(browser: Any, report: str, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    page.click("#open")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert said == [] and asked == [report]
    paper, ink = (page.evaluate(f"getComputedStyle(document.body).{p}") for p in ("backgroundColor", "color"))
    brightness = [sum(int(n) for n in colour[4:-1].split(",")) for colour in (paper, ink)]
    assert (brightness[0] > brightness[1]) == (scheme == "light")
    page.close()


def test_filters_narrow_the_questions(browser: Any, report: str) -> None:
    page = browser.new_page()
    page.goto(report)
    shown = page.locator("details.q:visible")
    assert shown.count() == 40
    page.select_option("#verdict", "wrong")
    wrong = shown.count()
    assert 0 < wrong < 40
    page.select_option("#kind", "number")
    assert 0 < shown.count() < wrong
    page.select_option("#kind", "")
    page.select_option("#verdict", "")
    page.fill("#find", "number 17?")
    assert shown.count() == 1
    assert page.inner_text("#count") == "1 of 40"
    shown.first.locator("summary").click()
    assert shown.get_by_text("It is so.").first.is_visible()
    page.close()
