"""Two runs side by side: what flipped, what is significant, and the exit code for a build."""

from pathlib import Path

import pytest

from documents.errors import DatasetError
from eval.compare import compare
from eval.report import write_json
from eval.runfile import read_run
from tests.synthetic import random_run, result, run_of


def test_flips_and_the_questions_that_have_no_pair() -> None:
    old = run_of(result("a", right=True), result("b", right=False), result("c"), result("d", question="Old words?"))
    new = run_of(result("a", right=False), result("b", right=True), result("e"), result("d", question="New words?"))
    found = compare(new, old)
    assert (found.to_right, found.to_wrong) == (("b",), ("a",))
    assert (set(found.only_new), set(found.only_old)) == ({"e", "d"}, {"c", "d"})
    assert found.tests["accuracy"].n == 2
    assert found.tests["accuracy"].difference == 0
    assert found.exit_code == 0


def test_a_figure_is_paired_where_both_have_it() -> None:
    old = run_of(result("a", scores={"token_f1": 0.2}), result("b"))
    new = run_of(result("a", scores={"token_f1": 0.5}), result("b", scores={"token_f1": 1.0}))
    test = compare(new, old).tests["token_f1"]
    assert (test.n, test.difference) == (1, pytest.approx(0.3))


def test_a_clear_fall_exits_with_3_and_a_rise_does_not() -> None:
    good, bad = random_run(200, 0.9, seed=1), random_run(200, 0.6, seed=2)
    assert compare(bad, good).exit_code == 3
    assert compare(good, bad).exit_code == 0
    assert compare(good, good).exit_code == 0


def test_a_fall_within_chance_exits_with_0() -> None:
    results = [result(f"q{i}", document=f"d{i}") for i in range(50)]
    fallen = [result("q0", right=False, document="d0"), *results[1:]]
    found = compare(run_of(*fallen), run_of(*results))
    assert found.tests["accuracy"].difference < 0
    assert found.exit_code == 0


def test_nothing_in_common() -> None:
    found = compare(run_of(result("a")), run_of(result("b")))
    assert found.tests == {} and found.exit_code == 0


def test_a_run_survives_its_file(tmp_path: Path) -> None:
    run = random_run(20, 0.7)
    write_json(run, tmp_path / "run.json")
    back = read_run(tmp_path / "run.json")
    assert back.metrics == run.metrics
    assert back.questions[3].answer == run.questions[3].answer
    assert back.questions == run.questions


@pytest.mark.parametrize("text", ["{}", "[]", "not json", '{"questions": [{}], "metrics": {}, "settings": {}}'])
def test_a_file_that_is_no_run_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(DatasetError, match=r"x\.json' isn't a run"):
        read_run(path)
    with pytest.raises(DatasetError, match="can't be read"):
        read_run(tmp_path / "none.json")
