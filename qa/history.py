"""Conversations on disk: what was asked and what was answered, kept in one SQLite file beside the library.

An answer is kept whole, as its JSON, so that its footnotes can be opened and checked again later. Deleting a
conversation overwrites it in the file. Each conversation belongs to a user, "" where nobody signs in, and to the
library it was held with; a History sees those of its own user and library only.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from documents.errors import NotInLibrary
from index.sidefile import connected, migrate
from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage

__all__ = ["CONVERSATIONS", "Conversation", "Feedback", "History", "Verdict", "answer_from_json"]

CONVERSATIONS = "conversations.db"  # the file's name in a library's folder
Verdict = Literal["right", "wrong", "citation", "should_answer"]

_MIGRATIONS = (
    # The first files carried no version: IF NOT EXISTS leaves their tables as they are.
    """
    CREATE TABLE IF NOT EXISTS conversations (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, updated TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS exchanges (
        conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        turn INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
        PRIMARY KEY (conversation, turn)
    ) STRICT
    """,
    """
    ALTER TABLE conversations ADD COLUMN user TEXT NOT NULL DEFAULT '';
    CREATE INDEX conversations_of_user ON conversations (user, updated)
    """,
    # The judged answer itself is the exchange's, whole.
    """
    CREATE TABLE feedback (
        conversation TEXT NOT NULL, turn INTEGER NOT NULL, verdict TEXT NOT NULL, given TEXT NOT NULL,
        PRIMARY KEY (conversation, turn),
        FOREIGN KEY (conversation, turn) REFERENCES exchanges (conversation, turn) ON DELETE CASCADE
    ) STRICT;
    CREATE TABLE settings (user TEXT PRIMARY KEY, chosen TEXT NOT NULL) STRICT
    """,
    "ALTER TABLE conversations ADD COLUMN library TEXT NOT NULL DEFAULT 'shared'",
)
_OWN = "conversation = (SELECT id FROM conversations WHERE id = ? AND user = ? AND library = ?)"
TITLE = 80  # characters of a title made from the first question


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a list shows it."""

    id: str
    title: str
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer: it is right or wrong, cites wrongly, or should have answered."""

    verdict: Verdict
    given: datetime
    question: str
    answer: Answer


def answer_from_json(given: Mapping[str, Any]) -> Answer:
    """The Answer that to_json() was called on."""
    parts: dict[str, Any] = {
        "sentences": tuple(
            AnswerSentence(
                s["text"], tuple(s["citations"]), s["support"], tuple(s.get("findings", ())), tuple(s.get("added", ()))
            )
            for s in given.get("sentences", ())
        ),
        "citations": tuple(
            Citation(**{**c, "answer_spans": tuple((a, b) for a, b in c.get("answer_spans", ()))})
            for c in given.get("citations", ())
        ),
        "passages": tuple(RetrievedPassage(**p) for p in given.get("passages", ())),
        "searched": tuple(given["searched"]),
        "notes": tuple(given.get("notes", ())),
    }
    return Answer(**{**given, **parts})


class History:
    """A user's conversations with one library, in one file that all share; safe to use from many threads.

    `library` is "shared" or "mine". Each call opens its own connection.
    """

    def __init__(self, path: Path, user: str = "", library: str = "shared") -> None:
        self.path = path
        self.user = user
        self.library = library
        with self._connection() as db:
            migrate(db, _MIGRATIONS)

    def of(self, user: str, library: str = "shared") -> "History":
        """The same file as another user sees it, or of another library."""
        return self if (user, library) == (self.user, self.library) else History(self.path, user, library)

    def _connection(self) -> AbstractContextManager[sqlite3.Connection]:
        return connected(self.path, "conversations", "move it away, and a new one is begun")

    def save(self, conversation: str, question: str, answer: Answer) -> None:
        """Adds a turn; the first one makes the conversation, which takes its title from the question.

        Raises NotInLibrary where the conversation is another user's, or with another library.
        """
        title = " ".join(question.split())
        title = title if len(title) <= TITLE else title[:TITLE].rpartition(" ")[0] + "…"
        now = datetime.now(UTC).isoformat()
        with self._connection() as db:
            db.execute(
                "INSERT INTO conversations (id, title, updated, user, library) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET updated = excluded.updated"
                " WHERE user = excluded.user AND library = excluded.library",
                (conversation, title, now, self.user, self.library),
            )
            if not self._owns(db, conversation):
                raise NotInLibrary(f"there is no conversation {conversation!r} here: begin a new one")
            db.execute(
                "INSERT INTO exchanges"
                " SELECT ?, 1 + COALESCE(MAX(turn), 0), ?, ? FROM exchanges WHERE conversation = ?",
                (conversation, question, json.dumps(answer.to_json()), conversation),
            )

    def load(self, conversation: str) -> list[tuple[str, Answer]]:
        """The questions and answers of a conversation in order; none where there is no such conversation."""
        with self._connection() as db:
            rows = db.execute(
                f"SELECT question, answer FROM exchanges WHERE {_OWN} ORDER BY turn", self._own(conversation)
            ).fetchall()
        return [(question, answer_from_json(json.loads(answer))) for question, answer in rows]

    def turns(self, conversation: str) -> int:
        """How many turns a conversation has."""
        with self._connection() as db:
            found = db.execute(f"SELECT COUNT(*) FROM exchanges WHERE {_OWN}", self._own(conversation)).fetchone()
        return int(found[0])

    def conversations(self) -> list[Conversation]:
        """All conversations, the one last used first."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT id, title, updated, (SELECT COUNT(*) FROM exchanges WHERE conversation = id)"
                " FROM conversations WHERE user = ? AND library = ? ORDER BY updated DESC, id",
                (self.user, self.library),
            ).fetchall()
        return [Conversation(i, title, datetime.fromisoformat(at), turns) for i, title, at, turns in rows]

    def rename(self, conversation: str, title: str) -> None:
        """Gives a conversation another title; a blank one changes nothing."""
        if title := " ".join(title.split())[:200]:
            with self._connection() as db:
                db.execute(
                    "UPDATE conversations SET title = ? WHERE id = ? AND user = ? AND library = ?",
                    (title, *self._own(conversation)),
                )

    def delete(self, conversation: str) -> None:
        """Deletes a conversation with all its turns."""
        with self._connection() as db:
            db.execute("DELETE FROM conversations WHERE id = ? AND user = ? AND library = ?", self._own(conversation))

    def judge(self, conversation: str, turn: int, verdict: Verdict | None) -> None:
        """Notes what its reader says of an answer, None takes it back; raises NotInLibrary where there is no such."""
        with self._connection() as db:
            if not db.execute(
                f"SELECT 1 FROM exchanges WHERE {_OWN} AND turn = ?", (*self._own(conversation), turn)
            ).fetchone():
                raise NotInLibrary("this answer isn't kept any more, so nothing can be noted of it")
            db.execute("DELETE FROM feedback WHERE conversation = ? AND turn = ?", (conversation, turn))
            if verdict is not None:
                given = datetime.now(UTC).isoformat()
                db.execute("INSERT INTO feedback VALUES (?, ?, ?, ?)", (conversation, turn, verdict, given))

    def verdicts(self, conversation: str) -> dict[int, Verdict]:
        """What was said of the answers of a conversation, by their turns from 1."""
        with self._connection() as db:
            rows = db.execute(f"SELECT turn, verdict FROM feedback WHERE {_OWN}", self._own(conversation)).fetchall()
        return dict(rows)

    def feedback(self) -> list[Feedback]:
        """All that was said of answers, each with the whole answer, oldest first."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT verdict, given, question, answer FROM feedback JOIN exchanges USING (conversation, turn)"
                " WHERE conversation IN (SELECT id FROM conversations WHERE user = ? AND library = ?) ORDER BY given",
                (self.user, self.library),
            ).fetchall()
        return [Feedback(v, datetime.fromisoformat(at), q, answer_from_json(json.loads(a))) for v, at, q, a in rows]

    def settings(self) -> dict[str, Any]:
        """What this user has chosen on the page, for all libraries; empty before they did."""
        with self._connection() as db:
            row = db.execute("SELECT chosen FROM settings WHERE user = ?", (self.user,)).fetchone()
        return cast(dict[str, Any], json.loads(row[0])) if row else {}

    def choose(self, settings: Mapping[str, Any]) -> None:
        """Keeps this user's settings in place of those before."""
        with self._connection() as db:
            db.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET chosen = excluded.chosen",
                (self.user, json.dumps(dict(settings))),
            )

    def forget(self) -> None:
        """Deletes all conversations of the user with any library, what they said of answers, and their settings."""
        with self._connection() as db:
            db.execute("DELETE FROM conversations WHERE user = ?", (self.user,))
            db.execute("DELETE FROM settings WHERE user = ?", (self.user,))

    def _own(self, conversation: str) -> tuple[str, str, str]:
        return conversation, self.user, self.library

    def _owns(self, db: sqlite3.Connection, conversation: str) -> bool:
        sought = "SELECT 1 FROM conversations WHERE id = ? AND user = ? AND library = ?"
        return db.execute(sought, self._own(conversation)).fetchone() is not None
