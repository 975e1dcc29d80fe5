"""Which handler each event of the page calls, as whom, and which parts it may change.

Answers and clicks go without Gradio's queue: one round trip, half the time of a queued event. What takes long or tells
of its progress (a language model, uploads, an evaluation) is queued.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from qa.web import evaluating, uploading, writing
from qa.web.actions import At, act
from qa.web.guard import person
from qa.web.line import MOST
from qa.web.page import Page, Told
from qa.web.welcome import notice
from qa.web.whose import which_of

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["wire"]

BROKEN = "Footnote failed to do this, which is a mistake in the program: the terminal it runs in says more. Try again."
SHELF = ("notice", "documents", "into", "limits", "limiting", "scope", "welcome")
ANSWER = ("chat", "session", "talk", "welcome", "next", "notice")  # first its words; the rest is a second event
CONVERSATION = ("chat", "session", "talk", "talks", "panel", "welcome", "next", "notice")
SLOW: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
QUICK: dict[str, Any] = {**SLOW, "queue": False}
EVALUATION: dict[str, Any] = {**SLOW, "concurrency_limit": 1, "concurrency_id": "evaluation"}  # one after another
# They wait in a line of their own, and say so.
UPLOADS: dict[str, Any] = {**SLOW, "concurrency_limit": MOST, "trigger_mode": "multiple"}

Given = Mapping[str, Any]


def wire(page: Page, blocks: "gr.Blocks", parts: dict[str, Any]) -> None:
    """Connects the parts of the page, by name, with its handlers."""
    at = [parts[name] for name in ("session", "talk", "limits", "whose")]
    actions, drop = parts["actions"], parts["drop"]
    everything = tuple(
        dict.fromkeys([*CONVERSATION, *SHELF, "settings", "evaluation", "questions", "whose", "libraries", "report"])
    )
    quick, slow = _adapters(page, parts)

    def to(*names: str) -> list[Any]:
        return [parts[name] for name in names]

    clicks = {"trigger_mode": "multiple", **QUICK}
    asked = actions.submit(quick(_ask), at, to(*ANSWER), **clicks)
    streamed = actions.change(slow(_stream), at, to(*CONVERSATION), concurrency_limit=4, **SLOW)
    events = [
        asked,
        streamed,
        actions.select(quick(act), at, to(*everything), **clicks),
        actions.delete(quick(_remove), at, to("panel", *SHELF), concurrency_limit=2, **SLOW),
        actions.edit(slow(_run), at, to("evaluation", "notice"), **EVALUATION),
        parts["set"].upload(slow(_run_file), [*at, parts["set"]], to("evaluation", "set", "notice"), **EVALUATION),
        parts["into"].input(quick(_into), at, to("collection"), **QUICK),
        drop.upload(slow(_add), [*at, drop, parts["collection"]], to("drop", "report", *SHELF), **UPLOADS),
        parts["new"].click(quick(_fresh), at, to(*CONVERSATION), **QUICK),
    ]
    for event in events:
        event.failure(lambda: {parts["notice"]: str(notice(BROKEN))}, None, parts["notice"], **QUICK)
    for event in (asked, streamed):
        event.then(None, js="() => window.fnEnded && window.fnEnded()")
    begun = blocks.load(quick(_begin), at, to(*everything), **QUICK)
    begun.then(None, js="() => window.fnBegun && window.fnBegun()")
    blocks.queue(max_size=64)


Handler = Callable[..., Told]
Teller = Callable[..., Iterator[Told]]


def _adapters(page: Page, parts: dict[str, Any]) -> tuple[Callable[[Handler], Any], Callable[[Teller], Any]]:
    """What makes handlers of Gradio's from ours, which take the user's Page, where it stands, and what was sent.

    Gradio looks at annotations to know what to pass, so they must be there at run time.
    """
    import gradio as gr

    def called(request: gr.Request, data: gr.EventData, values: tuple[Any, ...]) -> tuple[Any, ...]:
        given = data._data if isinstance(data._data, dict) else {}
        session, talk, limits, whose, *more = values
        who = person(request.username or "", request.client.host if request.client else "")
        at = At(session, talk, limits, str(request.session_hash), who)
        return page.of(request.username, which_of(whose)), at, given, *more

    def by_component(told: Told) -> dict[Any, Any]:
        # Gradio takes an empty dict for a value.
        return {parts[name]: value for name, value in told.items()} or {parts["notice"]: gr.skip()}

    def quick(handler: Handler) -> Any:
        def call(request: gr.Request, data: gr.EventData, *values: Any) -> dict[Any, Any]:
            try:
                return by_component(handler(*called(request, data, values)))
            except FootnoteError as error:
                return by_component({"notice": str(notice(str(error)))})

        return call

    def slow(handler: Teller) -> Any:
        def call(request: gr.Request, data: gr.EventData, *values: Any) -> Iterator[dict[Any, Any]]:
            for told in handler(*called(request, data, values)):
                yield by_component(told)

        return call

    return quick, slow


def _begin(page: Page, at: At, given: Given) -> Told:
    return page.begin(at.talk, at.limits)


def _fresh(page: Page, at: At, given: Given) -> Told:
    return page.switch("")


def _ask(page: Page, at: At, given: Given) -> Told:
    return writing.ask(page, at.client, str(given.get("text") or ""), at.session, at.talk, at.limits)


def _stream(page: Page, at: At, given: Given) -> Iterator[Told]:
    yield from writing.stream(page, at.client, str(given.get("text") or ""), at.session, at.talk, at.limits)


def _remove(page: Page, at: At, given: Given) -> Told:
    return page.remove(str(given.get("ref") or ""), page.current(at.session, at.talk), at.limits)


def _into(page: Page, at: At, given: Given) -> Told:
    return {"collection": " ".join(str(given.get("name") or "").split())[:100]}


def _add(page: Page, at: At, given: Given, files: list[str] | None, collection: str) -> Iterator[Told]:
    session = page.current(at.session, at.talk)
    yield from uploading.add(page, at.client, at.person, files or [], session, at.limits, collection)


def _run(page: Page, at: At, given: Given) -> Iterator[Told]:
    yield from evaluating.run(page, at.client, str(given.get("set") or ""))


def _run_file(page: Page, at: At, given: Given, file: str | None) -> Iterator[Told]:
    yield {"set": None}
    if file:
        yield from evaluating.run(page, at.client, "file", Path(file))
