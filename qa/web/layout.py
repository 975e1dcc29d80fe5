"""The page's Gradio components, and which handler of page.py each event calls.

Answers are asked for without Gradio's queue: one round trip, half the time of a queued event.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from qa.web.page import Page
from qa.web.session import Session
from qa.web.shelf import notice

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["layout"]

BRAND = (
    '<div class="fn-brand"><button class="fn-menu" title="Documents and conversations">☰</button>'
    '<span class="fn-word">Footnote<sup>1</sup></span>'
    '<button class="fn-theme" title="Light or dark">◐</button></div>'
)
HINT = (
    '<p class="fn-hint"><kbd>Enter</kbd> asks · <kbd>/</kbd> to the question · '
    "<kbd>[</kbd> <kbd>]</kbd> walk the footnotes · <kbd>Esc</kbd> closes</p>"
)
BROKEN = "Footnote failed to answer, which is a mistake in the program: the terminal it runs in says more. Try again."
SHELF = "window.fnRemove = ref => trigger('delete', {ref}); window.fnTick = ref => trigger('select', {ref});"
CHAT: dict[str, Any] = {
    "show_label": False,
    "container": False,
    "height": "100%",
    "sanitize_html": True,
    "allow_tags": False,
    "latex_delimiters": [],
    "reasoning_tags": [],
    "line_breaks": False,
    "buttons": [],
    "feedback_options": None,
    "layout": "panel",
}
BOX: dict[str, Any] = {
    "placeholder": "Ask your documents",
    "label": "Question",
    "show_label": False,
    "container": False,
    "lines": 1,
    "max_lines": 8,
    "autofocus": True,
    "scale": 1,
}


def layout(page: Page) -> "gr.Blocks":
    """The Blocks of the page: conversations and documents, the chat, the source."""
    import gradio as gr

    blocks: gr.Blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, fill_height=True)
    with blocks:
        # It only names the conversation that this browser last showed; a fixed key keeps it readable after a restart.
        talk = gr.BrowserState("", storage_key="footnote-conversation", secret="footnote")  # noqa: S106
        parts: dict[str, Any] = {"session": gr.State(Session()), "talk": talk, "limit": gr.State(())}
        gr.HTML(BRAND, elem_id="fn-top", apply_default_css=False, js_on_load=None)
        with gr.Row(elem_id="fn-app", equal_height=False):
            with gr.Column(elem_id="fn-side", min_width=0):
                parts["new"] = gr.Button("New conversation", elem_id="fn-new")
                parts["talks"] = _html("fn-talks", "window.fnTalk = (event, data) => trigger(event, data);")
                parts["drop"] = gr.File(
                    file_count="multiple", label="Add documents", show_label=False, container=False, elem_id="fn-drop"
                )
                parts["report"] = _html("fn-report", None)
                parts["documents"] = _html("fn-documents", SHELF)
            with gr.Column(elem_id="fn-main", min_width=0):
                parts["welcome"] = _html("fn-welcome", None)
                parts["chat"] = gr.Chatbot(elem_id="fn-chat", **CHAT)
                parts["notice"] = _html("fn-notice", None)
                parts["scope"] = _html("fn-scope", None)
                with gr.Row(elem_id="fn-ask"):
                    parts["box"] = gr.Textbox(elem_id="fn-box", **BOX)
                    parts["send"] = gr.Button("Ask", variant="primary", elem_id="fn-send", scale=0, min_width=0)
                gr.HTML(HINT, apply_default_css=False, js_on_load=None)
            with gr.Column(elem_id="fn-panel", min_width=0):
                parts["panel"] = _html("fn-source", "window.fnOpen = ref => trigger('select', {ref});")
        _wire(page, blocks, parts)
    return blocks


def _html(elem_id: str, script: str | None) -> "gr.HTML":
    import gradio as gr

    return gr.HTML("", elem_id=elem_id, apply_default_css=False, js_on_load=script)


def _wire(page: Page, blocks: "gr.Blocks", parts: dict[str, Any]) -> None:
    import gradio as gr

    def shown(handler: Callable[..., dict[str, Any]], *values: Any) -> dict[Any, Any]:
        try:
            told = handler(*values)
        except FootnoteError as error:
            told = {"notice": str(notice(str(error)))}
        return {parts[name]: value for name, value in told.items()}

    def event(*names: str) -> dict[str, Any]:
        return {
            "outputs": [parts[n] for n in names],
            "show_progress": "hidden",
            "api_visibility": "private",
            "queue": False,
        }

    def add(files: list[str] | None, session: Session, limit: tuple[str, ...]) -> Iterator[dict[Any, Any]]:
        for told in page.add(files, session, limit):
            yield {parts[name]: value for name, value in told.items()}

    def mine(request: gr.Request) -> Page:
        return page.of(request.username)

    def ask(request: gr.Request, text: str, session: Session, talk: str, limit: tuple[str, ...]) -> dict[Any, Any]:
        return shown(mine(request).ask, text, session, talk, limit)

    def open_(request: gr.Request, session: Session, talk: str, data: gr.EventData) -> dict[Any, Any]:
        return shown(mine(request).open, str(data.ref), session, talk)

    def remove(session: Session, limit: tuple[str, ...], data: gr.EventData) -> dict[Any, Any]:
        return shown(page.remove, str(data.ref), session, limit)

    def tick(limit: tuple[str, ...], data: gr.EventData) -> dict[Any, Any]:
        return shown(page.tick, str(data.ref), limit)

    def switch(request: gr.Request, data: gr.EventData) -> dict[Any, Any]:
        return shown(mine(request).switch, str(data.ref))

    def fresh(request: gr.Request) -> dict[Any, Any]:
        return shown(mine(request).switch, "")

    def rename(request: gr.Request, session: Session, data: gr.EventData) -> dict[Any, Any]:
        return shown(mine(request).rename, str(data.ref), str(data.title), session)

    def forget(request: gr.Request, session: Session, data: gr.EventData) -> dict[Any, Any]:
        return shown(mine(request).forget, str(data.ref), session)

    def begin(request: gr.Request, talk: str, limit: tuple[str, ...]) -> dict[Any, Any]:
        return shown(mine(request).begin, talk, limit)

    session, talk, limit = parts["session"], parts["talk"], parts["limit"]
    box, talks, documents = parts["box"], parts["talks"], parts["documents"]
    shelf = ("notice", "documents", "limit", "scope")
    conversation = event("chat", "session", "talk", "talks", "panel", "box", "welcome", *shelf)
    asked = gr.on(
        [box.submit, parts["send"].click],
        ask,
        [box, session, talk, limit],
        trigger_mode="once",
        **conversation,
    )
    asked.then(None, js="() => document.body.classList.remove('fn-busy')")
    asked.failure(lambda: {parts["notice"]: str(notice(BROKEN))}, **event("notice"))
    parts["new"].click(fresh, **conversation)
    talks.select(switch, **conversation)
    talks.edit(rename, session, **event("talks", "notice"))
    talks.delete(forget, session, **conversation)
    blocks.load(begin, [talk, limit], **conversation)
    parts["panel"].select(open_, [session, talk], **event("session", "panel", "notice"))
    writing = {"queue": True, "concurrency_id": "write", "concurrency_limit": 1}  # one writer at a time
    parts["drop"].upload(add, [parts["drop"], session, limit], **(event("drop", "report", "welcome", *shelf) | writing))
    documents.delete(remove, [session, limit], **(event("panel", "welcome", *shelf) | writing))
    documents.select(tick, limit, **event(*shelf))
    blocks.queue(max_size=64)
