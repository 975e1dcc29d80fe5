"""The left column as HTML: the conversations, and the library's documents.

Pure functions from values to markup; the components they fill have no sanitizer, so everything is escaped here.
"""

from collections.abc import Collection, Sequence

from markupsafe import Markup

from index.records import DocumentRecord
from qa.history import Conversation
from qa.libraries import Which
from qa.web.words import counted, file_name

__all__ = ["collections_html", "documents_html", "talks_html"]

SHOWN = 500  # documents listed; a longer list is for the command line
_REMOVE = Markup(
    '<details class="fn-remove"><summary title="Remove {title}">'
    '<span class="fn-sr">Remove {title}</span>✕</summary><div><p>Remove it from the library? '
    'Answers can no longer use it.</p><button data-remove="{id}">Remove</button> '
    '<button data-keep="">Keep</button></div></details>'
)


def documents_html(records: Sequence[DocumentRecord], ticked: Collection[str] = (), *, fixed: bool = False) -> Markup:
    """The list of documents, newest first, each with its health mark and a remove button that asks first.

    Where the list is `fixed` there is no such button, nor (by its class) a place to drop files at.
    """
    kind = " fn-fixed" if fixed else ""
    if not records:
        return Markup('<div class="fn-docs{}"><h3>Documents</h3><p class="fn-dim">None yet.</p></div>').format(kind)
    newest = sorted(records, key=lambda r: (r.added, r.title), reverse=True)
    rows = Markup("").join(_document(r, r.id in ticked, fixed=fixed) for r in newest[:SHOWN])
    more = len(newest) - SHOWN
    tail = Markup('<p class="fn-dim">and {:,} more</p>').format(more) if more > 0 else ""
    find = Markup('<input class="fn-find" type="search" placeholder="Find a document" aria-label="Find a document">')
    return Markup('<div class="fn-docs{}"><h3>Documents <span>{:,}</span></h3>{}<ul>{}</ul>{}</div>').format(
        kind, len(newest), find if len(newest) > 7 else "", rows, tail
    )


def collections_html(records: Sequence[DocumentRecord]) -> Markup:
    """The box that says into which collection an upload goes, with those there are to choose from."""
    names = sorted({c for r in records for c in r.collections if c})
    known = Markup("").join(Markup('<option value="{}"></option>').format(name) for name in names)
    return Markup(
        '<details class="fn-into"><summary>Into a collection</summary><input class="fn-collection" list="fn-names" '
        'placeholder="none" aria-label="Collection of what you add" maxlength="100" autocomplete="off">'
        '<datalist id="fn-names">{}</datalist></details>'
    ).format(known)


def talks_html(talks: Sequence[Conversation], shown: str, which: Which = "shared") -> Markup:
    """The conversations with a library, the one last used first, each with a menu to rename, export and delete it."""
    if not talks:
        return Markup("")
    rows = Markup("").join(_talk(t, t.id == shown, which) for t in talks[:SHOWN])
    find = Markup('<input class="fn-find" type="search" placeholder="Find a conversation" aria-label="Find">')
    return Markup('<div class="fn-talks"><h3>Conversations</h3>{}<ul>{}</ul></div>').format(
        find if len(talks) > 7 else "", rows
    )


def _talk(talk: Conversation, shown: bool, which: Which) -> Markup:
    exports = Markup(" ").join(
        Markup('<a href="/conversations/{}.{}?library={}" download>{}</a>').format(talk.id, kind, which, name)
        for kind, name in (("md", "Markdown"), ("html", "Web page"), ("json", "JSON"))
    )
    return Markup(
        '<li class="fn-talk fn-item{on}"><button class="fn-switch" value="{id}" title="{title}">{title}</button>'
        '<details class="fn-remove fn-dots"><summary title="Rename, export, delete"><span class="fn-sr">'
        'More about {title}</span>…</summary><div><input class="fn-title" value="{title}" aria-label="Title"> '
        '<button data-rename="{id}">Rename</button><p>Export as {exports}</p>'
        '<button data-forget="{id}">Delete</button> <button data-keep="">Close</button></div></details></li>'
    ).format(on=" on" if shown else "", id=talk.id, title=talk.title, exports=exports)


def _document(record: DocumentRecord, ticked: bool, *, fixed: bool) -> Markup:
    source = record.sources[0] if record.sources else ""
    problems = "; ".join(p.message for p in record.problems)
    health = Markup("")
    if problems:
        health = Markup('<span class="fn-health" role="img" aria-label="{0}" title="{0}">!</span>').format(problems)
    collection = " · ".join(c for c in record.collections if c)
    long = record.characters >= 1000
    size = f"{record.characters / 1000:,.0f}k characters" if long else counted(record.characters, "character")
    return Markup(
        '<li class="fn-doc fn-item" title="{source}">'
        '<input type="checkbox" class="fn-tick" value="{id}" title="Ask only the ticked documents" '
        'aria-label="Ask only the ticked documents: {title}"{ticked}>'
        '<span class="fn-doc-title">{title}{health}</span>'
        '<span class="fn-doc-facts"><span>{name}</span> · {size}{collection}</span>{remove}</li>'
    ).format(
        source=source,
        title=record.title,
        health=health,
        name=file_name(source),
        size=size,
        collection=f" · {collection}" if collection else "",
        id=record.id,
        ticked=Markup(" checked") if ticked else "",
        remove="" if fixed else _REMOVE.format(title=record.title, id=record.id),
    )
