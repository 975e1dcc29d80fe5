"""A run for a reader: a terminal table, a JSON file, an HTML page."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.markup import escape as escape_markup
from rich.table import Table

from documents.errors import DatasetError
from eval.compare import Comparison
from eval.figures import FIGURES
from eval.html_report import FAILURE_TEXT, STAGE_TEXT, figure, html_report
from eval.runfile import Run, run_json
from eval.summary import failures, funnel, kinds

__all__ = ["check_writable", "judge_line", "terminal", "write_html", "write_json", "write_page"]


def check_writable(*paths: Path | None) -> None:
    """Raises DatasetError where a file surely can't be written: to be asked before hours are spent on what goes in."""
    for path in (path for path in paths if path is not None):
        folder = path.absolute().parent
        why = (
            "it is a folder"
            if path.is_dir()
            else f"there is no folder {str(folder)!r}"
            if not folder.is_dir()
            else "it is write-protected"
            if not os.access(path if path.exists() else folder, os.W_OK)
            else None
        )
        if why:
            raise DatasetError(f"{str(path)!r} can't be written: {why}. Name another file.")


def write_json(run: Run, path: Path) -> None:
    """Writes {"settings", "metrics", …, "questions"}; raises DatasetError where the file can't be written."""
    _write(path, json.dumps(run_json(run), ensure_ascii=False, indent=1) + "\n")


def write_html(run: Run, path: Path, comparison: Comparison | None = None) -> None:
    """Writes the page; raises DatasetError where the file can't be written."""
    write_page(html_report(run, comparison), path)


def write_page(page: str, path: Path) -> None:
    """Writes any page; raises DatasetError where the file can't be written."""
    _write(path, page)


def _write(path: Path, text: str) -> None:
    try:
        # A lone surrogate, which UTF-8 has no bytes for, is written as JSON escapes it.
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise DatasetError(f"{str(path)!r} can't be written: {error.strerror}. Name another file.") from error


def terminal(run: Run, comparison: Comparison | None = None, console: Console | None = None) -> None:
    """Prints the figures, where answers were lost, and what changed against a baseline."""
    parts = [_figures(run), _losses(run)]
    by_kind = kinds(run.questions, int(run.settings.get("seed", 0)))
    if by_kind:
        table = _table("Right, by kind", "", "95 % interval", "n")
        for kind, metric in by_kind.items():
            table.add_row(_plain(kind.replace("_", " ")), *figure(kind, metric), str(metric.n))
        parts.append(table)
    if comparison:
        parts.append(_comparison(comparison))
    shown = console or Console()
    shown.print(Group(*parts))
    if comparison and comparison.worse:
        shown.print("[red]Significantly worse than the baseline.[/]")
    if run.settings.get("judge"):
        shown.print(_plain(judge_line(run.settings["judge"])))
    for name, why in run.settings.get("unread", {}).items():
        shown.print(f"[yellow]{_plain(name)} was not read:[/] {_plain(why)}")
    if run.settings.get("unknown_documents"):
        unknown = ", ".join(run.settings["unknown_documents"])
        shown.print(f"[yellow]Questions name documents that aren't here:[/] {_plain(unknown)}")


def judge_line(judge: Mapping[str, Any]) -> str:
    """What a language model thought of the answers, and how far it agrees with the metrics, in a line."""
    said = f"Judged by {judge['model']}: "
    if not judge["n"]:
        return said + "no answer had an accepted one to be compared with."
    beyond = "not defined, as both say the same of all"
    if judge["kappa"] is not None and judge["kappa_low"] is not None:
        beyond = f"{judge['kappa']:.2f} (95 % interval {judge['kappa_low']:.2f} to {judge['kappa_high']:.2f})"
    undecided = f", {judge['undecided']} more without a verdict" if judge["undecided"] else ""
    return (
        f"{said}{judge['right']:.3f} of {judge['n']} answers right{undecided}; agrees with the metrics on "
        f"{judge['agreement']:.3f}, Cohen's kappa {beyond}."
    )


def _plain(text: str) -> str:
    """Text of documents and people: neither markup nor the terminal's control sequences."""
    return escape_markup("".join(char if char.isprintable() else "\ufffd" for char in text))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left", style="dim" if column.startswith("95") else None)
    return table


def _figures(run: Run) -> Table:
    table = _table(f"{len(run.questions)} questions", "", "95 % interval", "n")
    for group, names in FIGURES.items():
        rows = [(name, label) for name, label in names.items() if name in run.metrics and run.metrics[name].n]
        if rows:
            table.add_row(f"[bold]{group}[/]")
        for name, label in rows:
            metric = run.metrics[name]
            table.add_row(f"  {_plain(label)}", *figure(name, metric), str(metric.n))
    return table


def _losses(run: Run) -> Table:
    table = _table("Answerable questions", "")
    for stage, n in funnel(run.questions).items():
        table.add_row(f"  {STAGE_TEXT[stage]}", str(n))
    table.add_row("[bold]Wrong, by cause[/]")
    for name, n in failures(run.questions).items():
        table.add_row(f"  {name}: {FAILURE_TEXT[name]}", str(n))
    return table


def _comparison(comparison: Comparison) -> Table:
    table = _table("Against the baseline", "change", "95 % interval", "p boot.", "p rand.", "n")
    labels = {name: label for names in FIGURES.values() for name, label in names.items()}
    for name, test in comparison.tests.items():
        interval = f"{test.low:+.3f} to {test.high:+.3f}"
        ps = (f"{test.p_bootstrap:.3f}", f"{test.p_randomisation:.3f}")
        table.add_row(f"  {labels[name]}", f"{test.difference:+.3f}", interval, *ps, str(test.n))
    for said, ids in (("now right", comparison.to_right), ("now wrong", comparison.to_wrong)):
        table.add_row(f"  {said}", str(len(ids)), _plain(" ".join(ids[:8]) + (" …" if len(ids) > 8 else "")))
    return table
