"""Options varied over one index: what may be varied, that each run is a run of its own, the page."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from documents.errors import DatasetError
from eval.sweep import Point, parse_vary, sweep, sweep_page, sweep_table
from index.encoder import HashEncoder
from tests.synthetic import random_run


def test_values_are_read_by_their_looks() -> None:
    assert parse_vary(["k=3, 5", "threshold=0.2,none"]) == {"passages": [3, 5], "threshold": [0.2, None]}
    assert parse_vary(["reader=default,none", "llm=none"]) == {"reader": ["default", "none"], "llm": [None]}


@pytest.mark.parametrize("text", ["fusion=a", "passages", "passages=", "=3"])
def test_what_is_no_option_is_told_with_those_that_are(text: str) -> None:
    with pytest.raises(DatasetError, match="passages, sentences, threshold"):
        parse_vary([text])


@pytest.mark.parametrize(
    "text",
    ["k=abc", "k=0", "k=3,,5", "sentences=2.5", "threshold=high", "threshold=2", "unsupported=maybe", "reader=,none"],
)
def test_a_value_that_an_option_cant_have_is_told_before_anything_is_asked(text: str) -> None:
    with pytest.raises(DatasetError, match=f"can't vary by '{text}'"):
        parse_vary([text])


def test_what_can_not_be_written_as_a_value_or_comes_twice_is_told() -> None:
    with pytest.raises(DatasetError, match="name out of"):
        parse_vary(["limits=3"])
    with pytest.raises(DatasetError, match="varied already"):
        parse_vary(["k=3", "passages=5"])


def test_a_sweep_asks_with_every_combination(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.kept_encoder.default_encoder", HashEncoder)
    (tmp_path / "docs").mkdir()
    for name, text in {"a": "Ada built the mill in 1874.", "b": "Bob built the ferry in 1931."}.items():
        (tmp_path / "docs" / f"{name}.txt").write_text(text)
    questions = tmp_path / "q.csv"
    questions.write_text("question,answers,doc_ids\nWho built the mill?,Ada,a.txt\nWho built the ferry?,Bob,b.txt\n")
    points = sweep(tmp_path / "docs", questions, {"passages": [1, 2], "threshold": [0.0, 1.1]})
    assert [p.label for p in points] == [
        "passages=1 threshold=0.0",
        "passages=1 threshold=1.1",
        "passages=2 threshold=0.0",
        "passages=2 threshold=1.1",
    ]
    assert [p.metric("answered").value for p in points] == [1.0, 0.0, 1.0, 0.0]
    assert [len(p.run.questions[0].answer["passages"]) for p in points] == [1, 1, 2, 2]
    assert points[0].change is None
    assert points[1].change is not None and points[1].change.difference == -1.0
    assert points[3].run.settings["options"]["threshold"] == 1.1


def test_a_sweep_is_shown_as_a_table_and_a_page() -> None:
    points = [Point({"passages": n, "x": "<b>[red]"}, random_run(30, 0.5 + n / 10, seed=n)) for n in (1, 2, 3)]
    out = io.StringIO()
    Console(file=out, width=200).print(sweep_table(points))
    assert out.getvalue().count("passages=") == out.getvalue().count("x=<b>[red]") == 3
    page = sweep_page(points)
    assert page.count("<svg") == 1 and "passages=2" in page and "<b>" not in page
    assert sweep_page([]).startswith("<!doctype html>")
