"""A question set asked of a real library, end to end, with the stand-in encoder where the model doesn't matter."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from documents.errors import DatasetError
from eval.command import evaluate_and_report, make_set, sweep_and_report
from eval.corpus import take_in
from eval.dataset import DEMO_DOCUMENTS, DEMO_QUESTIONS, Question, Source, load_documents, load_questions
from eval.evidence import Evidence
from eval.evidence import locate as locate_evidence
from eval.report import write_json
from eval.run import Run, Step, evaluate, run
from eval.runfile import read_run, run_json
from index.encoder import HashEncoder
from index.library import Library
from qa.answer import Turn
from qa.chain import Options

LIGHT = "The lighthouse of Alma was built in 1874 by Ida Lund. Its lamp is seen from forty kilometres away."
FERRY = "The ferry to Orsk leaves at nine in the morning. A ticket costs twelve crowns."
ALWAYS = Options(threshold=0.0)
NEVER = Options(threshold=1.1)
BUILT = Evidence("light", "The lighthouse of Alma was built in 1874 by Ida Lund.")
HISTORY = (Turn("user", "What does the ferry to Orsk cost?"), Turn("agent", "A ticket costs twelve crowns."))
QUESTIONS = [
    Question("built", "Who built the lighthouse of Alma?", ("Ida Lund",), ("light",), evidence=(BUILT,)),
    Question("ticket", "What does a ticket for the ferry to Orsk cost?", ("twelve crowns",), ("ferry",), kind="number"),
    Question("then", "And when does it leave?", ("nine",), ("ferry",), history=HISTORY),
    Question("none", "Who sank the trawler Meduza?", answerable=False, kind="unanswerable"),
]


def asked(folder: Path, options: Options, questions: list[Question] | None = None) -> Run:
    with Library.open(folder, encoder=HashEncoder()) as library:
        corpus = take_in(library, [Source("light", "Lighthouse", LIGHT), Source("ferry", "Ferry", FERRY)])
        return run(library, QUESTIONS if questions is None else questions, options, corpus=corpus)


def without_times(found: Run) -> object:
    data = run_json(found)
    data["settings"].pop("date")
    data["metrics"] = {k: v for k, v in data["metrics"].items() if not k.startswith("latency")}
    for row in data["questions"]:
        row.pop("timings_ms"), row.pop("milliseconds")
    return data


def test_a_run_judges_every_question(tmp_path: Path) -> None:
    found = asked(tmp_path / "library", ALWAYS)
    right = {r.id: r.right for r in found.questions}
    assert right == {"built": True, "ticket": True, "then": True, "none": False}
    assert found.metrics["accuracy"].value == 0.75
    assert found.metrics["document_success@5"].n == 3  # the unanswerable one has nothing to retrieve
    assert {r.id: r.failure for r in found.questions}["none"] == "abstaining"
    for result in found.questions:
        text = {"light": LIGHT, "ferry": FERRY}
        for citation in result.answer["citations"]:
            assert text[citation["source"]][citation["start"] : citation["end"]] == citation["quote"]


def test_abstaining_everywhere_tells_what_was_withheld(tmp_path: Path) -> None:
    found = asked(tmp_path / "library", NEVER)
    assert {r.id: r.right for r in found.questions} == {"built": False, "ticket": False, "then": False, "none": True}
    assert {r.would_be_right for r in found.questions if r.answerable} == {True}
    assert {r.failure for r in found.questions if r.answerable} == {"abstaining"}
    assert found.metrics["abstention_precision"].value == 0.25
    assert found.metrics["citation_recall"].value == 0.0


def test_the_same_run_twice_is_the_same(tmp_path: Path) -> None:
    first, second = (asked(tmp_path / name, ALWAYS) for name in ("one", "two"))
    assert without_times(first) == without_times(second)


def test_the_search_of_a_follow_up_sees_its_history(tmp_path: Path) -> None:
    with_history = QUESTIONS[2]
    found = asked(tmp_path / "library", ALWAYS, [with_history, replace(with_history, id="bare", history=())])
    assert "Orsk" in " ".join(found.questions[0].answer["searched"])
    assert "Orsk" not in " ".join(found.questions[1].answer["searched"])


def test_no_questions_is_an_empty_run(tmp_path: Path) -> None:
    found = asked(tmp_path / "library", ALWAYS, [])
    assert found.questions == () and found.metrics["accuracy"].value is None


def test_an_unread_document_and_an_unknown_name_are_told(tmp_path: Path) -> None:
    question = Question("q", "Who built the lighthouse?", ("Ida Lund",), ("blank", "nowhere"))
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        corpus = take_in(library, [Source("light", text=LIGHT), Source("blank", text="  ")])
        found = run(library, [question], NEVER, corpus=corpus)
    assert list(found.settings["unread"]) == ["blank"]
    assert found.settings["unknown_documents"] == ["nowhere"]
    assert found.questions[0].failure == "reading" or found.questions[0].would_be_right


def test_a_library_of_ones_own_is_known_by_file_names(tmp_path: Path) -> None:
    (tmp_path / "light.txt").write_text(LIGHT)
    with Library.open(tmp_path / "library", encoder=HashEncoder()) as library:
        library.add_files([tmp_path / "light.txt"])
        found = run(library, [replace(QUESTIONS[0], doc_ids=("light.txt",), evidence=())], ALWAYS)
    assert found.metrics["document_success@1"].value == 1.0


def test_questions_alone_have_nothing_to_be_asked_of(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "Who?", "answers": ["Ada"]}')
    with pytest.raises(DatasetError, match="brings no documents"):
        evaluate(None, path)


def test_a_question_nobody_may_ask_is_told_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"id": "long", "question": "why " * 6000}))
    with pytest.raises(DatasetError, match="question 'long' has 24,000 characters"):
        evaluate(tmp_path / "nowhere", path)


def test_our_own_set_is_sound() -> None:
    questions = load_questions(DEMO_QUESTIONS)
    texts = {source.id: source.read()[0].text for source in load_documents(DEMO_DOCUMENTS)}
    assert len(questions) >= 80
    assert sum(not question.answerable for question in questions) >= 20
    assert sum(bool(question.history) for question in questions) >= 8
    for question in questions:
        assert set(question.doc_ids) <= set(texts)
        for evidence in question.evidence:
            assert locate_evidence(evidence, texts[evidence.doc_id]) is not None


def test_the_command_from_files_to_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.kept_encoder.default_encoder", HashEncoder)
    docs, questions = tmp_path / "docs", tmp_path / "q.csv"
    docs.mkdir()
    (docs / "light.txt").write_text(LIGHT)
    (docs / "ferry.md").write_text(f"# Ferry\n\n{FERRY}\n")
    rows = [f"Who built the lighthouse of Alma ({i})?,Ida Lund,light.txt" for i in range(12)]
    questions.write_text("question,answers,doc_ids\n" + "\n".join(rows) + "\n")
    paths = {"json_out": tmp_path / "out.json", "html_out": tmp_path / "out.html"}
    assert evaluate_and_report(docs, questions, **paths) == 0  # type: ignore[arg-type]
    first = read_run(tmp_path / "out.json")
    assert first.metrics["document_success@1"].n == 12
    assert (tmp_path / "out.html").read_text().startswith("<!doctype html>")
    assert "12 questions" in capsys.readouterr().out

    better = replace(first, questions=tuple(replace(r, right=True) for r in first.questions))
    write_json(better, tmp_path / "better.json")
    questions.write_text(questions.read_text().replace("Ida Lund", "Nobody"))  # now every answer is wrong
    assert evaluate_and_report(docs, questions, baseline=tmp_path / "better.json") == 3
    assert "Significantly worse" in capsys.readouterr().out
    assert evaluate_and_report(docs, questions, limit=3) == 0
    assert "3 questions" in capsys.readouterr().out


def test_sweep_and_init_from_files_to_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("index.kept_encoder.default_encoder", HashEncoder)
    (tmp_path / "light.txt").write_text(f"{LIGHT} In 1931 the old keeper counted 40 ships from his window.")
    with Library.open(tmp_path / "library") as library:
        library.add_files([tmp_path / "light.txt"])
        assert make_set(library) == 0
    assert "new questions in" in capsys.readouterr().out
    page = tmp_path / "sweep.html"
    assert sweep_and_report(None, None, ["sentences=1,2"], library=tmp_path / "library", html_out=page) == 0
    assert "sentences=2" in capsys.readouterr().out and "sentences=2" in page.read_text()


def test_a_bad_baseline_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        evaluate_and_report(tmp_path / "no", tmp_path / "no", baseline=tmp_path / "none.json")


def test_files_in_and_files_out_with_the_real_model(tmp_path: Path) -> None:
    docs, questions = tmp_path / "docs", tmp_path / "q.csv"
    docs.mkdir()
    (docs / "light.txt").write_text(LIGHT)
    (docs / "ferry.md").write_text(f"# Ferry\n\n{FERRY}\n")
    questions.write_text("question,answers,doc_ids\nWho built the lighthouse of Alma?,Ida Lund,light.txt\n")
    steps: list[Step] = []
    found = evaluate(docs, questions, options=ALWAYS, progress=steps.append)
    assert found.metrics["accuracy"].value == 1.0
    assert [step for step in steps if step.stage == "reading"] == [Step("reading", i, 2) for i in range(3)]
    assert steps[-1] == Step("asking", 1, 1)
    write_json(found, tmp_path / "out.json")
    assert read_run(tmp_path / "out.json").questions == found.questions
    json.loads((tmp_path / "out.json").read_text())


def test_a_library_that_was_cut_another_way_is_judged_by_its_own_passages(tmp_path: Path) -> None:
    """Else none of its passages would be a gold one, and every figure of them 0."""
    with Library.open(tmp_path, encoder=HashEncoder()) as library:
        with pytest.MonkeyPatch.context() as earlier:
            earlier.setattr("documents.split.WORDS", 5)
            take_in(library, [Source("light", "Lighthouse", LIGHT)])
        assert len(library.spans(library.documents()[0].id)) == 2
        found = run(library, QUESTIONS[:1], ALWAYS)  # of the library's own documents, as `--library` has it
    assert found.metrics["passage_recall@5"].value == 1.0
