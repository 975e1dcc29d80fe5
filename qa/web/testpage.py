"""The Evaluation as HTML: sets to run, how far a run is, its report and failures, questions to review.

Pure functions. The components these fill have no sanitizer, so everything is escaped here; the report, a page of its
own, is shown in a frame that may run its script but knows nothing of this page.
"""

import json
from collections.abc import Sequence

from markupsafe import Markup

from qa.answer import Turn
from qa.web.testing import Failed, Kept, Outcome, Underway
from qa.web.words import counted

__all__ = ["questions_html", "run_html", "running_html"]

STAGES = {"reading": "Reading the documents", "asking": "Asking the questions"}
SHOWN = 200  # questions listed for review


def run_html(sets: Sequence[tuple[str, str]], result: Outcome | None = None) -> Markup:
    """The sets that can be run, and the result of the last run."""
    cards = Markup("").join(
        Markup('<li><div><b>{}</b><span>{}</span></div><button class="fn-run" value="{}">Run</button></li>').format(
            *_named(said), name
        )
        for name, said in sets
    )
    own = Markup(
        "<li><div><b>A file</b><span>JSONL, CSV or SQuAD JSON, asked of your documents</span></div>"
        '<button class="fn-choose">Choose…</button></li>'
    )
    return Markup(
        '<div class="fn-bench"><header><h1>Evaluation</h1><button class="fn-leave">Back to the chat</button></header>'
        "<p>How often are the answers right? Ask a set of questions whose answers are known.</p>"
        '<ul class="fn-sets">{}{}</ul>{}</div>'
    ).format(cards, own, _result(result) if result else "")


def _named(said: str) -> tuple[str, str]:
    name, _, more = said.partition(": ")
    return name, more


def running_html(step: Underway) -> Markup:
    """How far a run has come."""
    return Markup(
        '<div class="fn-bench"><header><h1>Evaluation</h1></header><div class="fn-running" role="status"><p>{} '
        '<b>{:,} of {:,}</b></p><progress max="{}" value="{}" aria-label="Progress"></progress></div></div>'
    ).format(STAGES.get(step.stage, step.stage), step.done, step.total, max(1, step.total), step.done)


def _result(result: Outcome) -> Markup:
    failed = Markup("").join(_failed(item) for item in result.failed)
    listed = (
        Markup('<h2>Failed ({})</h2><ul class="fn-failures">{}</ul>').format(len(result.failed), failed)
        if failed
        else Markup("<p>Every question was answered rightly.</p>")
    )
    # Markup.format escapes the report once more, as srcdoc wants it.
    return Markup(
        '<section class="fn-result"><h2>{}: {} of {} right</h2>{}<h2>Report</h2><iframe class="fn-frame" '
        'sandbox="allow-scripts" title="Report of the evaluation" srcdoc="{}"></iframe></section>'
    ).format(result.name, result.right, result.total, listed, result.report)


def _failed(item: Failed) -> Markup:
    asked = [turn.text for turn in item.history if _asked(turn)] + [item.question]
    return Markup(
        '<li><div><b>{}</b><span>{}</span></div><button class="fn-retry" data-asks="{}">Open in the chat</button></li>'
    ).format(item.question, item.why, json.dumps(asked))


def _asked(turn: Turn) -> bool:
    return turn.role == "user"


def questions_html(kept: Sequence[Kept]) -> Markup:
    """The library's own questions, each to be accepted, corrected or deleted."""
    open_ = sum(not item.reviewed for item in kept)
    rows = Markup("").join(_kept(item) for item in kept[:SHOWN])
    head = counted(len(kept), "question") + (f", {open_} not reviewed yet" if open_ else "")
    return Markup(
        '<div class="fn-bench fn-review"><h2>Your questions</h2><p>{} <button class="fn-make">Make questions from my '
        'documents</button></p><ul class="fn-kept">{}</ul></div>'
    ).format(head if kept else "None yet: save an answer as a test, or let Footnote make some.", rows)


def _kept(item: Kept) -> Markup:
    if item.answerable:
        answers = Markup(
            '<label class="fn-field"><span>A right answer holds</span><input name="answers" value="{}"></label>'
            "<blockquote>{}<cite>{}</cite></blockquote>"
        ).format(" | ".join(item.answers), item.quote, item.source)
    else:
        answers = Markup('<p class="fn-dim">Not in the documents: a right answer says so.</p>')
    state = Markup("") if item.reviewed else Markup('<em class="fn-unreviewed">not reviewed</em>')
    return Markup(
        '<li class="fn-one"><form data-id="{}"><label class="fn-field"><span>Question {}</span>'
        '<input name="question" value="{}"></label>{}<p><button class="fn-accept" type="submit">{}</button> '
        '<button class="fn-discard" type="button">Delete</button></p></form></li>'
    ).format(item.id, state, item.question, answers, "Save" if item.reviewed else "Accept")
