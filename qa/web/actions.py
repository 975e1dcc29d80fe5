"""The page's small actions by name: what a click sends, and the handler of Page that it calls.

What a browser sends is never trusted: every value is read as the type it must have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from qa.history import Verdict
from qa.web import evaluating, looking, uploading, writing
from qa.web.limits import Limits
from qa.web.page import Page, Told
from qa.web.session import Session
from qa.web.whose import which_of

__all__ = ["At", "act"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class At:
    """What the page shows when something is clicked: the conversation, and what questions are limited to.

    `client` names the open page, as long as it is open; `person` whoever looks at it, "" where that can't be told.
    """

    session: Session
    talk: str
    limits: Limits
    client: str = ""
    person: str = ""


Given = Mapping[str, Any]


def act(page: Page, at: At, given: Given) -> Told:
    """Does what was clicked; a name that is none does nothing. Raises FootnoteError."""
    action = ACTIONS.get(_text(given, "name"))
    return action(page, at, given) if action else {}


def _text(given: Given, name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _number(given: Given, name: str) -> int:
    value = given.get(name)
    return value if isinstance(value, int) else 0


def _mapping(given: Given, name: str) -> Given:
    value = given.get(name)
    return value if isinstance(value, dict) else {}


def _judge(page: Page, at: At, given: Given) -> Told:
    said = _text(given, "verdict")
    return page.judge(_number(given, "turn"), next((v for v in VERDICTS if v == said), None), at.session, at.talk)


ACTIONS: dict[str, Callable[[Page, At, Given], Told]] = {
    "library": lambda page, at, given: page.turn(which_of(given.get("ref"))),
    "open": lambda page, at, given: page.open(_text(given, "ref"), at.session, at.talk),
    "switch": lambda page, at, given: page.switch(_text(given, "ref")),
    "rename": lambda page, at, given: page.rename(_text(given, "ref"), _text(given, "title"), at.session),
    "forget": lambda page, at, given: page.forget(_text(given, "ref"), at.session),
    "tick": lambda page, at, given: page.tick(_text(given, "ref"), at.limits),
    "limit": lambda page, at, given: page.limit(_mapping(given, "limits"), at.limits),
    "choose": lambda page, at, given: page.choose(_mapping(given, "settings")),
    "judge": _judge,
    "keep": lambda page, at, given: page.keep(_number(given, "turn"), at.session, at.talk),
    "redraw": lambda page, at, given: page.shown(page.current(at.session, at.talk)),
    "rest": lambda page, at, given: page.rest(at.session),
    "next": lambda page, at, given: page.next(at.session, at.talk),
    "stop": lambda page, at, given: uploading.stop(page, at.client),
    "look": lambda page, at, given: looking.look(page, given, page.current(at.session, at.talk), at.limits),
    "halt": lambda page, at, given: writing.halt(page, at.client, _text(given, "text")),
    "quit": lambda page, at, given: evaluating.stop(page, at.client),
    "evaluation": lambda page, at, given: evaluating.show(page),
    "accept": lambda page, at, given: evaluating.accept(page, _text(given, "ref"), _mapping(given, "changes")),
    "discard": lambda page, at, given: evaluating.discard(page, _text(given, "ref")),
    "make": lambda page, at, given: evaluating.make(page, at.client),
    "shelf": lambda page, at, given: page.changed(page.current(at.session, at.talk), at.limits),
}
