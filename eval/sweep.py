"""The same questions asked with different options, over documents that are indexed once: what quality costs in time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

from rich.markup import escape as markup_escape
from rich.table import Table

from documents.errors import DatasetError
from eval.compare import compare
from eval.html_report import figure, page
from eval.plots import quality_plot
from eval.resample import PairedTest
from eval.run import Progress, prepared, run
from eval.runfile import Run
from eval.summary import Metric
from qa.chain import Options

__all__ = ["Point", "parse_vary", "sweep", "sweep_page", "sweep_table"]

_SHORT = {"k": "passages"}  # other names of options
_COLUMNS = {
    "accuracy": "Right",
    "containment": "Holds the answer",
    "citation_recall": "Evidence cited",
    "abstention_recall": "Unanswerable left",
    "latency_p50": "ms, half",
    "latency_p95": "ms, 95 %",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of options, its run, and its accuracy against the first combination's (None for the first)."""

    varied: Mapping[str, Any]
    run: Run
    change: PairedTest | None = None

    @property
    def label(self) -> str:
        """The options by which it differs."""
        return " ".join(f"{name}={value}" for name, value in self.varied.items())

    def metric(self, name: str) -> Metric:
        """A figure of its run."""
        return self.run.metrics.get(name, Metric(None, None, None, 0))


def parse_vary(texts: Sequence[str]) -> dict[str, list[Any]]:
    """["passages=3,5", "threshold=0.2,none"] -> {"passages": [3, 5], "threshold": [0.2, None]}.

    "k" is short for passages. Raises DatasetError for what is no option, has no values, or values that it can't have.
    """
    known = [f.name for f in fields(Options) if f.name in _KINDS or isinstance(f.default, str)]
    found: dict[str, list[Any]] = {}
    for text in texts:
        name, _, values = text.partition("=")
        name = _SHORT.get(name.strip(), name.strip())
        if name not in known or not values.strip():
            raise DatasetError(f"can't vary by {text!r}: write NAME=VALUE,VALUE with a name out of {', '.join(known)}.")
        if name in found:
            raise DatasetError(f"can't vary by {text!r}: {name} is varied already; write all its values in one list.")
        try:
            found[name] = [_KINDS.get(name, _text)(value.strip()) for value in values.split(",")]
        except ValueError as error:
            raise DatasetError(f"can't vary by {text!r}: {error}.") from error
    return found


def _text(value: str) -> str:
    if not value:
        raise ValueError("a value is empty")
    return value


def _count(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{value!r} is no number from 1")
    return int(value)


def _share(value: str) -> float | None:
    if value.lower() == "none":
        return None
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"{value!r} is no number from 0 to 1, nor none")
    return share


def _name(value: str) -> str | None:
    return None if value.lower() == "none" else _text(value)


def _unsupported(value: str) -> str:
    if value not in ("mark", "replace"):
        raise ValueError(f"{value!r} is neither mark nor replace")
    return value


_KINDS: Mapping[str, Callable[[str], Any]] = {
    "passages": _count,
    "sentences": _count,
    "threshold": _share,
    "llm": _name,
    "base_url": _name,
    "unsupported": _unsupported,
}
"""How the values of an option are read; those of others that are texts, such as reader, as they are."""


def sweep(
    documents: Path | None,
    questions: Path | None,
    vary: Mapping[str, Sequence[Any]],
    *,
    library: Path | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[Point]:
    """A run for every combination, in the order given; the first is what the others are compared with."""
    points: list[Point] = []
    with prepared(documents, questions, library=library, progress=progress, limit=limit) as ready:
        for values in product(*vary.values()):
            varied = dict(zip(vary, values, strict=True))
            found = run(
                ready.library,
                ready.questions,
                replace(options, **varied),
                progress,
                corpus=ready.corpus,
                settings=ready.settings,
                seed=seed,
            )
            change = compare(found, points[0].run, seed=seed).tests.get("accuracy") if points else None
            points.append(Point(varied, found, change))
    return points


def _cells(point: Point) -> list[tuple[str, str]]:
    """(value, interval) of each column; the last two are the change against the first combination and its p."""
    cells = [figure(name, point.metric(name)) for name in _COLUMNS]
    if point.change is None:
        return [*cells, ("", ""), ("", "")]
    return [*cells, (f"{point.change.difference:+.3f}", ""), (f"{point.change.p_randomisation:.3f}", "")]


_HEADS = [*_COLUMNS.values(), "Change", "p"]


def sweep_table(points: Sequence[Point]) -> Table:
    """The combinations as a terminal table of 80 columns: of the intervals only accuracy's, and short heads."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Options", overflow="fold")
    for head in ("right", "95 %", "holds", "cited", "refused", "p50", "p95", "change", "p"):
        table.add_column(head, justify="right", no_wrap=True)
    for point in points:
        right = point.metric("accuracy")
        interval = "" if right.low is None or right.high is None else f"{right.low:.2f}-{right.high:.2f}"
        values = [value for value, _ in _cells(point)]
        table.add_row(markup_escape(point.label), values[0], interval, *values[1:])
    return table


def sweep_page(points: Sequence[Point]) -> str:
    """The combinations as one page: a table, and quality against time."""
    dots = [
        (point.label, time.value, right.value, right.low, right.high)
        for point in points
        for time, right in ((point.metric("latency_p50"), point.metric("accuracy")),)
        if time.value is not None and right.value is not None and right.low is not None and right.high is not None
    ]
    head = "".join(f"<td>{escape(name)}</td>" for name in _HEADS)
    rows = "".join(
        f"<tr><th>{escape(point.label)}</th>"
        f"{''.join(f'<td>{value} <small>{span}</small></td>' for value, span in _cells(point))}</tr>"
        for point in points
    )
    n = len(points[0].run.questions) if points else 0
    body = (
        f"<h1>Sweep</h1><p class=soft>{n} questions, {len(points)} combinations of options. Change is in the share "
        f"right against the first row; p by Fisher's randomisation.</p>"
        f"<div class=scroll><table><thead><tr><th>Options</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        f"<figure style='max-width:44rem'>{quality_plot(dots)}"
        "<figcaption>Up and to the left is better.</figcaption></figure>"
    )
    return page("Sweep", body)
