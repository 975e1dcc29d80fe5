"""The middle of the page around the chat: the welcome, questions to go on with, notices. Pure functions."""

from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from index.records import DocumentRecord
from qa.web.words import counted

__all__ = ["next_html", "notice", "welcome_html"]


def welcome_html(records: Sequence[DocumentRecord], questions: Sequence[str]) -> Markup:
    """The page before the first question: what this is, and questions to start from."""
    if not records:
        lead = "Add documents to begin: drop files anywhere on this page."
    else:
        count = counted(len(records), "document")
        lead = f"Ask about {count}: every sentence of the answer carries a footnote that opens the words it rests on."
    buttons = Markup("").join(Markup('<button class="fn-starter">{}</button>').format(q) for q in questions)
    return Markup(
        '<div class="fn-welcome"><h1>What do your documents say?</h1><p>{}</p><div class="fn-starters">{}</div></div>'
    ).format(lead, buttons)


def next_html(questions: Sequence[str]) -> Markup:
    """Questions to go on with; empty where there are none."""
    if not questions:
        return Markup("")
    buttons = Markup("").join(Markup('<button class="fn-starter">{}</button>').format(q) for q in questions)
    return Markup('<div class="fn-next" role="group" aria-label="Questions to go on with">{}</div>').format(buttons)


def notice(message: str, kind: Literal["trouble", "refused", "good"] = "trouble") -> Markup:
    """A message and what to do; empty for no message. A "refused" question goes back into its box."""
    if not message:
        return Markup("")
    return Markup(
        '<div class="fn-notice {}" role="{}"><span>{}</span><button title="Hide" aria-label="Hide">✕</button></div>'
    ).format(kind, "status" if kind == "good" else "alert", message)
