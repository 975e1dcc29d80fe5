"""The chat's messages as HTML: questions, answers with footnotes, drafts of a language model.

Pure functions from values to markupsafe.Markup, whose format() escapes every plain string it is given, so text
of documents, questions and models can't become markup. Everything is written on one line, because the chat reads
its messages as Markdown, where an HTML block ends at a blank line.
"""

from collections.abc import Sequence

from markupsafe import Markup

from qa import courtesy
from qa.answer import Answer, AnswerSentence, Citation, Step, Support
from qa.web.cards import WORKED_OUT, Dates, finding_card, note, silence
from qa.web.markdown import answer_markdown
from qa.web.session import Ref
from qa.web.words import clipped, counted, emphasised, one_line

__all__ = ["answer", "draft", "question"]

SUPPORT: dict[Support, str] = {  # the style sheet draws an icon for each
    "verbatim": "quoted word for word",
    "supported": "supported by what it cites, in other words",
    "partial": "only partly supported by what it cites",
    "unsupported": "not supported by any source",
}
STEPS = {
    "encode": "Understanding the question",
    "search": "Searching the documents",
    "read": "Reading the closest sentences",
    "write": "Writing",
    "answer": "Choosing and checking the sentences",
    "check": "Checking every sentence",
    "total": "Altogether",
}
DOING = {"": "Searching", "search": "Reading", "read": "Writing", "write": "Checking", "check": "Finishing"}
TOGETHER = 3  # documents: what is said of more stands apart from what is said of one of them
ROW = 8  # footnotes of a sentence that are shown at once
VERDICTS = {
    "right": ("Right", "The answer is right"),
    "wrong": ("Wrong", "The answer is wrong"),
    "citation": ("Wrong footnote", "The answer is right, but a footnote doesn't show it"),
    "should_answer": ("Should have answered", "The documents do answer this"),
}


def question(text: str) -> Markup:
    """The user's message."""
    return one_line(Markup('<div class="fn-question">{}</div>').format(Markup("<br>").join(text.strip().split("\n"))))


def answer(turn: int, item: Answer, dates: Dates = {}, verdict: str = "", *, tests: bool = False) -> Markup:  # noqa: B006
    """An answer, or the card that says there is none; `tests` where it can be saved as a test."""
    if item.model == courtesy.MODEL:  # nothing to copy, judge or look up
        return one_line(Markup('<div class="fn-answer" id="a-{}"><p>{}</p></div>').format(turn, item.answer))
    found = item.status == "answered"
    body = _answered(turn, item, dates) if found else silence(turn, item)
    notes = Markup("").join(Markup('<p class="fn-warn">{}</p>').format(n) for n in item.notes) if found else ""
    judging = _judging(turn, item, verdict, tests) if item.status != "nothing_indexed" else ""
    return one_line(
        Markup('<div class="fn-answer" id="a-{}">{}{}{}{}</div>').format(turn, body, notes, _tools(item), judging)
    )


def draft(steps: Sequence[Step], text: str) -> Markup:
    """An answer on its way: the steps that ended, and what a language model has written so far, unchecked."""
    done = Markup("").join(
        Markup("<span>{} <b>{}</b></span>").format(STEPS.get(s.name, s.name), _milliseconds(s.ms)) for s in steps
    )
    now = DOING.get(steps[-1].name if steps else "", "Working")
    if text and now == "Writing":
        now = "Writing, not yet checked"
    words = Markup('<p class="fn-unchecked">{}</p>').format(text) if text else Markup("")
    return one_line(
        Markup(
            '<div class="fn-draft" role="status">{}<div class="fn-doing">{}<span class="fn-now">{}…</span></div></div>'
        ).format(words, done, now)
    )


def _answered(turn: int, item: Answer, dates: Dates) -> Markup:
    cited = {c.number: c for c in item.citations}
    paragraphs: list[list[Markup]] = []
    before: set[str] | None = None
    for position, sentence in enumerate(item.sentences):
        documents = {cited[n].document_id for n in sentence.citations if n in cited}
        apart = documents and before and (not documents & before or len(before) > TOGETHER >= len(documents))
        if before is None or apart:
            paragraphs.append([])
        before = documents or before
        paragraphs[-1].append(_sentence(turn, position, sentence, cited))
    text = Markup("").join(Markup("<p>{}</p>").format(Markup(" ").join(p)) for p in paragraphs)
    notes = Markup("").join(note(turn, c, item, dates) for c in item.citations)
    listed = Markup('<ol class="fn-notes">{}</ol>').format(notes) if notes else ""
    return Markup('<div class="fn-text">{}</div>{}').format(text, listed)


def _sentence(turn: int, position: int, item: AnswerSentence, cited: dict[int, Citation]) -> Markup:
    text = item.text
    own = cited.get(item.citations[0]) if len(item.citations) == 1 else None
    if own is not None and own.quote == item.text:
        text = emphasised(item.text, own.start, own.answer_spans)
    chips = _chips([_chip(turn, cited[n], item) for n in item.citations if n in cited])
    meaning = SUPPORT[item.support]
    if not chips:
        chips = Markup('<span class="fn-chip unsupported" title="{0}" role="note" tabindex="0">!</span>').format(
            SUPPORT["unsupported"]
        )
    return Markup(
        '<span class="fn-sentence {} d{}"><span class="fn-words">{}</span><span class="fn-chips">{}</span>{}</span>'
    ).format(item.support, min(position, 9), text, chips, finding_card(item, meaning))


def _chips(chips: Sequence[Markup]) -> Markup:
    """A sentence's footnotes; of a long row the first ones, and a button that shows the rest."""
    if len(chips) <= ROW:
        return Markup("").join(chips)
    shown, folded = chips[: ROW - 2], chips[ROW - 2 :]
    return Markup(
        '{}<span class="fn-folded">{}</span><button class="fn-fold"><span>+{} more</span>'
        '<span>fewer</span><span class="fn-sr"> footnotes</span></button>'
    ).format(Markup("").join(shown), Markup("").join(folded), len(folded))


def _chip(turn: int, item: Citation, sentence: AnswerSentence) -> Markup:
    added = ", added by Footnote" if item.number in sentence.added else ""
    return Markup(
        '<a class="fn-chip {}{}" href="#{}" role="button" tabindex="0"><span class="fn-sr">Footnote </span>{}'
        '<span class="fn-icon"></span><span class="fn-sr">, {}{}</span></a>'
    ).format(
        sentence.support,
        " added" if added else "",
        Ref("c", turn, item.number),
        item.number,
        SUPPORT[sentence.support],
        added,
    )


def _milliseconds(ms: float) -> str:
    return f"{ms:,.0f} ms" if ms < 1000 else f"{ms / 1000:,.1f} s"


def _tools(item: Answer) -> Markup:
    """Steps with their times, folded, and the copy button with the Markdown it copies."""
    order = list(STEPS)
    rows = Markup("").join(
        Markup("<li><span>{}</span><b>{}</b></li>").format(STEPS.get(k, k.capitalize()), _milliseconds(v))
        for k, v in sorted(item.timings_ms.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else 99)
    )
    total = item.timings_ms.get("total")
    took = "" if total is None else f" in {_milliseconds(total)}"
    documents = len({c.document_id for c in item.citations})
    said = _how(item) + (f" from {counted(documents, 'document')}" if documents else "")
    queries = Markup("").join(Markup("<li><q>{}</q></li>").format(clipped(q, 200)) for q in item.searched)
    return Markup(
        '<div class="fn-tools"><details class="fn-steps"><summary>{}{}</summary><ul>{}</ul>'
        "<p>Searched for</p><ul>{}</ul><p>Confidence that the documents answer this: {}</p></details>"
        '<button class="fn-copy" title="Copy the answer with its footnotes as Markdown">Copy with footnotes'
        '</button><span class="fn-markdown">{}</span></div>'
    ).format(said, took, rows, queries, f"{item.confidence:.0%}", answer_markdown(item))


def _how(item: Answer) -> str:
    """How the answer came about."""
    if any(s.support != "verbatim" for s in item.sentences):
        own = WORKED_OUT.get(item.model)
        return f"{own} by Footnote" if own else f"Written by {item.model}"
    return "Quoted" if item.citations else "Searched"


def _judging(turn: int, item: Answer, verdict: str, tests: bool) -> Markup:
    """What its reader can say of the answer, and that it shall become a test."""
    offered = ("right", "wrong", "citation") if item.status == "answered" else ("right", "should_answer")
    buttons = Markup("").join(
        Markup('<a class="fn-judge {0}{1}" href="#f-{2}-{0}" role="button" tabindex="0" title="{3}">{4}</a>').format(
            name, " on" if name == verdict else "", turn, VERDICTS[name][1], VERDICTS[name][0]
        )
        for name in offered
    )
    if tests:
        buttons += Markup(
            '<a class="fn-judge fn-keep" href="#t-{}" role="button" tabindex="0" '
            'title="Keep the question, and what a right answer cites, in the evaluation set">Save as test</a>'
        ).format(turn)
    return Markup('<div class="fn-judging" role="group"><span>Your verdict</span>{}</div>').format(buttons)
