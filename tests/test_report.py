"""A run as a table, JSON and one page: what it says, that it is safe to open, that it needs no network."""

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from documents.errors import DatasetError
from eval.command import evaluate_and_report, sweep_and_report
from eval.compare import compare
from eval.figures import FIGURES
from eval.html_report import html_report
from eval.report import check_writable, terminal, write_html, write_json
from eval.summary import failures, funnel, summarise
from tests.synthetic import random_run, result, run_of


def test_figures_of_a_small_run_by_hand() -> None:
    results = [
        result("a", confidence=0.9),
        result("b", right=False, confidence=0.8),
        result("c", answered=False, right=False, would_be_right=True, confidence=0.3),
        result("d", answerable=False, answered=False, confidence=0.2),
        result("e", answerable=False, right=False, confidence=0.6),
    ]
    metrics = summarise(results)
    expected = {
        "accuracy": 2 / 5,
        "answered": 3 / 5,
        "accuracy_when_answered": 1 / 3,
        "abstention_precision": 1 / 2,
        "abstention_recall": 1 / 2,
        # answerable .9 .8 .3, not .2 .6: of 6 pairs only .3 < .6 is the wrong way round
        "abstention_auroc": 5 / 6,
        "crag_score": (1 - 1 + 0 + 1 - 1) / 5,
        "coverage_at_5%_risk": 1 / 5,
        "latency_p50": 10.0,
    }
    assert {name: metrics[name].value for name in expected} == pytest.approx(expected)
    assert metrics["abstention_precision"].n == 2 and metrics["accuracy"].n == 5
    assert metrics["rouge_l"].value is None and metrics["rouge_l"].n == 0
    assert funnel(results) == {"answerable": 3, "read": 3, "retrieved": 3, "chosen": 3, "answered": 1}
    assert failures(results) == {"reading": 0, "retrieval": 0, "ranking": 0, "answering": 1, "abstaining": 2}


def test_every_figure_has_its_interval_around_it() -> None:
    for name, metric in random_run(80, 0.8).metrics.items():
        if metric.value is not None:
            assert metric.low is not None and metric.high is not None
            assert metric.low - 1e-9 <= metric.value <= metric.high + 1e-9, name


def test_metrics_are_those_listed_and_an_empty_run_has_none() -> None:
    names = [name for names in FIGURES.values() for name in names]
    assert len(names) == len(set(names))
    assert list(summarise([])) == names
    assert all(metric.value is None for metric in summarise([]).values())


def test_the_same_run_gives_the_same_page() -> None:
    assert html_report(random_run(40, 0.8)) == html_report(random_run(40, 0.8))


class Elements(HTMLParser):
    """Collects elements and checks that they nest."""

    VOID = frozenset(("meta", "input", "br", "path", "use"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def parse(page: str) -> Elements:
    elements = Elements()
    elements.feed(page)
    assert elements.open == []
    return elements


def test_the_page_needs_nothing_from_outside() -> None:
    run = random_run(30, 0.7)
    page = html_report(run, compare(run, run))
    elements = parse(page)
    tags = {tag for tag, _ in elements.seen}
    assert not tags & {"img", "link", "iframe", "object", "embed", "base", "form", "video", "audio"}
    assert not re.search(r"@import|url\((?!#)|src=|fetch\(|https?://(?!www\.w3\.org/)", page)
    (policy,) = [a["content"] for _, a in elements.seen if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None and policy.startswith("default-src 'none'")
    ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert sum(tag == "svg" for tag, _ in elements.seen) == 3


def test_text_of_documents_is_never_markup() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
    bad = result("<b>", question=evil, quote=evil, kind="'><i>", document="<u>d", scores={"<s>": 1.0})
    run = run_of(bad)
    run.settings["<q>"] = evil  # type: ignore[index]
    run.settings["unread"] = {evil: evil}  # type: ignore[index]
    run.settings["unknown_documents"] = [evil]  # type: ignore[index]
    page = html_report(run, compare(run, run))
    tags = [tag for tag, _ in parse(page).seen]
    assert tags.count("script") == 1
    assert not {"img", "u", "s", "q"} & set(tags)
    assert "onerror" not in {name for _, attributes in parse(page).seen for name in attributes}
    assert page.count("&lt;script&gt;") >= 6


def test_the_page_of_an_empty_run_opens() -> None:
    parse(html_report(run_of()))


def test_the_table_says_figures_losses_and_changes() -> None:
    run, old = random_run(60, 0.9, seed=1), random_run(60, 0.5, seed=2)
    out = io.StringIO()
    terminal(run, compare(run, old), Console(file=out, width=120))
    said = out.getvalue()
    assert "60 questions" in said and "Wrong, by cause" in said and "Against the baseline" in said
    value = run.metrics["accuracy"].value
    assert value is not None and f"{value:.3f}" in said
    assert "now right" in said


def test_the_table_takes_markup_in_names_as_text() -> None:
    run = run_of(result("a", kind="[bold]x[/nonsense]"))
    run.settings["unread"] = {"[/a].pdf": "[red]no"}  # type: ignore[index]
    out = io.StringIO()
    terminal(run, console=Console(file=out, width=120))
    assert "[bold]x[/nonsense]" in out.getvalue() and "[/a].pdf" in out.getvalue()


def test_names_cant_steer_the_terminal() -> None:
    out = io.StringIO()
    run = run_of(result("a", kind="\x1b[31mred\x07"))
    run.settings["unread"] = {"\x1b]0;title\x07.pdf": "x"}  # type: ignore[index]
    terminal(run, console=Console(file=out, width=120))
    assert "\x1b" not in out.getvalue() and "\x07" not in out.getvalue()


def test_the_json_is_the_contract_with_its_judgement(tmp_path: Path) -> None:
    write_json(random_run(10, 0.7), tmp_path / "out.json")
    data = json.loads((tmp_path / "out.json").read_text())
    assert {"settings", "metrics", "questions"} <= set(data)
    row = data["questions"][1]
    assert {"id", "question", "status", "answer", "confidence", "sentences", "citations", "passages"} <= set(row)
    assert row["expected"]["answers"] == ["so"]
    assert set(data["metrics"]["accuracy"]) == {"value", "low", "high", "n", "clusters"}


def test_a_file_that_cant_be_written_is_named(tmp_path: Path) -> None:
    for write in (write_json, write_html):
        with pytest.raises(DatasetError, match="can't be written"):
            write(random_run(3, 1.0), tmp_path / "no" / "out")


def test_where_nothing_can_be_written_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("hours were spent")

    monkeypatch.setattr("eval.command.evaluate", asked)
    monkeypatch.setattr("eval.command.sweep", asked)
    for name in ("json_out", "html_out"):
        with pytest.raises(DatasetError, match="there is no folder"):
            evaluate_and_report(**{name: tmp_path / "none" / "run"})
    with pytest.raises(DatasetError, match="it is a folder"):
        sweep_and_report(None, None, ["k=3"], html_out=tmp_path)
    check_writable(tmp_path / "run.json", None)
    assert list(tmp_path.iterdir()) == []


def test_a_lone_surrogate_is_written_as_json_has_it(tmp_path: Path) -> None:
    write_json(run_of(result("a\ud800")), tmp_path / "run.json")
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["questions"][0]["id"] == "a\ud800"
