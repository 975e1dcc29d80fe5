"""A conversation as a file to keep or send: Markdown, JSON, or one web page with its evidence. Pure functions."""

import json
from collections.abc import Sequence

from markupsafe import Markup

from qa.answer import Answer, Citation
from qa.web.markdown import answer_markdown, plain
from qa.web.words import emphasised, where

__all__ = ["KINDS", "exported"]

KINDS = {"md": "text/markdown", "json": "application/json", "html": "text/html"}
Turns = Sequence[tuple[str, Answer]]

_STYLE = Markup(
    "body{max-width:44rem;margin:3rem auto;padding:0 1rem;font:17px/1.6 Georgia,serif;color:#1b231f}"
    "h2{margin:2.5rem 0 .5rem;font-size:1.1rem}sup{color:#0f5e49;font-weight:bold}mark{background:#fdeeb0}"
    "ol{border-top:1px solid #999;padding:.6rem 0 0 1.4rem;font-size:.85rem}.dim{color:#56625c}"
)


def exported(kind: str, title: str, turns: Turns) -> str:
    """The conversation as text of a kind of KINDS."""
    if kind == "json":
        content = [{"asked": question, **answer.to_json()} for question, answer in turns]
        return json.dumps({"title": title, "turns": content}, ensure_ascii=False, indent=1)
    if kind == "html":
        return str(_page(title, turns))
    # Footnotes are numbered anew in each answer, so a turn's number keeps them apart.
    parts = (answer_markdown(answer).replace("[^", f"[^{n}-") for n, (_, answer) in enumerate(turns, 1))
    return f"# {plain(title)}\n\n" + "\n".join(parts)


def _page(title: str, turns: Turns) -> Markup:
    body = Markup("").join(_turn(question, answer) for question, answer in turns)
    return Markup(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>{0}</title><style>{1}</style>'
        "<h1>{0}</h1>{2}</html>"
    ).format(title, _STYLE, body)


def _turn(question: str, answer: Answer) -> Markup:
    said = Markup(" ").join(
        Markup("{}{}").format(s.text, Markup("").join(Markup("<sup>{}</sup>").format(n) for n in s.citations))
        for s in answer.sentences
    )
    notes = Markup("").join(_note(c, answer) for c in answer.citations)
    return Markup("<h2>{}</h2><p>{}</p>{}").format(
        question, said or answer.answer, Markup("<ol>{}</ol>").format(notes) if notes else ""
    )


def _note(citation: Citation, answer: Answer) -> Markup:
    """A footnote with its quote marked in the passage it was retrieved in, where that was kept."""
    before = after = ""
    for p in answer.passages:
        if p.document_id == citation.document_id and p.start <= citation.start and citation.end <= p.end and p.text:
            before, after = p.text[: citation.start - p.start], p.text[citation.end - p.start :]
            break
    return Markup(
        '<li><b>{}</b> <span class="dim">{} ({}, characters {} to {})</span><br>{}<mark>{}</mark>{}</li>'
    ).format(
        citation.title,
        where(citation),
        citation.source,
        citation.start,
        citation.end,
        before,
        emphasised(citation.quote, citation.start, citation.answer_spans),
        after,
    )
