"""From the click to the answer on the page, in a real Chromium: python -m eval.bench.clicks ADDRESS [--clicks N]

Asks a running server (`footnote chat`) questions drawn from its own documents, by the button, as a person does, and
lets the page itself say when each was sent, answered, in the document and on the screen. Needs Playwright and a
Chromium.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

from documents.errors import MissingExtra
from eval.bench.askers import quantile, questions

__all__ = ["STEPS", "main", "measured"]

STEPS = {
    "until it is sent": ("clicked", "sent"),
    "at the server": ("sent", "answered"),
    "until it is in the page": ("clicked", "shown"),
    "until it is on the screen": ("clicked", "painted"),
}
TALK = 8  # questions of one conversation
# Runs before the page's own scripts: its clock is the browser's, which knows when the button went down.
WATCH = """
  window.marks = {};
  const usual = window.fetch;
  window.fetch = async (...given) => {
    const marks = window.marks;
    if (!marks.clicked || marks.sent || !String(given[0].url || given[0]).includes("run/predict"))
      return usual(...given);
    marks.sent = performance.now();
    const answer = await usual(...given);
    marks.answered = performance.now();
    return answer;
  };
  const count = () => document.querySelectorAll(".fn-answer").length;
  window.addEventListener("click", (event) => {
    if (event.target.closest("#fn-send")) window.marks = { clicked: event.timeStamp, before: count() };
  }, true);
  const look = () => {
    const marks = window.marks;
    if (!marks.clicked || marks.shown || count() === marks.before) return;
    marks.shown = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(() => (marks.painted = performance.now())));
  };
  document.addEventListener("DOMContentLoaded", () =>
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true }));
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: prints the median, the 95th percentile and the least of each step in milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.clicks", description=__doc__)
    parser.add_argument("address", help="of a running server, such as http://127.0.0.1:7860")
    parser.add_argument("--clicks", type=int, default=40)
    options = parser.parse_args(arguments)
    address = options.address.rstrip("/")
    asked = list(islice(cycle(questions(address, {})), options.clicks + 2))
    marks = list(measured(address, asked))[2:]  # the first ones load what is loaded once
    for name, (start, end) in STEPS.items():
        ms = [mark[end] - mark[start] for mark in marks]
        p50, p95 = quantile(ms, 0.5), quantile(ms, 0.95)
        sys.stdout.write(f"{name:26s} p50 {p50:4.0f} ms, p95 {p95:4.0f} ms, least {min(ms):4.0f} ms\n")


def measured(address: str, asked: Sequence[str]) -> Iterator[dict[str, float]]:
    """When each question was clicked, sent, answered, shown and painted, in the browser's milliseconds.

    Raises MissingExtra without Playwright or a Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise MissingExtra("this needs Playwright: pip install playwright") from error
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise MissingExtra("this needs a Chromium: install chromium")
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser,
    ):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH)
        page.goto(address)
        for n, question in enumerate(asked):
            if n % TALK == 0:
                page.click("#fn-new")
                page.wait_for_selector(".fn-welcome")
            yield _clicked(page, question)


def _clicked(page: Any, question: str) -> dict[str, float]:
    page.fill("#fn-box textarea", question)
    page.wait_for_timeout(300)  # a person looks up before the click, and reads after it
    page.click("#fn-send")
    page.wait_for_function("window.marks.painted && window.marks.answered")
    marks: dict[str, float] = page.evaluate("window.marks")
    page.wait_for_timeout(300)
    return marks


if __name__ == "__main__":
    main()
