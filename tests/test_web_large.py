"""Files too large: the page names them before they are sent, the server refuses them, its memory stays as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_browser import CHROMIUM, Puppet, ask, has, opened, served
from web_support import TRAM, small_library

from qa.web import app as web

MB = 2**20


def peak() -> int:
    """The most memory that this process, the server's too, has taken, in bytes."""
    (line,) = [s for s in Path("/proc/self/status").read_text().splitlines() if s.startswith("VmHWM")]
    return 1024 * int(line.split()[1])


def test_the_server_refuses_what_is_over_its_limit_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from starlette.testclient import TestClient

    monkeypatch.setattr(web, "MAX_UPLOAD", "1mb")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    app = web.application(small_library(tmp_path / "library"))
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        refused = client.post("/gradio_api/upload", files={"files": ("huge.txt", b"x" * (3 * MB))})
        assert refused.status_code == 413
        assert client.post("/gradio_api/upload", files={"files": ("small.txt", b"x" * 1000)}).status_code == 200
    kept = [p for p in (tmp_path / "uploads").rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in kept) == 1000


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    library = small_library(tmp_path / "library")
    with served(library, chain=Puppet(library)) as address, playwright.sync_playwright() as driver:
        with driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
            with opened(browser, address) as page:
                yield page


@pytest.mark.soak
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_gigabyte_is_refused_in_a_real_browser_without_taking_the_servers_memory(page: Any, tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(1024 * MB)
    page.set_input_files("#fn-drop input[type=file]", str(huge))
    page.locator("#fn-said", has_text="huge.pdf: larger than 512 MB").wait_for()
    has(page.locator(".fn-report"), 0)
    # A page whose check was taken away sends it; the server reads no more than the limit, and goes on meanwhile.
    before = peak()
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {type: 'file', id: 'raw'}))")
    page.set_input_files("#raw", str(huge))
    page.evaluate("""() => {
        const form = new FormData();
        form.append('files', document.querySelector('#raw').files[0]);
        window.sending = fetch('gradio_api/upload', {method: 'POST', body: form})
            .then((answer) => answer.status, (error) => 'broken off');
    }""")
    assert TRAM in ask(page, "What was approved?").inner_text()
    assert page.evaluate("window.sending") in (413, "broken off")
    assert peak() - before < 200 * MB  # 3 MB when it was measured
