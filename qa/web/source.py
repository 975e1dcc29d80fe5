"""The source panel: one footnote, checked again now, highlighted in the text around it.

Reads the library and changes nothing.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from markupsafe import Markup, escape

from documents.errors import CitationError, NotInLibrary
from documents.model import Document
from index.library import Library
from qa.answer import Answer, Citation, RetrievedPassage
from qa.libraries import Which
from qa.verify import verify_citation
from qa.web.cards import passage_line, uncited
from qa.web.originals import shown_source
from qa.web.pages import sheets
from qa.web.session import Ref, Session
from qa.web.settings import Settings
from qa.web.why import why_html
from qa.web.words import emphasised, file_name, where

__all__ = ["around", "date_of", "panel", "passage_html"]

REACH = 2500  # code points of surrounding text on each side; the reader scrolls a page or so either way
VIEWS = (("text", "Passage"), ("page", "Page"), ("why", "Why"))
SHOWN_PLACES = ("page", "slide", "sheet", "chapter", "message")

Span = tuple[int, int]
USUAL = Settings()


def around(document: Document, start: int, end: int, reach: int = REACH) -> Span:
    """The span of the text to show around [start, end): widened by `reach` and then to whole blocks."""
    low = document.text.rfind("\n\n", 0, max(0, start - reach))
    high = document.text.find("\n\n", min(len(document.text), end + reach))
    return (0 if low < 0 else low + 2), (len(document.text) if high < 0 else high)


def _blocks(document: Document, low: int, high: int) -> Iterator[Span]:
    while low < high:
        stop = document.text.find("\n\n", low, high)
        stop = high if stop < 0 else stop
        yield low, stop
        low = stop + 2


def _marked(text: str, start: int, end: int, quote: Span, answers: tuple[Span, ...], kind: str) -> Markup:
    """The block [start, end) of the text, with the part of it that is quoted in <mark>."""
    low, high = min(end, max(start, quote[0])), max(start, min(end, quote[1]))
    out = escape(text[start:low])
    if low < high:
        out += Markup('<mark class="{}">{}</mark>').format(kind, emphasised(text[low:high], low, answers))
    return (out + escape(text[max(low, high) : end])).replace("\n", Markup("<br>"))


def passage_html(document: Document, quote: Span, answers: tuple[Span, ...] = (), kind: str = "cited") -> Markup:
    """The text around a quote: headings as headings, pages and slides announced, the quote in <mark>."""
    low, high = around(document, *quote)
    starts = [s.start for s in document.sections]
    places = [p for p in document.places if p.kind in SHOWN_PLACES and low <= p.start < high]
    out = Markup('<p class="fn-more">…</p>') if low else Markup("")
    for start, end in _blocks(document, low, high):
        while places and places[0].start <= start:
            out += Markup('<p class="fn-place">{}</p>').format(str(places.pop(0)).capitalize())
        section = document.sections[bisect_right(starts, start) - 1]
        heading = section.start == start and section.body > start
        level = min(6, 3 + section.level) if heading else 0
        if heading and document.text[start:end] == document.title and not (quote[0] < end and start < quote[1]):
            continue  # the panel's own head says it already
        text = _marked(document.text, start, end, quote, answers, kind)
        out += Markup("<h{0}>{1}</h{0}>").format(level, text) if heading else Markup("<p>{}</p>").format(text)
    return out + (Markup('<p class="fn-more">…</p>') if high < len(document.text) else "")


def panel(library: Library, session: Session, settings: Settings = USUAL, which: Which = "shared") -> Markup:
    """The panel for the footnote or passage the session has open, empty where nothing is."""
    item, ref = session.target(session.opened), session.opened
    answer = None if ref is None else session.answer(ref.turn)
    item = item and replace(item, source=shown_source(library, item.source))
    if item is None or ref is None or answer is None:
        return Markup("")
    try:
        document = _checked(library, item)
    except (CitationError, NotInLibrary) as error:
        pages = Markup("")
        head, body = _lost(item, str(error))
    else:
        pages = sheets(document, item.start, item.end, which)
        head, body = _found(document, item)
    return Markup(
        '<article class="fn-source" id="s-{}"><header><nav class="fn-tabs" aria-label="Footnotes">{}</nav>'
        '<button class="fn-close" title="Close (Esc)" aria-label="Close">✕</button></header>'
        '<div class="fn-head">{}</div>{}'
        '<div class="fn-scroll" tabindex="0" role="region" aria-label="Source"><div class="fn-page">{}</div>'
        '<div class="fn-sheets">{}</div><div class="fn-why">{}</div>{}</div></article>'
    ).format(
        ref,
        _tabs(answer, ref),
        head,
        _views(pages),
        body,
        pages,
        why_html(answer, ref, settings),
        _others(answer, ref),
    )


def _views(pages: Markup) -> Markup:
    buttons = Markup("").join(
        Markup('<button class="fn-view" value="{}" aria-pressed="false">{}</button>').format(value, said)
        for value, said in VIEWS
        if pages or value != "page"
    )
    return Markup('<div class="fn-views" role="group" aria-label="View">{}</div>').format(buttons)


def _checked(library: Library, item: Citation | RetrievedPassage) -> Document:
    if isinstance(item, Citation):
        verify_citation(library, item)
    document = library.document(item.document_id)
    if isinstance(item, RetrievedPassage) and item.text and document.text[item.start : item.end] != item.text:
        raise CitationError(f"{item.source}: the passage has changed since it was found; ask again to search anew")
    return document


def _head(title: str, facts: tuple[str, ...], state: str, check: str) -> Markup:
    return Markup('<h2>{}</h2><p class="fn-facts">{}</p><p class="fn-check {}">{}</p>').format(
        title, " · ".join(f for f in facts if f), state, check
    )


def _found(document: Document, item: Citation | RetrievedPassage) -> tuple[Markup, Markup]:
    name = file_name(document.source)
    facts = (where(item), name if name != document.title else "", _date(document))
    span = (item.start, item.end)
    if isinstance(item, Citation):
        check = f"Checked just now: it stands there, characters {item.start:,} to {item.end:,}"
        return _head(document.title, facts, "ok", check), passage_html(document, span, item.answer_spans)
    check = "Retrieved for this question, not cited in the answer"
    return _head(document.title, facts, "plain", check), passage_html(document, span, kind="close")


def _date(document: Document) -> str:
    date = document.modified or document.created
    return "" if date is None else f"{date.day} {date:%B %Y}"


@lru_cache(maxsize=1024)
def _date_known(library: Library, document_id: str) -> str:
    return _date(library.document(document_id))  # an id is a hash: its document never changes


def date_of(library: Library, document_id: str) -> str:
    """The date a document carries, as words; empty where it carries none or is gone."""
    try:
        return _date_known(library, document_id)
    except NotInLibrary:
        return ""


def _lost(item: Citation | RetrievedPassage, why: str) -> tuple[Markup, Markup]:
    quote = item.quote if isinstance(item, Citation) else item.text
    title = item.title or file_name(item.source)
    return (
        _head(title, (where(item),), "lost", f"This can no longer be checked. {why}"),
        Markup('<h5>What it said when the answer was written</h5><p class="fn-gone">{}</p>').format(quote),
    )


def _tabs(answer: Answer, ref: Ref) -> Markup:
    tabs = Markup("").join(
        Markup('<a class="fn-tab{}" href="#{}" title="{}">{}</a>').format(
            " on" if (ref.kind, ref.number) == ("c", c.number) else "",
            Ref("c", ref.turn, c.number),
            c.title,
            c.number,
        )
        for c in answer.citations
    )
    return Markup('<span class="fn-tabs-label">{}</span>{}').format("Cited" if tabs else "Retrieved", tabs)


def _others(answer: Answer, ref: Ref) -> Markup:
    rest = Markup("").join(passage_line(ref.turn, rank, p) for rank, p in uncited(answer))
    if not rest:
        return Markup("")
    return Markup(
        '<details class="fn-others"{}><summary>Retrieved, not cited ({})</summary><ul>{}</ul></details>'
    ).format(Markup(" open") if ref.kind == "p" else "", rest.count("<li"), rest)
