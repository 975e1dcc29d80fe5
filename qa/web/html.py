"""The chat's messages as HTML: questions, answers with footnotes, "not in the documents", errors.

Pure functions from values to markupsafe.Markup, whose format() escapes every plain string it is given, so text
of documents, questions and models can't become markup. Everything is written on one line, because the chat reads
its messages as Markdown, where an HTML block ends at a blank line.
"""

from pathlib import PurePath

from markupsafe import Markup, escape

from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage, Support
from qa.web.markdown import answer_markdown
from qa.web.session import Ref

__all__ = [
    "answer",
    "emphasised",
    "file_name",
    "one_line",
    "passage_line",
    "question",
    "uncited",
    "where",
]

SUPPORT: dict[Support, tuple[str, str]] = {
    "verbatim": ("", "quoted word for word"),
    "supported": ("✓", "said by its source in other words"),
    "partial": ("≈", "only partly said by its source"),
    "unsupported": ("!", "not supported by any source"),
}
STEPS = {
    "encode": "Understanding the question",
    "search": "Searching the documents",
    "answer": "Choosing and checking the sentences",
    "verify": "Checking the sentences",
    "generate": "Writing",
    "total": "Altogether",
}


def one_line(markup: Markup) -> Markup:
    """The same markup with its line breaks as entities, which a browser reads as line breaks again."""
    return markup.replace("\r", Markup("&#13;")).replace("\n", Markup("&#10;"))


def file_name(source: str) -> str:
    """The last part of a path or member name ("a.zip!/b.docx" gives "b.docx")."""
    return PurePath(source.replace("\\", "/")).name or source


def where(item: Citation | RetrievedPassage) -> str:
    """Where a citation or passage stands, for a person: "page 3 · Budget"; the title is said elsewhere."""
    place = item.place or (None if item.page is None else f"page {item.page}")
    headings = [h for h in (item.heading or "").split(" › ") if h != item.title]
    return " · ".join(part for part in (place, *headings[-1:]) if part)


def clipped(text: str, length: int) -> str:
    """The text on one line, cut at a word's end where it is longer than `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rpartition(" ")[0].rstrip(",;:.") + "…"


def emphasised(text: str, start: int, spans: tuple[tuple[int, int], ...]) -> Markup:
    """Text that begins at `start` of its document, with the words inside `spans` emphasised."""
    out, at = Markup(""), 0
    for low, high in sorted((max(0, a - start), min(len(text), b - start)) for a, b in spans):
        if at <= low < high:
            out += escape(text[at:low]) + Markup("<strong>{}</strong>").format(text[low:high])
            at = high
    return out + escape(text[at:])


def question(text: str) -> Markup:
    """The user's message."""
    return one_line(Markup('<div class="fn-question">{}</div>').format(Markup("<br>").join(text.strip().split("\n"))))


def answer(turn: int, item: Answer) -> Markup:
    """An answer, or the card that says there is none."""
    body = _answered(turn, item) if item.status == "answered" else _not_found(turn, item)
    notes = Markup("").join(Markup('<p class="fn-warn">{}</p>').format(n) for n in item.notes)
    return one_line(Markup('<div class="fn-answer" id="a-{}">{}{}{}</div>').format(turn, body, notes, _tools(item)))


def _answered(turn: int, item: Answer) -> Markup:
    cited = {c.number: c for c in item.citations}
    paragraphs: list[list[Markup]] = []
    before: set[str] | None = None
    for position, sentence in enumerate(item.sentences):
        documents = {cited[n].document_id for n in sentence.citations if n in cited}
        if before is None or (documents and before and not documents & before):
            paragraphs.append([])
        before = documents or before
        paragraphs[-1].append(_sentence(turn, position, sentence, cited))
    text = Markup("").join(Markup("<p>{}</p>").format(Markup(" ").join(p)) for p in paragraphs)
    notes = Markup("").join(_note(turn, c, item) for c in item.citations)
    return Markup('<div class="fn-text">{}</div><ol class="fn-notes">{}</ol>').format(text, notes)


def _sentence(turn: int, position: int, item: AnswerSentence, cited: dict[int, Citation]) -> Markup:
    text = item.text
    own = cited.get(item.citations[0]) if len(item.citations) == 1 else None
    if own is not None and own.quote == item.text:
        text = emphasised(item.text, own.start, own.answer_spans)
    chips = Markup("").join(_chip(turn, cited[n], item.support) for n in item.citations if n in cited)
    if not chips:
        chips = Markup('<span class="fn-chip unsupported" title="{}">!</span>').format(SUPPORT["unsupported"][1])
    return Markup(
        '<span class="fn-sentence {} d{}"><span class="fn-words">{}</span><span class="fn-chips">{}</span></span>'
    ).format(item.support, min(position, 9), text, chips)


def _chip(turn: int, item: Citation, support: Support) -> Markup:
    icon, meaning = SUPPORT[support]
    return Markup(
        '<a class="fn-chip {}" href="#{}" role="button" tabindex="0"><span class="fn-sr">Footnote </span>{}'
        '<span class="fn-icon">{}</span><span class="fn-sr">, {}</span></a>'
    ).format(support, Ref("c", turn, item.number), item.number, icon, meaning)


def _note(turn: int, item: Citation, whole: Answer) -> Markup:
    """One line under the answer; its hidden part is what the hover card shows."""
    before, after = _neighbours(item, whole.passages)
    peek = Markup(
        '<span class="fn-peek"><span class="fn-peek-title">{}</span><span class="fn-peek-where">{}</span>'
        '<span class="fn-peek-quote">{} <mark>{}</mark> {}</span></span>'
    ).format(item.title, where(item), before, emphasised(item.quote, item.start, item.answer_spans), after)
    return Markup(
        '<li class="fn-note" id="n-{0}-{1}"><a href="#c-{0}-{1}"><span class="fn-number">{1}</span> '
        '<span class="fn-note-title">{2}</span> <span class="fn-note-where">{3}</span></a>{4}</li>'
    ).format(turn, item.number, item.title or file_name(item.source), where(item), peek)


def _neighbours(item: Citation, passages: tuple[RetrievedPassage, ...], reach: int = 140) -> tuple[str, str]:
    """What stands just before and after a quote, as far as the retrieved passages know."""
    for p in passages:
        if p.document_id == item.document_id and p.start <= item.start and item.end <= p.end and p.text:
            before, after = p.text[: item.start - p.start], p.text[item.end - p.start :]
            left = before if len(before) <= reach else "…" + before[-reach:].partition(" ")[2]
            right = after if len(after) <= reach else after[:reach].rpartition(" ")[0] + "…"
            return left.strip(), right.strip()
    return "", ""


def _not_found(turn: int, item: Answer) -> Markup:
    if item.status == "nothing_indexed":
        return Markup(
            '<div class="fn-card-none"><h3>No documents yet</h3><p>There is nothing to search. '
            "Drop files anywhere on this page, or use <b>Add documents</b>.</p></div>"
        )
    close = Markup("").join(passage_line(turn, i, p) for i, p in enumerate(item.passages[:3], 1))
    nearest = Markup("<h4>The closest passages</h4><ul>{}</ul>").format(close) if close else Markup("")
    return Markup(
        '<div class="fn-card-none"><h3>Not in the documents</h3><p>{}</p><p class="fn-dim">Searched for <q>{}</q>.'
        '</p>{}<p class="fn-dim">Try the words the documents would use, or add a document that should say it.</p>'
        "</div>"
    ).format(item.answer, clipped(item.searched[0] if item.searched else item.question, 200), nearest)


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


def _tools(item: Answer) -> Markup:
    """Steps with their times, folded, and the copy button with the Markdown it copies."""
    rows = Markup("").join(
        Markup("<li><span>{}</span><b>{} ms</b></li>").format(STEPS.get(k, k.capitalize()), f"{v:,.0f}")
        for k, v in sorted(
            item.timings_ms.items(), key=lambda pair: list(STEPS).index(pair[0]) if pair[0] in STEPS else 99
        )
    )
    total = item.timings_ms.get("total")
    took = "" if total is None else f" in {total:,.0f} ms" if total < 1000 else f" in {total / 1000:,.1f} s"
    documents = len({c.document_id for c in item.citations})
    quoted = f"Quoted from {documents} document{'s' if documents != 1 else ''}" if documents else "Searched"
    if any(s.support != "verbatim" for s in item.sentences):
        quoted = f"Written by {item.model} from {documents} document{'s' if documents != 1 else ''}"
    queries = Markup("").join(Markup("<li><q>{}</q></li>").format(clipped(q, 200)) for q in item.searched)
    return Markup(
        '<div class="fn-tools"><details class="fn-steps"><summary>{}{}</summary><ul>{}</ul>'
        "<p>Searched for</p><ul>{}</ul><p>Confidence that the documents answer this: {}</p></details>"
        '<button class="fn-copy" title="Copy the answer with its footnotes as Markdown">Copy with footnotes'
        '</button><span class="fn-markdown">{}</span></div>'
    ).format(quoted, took, rows, queries, f"{item.confidence:.0%}", answer_markdown(item))
