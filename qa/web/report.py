"""What became of uploaded files, while they are read and after, as HTML. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from qa.web.words import counted

__all__ = ["ADDED", "UNCHANGED", "Line", "report_html"]

ADDED, UNCHANGED = "added", "already in the library"
WELL = (ADDED, UNCHANGED)  # notes of files of which nothing more need be said
AT_ONCE = 3  # such files that are listed; more are folded


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
    busy = any(line.state in ("waiting", "working") for line in lines)
    well = [line for line in lines if line.note in WELL] if not busy else []
    folded = well if len(well) > AT_ONCE else []
    rows = Markup("").join(_line(line) for line in lines if line not in folded)
    ended = sum(line.state not in ("waiting", "working", "stopped") for line in lines)
    failed = sum(line.state == "failed" for line in lines)
    head = f"{ended:,} of {counted(len(lines), 'file')}" if len(lines) > 1 else ""
    head += f", {failed:,} could not be read" if failed and len(lines) > 1 else ""
    button = Markup("")
    if not busy:
        button = Markup('<button class="fn-dismiss" title="Hide this report" aria-label="Hide this report">✕</button>')
    return Markup(
        '<div class="fn-report{}" role="status"><header><span>{}</span>{}</header><ul>{}</ul>{}</div>'
    ).format(" busy" if busy else "", head, button, rows, _folded(folded))


def _folded(lines: Sequence[Line]) -> Markup:
    """Files of which there is nothing to say but that they are there."""
    if not lines:
        return Markup("")
    said = ", ".join(f"{n:,} {note}" for note in WELL if (n := sum(line.note == note for line in lines)))
    rows = Markup("").join(map(_line, lines))
    return Markup('<details class="fn-well"><summary>{}</summary><ul>{}</ul></details>').format(said, rows)


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
