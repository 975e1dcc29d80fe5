"""`footnote eval` behind its parsing: asks the set with progress shown, writes the files, prints the table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eval.compare import compare
from eval.report import terminal, write_html, write_json
from eval.run import Step, evaluate
from eval.runfile import read_run

__all__ = ["evaluate_and_report"]

_VERBS = {"reading": "Reading the documents", "asking": "Asking the questions"}


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
) -> int:
    """The exit code: 0, or 3 where the run is significantly worse than the baseline (`compare.Comparison.worse`).

    Raises DatasetError for a set or baseline that can't be read, or a file that can't be written; the baseline is read
    before anything is asked.
    """
    earlier = read_run(baseline) if baseline else None
    with _progress() as report:
        run = evaluate(documents, questions, library=library, progress=report, limit=limit, seed=seed)
    comparison = compare(run, earlier, seed=seed) if earlier else None
    if json_out:
        write_json(run, json_out)
    if html_out:
        write_html(run, html_out, comparison)
    terminal(run, comparison, Console(highlight=False))
    return comparison.exit_code if comparison else 0


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
