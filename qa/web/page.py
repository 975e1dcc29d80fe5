"""What happens on each event of the page: handlers from values to the new values of its parts, by name.

Nothing here knows Gradio; what is shown is rendered by html.py, shelf.py and source.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.errors import FootnoteError
from index.library import Library
from index.store import Filter
from qa.answer import Answer
from qa.history import History
from qa.starters import starter_questions
from qa.web import html
from qa.web.session import Exchange, Ref, Session
from qa.web.shelf import documents_html, notice, report_html, scope_html, talks_html, welcome_html
from qa.web.source import panel
from qa.web.uploads import add_uploads, remove_document

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Page"]

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """What the handlers need: the library, the chain that answers from it, and the conversations so far."""

    library: Library
    chain: "Runnable[Mapping[str, Any], Answer]"
    history: History

    def of(self, user: str | None) -> "Page":
        """The page as a signed-in user has it, with their own conversations; None where nobody signs in."""
        return replace(self, history=self.history.of(user or ""))

    def messages(self, session: Session) -> Messages:
        """The conversation as the chat component takes it."""
        out: Messages = []
        for turn, exchange in enumerate(session.exchanges, 1):
            out += [
                {"role": "user", "content": str(html.question(exchange.question))},
                {"role": "assistant", "content": str(html.answer(turn, exchange.answer))},
            ]
        return out

    def current(self, session: Session, talk: str) -> Session:
        """The conversation the page shows: read again from disk after a restart, a reload, or a turn in another tab."""
        if session.id == talk and (not talk or self.history.turns(talk) <= len(session.exchanges)):
            return session
        exchanges = tuple(Exchange(question, answer) for question, answer in self.history.load(talk))
        return Session(exchanges, session.opened if session.id == talk else None, talk if exchanges else "")

    def ask(self, text: str, session: Session, talk: str, limit: tuple[str, ...] = ()) -> dict[str, Any]:
        """The conversation with the answer, its first footnote open; after an error the question stays in the box."""
        if not text.strip():
            return {"notice": str(notice("Write a question first."))}
        try:
            session = self.current(session, talk)
            where = Filter(documents=limit) if limit else None
            answer = self.chain.invoke({"question": text, "history": session.history(), "where": where})
        except FootnoteError as error:
            return {"notice": str(notice(str(error)))}
        done = session.answered(text, answer)
        shown = {**self.shown(done), "box": "", "notice": ""}
        try:
            self.history.save(done.id, text, answer)
            return {**shown, **self.talks(done)}
        except FootnoteError as error:
            return {**shown, "notice": str(notice(f"The answer was not saved: {error}"))}

    def shown(self, session: Session) -> dict[str, Any]:
        """Everything that shows one conversation."""
        return {
            "chat": self.messages(session),
            "panel": str(panel(self.library, session)),
            "session": session,
            "talk": session.id,
            "welcome": "" if session.exchanges else self.welcome(),
        }

    def talks(self, session: Session) -> dict[str, Any]:
        """The list of conversations."""
        return {"talks": str(talks_html(self.history.conversations(), session.id))}

    def switch(self, talk: str) -> dict[str, Any]:
        """Another conversation, or an empty one where there is no such."""
        session = self.current(Session(), talk)
        return {**self.shown(session), **self.talks(session), "box": "", "notice": ""}

    def begin(self, talk: str, limit: tuple[str, ...] = ()) -> dict[str, Any]:
        """The page as it opens: the documents, and the conversation this browser last showed."""
        return {**self.switch(talk), **self.shelf(limit)}

    def rename(self, talk: str, title: str, session: Session) -> dict[str, Any]:
        """Gives a conversation another title."""
        self.history.rename(talk, title)
        return self.talks(session)

    def forget(self, talk: str, session: Session) -> dict[str, Any]:
        """Deletes a conversation; where it was the one shown, an empty one takes its place."""
        self.history.delete(talk)
        if talk == session.id:
            return self.switch("")
        return self.talks(session)

    def open(self, ref: str, session: Session, talk: str) -> dict[str, Any]:
        """Opens a footnote or passage in the source panel, checking it again."""
        opened = self.current(session, talk).opening(Ref.parse(ref))
        return {"session": opened, "panel": str(panel(self.library, opened))}

    def welcome(self) -> str:
        """The page before the first question."""
        records = self.library.documents()
        return str(welcome_html(records, starter_questions(self.library, 4) if records else []))

    def shelf(self, limit: tuple[str, ...]) -> dict[str, Any]:
        """The list of documents, those ticked that questions are limited to (no tick: no limit)."""
        records = self.library.documents()
        ticked = tuple(r.id for r in records if r.id in limit)
        told = scope_html([r.title for r in records if r.id in limit], len(records))
        return {"documents": str(documents_html(records, ticked)), "limit": ticked, "scope": str(told)}

    def tick(self, document_id: str, limit: tuple[str, ...]) -> dict[str, Any]:
        """Ticks a document or takes its tick away; an empty id takes all away."""
        if not document_id:
            return self.shelf(())
        kept = tuple(i for i in limit if i != document_id)
        return self.shelf(kept if document_id in limit else (*kept, document_id))

    def changed(self, session: Session, limit: tuple[str, ...]) -> dict[str, Any]:
        """What the page shows of the library after it changed."""
        return {**self.shelf(limit), "welcome": "" if session.exchanges else self.welcome()}

    def add(self, files: list[str] | None, session: Session, limit: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        """Adds uploaded files, showing how far each one is."""
        try:
            for lines in add_uploads(self.library, [Path(f) for f in files or []]):
                yield {"drop": None, "report": str(report_html(lines)), "notice": ""}
        except FootnoteError as error:
            yield {"notice": str(notice(str(error)))}
        yield self.changed(session, limit)

    def remove(self, document_id: str, session: Session, limit: tuple[str, ...] = ()) -> dict[str, Any]:
        """Removes a document; an open footnote into it then says that it is gone."""
        try:
            record = remove_document(self.library, document_id)
        except FootnoteError as error:
            return {**self.changed(session, limit), "notice": str(notice(str(error)))}
        told = notice(f"“{record.title}” was removed from the library.")
        return {**self.changed(session, limit), "panel": str(panel(self.library, session)), "notice": str(told)}
