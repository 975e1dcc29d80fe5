"""What commands print: text from documents made harmless, answers, progress, what became of files."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from index.gone import FileResult
    from index.intake import Progress as FileProgress
    from qa.answer import Answer

__all__ = ["err", "line", "out", "plain", "print_answer", "print_json", "progress_bar", "summary"]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def plain(text: str) -> str:
    """Text from documents and people: no markup of rich, no control characters, no lone surrogates."""
    from rich.markup import escape

    shown = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
    return escape(shown.encode("utf-8", "replace").decode())


def print_json(value: object) -> None:
    """A value as indented JSON, in UTF-8 whatever the terminal's encoding."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def print_answer(answer: "Answer") -> None:
    """An answer with its footnotes, or the closest passages, and its notes."""
    out.print(plain(answer.answer))
    if answer.citations:
        out.print()
    for c in answer.citations:
        heading = (
            (c.heading or "").removeprefix(c.title).removeprefix(" › ")
        )  # a heading path often begins with the title
        where = " · ".join(part for part in (c.title, heading, c.place) if part)
        out.print(f"[bold]\\[{c.number}][/] {plain(where)}")
        out.print(f"    [dim]{plain(c.source)}:{c.start}-{c.end}[/]")
    if answer.status == "not_in_documents":
        for p in answer.passages[:3]:
            out.print(f"\n[bold]{plain(p.title)}[/] [dim]{plain(p.source)}:{p.start}-{p.end}[/]")
            out.print(plain(p.text if len(p.text) < 300 else p.text[:300] + "…"))
    for note in answer.notes:
        out.print(f"[yellow]note[/] {plain(note)}")


def line(result: "FileResult") -> None:
    """What became of one file, unless nothing did."""
    if result.outcome == "failed":
        out.print(f"[red]failed[/]    {plain(result.reason or result.path)}")
    elif result.outcome != "unchanged":
        out.print(f"{result.outcome:<9} {plain(result.path)}")
    for problem in result.problems:
        out.print(f"[yellow]note[/]      {plain(result.path)}: {plain(problem.message)}")


@contextmanager
def progress_bar() -> "Iterator[Callable[[FileProgress], None]]":
    """A bar of files and one of passages; it is told of progress by what it gives."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        files = bar.add_task("Starting", total=None)
        passages = bar.add_task("", total=None, visible=False)

        def report(progress: "FileProgress") -> None:
            bar.update(files, description="Files", total=progress.files, completed=progress.file - 1)
            name = Path(progress.path).name
            verb = {"read": "Reading", "encode": "Encoding", "done": "Done with"}[progress.stage]
            total = progress.total or None
            bar.update(passages, description=f"{verb} {name}", total=total, completed=progress.done, visible=True)

        yield report


def summary(results: "Sequence[FileResult]") -> int:
    """Prints what became of the files; returns how many failed."""
    kinds = ("added", "updated", "unchanged", "removed", "gone", "failed")
    counts = {kind: sum(r.outcome == kind for r in results) for kind in kinds}
    for result in results:
        if result.outcome == "failed":
            err.print(f"[red]failed[/] {plain(result.reason or result.path)}")
        for problem in result.problems:
            err.print(f"[yellow]note[/]   {plain(result.path)}: {plain(problem.message)}")
    gone = counts.pop("gone")
    if gone:
        files = "1 file that was read before is" if gone == 1 else f"{gone} files that were read before are"
        err.print(f"[yellow]note[/]   {files} gone: --prune removes what was read from them")
    out.print(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing to do")
    return counts["failed"]
