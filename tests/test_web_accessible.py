"""No serious violation of accessibility, in light and dark, by axe-core; everything is reached by Tab.

axe-core (MPL-2.0) is no part of the repository: `make test` has npm put it into build/, or name the file axe.min.js in
the environment variable AXE; without it the first of these tests skips.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, ask, opened, served
from web_support import document, small_library

from documents.model import Problem
from eval.page import Bench

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
ROOT = Path(__file__).resolve().parents[1]
AXE = Path(os.environ.get("AXE") or ROOT / "build" / "node_modules" / "axe-core" / "axe.min.js")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library = small_library(tmp_path_factory.mktemp("axe") / "library")
    scan = document("scan.txt", "A scan", "One line of it.")
    values = {f: getattr(scan, f) for f in scan.__slots__} | {"problems": (Problem("no_text", "7 pages have no text"),)}
    library.add(type(scan)(**values), collection="Scans")
    bench = Bench(library)
    bench.make(3)
    with served(library, chain=Puppet(library), tests=bench) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            yield browser


def violations(page: Any) -> list[str]:
    page.wait_for_timeout(400)  # what fades in has its colours at the end only
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['target']} {node['html'][:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not here: `make test` gets it by npm, or set AXE")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_part_of_the_page_has_a_serious_violation(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme, bypass_csp=True)
    with opened(context, address) as page:
        page.add_script_tag(content=AXE.read_text("utf-8"))
        found = {"welcome": violations(page)}
        ask(page, "What was approved?")
        found["answer"] = violations(page)
        page.locator("a.fn-chip").first.focus()
        page.click(".fn-view[value=why]")
        found["why"] = violations(page)
        for button, name in ((".fn-limit", "limits"), (".fn-set", "settings")):
            page.click(button)
            found[name] = violations(page)
            page.keyboard.press("Escape")
        page.locator(".fn-talk.on summary").click()
        found["menu"] = violations(page)
        page.click(".fn-evaluate")
        page.locator(".fn-review").wait_for()
        found["evaluation"] = violations(page)
    context.close()
    assert "\n".join(f"{name}: {line}" for name, told in found.items() for line in told) == ""


def test_everything_is_reached_by_tab_with_a_ring_around_it(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    with opened(context, address) as page:
        ask(page, "What was approved?")
        page.evaluate("document.activeElement.blur(); document.body.tabIndex = -1; document.body.focus()")
        seen: set[str] = set()
        bare: set[str] = set()
        for _ in range(80):
            page.keyboard.press("Tab")
            told = page.evaluate("""() => {
                const it = document.activeElement, style = getComputedStyle(it);
                const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
                const framed = it.matches('#fn-ask textarea');  // the whole box shows it
                return [it.className + ' ' + it.tagName + '#' + it.id, ring || framed];
            }""")
            seen.add(told[0])
            if not told[1] and not told[0].endswith(("BODY#", "HTML#")):
                bare.add(told[0])
    context.close()
    wanted = (
        "fn-theme", "lg primary", "fn-switch", "fn-tick", "fn-chip", "fn-judge", "fn-copy", "fn-limit", "TEXTAREA",
        "fn-tab ", "fn-close", "fn-view", "fn-scroll", "fn-evaluate", "fn-set", "SUMMARY",
    )  # fmt: skip
    assert [w for w in wanted if not any(w in s for s in seen)] == []
    assert not bare
