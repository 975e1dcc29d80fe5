"""`footnote eval` and its sub-commands behind their parsing: ask, with progress shown; write files; print a table."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eval.compare import compare
from eval.judge_llm import judged_by
from eval.make import init
from eval.report import check_writable, terminal, write_html, write_json, write_page
from eval.run import Step, evaluate
from eval.runfile import read_run
from eval.saved import questions_file
from eval.sweep import parse_vary, sweep, sweep_page, sweep_table
from index.library import Library
from qa.chain import Options

__all__ = ["evaluate_and_report", "make_set", "sweep_and_report"]

_VERBS = {"reading": "Reading the documents", "asking": "Asking the questions", "judging": "Having the answers judged"}


def evaluate_and_report(
    documents: Path | None = None,
    questions: Path | None = None,
    *,
    library: Path | None = None,
    json_out: Path | None = None,
    html_out: Path | None = None,
    baseline: Path | None = None,
    limit: int | None = None,
    seed: int = 0,
    options: Options = Options(),  # noqa: B008 - frozen
    judge: str | None = None,
) -> int:
    """The exit code: 0, or 3 where the run is significantly worse than the baseline (`compare.Comparison.worse`).

    `judge` names a language model that judges the answers too (eval/judge_llm.py); the figures don't change.

    Raises DatasetError for a set or baseline that can't be read, or a file that can't be written; both are looked at
    before anything is asked, and the table is printed before anything is written. Raises ModelError or MissingExtra
    where the judge can't be had.
    """
    check_writable(json_out, html_out)
    earlier = read_run(baseline) if baseline else None
    with _progress() as report:
        run = evaluate(documents, questions, library=library, options=options, progress=report, limit=limit, seed=seed)
        if judge:
            run = judged_by(run, judge, options.base_url, lambda done, total: report(Step("judging", done, total)))
    comparison = compare(run, earlier, seed=seed) if earlier else None
    terminal(run, comparison, Console(highlight=False))
    if json_out:
        write_json(run, json_out)
    if html_out:
        write_html(run, html_out, comparison)
    return comparison.exit_code if comparison else 0


def sweep_and_report(
    documents: Path | None,
    questions: Path | None,
    vary: Sequence[str],
    *,
    library: Path | None = None,
    html_out: Path | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> int:
    """`footnote eval sweep --vary NAME=A,B …`: prints a table, writes a page; always 0. Raises DatasetError."""
    check_writable(html_out)
    varied = parse_vary(vary)
    with _progress() as report:
        points = sweep(documents, questions, varied, library=library, progress=report, limit=limit, seed=seed)
    Console(highlight=False).print(sweep_table(points))
    if html_out:
        write_page(sweep_page(points), html_out)
    return 0


def make_set(library: Library, n: int = 40, *, seed: int = 0) -> int:
    """`footnote eval init`: keeps questions made from the library beside it, and says so; always 0."""
    made = init(library, n, seed=seed)
    console, path = Console(highlight=False, soft_wrap=True), questions_file(library.path)
    console.print(f"{made} new questions in {escape(str(path))}, none of them reviewed.")
    console.print('Read them: correct or delete what is wrong, and set "reviewed" to true.')
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[Step], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {stage: bar.add_task(verb, total=None, start=False) for stage, verb in _VERBS.items()}

        def report(step: Step) -> None:
            if not bar.tasks[tasks[step.stage]].started:
                bar.start_task(tasks[step.stage])
            bar.update(tasks[step.stage], completed=step.done, total=step.total)

        yield report
