"""Answers kept as tests: what they expect, and that the file is never half written."""

import sqlite3
import threading
from pathlib import Path

import pytest

from documents.errors import DatasetError
from documents.load import load_bytes
from eval.dataset import load_questions
from eval.evidence import Evidence
from eval.make import init
from eval.run import evaluate, run
from eval.saved import add_rows, forget_document, question_of, questions_file, remove_question, review, saved_rows
from index.encoder import HashEncoder
from index.library import Library
from qa.answer import Turn
from qa.chain import Options, ask
from tests.synthetic import answer_json

HISTORY = [{"role": "user", "text": "Who?"}, {"role": "agent", "text": "Ada."}]


def test_an_answer_becomes_a_question_with_its_evidence(tmp_path: Path) -> None:
    answer = answer_json(("d", 0, 4, "One."), ("e", 0, 4, "One!"), ("d", 5, 9, "Two."))
    answer["sentences"] = [{"text": "One.", "citations": [1, 2]}, {"text": "Two.", "citations": [3]}]
    add_rows(tmp_path, [question_of(answer, history=HISTORY, accepted=["one"])])
    (question,) = load_questions(questions_file(tmp_path))
    assert question.answers == ("one",)
    assert question.doc_ids == ("d", "e")
    assert question.history == (Turn("user", "Who?"), Turn("agent", "Ada."))
    assert question.evidence == (
        Evidence("d", "One.", part=0),
        Evidence("e", "One!", part=0),  # the same sentence elsewhere: either is enough
        Evidence("d", "Two.", part=1),
    )


def test_without_accepted_words_the_quotes_are_accepted() -> None:
    assert question_of(answer_json(("d", 0, 4, "One."), ("e", 0, 4, "One.")))["answers"] == ["One."]


def test_an_abstention_becomes_an_unanswerable_question(tmp_path: Path) -> None:
    add_rows(tmp_path, [question_of(answer_json())])
    (question,) = load_questions(questions_file(tmp_path))
    assert not question.answerable and question.answers == ()


def test_saving_again_replaces_and_another_history_does_not(tmp_path: Path) -> None:
    add_rows(tmp_path, [question_of(answer_json(("d", 0, 4, "One.")), accepted=["old"])])
    add_rows(tmp_path, [question_of(answer_json(("d", 0, 4, "One.")), accepted=["new"])])
    assert [row["answers"] for row in saved_rows(tmp_path)] == [["new"]]
    add_rows(tmp_path, [question_of(answer_json(("d", 0, 4, "One.")), history=HISTORY)])
    assert len(saved_rows(tmp_path)) == 2


def test_review_and_removal(tmp_path: Path) -> None:
    add_rows(tmp_path, [{"id": "a", "question": "A?", "mine": 1}, {"id": "b", "question": "B?"}])
    review(tmp_path, "a", {"answers": ["x"]})
    assert saved_rows(tmp_path)[0] == {"id": "a", "question": "A?", "mine": 1, "answers": ["x"], "reviewed": True}
    remove_question(tmp_path, "b")
    assert [row["id"] for row in saved_rows(tmp_path)] == ["a"]
    for change in (lambda: remove_question(tmp_path, "b"), lambda: review(tmp_path, "b", {})):
        with pytest.raises(DatasetError, match="no question 'b'"):
            change()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_rows(tmp_path, [{"id": "a", "question": "A?"}])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("eval.saved.os.fsync", full)
    with pytest.raises(DatasetError, match="No space left"):
        add_rows(tmp_path, [{"id": "b", "question": "B?"}])
    assert [row["id"] for row in saved_rows(tmp_path)] == ["a"]
    assert {path.name for path in tmp_path.iterdir()} == {"questions.jsonl", "questions.lock"}


def test_a_saved_answer_is_right_when_it_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.kept_encoder.default_encoder", HashEncoder)
    (tmp_path / "ferry.txt").write_text("The ferry to Orsk leaves at nine. A ticket costs twelve crowns.")
    options = Options(threshold=0.0)
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        library.add_files([tmp_path / "ferry.txt"])
        answer = ask(library, "What does a ticket cost?", options=options)
        add_rows(library.path, [question_of(answer.to_json())])
        found = run(library, load_questions(questions_file(library.path)), options)
    assert found.questions[0].right
    assert found.metrics["citation_recall"].value == 1.0
    assert found.settings["unknown_documents"] == []

    again = evaluate(library=tmp_path / "library", options=options)
    assert [r.right for r in again.questions] == [True]


def test_what_quotes_a_removed_document_goes_with_it(tmp_path: Path) -> None:
    rows = [
        {"id": "gold", "question": "A?", "doc_ids": ["/x/a.md"]},
        {"id": "part", "question": "A?", "doc_ids": ["/x/b.md"], "evidence": [{"doc_id": "/x/a.md", "quote": "q"}]},
        {"id": "made", "question": "A?", "answerable": False, "made_from": ["/x/c.md", "/x/a.md"]},
        {"id": "archive", "question": "A?", "doc_ids": "/x/a.md!/inside.txt"},
        {"id": "other", "question": "A?", "doc_ids": ["/x/a.md.txt"]},
        {"id": "none", "question": "A?", "answerable": False},
    ]
    add_rows(tmp_path, rows)
    assert forget_document(tmp_path, ["0" * 64, "/x/a.md"]) == 4
    assert [row["id"] for row in saved_rows(tmp_path)] == ["other", "none"]
    assert b"quote" not in questions_file(tmp_path).read_bytes()
    assert forget_document(tmp_path, ["/x/a.md"]) == 0


def test_nothing_is_written_where_nothing_is_kept(tmp_path: Path) -> None:
    assert forget_document(tmp_path, ["/x/a.md"]) == 0
    assert not questions_file(tmp_path).exists()


def test_changes_at_once_undo_none_of_each_other(tmp_path: Path) -> None:
    failed: list[Exception] = []

    def add(n: int) -> None:
        try:
            for i in range(8):
                add_rows(tmp_path, [{"id": f"{n}-{i}", "question": "A?"}])
        except DatasetError as error:
            failed.append(error)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(saved_rows(tmp_path)) == 32


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.sidefile.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(tmp_path / "questions.lock", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatasetError, match="another program"):
        add_rows(tmp_path, [{"id": "a", "question": "A?"}])
    other.close()
    add_rows(tmp_path, [{"id": "a", "question": "A?"}])


@pytest.mark.parametrize("draft", ["questions.tmp", "questions.4711.tmp"])
def test_what_a_killed_process_left_goes_with_the_document(tmp_path: Path, draft: str) -> None:
    (tmp_path / draft).write_text('{"doc_ids": ["/x/a.md"], "evidence": [{"quote": "private"}]}')
    (tmp_path / "questions.old.tmp").write_text("mine")
    assert forget_document(tmp_path, ["/x/a.md"]) == 0
    assert not (tmp_path / draft).exists()
    assert (tmp_path / "questions.old.tmp").read_text() == "mine"


def test_a_question_goes_with_its_document_whatever_that_is_called_by_then(tmp_path: Path) -> None:
    answer = answer_json(("d", 0, 4, "One."))
    answer["citations"][0]["source"] = "/its/name/then.md"
    add_rows(tmp_path, [question_of(answer)])
    assert forget_document(tmp_path, ["d", "/its/name/now.md"]) == 1


def test_made_questions_go_with_a_renamed_document(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        for name, year in (("a.txt", "1999"), ("b.txt", "1987")):
            text = f"The harbour of Orsk near {name} was opened to larger merchant ships in {year}."
            library.add(load_bytes(text.encode(), name)[0])
        assert init(library, 4) > 0
        ids = {record.id for record in library.documents()}
        assert all(ids & set(row["made_from"]) for row in saved_rows(library.path))


def test_a_lone_surrogate_comes_back(tmp_path: Path) -> None:
    add_rows(tmp_path, [{"id": "a", "question": "A\ud800?"}])
    assert saved_rows(tmp_path)[0]["question"] == "A\ud800?"
