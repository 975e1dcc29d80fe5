"""The evaluation behind the page: an answer saved as a test is asked again, and what fails is told."""

import json
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from web_support import COST, TRAM, answered, small_library

from documents.errors import DatasetError
from eval.dataset import DEMO_QUESTIONS, load_questions
from eval.page import Bench
from index.library import Library
from qa.answer import Turn
from qa.chain import Options
from qa.history import History
from qa.web import evaluating
from qa.web.api.app import api
from qa.web.page import Page
from qa.web.service import Service
from qa.web.session import Session
from qa.web.testing import Outcome, Underway
from qa.web.testpage import questions_html

FORCED = Options(threshold=0.0)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


def ran(bench: Bench, name: str, file: Path | None = None) -> tuple[list[Underway], Outcome]:
    *steps, last = bench.run(name, FORCED, file)
    assert isinstance(last, Outcome) and all(isinstance(step, Underway) for step in steps)
    return steps, last  # type: ignore[return-value]


def test_an_answer_saved_as_a_test_is_asked_again(library: Library) -> None:
    bench = Bench(library)
    assert [name for name, _ in bench.sets()] == ["demo"]
    bench.save(answered(library, "What was approved by the council?", TRAM), [])
    assert [name for name, _ in bench.sets()] == ["own", "demo"]
    (kept,) = bench.kept()
    assert (kept.question, kept.quote, kept.reviewed) == ("What was approved by the council?", TRAM, True)
    steps, result = ran(bench, "own")
    assert (result.right, result.total, result.failed) == (1, 1, ())
    assert all(0 <= step.done <= step.total == 1 for step in steps)
    assert result.report.startswith("<!doctype html>") and "What was approved by the council?" in result.report


def test_what_fails_is_told_with_the_turns_before_it(library: Library, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "question": "What does construction cost?", "answers": ["9 crowns"], "doc_ids": ["minutes.txt"],
         "history": [{"role": "user", "text": "Is there a tram?"}, {"role": "agent", "text": "Yes."}]},
        {"id": "b", "question": "What does construction cost?", "answers": ["214 million"], "doc_ids": ["minutes.txt"]},
    ]  # fmt: skip
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    _, result = ran(Bench(library), "file", file)
    assert (result.right, result.total) == (1, 2)
    (failed,) = result.failed
    assert failed.question == "What does construction cost?" and failed.why
    assert failed.history == (Turn("user", "Is there a tram?"), Turn("agent", "Yes."))


@pytest.mark.parametrize(("name", "file"), [("none", None), ("file", None), ("own", Path("set.jsonl")), ("own", None)])
def test_a_set_that_is_not_there_is_refused(library: Library, name: str, file: Path | None) -> None:
    with pytest.raises(DatasetError):
        list(Bench(library).run(name, FORCED, file))


def test_made_questions_are_reviewed_corrected_and_deleted(library: Library) -> None:
    bench = Bench(library)
    bench.save(answered(library, "What does it cost?", COST), [Turn("user", "A tram?"), Turn("agent", "Yes.")])
    made = bench.make(6)
    kept = bench.kept()
    assert made >= 1 and len(kept) == made + 1
    assert [k.reviewed for k in kept] == [False] * made + [True]  # those to be read come first
    bench.review(kept[0].id, {"question": "Corrected?", "answers": ["one"], "id": "stolen"})
    again = {k.id: k for k in bench.kept()}
    assert again[kept[0].id].question == "Corrected?" and again[kept[0].id].reviewed
    bench.remove(kept[0].id)
    assert kept[0].id not in {k.id for k in bench.kept()}
    with pytest.raises(DatasetError):
        bench.remove(kept[0].id)
    with pytest.raises(DatasetError):
        bench.review("unknown", {})


@pytest.mark.parametrize("door", ["page", "api"])
def test_removing_a_document_forgets_the_questions_that_quote_it(library: Library, door: str) -> None:
    bench = Bench(library)
    answer = answered(library, "What was approved by the council?", TRAM)
    bench.save(answer, [])
    removed = answer.citations[0].document_id
    if door == "page":
        Page(library, None, History(library.path / "conversations.db"), bench).remove(removed, Session())
    else:
        client = TestClient(api(Service(library, tests=bench)))
        assert client.delete(f"/api/documents/{removed}").status_code == 200
    assert bench.kept() == []
    assert not (library.path / "questions.jsonl").exists() or TRAM not in (library.path / "questions.jsonl").read_text()


def test_the_sets_say_how_many_questions_they_have(library: Library) -> None:
    bench = Bench(library)
    assert [name for name, _ in bench.sets()] == ["demo"]
    bench.save(answered(library, "What was approved by the council?", TRAM), [])
    said = dict(bench.sets())
    assert "1 question about your documents" in said["own"]
    assert f"{len(load_questions(DEMO_QUESTIONS))} questions over the demo documents" in said["demo"]
    *_, outcome = bench.run("own", Options(reader="none"))
    assert "1 question · 2 documents, " in outcome.report  # type: ignore[union-attr]
    assert "1 question " in questions_html(bench.kept())


@pytest.mark.parametrize("way", ["stopped", "closed"])
def test_a_run_that_nobody_waits_for_ends(library: Library, way: str) -> None:
    bench = Bench(library)
    for n in range(3):
        bench.save(answered(library, f"What was approved by the council, {n}?", TRAM), [])
    stop = threading.Event()
    steps = bench.run("own", Options(reader="none"), stop=stop)
    if way == "stopped":
        stop.set()
        assert not [step for step in steps if isinstance(step, Outcome)]
    else:
        next(steps)
        steps.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("footnote-eval")]


def test_what_is_said_in_the_chat_meanwhile_stays_and_a_run_that_is_gone_can_be_stopped(library: Library) -> None:
    bench = Bench(library)
    for n in range(3):
        bench.save(answered(library, f"What was approved by the council, {n}?", TRAM), [])
    page = Page(library, Service(library), History(library.path / "conversations.db"), bench)
    told = list(evaluating.run(page, "client", "own"))
    assert [one for one in told if "notice" in one] == [{"notice": ""}]
    assert "of 3 right" in told[-1]["evaluation"] and page.runs == {}
    assert "fn-run" in evaluating.stop(page, "client")["evaluation"]  # it shows that nothing runs
    run = evaluating.run(page, "client", "own")
    next(run)
    assert evaluating.stop(page, "client") == {}
    assert "was stopped" in list(run)[-1]["notice"] and page.runs == {}


def test_the_first_questions_that_are_made_can_be_run_at_once(library: Library) -> None:
    page = Page(library, Service(library), History(library.path / "conversations.db"), Bench(library))
    told = evaluating.make(page, "client")
    assert 'value="own"' in told["evaluation"] and "new question" in told["notice"]
    assert "evaluation" not in evaluating.make(page, "client")  # a result that is shown stays
