"""What the browser tests share: a server over a small library, whose answers come when a test lets them, and a page."""

import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web_support import TRAM, ScriptedChain

from index.library import Library
from qa.answer import Answer, Draft, Event, Step
from qa.chain import Options

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Puppet:
    """Answers like ScriptedChain, but only while it isn't held; with `writes` it drafts, as a language model does."""

    def __init__(self, library: Library) -> None:
        self.scripted = ScriptedChain(library, TRAM)
        self.free = threading.Event()
        self.free.set()
        self.writes = False

    @property
    def options(self) -> Options:
        return Options(llm="puppet") if self.writes else Options()

    @contextmanager
    def held(self) -> Iterator[None]:
        """No answer comes until the end of this."""
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()

    def answer(self, given: Mapping[str, Any], options: Options | None = None) -> Answer:
        assert self.free.wait(20)
        return self.scripted.invoke({**given, "options": options})

    def events(self, given: Mapping[str, Any], options: Options | None = None) -> Iterator[Event]:
        yield Step("search", 12.0)
        yield Draft("The council <b>approved")
        yield self.answer(given, options)


@contextmanager
def served(library: Library, port: int = 0, **given: Any) -> Iterator[str]:
    """The address of a server over the library, while it runs."""
    import uvicorn

    from qa.web.app import application

    config = uvicorn.Config(
        application(library, **given), port=port, log_level="error", timeout_graceful_shutdown=1, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(10)


def opened(browser: Any, address: str, **options: Any) -> Any:
    """A page of a browser or of a context, once it can be used."""
    page = browser.new_page(**options)
    page.set_default_timeout(20_000)
    page.goto(address)
    page.wait_for_selector(".fn-welcome")
    return page


def ask(page: Any, question: str) -> Any:
    """Asks, and waits for the answer."""
    turn = page.locator(".fn-answer").count() + 1
    send(page, question)
    answer = page.locator(f"#a-{turn}")
    answer.wait_for()
    return answer


def send(page: Any, question: str) -> None:
    """Sends a question, without waiting."""
    page.fill("#fn-box textarea", question)
    page.keyboard.press("Enter")


def body_has(page: Any, name: str) -> bool:
    return bool(page.evaluate("name => document.body.classList.contains(name)", name))


def written(folder: Path, **files: str) -> list[str]:
    """Files of these names (a double underscore is a dot) and contents; their paths."""
    paths = []
    for name, content in files.items():
        paths.append(folder / name.replace("__", "."))
        paths[-1].write_text(content)
    return [str(path) for path in paths]


def has(locator: Any, count: int) -> None:
    """Waits until a locator finds so many elements: a page shows one part of a change before another."""
    from playwright.sync_api import expect

    expect(locator).to_have_count(count)
