"""What happens on the Evaluation's events: handlers like those of page.py, over the tests that the page was handed."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from documents.errors import FootnoteError
from qa.web.page import Page, Told
from qa.web.testing import Evaluation, Outcome, Underway
from qa.web.testpage import questions_html, run_html, running_html
from qa.web.welcome import notice
from qa.web.words import counted

__all__ = ["accept", "discard", "make", "run", "show", "stop"]

MADE = 20  # questions made at a time: as many as a person reviews in one go
SEVERAL = " | "  # between accepted answers in one box


def show(page: Page) -> Told:
    """The Evaluation as it opens."""
    if page.tests is None:
        return {"notice": str(notice("There is nothing to evaluate here yet: add documents first."))}
    return {"evaluation": str(run_html(page.tests.sets())), **_questions(page.tests)}


def run(page: Page, client: str, name: str, file: Path | None = None) -> Iterator[Told]:
    """Runs a set, telling how far it is; at last its report and what failed. `client` may stop it."""
    if page.tests is None:
        return
    stopping = page.runs[client] = threading.Event()
    if page.ending.is_set():
        stopping.set()
    step: Underway | Outcome | None = None
    try:
        yield {"notice": ""}  # once only: what is said later may be of the chat, which goes on meanwhile
        for step in page.tests.run(name, page.answerer.options(page.settings), file, stopping):
            if isinstance(step, Underway):
                yield {"evaluation": str(running_html(step))}
            else:
                yield {"evaluation": str(run_html(page.tests.sets(), step))}
        if stopping.is_set() and not isinstance(step, Outcome):
            yield {"evaluation": str(run_html(page.tests.sets())), "notice": str(notice(_stopped(step), "good"))}
    except FootnoteError as error:
        yield {"evaluation": str(run_html(page.tests.sets())), "notice": str(notice(str(error)))}
    finally:
        if page.runs.get(client) is stopping:
            del page.runs[client]


def _stopped(step: Underway | None) -> str:
    asked = step is not None and step.stage == "asking"
    how_far = f" after {step.done:,} of {counted(step.total, 'question')}" if step is not None and asked else ""
    return f"The evaluation was stopped{how_far}: it has no result."


def stop(page: Page, client: str) -> Told:
    """Stops what this page evaluates, after the question that is being answered; where it does nothing, shows so."""
    stopping = page.runs.get(client)
    if stopping is None:
        return show(page)
    stopping.set()
    return {}


def accept(page: Page, id: str, given: Mapping[str, Any]) -> Told:
    """Accepts a question as it stands in its form."""
    if page.tests is None:
        return {}
    changes: dict[str, Any] = {}
    question, answers = given.get("question"), given.get("answers")
    if isinstance(question, str) and question.strip():
        changes["question"] = " ".join(question.split())
    if isinstance(answers, str) and answers.strip():
        changes["answers"] = [a.strip() for a in answers.split(SEVERAL.strip()) if a.strip()]
    page.permit()
    page.tests.review(id, changes)
    return _questions(page.tests)


def discard(page: Page, id: str) -> Told:
    """Forgets a question."""
    if page.tests is None:
        return {}
    page.permit()
    page.tests.remove(id)
    return _questions(page.tests)


def make(page: Page, client: str) -> Told:
    """Makes questions from the documents, to be reviewed; the first ones are a set that can be run from then on."""
    if page.tests is None:
        return {}
    page.permit()
    before = page.tests.sets()
    made = page.tests.make(MADE)
    told = (
        f"{counted(made, 'new question')}: read, correct or delete each." if made else "No new question could be made."
    )
    new = len(page.tests.sets()) > len(before) and client not in page.runs
    sets = {"evaluation": str(run_html(page.tests.sets()))} if new else {}
    return {**sets, **_questions(page.tests), "notice": str(notice(told, "good"))}


def _questions(tests: Evaluation) -> Told:
    return {"questions": str(questions_html(tests.kept()))}
