"""The page's Gradio components; wiring.py says which handler each event calls."""

from typing import TYPE_CHECKING, Any

from qa.web.limits import Limits
from qa.web.originals import sweep
from qa.web.page import Page
from qa.web.session import Session
from qa.web.wiring import wire

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["layout"]

BRAND = (
    '<div class="fn-brand"><button class="fn-menu" title="Documents and conversations" '
    'aria-label="Documents and conversations">☰</button><span class="fn-word">Footnote<sup>1</sup></span>'
    '<button class="fn-theme" title="Light or dark" aria-label="Light or dark">◐</button></div>'
)
NAVIGATION = (
    '<nav class="fn-nav" aria-label="Tools">{evaluation}<button class="fn-set" aria-haspopup="dialog">Settings</button>'
    "</nav>"
)
EVALUATION = '<button class="fn-evaluate">Evaluation</button>'
LIMIT = (
    '<button class="fn-limit" title="Limit the question to some documents" aria-label="Limits" '
    'aria-haspopup="dialog">Limits</button>'
)
STOP = '<button class="fn-stop">Stop adding</button>'
UNDERWAY = (
    '<div class="fn-bench"><button class="fn-leave">Back to the chat</button> '
    '<button class="fn-quit">Stop</button></div>'
)
HALT = '<button class="fn-halt" title="Stop the answer; what is written stays">Stop</button>'
HINT = (
    '<p class="fn-hint"><kbd>Enter</kbd> asks · <kbd>/</kbd> to the question · '
    "<kbd>[</kbd> <kbd>]</kbd> walk the footnotes · <kbd>s</kbd> source · <kbd>Esc</kbd> closes</p>"
)
# The way from a click to the server: page.js calls these.
ACTIONS = (
    "window.fnAct = (name, data) => trigger('select', {...data, name});"
    "window.fnAsk = (text) => trigger('submit', {text});"
    "window.fnStream = (text) => trigger('change', {text});"
    "window.fnRemove = (ref) => trigger('delete', {ref});"
    "window.fnTest = (data) => trigger('edit', data);"
)
CHAT: dict[str, Any] = {
    "label": "Conversation",
    "show_label": False,
    "container": False,
    "height": "100%",
    "autoscroll": False,  # it goes to the end of an answer, and one reads from its beginning
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
FILES: dict[str, Any] = {"file_count": "multiple", "show_label": False, "container": False}


def layout(page: Page) -> "gr.Blocks":
    """The Blocks of the page: conversations and documents, the chat, the source."""
    import gradio as gr

    sweep(page.library)
    blocks: gr.Blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, fill_height=True)
    with blocks:
        # It only names the conversation that this browser last showed; a fixed key keeps it readable after a restart.
        talk = gr.BrowserState("", storage_key="footnote-conversation", secret="footnote")  # noqa: S106
        parts: dict[str, Any] = {"session": gr.State(Session()), "talk": talk, "limits": gr.State(Limits())}
        parts["collection"] = gr.State("")
        parts["whose"] = gr.BrowserState("shared", storage_key="footnote-library", secret="footnote")  # noqa: S106
        _html("fn-top", None, BRAND)
        with gr.Row(elem_id="fn-app", equal_height=False):
            with gr.Column(elem_id="fn-side", min_width=0):
                _side(page, parts)
            with gr.Column(elem_id="fn-main", min_width=0):
                _main(parts)
            with gr.Column(elem_id="fn-panel", min_width=0):
                parts["panel"] = _html("fn-source")
            with gr.Column(elem_id="fn-tests", min_width=0):
                parts["evaluation"] = _html("fn-evaluation")
                _html("fn-underway", None, UNDERWAY)  # as for uploads: how far a run is, is drawn anew all the time
                parts["questions"] = _html("fn-questions")
                parts["set"] = gr.File(file_count="single", label="Questions", elem_id="fn-set", container=False)
        parts["limiting"] = _html("fn-limiting")
        parts["settings"] = _html("fn-settings")
        parts["actions"] = _html("fn-actions", ACTIONS)
        wire(page, blocks, parts)
    return blocks


def _side(page: Page, parts: dict[str, Any]) -> None:
    import gradio as gr

    parts["new"] = gr.Button("New conversation", elem_id="fn-new")
    parts["talks"] = _html("fn-talks")
    parts["libraries"] = _html("fn-libraries")
    parts["drop"] = gr.File(label="Add documents", elem_id="fn-drop", **FILES)
    parts["into"] = _html("fn-into", "window.fnInto = (name) => trigger('input', {name});")
    parts["report"] = _html("fn-report")
    _html("fn-stopper", None, STOP)  # not in the report, which is drawn anew while a finger is on the button
    parts["documents"] = _html("fn-documents")
    _html("fn-navigation", None, NAVIGATION.format(evaluation=EVALUATION if page.tests else ""))


def _main(parts: dict[str, Any]) -> None:
    import gradio as gr

    parts["welcome"] = _html("fn-welcome")
    parts["chat"] = gr.Chatbot(elem_id="fn-chat", **CHAT)
    parts["next"] = _html("fn-next")
    parts["notice"] = _html("fn-notice")
    parts["scope"] = _html("fn-scope")
    with gr.Row(elem_id="fn-ask"):
        _html("fn-limits", None, LIMIT)
        parts["box"] = gr.Textbox(elem_id="fn-box", **BOX)
        _html("fn-halter", None, HALT)
        parts["send"] = gr.Button("Ask", variant="primary", elem_id="fn-send", scale=0, min_width=0)
    _html("fn-hint", None, HINT)


def _html(elem_id: str, script: str | None = None, content: str = "") -> "gr.HTML":
    import gradio as gr

    return gr.HTML(content, elem_id=elem_id, apply_default_css=False, js_on_load=script)
