"""The conversation that a page shows: what is asked, what comes back, and the panel beside it.

Nothing here knows Gradio; what is shown is rendered by html.py and source.py.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from qa.answer import Answer, Draft, Step
from qa.history import History
from qa.suggest import suggestions
from qa.web import html
from qa.web.asking import Answerer, Telling
from qa.web.holdings import NOWHERE, Holdings, Told
from qa.web.keeping import Keeping
from qa.web.limits import Limits
from qa.web.originals import named
from qa.web.session import Exchange, Session
from qa.web.settings import Settings
from qa.web.shelf import talks_html
from qa.web.source import date_of, panel
from qa.web.testing import Evaluation
from qa.web.welcome import next_html, notice

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Talk"]

Messages = list[dict[str, str]]
PAUSE = 0.15  # seconds between two drafts: a browser that draws each token has no time for its reader's clicks


@dataclass(frozen=True)
class Talk(Holdings):
    """The handlers around one conversation: the library it is held with, who answers, where it is kept.

    A `chain` given here answers every question; without one, the library's own does as the settings say. With
    `any_model` the settings may name a language model: not where others than the operator come in, whose keys, files
    and processor it would use. `tests` is the evaluation, where there is one.
    """

    chain: "Telling | Runnable[Any, Answer] | None"
    history: History
    tests: Evaluation | None = None
    any_model: bool = True
    keeping: Keeping = field(default_factory=Keeping)

    @cached_property
    def settings(self) -> Settings:
        """The user's settings; the usual ones where their file can't be read: an answer is worth more than they are."""
        try:
            chosen = Settings.of(self.history.settings())
            return chosen if self.any_model else chosen.confined()
        except FootnoteError:
            return Settings()

    @property
    def answerer(self) -> Answerer:
        """Who answers."""
        return Answerer(self.library, self.chain)

    def messages(self, session: Session) -> Messages:
        """The conversation as the chat component takes it."""
        verdicts = self.history.verdicts(session.id) if session.id else {}
        out: Messages = []
        for turn, exchange in enumerate(session.exchanges, 1):
            answer = named(self.library, exchange.answer)
            dates = {c.document_id: date_of(self.library, c.document_id) for c in answer.citations}
            said = html.answer(turn, answer, dates, verdicts.get(turn, ""), tests=self.tests is not None)
            out += [
                {"role": "user", "content": str(html.question(exchange.question))},
                {"role": "assistant", "content": str(said)},
            ]
        return out

    def current(self, session: Session, talk: str) -> Session:
        """The conversation the page shows: read again from disk after a restart, a reload, or a turn in another tab."""
        if session.id == talk and (not talk or self.history.turns(talk) <= len(session.exchanges)):
            return session
        exchanges = tuple(Exchange(question, answer) for question, answer in self.history.load(talk))
        return Session(exchanges, session.opened if session.id == talk else None, talk if exchanges else "")

    def ask(
        self, text: str, session: Session, talk: str, limits: Limits = NOWHERE, stop: threading.Event | None = None
    ) -> Told:
        """The conversation with the answer, `rest` then what belongs to it; a question that is refused changes nothing.

        Where a language model writes, only the question is shown: `stream` then tells how far the answer is. An answer
        that was stopped before it came is not kept.
        """
        if not text.strip():
            return refused("Write a question first.")
        try:
            session = self.current(session, talk)
            if self.answerer.options(self.settings).llm is not None:
                return {**self._waiting(text, session, html.draft((), "")), "notice": ""}
            answer = self.answerer.answer(self._given(text, session, limits), self.settings)
        except FootnoteError as error:
            return refused(str(error))
        if stop is not None and stop.is_set():
            return refused("Stopped before there was an answer.")
        return self._done(text, session, answer)

    def stream(
        self, text: str, session: Session, talk: str, limits: Limits = NOWHERE, stop: threading.Event | None = None
    ) -> Iterator[Told]:
        """The same told as it goes: the steps that ended, the words of a language model, at last the whole.

        `stop`, once set, ends the writing: what was written until then is the answer, checked.
        """
        try:
            session = self.current(session, talk)
            steps: list[Step] = []
            words, drawn = "", 0.0
            given = {**self._given(text, session, limits), "stop": stop}
            for event in self.answerer.events(given, self.settings):
                if isinstance(event, Answer):
                    yield self._done(text, session, event)
                    return
                if isinstance(event, Step):
                    steps.append(event)
                elif isinstance(event, Draft):
                    words = event.text
                    if time.monotonic() - drawn < PAUSE:
                        continue
                    drawn = time.monotonic()
                yield self._waiting(text, session, html.draft(steps, words))
        except FootnoteError as error:
            yield {**self.shown(session), **refused(str(error))}

    def _given(self, text: str, session: Session, limits: Limits) -> dict[str, Any]:
        where = limits.among(self.library.documents()).where(self.library) if limits != NOWHERE else None
        return {"question": text, "history": session.history(), "where": where}

    def _waiting(self, text: str, session: Session, said: object) -> Told:
        asked = [{"role": "user", "content": str(html.question(text))}, {"role": "assistant", "content": str(said)}]
        return {"chat": self.messages(session) + asked, "welcome": "", "next": ""}

    def _done(self, text: str, session: Session, answer: Answer) -> Told:
        done = session.answered(text, answer)
        try:
            chat = self.messages(done)
        except FootnoteError:  # what was said of its answers can't be read; `rest` tells of it
            chat = self.messages(replace(done, id=""))
        self.keeping.save(self.history, done.id, text, answer)  # last: whoever writes the file has it alone
        return {"chat": chat, "session": done, "talk": done.id, "welcome": "", "next": "", "notice": ""}

    def rest(self, session: Session) -> Told:
        """What follows an answer, so that its words need not wait for it: its source, the list of conversations."""
        try:
            self.keeping.kept(session.id)
            return {"panel": self.panel(session), **self.talks(session)}
        except FootnoteError as error:
            told = notice(f"The answer was not saved: {error}")
            return {"panel": self.panel(session), "notice": str(told)}

    def shown(self, session: Session) -> Told:
        """Everything that shows one conversation."""
        return {
            "chat": self.messages(session),
            "panel": self.panel(session),
            "session": session,
            "talk": session.id,
            "welcome": "" if session.exchanges else self.welcome(),
            "next": "",
        }

    def panel(self, session: Session) -> str:
        """The source panel, for what the session has open."""
        return str(panel(self.library, session, self.settings, self.which))

    def next(self, session: Session, talk: str) -> Told:
        """Questions to go on with, drawn from what the last answer found."""
        session = self.current(session, talk)
        last = session.answer(len(session.exchanges))
        asked = [e.question for e in session.exchanges]
        return {"next": str(next_html(suggestions(self.library, last, asked))) if last else ""}

    def talks(self, session: Session) -> Told:
        """The list of conversations."""
        return {"talks": str(talks_html(self.history.conversations(), session.id, self.which))}


def refused(why: str) -> Told:
    """A notice that the question was not taken; the page then puts it back into its box."""
    return {"notice": str(notice(why, "refused"))}
