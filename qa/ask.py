"""A question as it comes in, from any front door: checked, tidied, with its history and its limits."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from documents.draft import clean
from documents.errors import QuestionError
from index.records import Filter
from qa.answer import Turn

__all__ = ["LONGEST_QUESTION", "Ask", "asked"]

LONGEST_QUESTION = 20_000  # characters
ROLES: dict[str, Literal["user", "agent"]] = {
    "user": "user",
    "human": "user",
    "agent": "agent",
    "assistant": "agent",
    "ai": "agent",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as it came in, what was said before it, and what the search is limited to.

    `stop`, once set, ends a language model's writing: what it wrote until then is checked and becomes the answer.
    """

    question: str
    history: tuple[Turn, ...] = ()
    where: Filter | None = None
    stop: threading.Event | None = None


def asked(given: Mapping[str, Any]) -> Ask:
    """{"question", "history", "where", "stop"} as an Ask; the question in one line, without control characters.

    Raises:
        QuestionError: the question is blank or longer than 20,000 characters, or it or the history is none.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("question"), str):
        raise QuestionError(f'the chain takes {{"question": "…", "history": […], "where": …}}, not {_shown(given)}')
    question = " ".join(clean(given["question"]).split())
    if not question:
        raise QuestionError("the question is empty: ask something, such as 'Who signed the agreement?'")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question):,} characters and may have {LONGEST_QUESTION:,}: ask for less at once, "
            "or add the text as a document"
        )
    history = given.get("history") or ()
    if not isinstance(history, Sequence):
        raise QuestionError(f"the history is a list of turns, not {_shown(history)}")
    return Ask(question, tuple(map(_turn, history)), given.get("where"), given.get("stop"))


def _turn(given: object) -> Turn:
    """A turn of the history, however its role and text are named."""
    role: object = None
    text: object = None
    if isinstance(given, Turn):
        role, text = given.role, given.text
    elif isinstance(given, Mapping):
        role, text = given.get("role"), given.get("text", given.get("content"))
    if not (isinstance(role, str) and role in ROLES and isinstance(text, str)):
        raise QuestionError(f'a turn of the history needs a role ("user" or "agent") and a text, not {_shown(given)}')
    return Turn(ROLES[role], text)


def _shown(value: object) -> str:
    """The beginning of a value's own form, for a message."""
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:80] + "…"
