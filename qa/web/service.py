"""Asking, as every door of the server does it: the page, the API, the OpenAI-compatible routes and MCP.

Answering is work for the processor, so only so many questions are answered at once; the others wait their turn, and
when too many wait, a new one is refused rather than left hanging. Nothing here knows HTTP.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from documents.errors import FootnoteError, ServerBusy
from index.library import Library
from qa.answer import Answer, Event, Step
from qa.chain import Options, events
from qa.libraries import Libraries, Which
from qa.web.line import Line
from qa.web.meters import Meters
from qa.web.originals import named
from qa.web.testing import Evaluation

__all__ = ["Gate", "Service", "release"]

AT_ONCE = 2  # questions being answered at a time
WRITING = 8  # answers being written by language models at a time
WAITING = 64  # questions that may wait for their turn: some seconds' worth


class Gate:
    """Lets `at_once` threads through at a time, first come first served; `waiting` may stand in line, and no more."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._free, self._waiting = at_once, waiting
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The time of one turn.

        Raises:
            ServerBusy: too many are waiting already.
        """
        called = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                called.set()
            elif len(self._line) < self._waiting:
                self._line.append(called)
            else:
                raise ServerBusy("too many questions are waiting for an answer: ask again in a moment")
        called.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._line:  # handed on, so that no newcomer slips in before who has waited longest
                    self._line.popleft().set()
                else:
                    self._free += 1


@dataclass(frozen=True, slots=True)
class Service:
    """A library, how it is asked by default, and the gates that questions go through.

    All go through the first; an answer that a language model writes then leaves it to others, and waits for that model
    at the second. Uploads wait in the `line`. `tests` is the library's evaluation, which forgets what is removed.
    `libraries` knows whose library is whose; without it there is this one only. Where it is `public`, uploaded files
    are named in answers, and not where they are kept.
    """

    library: Library
    options: Options = field(default_factory=Options)
    gate: Gate = field(default_factory=Gate)
    writing: Gate = field(default_factory=lambda: Gate(WRITING))
    meters: Meters = field(default_factory=Meters)
    line: Line = field(default_factory=Line)
    tests: Evaluation | None = None
    libraries: Libraries | None = None
    public: bool = False

    @property
    def whose(self) -> Libraries:
        """Whose library is whose."""
        return self.libraries or Libraries(self.library)

    def reading(self, caller: str, which: Which) -> "Service":
        """The same over the library that a caller means, to ask and look at, in public; raises NotPermitted."""
        return replace(self.over(self.whose.reading(caller, which)), public=True)

    def over(self, library: Library) -> "Service":
        """The same over another library, with the same gates: they are about the processor."""
        if library is self.library:
            return self
        return replace(self, library=library, tests=self.tests.of(library) if self.tests is not None else None)

    def events(self, given: Mapping[str, Any], options: Options | None = None) -> Iterator[Event]:
        """What qa.chain.events tells, in turn.

        Raises (at the first event):
            ServerBusy: too many questions are waiting.
            QuestionError: as qa.chain.events.
        """
        began = time.perf_counter()
        options = options or self.options
        try:
            with ExitStack() as held:
                held.enter_context(self.gate.turn())
                for event in events(self.library, given, options):
                    if isinstance(event, Answer):
                        self.meters.answered(event.status, time.perf_counter() - began)
                        event = named(self.library, event) if self.public else event
                    yield event
                    if isinstance(event, Step) and event.name == "read" and options.llm is not None:
                        held.close()
                        held.enter_context(self.writing.turn())
        except FootnoteError as error:
            self.meters.failed(type(error).__name__)
            raise

    def answer(self, given: Mapping[str, Any], options: Options | None = None) -> Answer:
        """The Answer alone."""
        last: Event | None = None
        for event in self.events(given, options):
            last = event
        assert isinstance(last, Answer)  # the chain's events end with it
        return last

    def invoke(self, given: Mapping[str, Any]) -> Answer:
        """The same under the name that LangChain's runnables have for it, so that the page can hold either."""
        return self.answer(given)


def release() -> str:
    """The version of Footnote; "0" where it runs without having been installed."""
    try:
        return version("footnote")
    except PackageNotFoundError:
        return "0"
