"""Conversations: what was answered comes back equal, and what was deleted is gone from the file."""

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.errors import LibraryCorrupt, NotInLibrary
from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage
from qa.history import History, answer_from_json

ANSWER = Answer(
    question="How long?",
    searched=("How long?", "length"),
    status="answered",
    answer="412 metres. [1]",
    confidence=0.75,
    model="extractive",
    sentences=(AnswerSentence("412 metres.", (1,), "verbatim"),),
    citations=(Citation(1, "d" * 64, "a.txt", "A", 2, "H", 3, 14, "412 metres.", "page 2", ((3, 6),)),),
    passages=(RetrievedPassage("d" * 64, "a.txt", 0, 20, 2, 1.5, "A", "H", "page 2", "It's 412 metres. Yes"),),
    timings_ms={"total": 3.25},
    notes=("page 3 could not be read",),
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "conversations.db")


def test_an_answer_comes_back_equal(history: History, tmp_path: Path) -> None:
    history.save("one", "How long?", ANSWER)
    history.save("one", "And how wide?", ANSWER)
    again = History(tmp_path / "conversations.db")  # as after a restart
    assert again.load("one") == [("How long?", ANSWER), ("And how wide?", ANSWER)]
    assert answer_from_json(ANSWER.to_json()) == ANSWER


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_question_is_kept_as_it_was_typed(history: History, text: str) -> None:
    history.delete("one")
    history.save("one", text, ANSWER)
    assert history.load("one")[0][0] == text


def test_the_list_shows_the_last_used_first_with_its_title(history: History) -> None:
    history.save("one", "First  question\nhere", ANSWER)
    history.save("two", "word " * 40, ANSWER)
    history.save("one", "Another", ANSWER)
    (a, b) = history.conversations()
    assert (a.id, a.title, a.turns) == ("one", "First question here", 2)
    assert b.id == "two" and b.title.endswith("…") and len(b.title) <= 81
    history.rename("two", "  Roads ")
    history.rename("one", "   ")
    assert [c.title for c in history.conversations()] == ["First question here", "Roads"]


def test_what_is_deleted_is_gone_from_the_file(history: History) -> None:
    history.save("one", "Where is the unmistakable xylophone?", ANSWER)
    history.save("two", "Stays", ANSWER)
    assert b"xylophone" in history.path.read_bytes()
    history.delete("one")
    assert b"xylophone" not in history.path.read_bytes()
    assert history.load("one") == [] and history.turns("one") == 0 and history.turns("two") == 1


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(b"not a database at all, not even close" * 100)
    with pytest.raises(LibraryCorrupt, match="is damaged"):
        History(tmp_path / "c.db")


def test_each_user_sees_and_changes_only_their_own(history: History) -> None:
    ann, bob = history.of("ann"), history.of("bob")
    ann.save("one", "What does Ann ask?", ANSWER)
    assert [c.id for c in ann.conversations()] == ["one"] and bob.conversations() == history.conversations() == []
    assert bob.load("one") == [] and bob.turns("one") == 0
    bob.rename("one", "Mine")
    bob.delete("one")
    with pytest.raises(NotInLibrary, match="begin a new one"):
        bob.save("one", "And what does Bob ask?", ANSWER)
    assert [(c.title, c.turns) for c in ann.conversations()] == [("What does Ann ask?", 1)]


def test_each_library_has_its_own_conversations_and_settings_hold_for_all(history: History) -> None:
    shared, mine = history.of("ann"), history.of("ann", "mine")
    shared.save("one", "What do we all know?", ANSWER)
    mine.save("two", "What do I alone know?", ANSWER)
    mine.judge("two", 1, "wrong")
    assert [c.id for c in shared.conversations()] == ["one"] and [c.id for c in mine.conversations()] == ["two"]
    assert shared.load("two") == [] and shared.turns("two") == 0 and shared.verdicts("two") == {}
    assert shared.feedback() == [] and len(mine.feedback()) == 1
    shared.delete("two")
    shared.rename("two", "Everybody's")
    with pytest.raises(NotInLibrary):
        shared.save("two", "And now?", ANSWER)
    assert [c.title for c in mine.conversations()] == ["What do I alone know?"]
    mine.choose({"theme": "dark"})
    assert shared.settings() == {"theme": "dark"}
    shared.forget()
    assert mine.conversations() == [] and mine.settings() == {}


def test_conversations_from_before_there_were_users_are_kept(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "c.db") as db:  # the tables of the first version
        db.executescript(
            "CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated TEXT NOT NULL) STRICT;"
            "CREATE TABLE exchanges (conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,"
            " turn INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation, turn))"
            " STRICT;"
        )
        db.execute("INSERT INTO conversations VALUES ('old', 'How long?', '2026-01-02T03:04:05+00:00')")
        db.execute("INSERT INTO exchanges VALUES ('old', 1, 'How long?', ?)", (json.dumps(ANSWER.to_json()),))
    db.close()
    history = History(tmp_path / "c.db")
    assert [(c.id, c.turns, c.updated.year) for c in history.conversations()] == [("old", 1, 2026)]
    assert history.load("old") == [("How long?", ANSWER)]
    history.save("old", "And how wide?", ANSWER)
    assert History(tmp_path / "c.db").turns("old") == 2


def test_what_was_said_of_an_answer_is_kept_with_the_whole_answer(history: History) -> None:
    history.save("one", "How long?", ANSWER)
    history.save("one", "And how wide?", ANSWER)
    history.judge("one", 2, "wrong")
    history.judge("one", 1, "right")
    history.judge("one", 2, "citation")  # takes the place of the first
    assert history.verdicts("one") == {1: "right", 2: "citation"}
    assert [(f.verdict, f.question, f.answer) for f in history.feedback()] == [
        ("right", "How long?", ANSWER),
        ("citation", "And how wide?", ANSWER),
    ]
    history.judge("one", 1, None)
    assert history.verdicts("one") == {2: "citation"}
    history.delete("one")
    assert history.feedback() == []


def test_nobody_judges_what_is_not_theirs(history: History) -> None:
    history.save("one", "How long?", ANSWER)
    with pytest.raises(NotInLibrary):
        history.of("ann").judge("one", 1, "wrong")
    with pytest.raises(NotInLibrary):
        history.judge("one", 2, "wrong")
    assert history.of("ann").verdicts("one") == {} and history.of("ann").feedback() == []


def test_settings_are_kept_for_each_user(history: History, tmp_path: Path) -> None:
    assert history.settings() == {}
    history.choose({"passages": 5})
    history.of("ann").choose({"passages": 20, "theme": "dark"})
    history.choose({"passages": 6})
    again = History(tmp_path / "conversations.db")
    assert again.settings() == {"passages": 6} and again.of("ann").settings() == {"passages": 20, "theme": "dark"}
