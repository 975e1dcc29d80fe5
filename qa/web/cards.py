"""The cards of the page: what a chip shows under the pointer, and "not in the documents". Pure functions.

A card under the pointer is written hidden beside its sentence or its note, because the chat takes no other data.
"""

from collections.abc import Mapping

from markupsafe import Markup

from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage
from qa.overview.catalogue import MODEL as CATALOGUE
from qa.overview.comparison import MODEL as COMPARISON
from qa.web.session import Ref
from qa.web.words import beside, clipped, emphasised, file_name, where

__all__ = ["WORKED_OUT", "Dates", "finding_card", "note", "passage_line", "silence", "uncited"]

# How answers came about that no language model wrote and that aren't quoted, by their `model`.
WORKED_OUT = {CATALOGUE: "Counted", COMPARISON: "Compared"}
Dates = Mapping[str, str]  # of documents that carry one, by their ids


def note(turn: int, item: Citation, whole: Answer, dates: Dates) -> Markup:
    """One line under the answer; its hidden part is what the hover card shows."""
    before, after = beside(item, whole.passages)
    facts = " · ".join(part for part in (where(item), dates.get(item.document_id, "")) if part)
    peek = Markup(
        '<span class="fn-peek"><span class="fn-peek-title">{}</span><span class="fn-peek-where">{}</span>'
        '<span class="fn-peek-quote">{} <mark>{}</mark> {}</span></span>'
    ).format(item.title, facts, before, emphasised(item.quote, item.start, item.answer_spans), after)
    return Markup(
        '<li class="fn-note" id="n-{0}-{1}"><a href="#c-{0}-{1}"><span class="fn-number">{1}</span> '
        '<span class="fn-note-title">{2}</span> <span class="fn-note-where">{3}</span></a>{4}</li>'
    ).format(turn, item.number, item.title or file_name(item.source), where(item), peek)


def finding_card(item: AnswerSentence, meaning: str) -> Markup:
    """What the checker found of a sentence: hidden, until its chip is looked at."""
    if item.support in ("verbatim", "supported") and not item.findings and not item.added:
        return Markup("")
    lines = Markup("").join(Markup("<span>{}</span>").format(finding) for finding in item.findings)
    added = ", ".join(f"[{n}]" for n in item.added)
    if added:
        lines += Markup("<span>{} added by Footnote: the model gave no footnote here.</span>").format(added)
    return Markup('<span class="fn-finding {}"><b>{}</b>{}</span>').format(item.support, meaning.capitalize(), lines)


def silence(turn: int, item: Answer) -> Markup:
    """The card for a question that the documents don't answer, or an empty library."""
    if item.status == "nothing_indexed":
        return Markup(
            '<div class="fn-card-none"><h3>No documents yet</h3><p>There is nothing to search. '
            "Drop files anywhere on this page, or use <b>Add documents</b>.</p></div>"
        )
    parts = (
        Markup("<p>{}</p>").format(item.answer),
        _listed("Searched for", [Markup("<li><q>{}</q></li>").format(clipped(q, 200)) for q in _queries(item)]),
        _listed("The closest passages", [passage_line(turn, i, p) for i, p in enumerate(item.passages[:3], 1)]),
        _listed("Could not be read", [Markup("<li>{}</li>").format(line) for line in item.notes], "fn-unread"),
        Markup('<p class="fn-dim">{}</p>').format(_advice(item)),
    )
    return Markup('<div class="fn-card-none"><h3>Not in the documents</h3>{}</div>').format(Markup("").join(parts))


def _queries(item: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.searched)) or (item.question,)


def _listed(head: str, rows: list[Markup], kind: str = "") -> Markup:
    if not rows:
        return Markup("")
    return Markup('<h4>{}</h4><ul class="{}">{}</ul>').format(head, kind, Markup("").join(rows))


def _advice(item: Answer) -> str:
    if item.model in WORKED_OUT and not item.passages:  # a scan, which finds all or nothing
        return "All that the limits let through was looked at: ask with other words, or about one subject."
    if not item.passages:
        return "Nothing was let through to search: take a limit away below, or add a document."
    if item.notes:
        return "What could not be read may hold it: add those files in a form that can be read, and ask again."
    if len(item.question.split()) > 25:
        return "Long questions find less: ask for one thing at a time, in the words the documents would use."
    return "Try the words the documents would use, ask for one detail less, or add a document that should say it."


def passage_line(turn: int, rank: int, item: RetrievedPassage) -> Markup:
    """A retrieved passage as a list item that opens it in the source panel."""
    return Markup(
        '<li class="fn-passage"><a href="#{}"><span class="fn-note-title">{}</span> '
        '<span class="fn-note-where">{}</span><span class="fn-extract">{}</span></a></li>'
    ).format(
        Ref("p", turn, rank),
        item.title or file_name(item.source),
        where(item),
        clipped(item.text, 180),
    )


def uncited(item: Answer) -> list[tuple[int, RetrievedPassage]]:
    """The passages no citation touches, with their ranks from 1."""
    spans = [(c.document_id, c.start, c.end) for c in item.citations]
    return [
        (rank, p)
        for rank, p in enumerate(item.passages, 1)
        if not any(d == p.document_id and a < p.end and p.start < b for d, a, b in spans)
    ]
