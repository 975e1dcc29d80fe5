"""The left column as HTML: the library's documents, the reading report of an upload, starter questions.

Pure functions from values to markup; the components they fill have no sanitizer, so everything is escaped here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from index.store import DocumentRecord
from qa.history import Conversation
from qa.web.html import file_name

__all__ = ["Line", "documents_html", "notice", "report_html", "scope_html", "talks_html", "welcome_html"]

SHOWN = 500  # documents listed; a longer list is for the command line


@dataclass(frozen=True, slots=True)
class Line:
    """One file of an upload and how far it is; `fraction` in [0, 1], None where it can't be known."""

    name: str
    state: Literal["waiting", "working", "done", "unchanged", "updated", "failed"]
    note: str = ""
    fraction: float | None = None


def documents_html(records: Sequence[DocumentRecord], ticked: Collection[str] = ()) -> Markup:
    """The list of documents, newest first, each with its health mark and a remove button that asks first."""
    if not records:
        return Markup('<div class="fn-docs"><h3>Documents</h3><p class="fn-dim">None yet.</p></div>')
    newest = sorted(records, key=lambda r: (r.added, r.title), reverse=True)
    rows = Markup("").join(_document(r, r.id in ticked) for r in newest[:SHOWN])
    more = len(newest) - SHOWN
    tail = Markup('<p class="fn-dim">and {:,} more</p>').format(more) if more > 0 else ""
    find = Markup('<input class="fn-find" type="search" placeholder="Find a document" aria-label="Find a document">')
    return Markup('<div class="fn-docs"><h3>Documents <span>{:,}</span></h3>{}<ul>{}</ul>{}</div>').format(
        len(newest), find if len(newest) > 7 else "", rows, tail
    )


def talks_html(talks: Sequence[Conversation], shown: str) -> Markup:
    """The conversations so far, the one last used first, each with a menu to rename, export and delete it."""
    if not talks:
        return Markup("")
    rows = Markup("").join(_talk(t, t.id == shown) for t in talks[:SHOWN])
    find = Markup('<input class="fn-find" type="search" placeholder="Find a conversation" aria-label="Find">')
    return Markup('<div class="fn-talks"><h3>Conversations</h3>{}<ul>{}</ul></div>').format(
        find if len(talks) > 7 else "", rows
    )


def _talk(talk: Conversation, shown: bool) -> Markup:
    exports = Markup(" ").join(
        Markup('<a href="/conversations/{}.{}" download>{}</a>').format(talk.id, kind, name)
        for kind, name in (("md", "Markdown"), ("html", "Web page"), ("json", "JSON"))
    )
    return Markup(
        '<li class="fn-talk fn-item{on}"><button class="fn-switch" value="{id}" title="{title}">{title}</button>'
        '<details class="fn-remove fn-dots"><summary title="Rename, export, delete"><span class="fn-sr">'
        'More about {title}</span>…</summary><div><input class="fn-title" value="{title}" aria-label="Title"> '
        '<button data-rename="{id}">Rename</button><p>Export as {exports}</p>'
        '<button data-forget="{id}">Delete</button> <button data-keep="">Close</button></div></details></li>'
    ).format(on=" on" if shown else "", id=talk.id, title=talk.title, exports=exports)


def _document(record: DocumentRecord, ticked: bool) -> Markup:
    source = record.sources[0] if record.sources else ""
    problems = "; ".join(p.message for p in record.problems)
    health = Markup('<span class="fn-health" title="{}">!</span>').format(problems) if problems else Markup("")
    size = (
        f"{record.characters / 1000:,.0f}k characters"
        if record.characters >= 1000
        else f"{record.characters} characters"
    )
    return Markup(
        '<li class="fn-doc fn-item" title="{source}">'
        '<input type="checkbox" class="fn-tick" value="{id}" title="Ask only the ticked documents"{ticked}>'
        '<span class="fn-doc-title">{title}{health}</span>'
        '<span class="fn-doc-facts">{name} · {size}</span><details class="fn-remove"><summary title="Remove {title}">'
        '<span class="fn-sr">Remove {title}</span>✕</summary><div><p>Remove it from the library? '
        'Answers can no longer use it.</p><button data-remove="{id}">Remove</button> '
        '<button data-keep="">Keep</button></div></details></li>'
    ).format(
        source=source,
        title=record.title,
        health=health,
        name=file_name(source),
        size=size,
        id=record.id,
        ticked=Markup(" checked") if ticked else "",
    )


def report_html(lines: Sequence[Line]) -> Markup:
    """What became of each uploaded file, while it is read and after."""
    if not lines:
        return Markup("")
    rows = Markup("").join(_line(line) for line in lines)
    busy = any(line.state in ("waiting", "working") for line in lines)
    button = Markup("") if busy else Markup('<button class="fn-dismiss" title="Hide this report">✕</button>')
    return Markup('<div class="fn-report" role="status">{}<ul>{}</ul></div>').format(button, rows)


def _line(line: Line) -> Markup:
    marks = {"waiting": "…", "working": "…", "done": "✓", "unchanged": "=", "updated": "✓", "failed": "!"}
    bar = Markup("")
    if line.state == "working":
        value = Markup(' value="{:.2f}"').format(line.fraction) if line.fraction is not None else Markup("")
        bar = Markup('<progress max="1"{}></progress>').format(value)
    return Markup('<li class="{}"><b>{}</b><span>{}</span><small>{}</small>{}</li>').format(
        line.state, marks[line.state], line.name, line.note, bar
    )


def welcome_html(records: Sequence[DocumentRecord], questions: Sequence[str]) -> Markup:
    """The page before the first question: what this is, and questions to start from."""
    if not records:
        lead = "Add documents to begin: drop files anywhere on this page."
    else:
        count = "one document" if len(records) == 1 else f"{len(records):,} documents"
        lead = f"Ask about {count}: every sentence of the answer carries a footnote that opens the words it rests on."
    buttons = Markup("").join(Markup('<button class="fn-starter">{}</button>').format(q) for q in questions)
    return Markup(
        '<div class="fn-welcome"><h1>What do your documents say?</h1><p>{}</p><div class="fn-starters">{}</div></div>'
    ).format(lead, buttons)


def scope_html(titles: Sequence[str], documents: int) -> Markup:
    """Says that questions go to some documents only; empty where they go to all."""
    if not titles:
        return Markup("")
    return Markup(
        '<p class="fn-scope" role="status">Asking only <b>{}</b> <button class="fn-unlimit">Ask all {:,}</button></p>'
    ).format(titles[0] if len(titles) == 1 else f"{len(titles)} documents", documents)


def notice(message: str) -> Markup:
    """A message about something that went wrong and what to do; empty for no message."""
    if not message:
        return Markup("")
    return Markup('<div class="fn-notice" role="alert"><span>{}</span><button title="Hide">✕</button></div>').format(
        message
    )
