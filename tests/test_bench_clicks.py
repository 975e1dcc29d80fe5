"""The bench of clicks: a real browser tells when a question was clicked, sent, answered, shown and painted."""

from pathlib import Path

import pytest
from web_browser import CHROMIUM, Puppet, served
from web_support import small_library

from eval.bench.clicks import STEPS, measured

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


def test_each_click_is_timed_in_its_order(tmp_path: Path) -> None:
    library = small_library(tmp_path / "library")
    with served(library, chain=Puppet(library)) as address:
        marks = list(measured(address, ["What was approved?", "And what does it cost?"]))
    assert len(marks) == 2
    for mark in marks:
        assert mark["clicked"] < mark["sent"] < mark["answered"] and mark["clicked"] < mark["shown"] < mark["painted"]
        assert all(mark[end] > mark[start] for start, end in STEPS.values())
