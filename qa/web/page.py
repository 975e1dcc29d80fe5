"""What happens on each event of the page: handlers from values to the new values of its parts, by name.

Nothing here knows Gradio; the conversation's are in talk.py, those of the documents in holdings.py.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from documents.errors import FootnoteError, NotInLibrary, NotPermitted
from qa.history import Verdict
from qa.libraries import Which
from qa.web.holdings import NOWHERE, Told
from qa.web.limits import Limits
from qa.web.line import Line, Place
from qa.web.originals import remove_document
from qa.web.service import Service
from qa.web.session import Ref, Session
from qa.web.settings import Settings, settings_html
from qa.web.talk import Talk
from qa.web.welcome import notice
from qa.web.whose import switch_html

__all__ = ["Page", "Told"]

SETTLING = 5.0  # seconds in which an upload that is stopped comes to its end


@dataclass(frozen=True)
class Page(Talk):
    """The handlers of a page as one user has it; see talk.py for what they need."""

    # By the open page that began it: what stops an upload, with its question what stops an answer, and an evaluation.
    stops: dict[str, Place] = field(default_factory=dict)
    halts: dict[tuple[str, str], threading.Event] = field(default_factory=dict)
    runs: dict[str, threading.Event] = field(default_factory=dict)
    line: Line = field(default_factory=Line)
    ending: threading.Event = field(default_factory=threading.Event)  # of the server
    shared: "Page | None" = None  # the page over the shared library, of which this is one over a user's own

    def of(self, user: str | None, which: Which = "shared") -> "Page":
        """The page as a signed-in user has it, with their own conversations; None where nobody signs in.

        Raises NotPermitted where `which` is their own library and they can't have one.
        """
        caller = user or ""
        base = replace(self.shared or self, caller=caller, history=self.history.of(caller))
        if self.libraries is None or which == "shared":
            return base
        library = self.libraries.reading(caller, which)
        tests = base.tests.of(library) if base.tests and self.libraries.exists(caller, which) else None
        chain = base.chain.over(library) if isinstance(base.chain, Service) else None
        history = self.history.of(caller, which)
        return replace(base, library=library, chain=chain, history=history, tests=tests, which=which, shared=base)

    def open(self, ref: str, session: Session, talk: str) -> Told:
        """Opens a footnote or passage in the source panel, checking it again."""
        opened = self.current(session, talk).opening(Ref.parse(ref))
        return {"session": opened, "panel": self.panel(opened)}

    def judge(self, turn: int, verdict: Verdict | None, session: Session, talk: str) -> Told:
        """Notes what the reader says of an answer; None takes it back."""
        session = self.current(session, talk)
        self.keeping.kept(session.id)  # it may be judged sooner than it is saved
        self.history.judge(session.id, turn, verdict)
        return {"chat": self.messages(session)}

    def keep(self, turn: int, session: Session, talk: str) -> Told:
        """Puts a question and its answer into the evaluation set."""
        session = self.current(session, talk)
        answer = session.answer(turn)
        if self.tests is None or answer is None:
            return {"notice": str(notice("There is no evaluation to save this in."))}
        self.permit()
        self.tests.save(answer, replace(session, exchanges=session.exchanges[: turn - 1]).history())
        return {"notice": str(notice("Saved as a test: Evaluation › Your questions asks it again.", "good"))}

    # -- the list of conversations ---------------------------------------------------------------------------------

    def switch(self, talk: str) -> Told:
        """Another conversation, or an empty one where there is no such."""
        session = self.current(Session(), talk)
        return {**self.shown(session), **self.talks(session), "notice": ""}

    def begin(self, talk: str, limits: Limits = NOWHERE) -> Told:
        """The page as it opens: the documents, and the conversation this browser last showed."""
        settings = str(settings_html(self.settings, self.history.user, any_model=self.any_model))
        libraries = str(switch_html(self.which)) if self.libraries is not None else ""
        return {**self.switch(talk), **self.shelf(limits), "settings": settings, "libraries": libraries}

    def turn(self, which: Which) -> Told:
        """Another library, with a conversation to be begun; raises NotPermitted."""
        page = self.of(self.history.user, which)
        return {**page.begin(""), "panel": "", "report": "", "evaluation": "", "questions": "", "whose": which}

    def rename(self, talk: str, title: str, session: Session) -> Told:
        """Gives a conversation another title."""
        self.history.rename(talk, title)
        return self.talks(session)

    def forget(self, talk: str, session: Session) -> Told:
        """Deletes a conversation; where it was the one shown, an empty one takes its place."""
        with suppress(FootnoteError):  # a turn on its way to disk would bring it back; one that fails goes with it
            self.keeping.kept(talk)
        self.history.delete(talk)
        if talk == session.id:
            return self.switch("")
        return self.talks(session)

    def choose(self, given: Mapping[str, Any]) -> Told:
        """Keeps the user's settings."""
        self.history.choose(Settings.of({**self.settings.to_json(), **given}).to_json())
        return {}

    # -- the documents: the rest is in holdings.py -----------------------------------------------------------------

    def changed(self, session: Session, limits: Limits) -> Told:
        """What the page shows of the library after it changed."""
        return {**self.shelf(limits), "welcome": "" if session.exchanges else self.welcome()}

    def remove(self, document_id: str, session: Session, limits: Limits = NOWHERE) -> Told:
        """Removes a document; an open footnote into it then says that it is gone."""
        try:
            self.permit()
            record = remove_document(self.library, document_id)
        except (NotInLibrary, NotPermitted) as error:
            return {**self.changed(session, limits), "notice": str(notice(str(error)))}
        if self.tests is not None:
            self.tests.forget(record)
        told = notice(f"“{record.title}” was removed from the library.", "good")
        return {**self.changed(session, limits), "panel": self.panel(session), "notice": str(told)}

    # -- the server's end ------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Stops whatever any page waits for, without waiting for it."""
        self.ending.set()
        self.line.close()
        for stop in [*self.halts.values(), *self.runs.values()]:
            stop.set()

    def ended(self) -> None:
        """Waits until what was being read is settled, at most for some seconds, and every answer is on disk."""
        self.line.ended(SETTLING)
        self.keeping.close()
