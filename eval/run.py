"""A question set asked of a library -> a Run: every answer judged, every figure with its interval.

The same library, questions, options and seed give the same Run, times apart. A question that isn't answered though it
could be is asked once more with abstaining switched off, untimed: that tells whether the threshold lost the answer or
the search did, and gives the risk-coverage curve its other half. Thresholds are the product's: nothing is fitted here.
"""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from documents.errors import DatasetError
from eval.corpus import Corpus, corpus_of, take_in
from eval.dataset import DEMO_DOCUMENTS, DEMO_QUESTIONS, Question, evenly, load_documents, load_questions
from eval.judge import judge
from eval.rows import is_squad
from eval.runfile import Run
from eval.saved import questions_file
from eval.summary import Result, summarise
from index.library import Library
from qa.ask import LONGEST_QUESTION
from qa.chain import Options, build_chain

__all__ = ["Progress", "Ready", "Run", "Step", "evaluate", "prepared", "run"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run has come: `done` of `total` documents ("reading") or questions ("asking")."""

    stage: str
    done: int
    total: int


Progress = Callable[[Step], None]


def evaluate(
    documents: Path | None = None,
    questions: Path | None = None,
    *,
    library: Path | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> Run:
    """Asks a question set of documents, indexed into a temporary library, or of the library in the folder `library`.

    With neither documents nor questions: a library's own saved questions, else our own set over the demo library. A
    SQuAD file brings its own documents. `limit` asks so many only, evenly from the whole set. Raises DatasetError for
    a set that can't be read, or questions without documents.
    """
    with prepared(documents, questions, library=library, progress=progress, limit=limit) as ready:
        return run(
            ready.library, ready.questions, options, progress, corpus=ready.corpus, settings=ready.settings, seed=seed
        )


@dataclass(frozen=True, slots=True)
class Ready:
    """A library that holds a set's documents, the questions to ask of it, and what to say about both."""

    library: Library
    questions: list[Question]
    corpus: Corpus
    settings: Mapping[str, Any]


@contextmanager
def prepared(
    documents: Path | None,
    questions: Path | None,
    *,
    library: Path | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> Iterator[Ready]:
    """What `evaluate` asks, for as long as it is needed: the documents indexed once, for one run or many."""
    path = questions or (questions_file(library) if library else DEMO_QUESTIONS)
    asked = evenly(load_questions(path), limit)
    for question in asked:
        if len(question.question) > LONGEST_QUESTION:
            raise DatasetError(
                f"{str(path)!r}: question {question.id!r} has {len(question.question):,} characters and may have "
                f"{LONGEST_QUESTION:,}."
            )
    settings = {"questions": path.name, "questions_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    if library is not None:
        with Library.open(library, create=False) as opened:
            yield Ready(opened, asked, corpus_of(opened), settings)
        return
    if documents is None:
        if questions is not None and not is_squad(questions):
            raise DatasetError(f"{str(questions)!r} brings no documents: name their folder or list, or a library.")
        documents = questions or DEMO_DOCUMENTS
    sources = load_documents(documents)
    settings["documents"] = documents.name
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as folder, Library.open(Path(folder)) as opened:
        corpus = take_in(opened, sources, partial(_report, progress, "reading"))
        yield Ready(opened, asked, corpus, settings)


def run(
    library: Library,
    questions: Sequence[Question],
    options: Options = Options(),  # noqa: B008 - frozen
    progress: Progress | None = None,
    *,
    corpus: Corpus | None = None,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Run:
    """Asks and judges the questions; `corpus` says what their documents' names mean (default: the library's own)."""
    corpus = corpus or corpus_of(library)
    ask = _asker(library, options)
    force = _asker(library, replace(options, threshold=0.0, llm=None))  # of the search, not of what a model writes
    _report(progress, "asking", 0, len(questions))
    if questions:
        ask(questions[0])  # not timed: models are loaded at the first question
    results = []
    for number, question in enumerate(questions, 1):
        results.append(_result(question, ask, force, corpus))
        _report(progress, "asking", number, len(questions))
    said = _settings(library, options, questions, corpus, seed)
    return Run({**said, **(settings or {})}, summarise(results, seed), tuple(results))


def _report(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress:
        progress(Step(stage, done, total))


Asker = Callable[[Question], dict[str, Any]]


def _asker(library: Library, options: Options) -> Asker:
    chain = build_chain(library, options)

    def ask(question: Question) -> dict[str, Any]:
        answer = chain.invoke({"question": question.question, "history": list(question.history), "where": None})
        found: dict[str, Any] = json.loads(json.dumps(answer.to_json()))  # as a reader of the file will have it
        return found

    return ask


def _result(question: Question, ask: Asker, force: Asker, corpus: Corpus) -> Result:
    start = time.perf_counter()
    answer = ask(question)
    milliseconds = (time.perf_counter() - start) * 1000
    lost = question.answerable and answer["status"] == "not_in_documents"
    judged = judge(question, answer, force(question) if lost else answer, corpus)
    return Result(
        id=question.id,
        question=question.question,
        kind=question.kind,
        answerable=question.answerable,
        answers=question.answers,
        doc_ids=question.doc_ids,
        evidence=tuple(evidence.quote for evidence in question.evidence),
        answer=answer,
        right=judged.right,
        would_be_right=judged.would_be_right,
        reached=judged.reached,
        failure=judged.failure,
        milliseconds=milliseconds,
        scores=judged.scores,
    )


def _settings(
    library: Library, options: Options, questions: Sequence[Question], corpus: Corpus, seed: int
) -> dict[str, Any]:
    records = library.documents()
    unknown = {name for question in questions for name in question.doc_ids} - set(corpus.names)
    try:
        ours = version("footnote")
    except PackageNotFoundError:
        ours = "not installed"
    return {
        "version": ours,
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "options": _plain(options),
        "seed": seed,
        "encoder": library.encoder.name,
        "library": {
            "documents": len(records),
            "passages": sum(record.passages for record in records),
            "characters": sum(record.characters for record in records),
        },
        "unread": dict(corpus.unread),
        "unknown_documents": sorted(unknown),
    }


def _plain(options: Any) -> dict[str, Any]:
    """The options as JSON; what JSON has no word for (a model) by its repr."""
    pairs = {f.name: getattr(options, f.name) for f in fields(options)} if is_dataclass(options) else {}
    found: dict[str, Any] = json.loads(json.dumps(pairs, default=repr))
    return found
