"""The page: its Gradio components, and what happens on each event.

Handlers take and give values; what they show is rendered by html.py, shelf.py and source.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from index.library import Library
from qa.answer import Answer
from qa.starters import starter_questions
from qa.web import html
from qa.web.session import Ref, Session
from qa.web.shelf import documents_html, notice, report_html, welcome_html
from qa.web.source import panel
from qa.web.uploads import add_uploads, remove_document

if TYPE_CHECKING:
    import gradio as gr
    from langchain_core.runnables import Runnable

__all__ = ["BRAND", "Page", "layout"]

BRAND = (
    '<div class="fn-brand"><button class="fn-menu" title="Documents and settings">☰</button>'
    '<span class="fn-word">Footnote<sup>1</sup></span>'
    '<button class="fn-theme" title="Light or dark">◐</button></div>'
)
HINT = (
    '<p class="fn-hint"><kbd>Enter</kbd> asks · <kbd>/</kbd> to the question · '
    "<kbd>[</kbd> <kbd>]</kbd> walk the footnotes · <kbd>Esc</kbd> closes</p>"
)

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """What the handlers need: the library and the chain that answers from it."""

    library: Library
    chain: "Runnable[Mapping[str, Any], Answer]"

    def messages(self, session: Session) -> Messages:
        """The conversation as the chat component takes it."""
        out: Messages = []
        for turn, exchange in enumerate(session.exchanges, 1):
            out += [
                {"role": "user", "content": str(html.question(exchange.question))},
                {"role": "assistant", "content": str(html.answer(turn, exchange.answer))},
            ]
        return out

    def ask(self, text: str, session: Session) -> dict[str, Any]:
        """The conversation with the answer, its first footnote open; after an error the question stays in the box."""
        if not text.strip():
            return {"notice": str(notice("Write a question first."))}
        try:
            answer = self.chain.invoke({"question": text, "history": session.history(), "where": None})
        except FootnoteError as error:
            return {"notice": str(notice(str(error)))}
        done = session.answered(text, answer)
        shown = {"chat": self.messages(done), "panel": str(panel(self.library, done)), "session": done}
        return {**shown, "box": "", "notice": "", "welcome": ""}

    def open(self, ref: str, session: Session) -> dict[str, Any]:
        """Opens a footnote or passage in the source panel, checking it again."""
        opened = session.opening(Ref.parse(ref))
        return {"session": opened, "panel": str(panel(self.library, opened))}

    def shelf(self, session: Session) -> dict[str, Any]:
        """The documents, and the welcome with starter questions where nothing was asked yet."""
        records = self.library.documents()
        if session.exchanges:
            return {"documents": str(documents_html(records))}
        questions = starter_questions(self.library, 4) if records else []
        return {"documents": str(documents_html(records)), "welcome": str(welcome_html(records, questions))}

    def add(self, files: list[str] | None, session: Session) -> Iterator[dict[str, Any]]:
        """Adds uploaded files, showing how far each one is."""
        try:
            for lines in add_uploads(self.library, [Path(f) for f in files or []]):
                yield {"drop": None, "report": str(report_html(lines)), "notice": ""}
        except FootnoteError as error:
            yield {"notice": str(notice(str(error)))}
        yield self.shelf(session)

    def remove(self, document_id: str, session: Session) -> dict[str, Any]:
        """Removes a document; an open footnote into it then says that it is gone."""
        try:
            record = remove_document(self.library, document_id)
        except FootnoteError as error:
            return {**self.shelf(session), "notice": str(notice(str(error)))}
        told = notice(f"“{record.title}” was removed from the library.")
        return {**self.shelf(session), "panel": str(panel(self.library, session)), "notice": str(told)}

    def restart(self) -> dict[str, Any]:
        """An empty conversation."""
        fresh = Session()
        return {"chat": [], "session": fresh, "panel": "", "box": "", "notice": "", **self.shelf(fresh)}


def layout(page: Page) -> "gr.Blocks":
    """The Blocks of the page: documents on the left, the chat in the middle, the source on the right."""
    import gradio as gr

    blocks: gr.Blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, fill_height=True)
    with blocks:
        parts: dict[str, Any] = {"session": gr.State(Session())}
        gr.HTML(BRAND, elem_id="fn-top", apply_default_css=False, js_on_load=None)
        with gr.Row(elem_id="fn-app", equal_height=False):
            with gr.Column(elem_id="fn-side", min_width=0):
                new = gr.Button("New conversation", elem_id="fn-new")
                parts["drop"] = gr.File(
                    file_count="multiple",
                    show_label=False,
                    container=False,
                    elem_id="fn-drop",
                    label="Add documents",
                )
                parts["report"] = _html("fn-report", None)
                parts["documents"] = _html("fn-documents", "window.fnRemove = id => trigger('delete', {ref: id});")
            with gr.Column(elem_id="fn-main", min_width=0):
                parts["welcome"] = _html("fn-welcome", None)
                parts["chat"] = gr.Chatbot(
                    elem_id="fn-chat",
                    show_label=False,
                    container=False,
                    height="100%",
                    sanitize_html=True,
                    allow_tags=False,
                    latex_delimiters=[],
                    line_breaks=False,
                    buttons=[],
                    feedback_options=None,
                    layout="panel",
                    reasoning_tags=[],
                )
                parts["notice"] = _html("fn-notice", None)
                with gr.Row(elem_id="fn-ask"):
                    parts["box"] = gr.Textbox(
                        placeholder="Ask your documents", show_label=False, label="Question", container=False, lines=1,
                        max_lines=8, elem_id="fn-box", autofocus=True, scale=1,
                    )  # fmt: skip
                    send = gr.Button("Ask", variant="primary", elem_id="fn-send", scale=0, min_width=0)
                gr.HTML(HINT, apply_default_css=False, js_on_load=None)
            with gr.Column(elem_id="fn-panel", min_width=0):
                parts["panel"] = _html("fn-source", "window.fnOpen = ref => trigger('select', {ref});")
        _wire(page, blocks, parts, new, send)
    return blocks


def _html(elem_id: str, script: str | None) -> "gr.HTML":
    import gradio as gr

    return gr.HTML("", elem_id=elem_id, apply_default_css=False, js_on_load=script)


def _wire(page: Page, blocks: "gr.Blocks", parts: dict[str, Any], new: "gr.Button", send: "gr.Button") -> None:
    import gradio as gr

    def shown(values: dict[str, Any]) -> dict[Any, Any]:
        return {parts[name]: value for name, value in values.items()}

    def event(*names: str, write: bool = False) -> dict[str, Any]:
        common = {
            "outputs": [parts[n] for n in names],
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        return common | ({"concurrency_id": "write", "concurrency_limit": 1} if write else {})

    def add(files: list[str] | None, session: Session) -> Iterator[dict[Any, Any]]:
        yield from map(shown, page.add(files, session))

    def open_(session: Session, data: gr.EventData) -> dict[Any, Any]:
        return shown(page.open(str(data.ref), session))

    def remove(session: Session, data: gr.EventData) -> dict[Any, Any]:
        return shown(page.remove(str(data.ref), session))

    session, box, shelf = parts["session"], parts["box"], ("documents", "welcome")
    asked = gr.on(
        [box.submit, send.click],
        lambda text, s: shown(page.ask(text, s)),
        [box, session],
        queue=False,
        trigger_mode="once",
        **event("chat", "session", "panel", "box", "notice", "welcome"),
    )
    asked.then(None, js="() => document.body.classList.remove('fn-busy')")
    parts["drop"].upload(add, [parts["drop"], session], **event("drop", "report", "notice", *shelf, write=True))
    parts["documents"].delete(remove, session, **event("panel", "notice", *shelf, write=True))
    parts["panel"].select(open_, session, queue=False, **event("session", "panel"))
    everything = event("chat", "session", "panel", "box", "notice", *shelf)
    new.click(lambda: shown(page.restart()), queue=False, **everything)
    blocks.load(lambda s: shown(page.shelf(s)), session, queue=False, **event(*shelf))
    blocks.queue(max_size=64)
