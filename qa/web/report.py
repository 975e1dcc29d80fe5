"""What became of uploaded files, while they are read and after, as HTML. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from qa.web.words import counted

__all__ = ["Line", "report_html"]


@dataclass(frozen=True, slots=True)
class Line:
    """One file of an upload and how far it is; `fraction` in [0, 1], None where it can't be known."""

    name: str
    state: Literal["waiting", "working", "done", "unchanged", "updated", "failed", "stopped"]
    note: str = ""
    fraction: float | None = None


def report_html(lines: Sequence[Line]) -> Markup:
    """What became of each uploaded file, while it is read and after."""
    if not lines:
        return Markup("")
    rows = Markup("").join(_line(line) for line in lines)
    busy = any(line.state in ("waiting", "working") for line in lines)
    ended = sum(line.state not in ("waiting", "working", "stopped") for line in lines)
    failed = sum(line.state == "failed" for line in lines)
    head = f"{ended:,} of {counted(len(lines), 'file')}" if len(lines) > 1 else ""
    head += f", {failed:,} could not be read" if failed and len(lines) > 1 else ""
    button = Markup("")
    if not busy:
        button = Markup('<button class="fn-dismiss" title="Hide this report" aria-label="Hide this report">✕</button>')
    return Markup('<div class="fn-report{}" role="status"><header><span>{}</span>{}</header><ul>{}</ul></div>').format(
        " busy" if busy else "", head, button, rows
    )


def _line(line: Line) -> Markup:
    marks = {
        "waiting": "…",
        "working": "…",
        "done": "✓",
        "unchanged": "=",
        "updated": "✓",
        "failed": "!",
        "stopped": "–",
    }
    bar = Markup("")
    if line.state == "working":
        value = Markup(' value="{:.2f}"').format(line.fraction) if line.fraction is not None else Markup("")
        bar = Markup('<progress max="1"{}></progress>').format(value)
    return Markup('<li class="{}"><b>{}</b><span>{}</span><small>{}</small>{}</li>').format(
        line.state, marks[line.state], line.name, line.note, bar
    )
