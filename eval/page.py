"""The evaluation as the chat page uses it: sets to run with progress, "save as test", questions to review.

The page never imports this room: footnote.py hands it a Bench.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from documents.errors import DatasetError
from eval.dataset import DEMO_QUESTIONS, load_questions
from eval.html_report import FAILURE_TEXT, html_report
from eval.make import init
from eval.rows import is_squad
from eval.run import Step, evaluate, run
from eval.runfile import Run
from eval.saved import add_rows, forget_document, question_of, questions_file, remove_question, review, saved_rows
from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer, Turn
from qa.chain import Options
from qa.web.originals import shown_source
from qa.web.testing import Failed, Kept, Outcome, Underway
from qa.web.words import counted

__all__ = ["Bench"]

DEMO, OWN, FILE = "demo", "own", "file"
_NAMES = {DEMO: "Our demo set", OWN: "Your questions", FILE: "A file"}
_PAUSE = 0.2  # seconds between two looks at how far a run is


@lru_cache(maxsize=1)
def _demo() -> str:
    return counted(len(load_questions(DEMO_QUESTIONS)), "question")


class _Stopped(Exception):
    """Raised from the progress of a run, to end it."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The evaluation of one library; see qa.web.testing.Evaluation."""

    library: Library

    def of(self, library: Library) -> "Bench":
        """The evaluation of another library."""
        return Bench(library)

    def save(self, answer: Answer, history: Sequence[Turn]) -> None:
        """Keeps a question, with what this answer cites as the evidence; raises DatasetError."""
        turns = [{"role": turn.role, "text": turn.text} for turn in history]
        add_rows(self.library.path, [question_of(answer.to_json(), history=turns)])

    def sets(self) -> Sequence[tuple[str, str]]:
        """The sets that can be run now."""
        own = len(saved_rows(self.library.path))
        kept = [(OWN, f"{_NAMES[OWN]}: {counted(own, 'question')} about your documents")] if own else []
        return [*kept, (DEMO, f"{_NAMES[DEMO]}: {_demo()} over the demo documents, which are read anew for it")]

    def run(
        self, name: str, options: Options, file: Path | None = None, stop: threading.Event | None = None
    ) -> Iterator[Underway | Outcome]:
        """Runs a set, or the questions in a file; raises DatasetError for one that can't be read."""
        events: queue.SimpleQueue[Step] = queue.SimpleQueue()
        closed = threading.Event()

        def told(step: Step) -> None:
            if closed.is_set() or (stop is not None and stop.is_set()):
                raise _Stopped
            events.put(step)

        with ThreadPoolExecutor(1, "footnote-eval") as pool:
            job = pool.submit(self._ran, name, options, file, told)
            try:
                yield from _underway(job, events)
            finally:
                closed.set()  # where nobody looks any more
            try:
                done = job.result()
            except _Stopped:
                return
        questions = load_questions(self._file(name, file))
        report = html_report(done, named=partial(shown_source, self.library))
        yield _tested(_NAMES.get(name, name), done, {q.id: q.history for q in questions}, report)

    def _file(self, name: str, file: Path | None) -> Path:
        """The file that holds a set's questions."""
        if (name == FILE) != (file is not None) or name not in _NAMES:
            raise DatasetError(f"there is no question set {name!r}: choose one of those shown.")
        return file or (DEMO_QUESTIONS if name == DEMO else questions_file(self.library.path))

    def _ran(self, name: str, options: Options, file: Path | None, told: Callable[[Step], None]) -> Run:
        path = self._file(name, file)
        if name == DEMO or is_squad(path):  # these bring their own documents
            return evaluate(questions=None if name == DEMO else path, options=options, progress=told)
        settings = {"questions": path.name}
        return run(self.library, load_questions(path), options, told, settings=settings)

    def kept(self) -> Sequence[Kept]:
        """The library's own questions, those not reviewed first."""
        rows = saved_rows(self.library.path)
        return [_kept(self.library, row) for row in sorted(rows, key=lambda row: bool(row.get("reviewed", True)))]

    def review(self, id: str, changes: Mapping[str, Any]) -> None:
        """Accepts a question, with what was corrected; raises DatasetError for an unknown one."""
        review(self.library.path, id, {k: v for k, v in changes.items() if k in ("question", "answers")})

    def remove(self, id: str) -> None:
        """Forgets a question; raises DatasetError for an unknown one."""
        remove_question(self.library.path, id)

    def forget(self, record: DocumentRecord) -> None:
        """Forgets the questions that quote a removed document; raises DatasetError."""
        forget_document(self.library.path, [record.id, *record.sources])

    def make(self, n: int) -> int:
        """Makes up to n questions from the documents; returns how many are new."""
        return init(self.library, n)


def _underway(job: "Future[Run]", events: "queue.SimpleQueue[Step]") -> Iterator[Underway]:
    """How far a run is, until it ends."""
    while not job.done():
        try:
            step = events.get(timeout=_PAUSE)
        except queue.Empty:
            continue
        if events.empty():  # otherwise a later one is there already
            yield Underway(step.stage, step.done, step.total)


def _tested(name: str, done: Run, histories: Mapping[str, tuple[Turn, ...]], report: str) -> Outcome:
    failed = tuple(
        Failed(r.question, histories.get(r.id, ()), FAILURE_TEXT.get(str(r.failure), str(r.failure)))
        for r in done.questions
        if not r.right
    )
    return Outcome(name, len(done.questions) - len(failed), len(done.questions), report, failed)


def _kept(library: Library, row: Mapping[str, Any]) -> Kept:
    evidence = row.get("evidence") or [{}]
    return Kept(
        id=str(row["id"]),
        question=str(row["question"]),
        answers=tuple(map(str, row.get("answers", ()))),
        quote=str(evidence[0].get("quote", "")),
        source=shown_source(library, str(evidence[0].get("doc_id", ""))),
        answerable=bool(row.get("answerable", True)),
        reviewed=bool(row.get("reviewed", True)),
    )
