"""Figures of readers as the product reads: python -m training.validate FOLDER [--reader READER ...] [--set NAME ...]

FOLDER is that of training.evidence. Passages, first scores and windows are the product's own. Sentences are ranked by
the weights in qa/data/evidence.json, or with --halves by weights fitted on the other half of the set's questions, which
is fair to a reader that the shipped weights were not fitted on. Intervals are 95 %, by bootstrap over questions. What
each further reader gains over the first is taken question by question, on the same passages.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.library import Library
from qa import evidence, reading
from qa.evidence import linear
from qa.followup import context, plan
from qa.reader import Reader, reader_named
from training.evidence import Example, fit_ranking
from training.sets import Question, collection, normal

__all__ = ["auroc", "main"]

SETS = ("xquad-a", "squad2-a", "demo")
AUROC = "AUROC of the best window, near-topic"
NAMES = (
    "best sentence",
    "best three",
    "F1, words of the highest logit",
    "exact match",
    "F1, words of the window that ranks first",
    "exact match",
    "F1, words of a window that holds the answer",
    "exact match",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One question as it was read.

    `example` holds the sentences' features; `window` numbers each one's window. By window: `words` is (F1, exact match)
    of its best words, `span` their logit. `top` is the confidence feature "window", `ms` the time of the reader.
    """

    example: Example
    window: np.ndarray
    words: np.ndarray
    span: np.ndarray
    top: float
    ms: float


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", nargs="+", default=["default"])
    parser.add_argument("--set", nargs="+", default=SETS)
    parser.add_argument("--windows", type=int, default=reading.WINDOWS)
    parser.add_argument("--words", type=int, default=reading.WORDS, help="in a window")
    parser.add_argument("--sure", type=float, default=reading.SURE, help="inf: no window is left unread")
    parser.add_argument("--halves", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="read one question in so many")
    options = parser.parse_args()
    reading.WINDOWS, reading.WORDS, reading.SURE = options.windows, options.words, options.sure
    readers = [reader_named(name) for name in options.reader]
    for name in options.set:
        first, *rest = zip(*_look(options.folder, name, readers, options.every), strict=True)
        _print(f"{name}, {options.windows} windows of {options.words} words", _figures(first, options.halves))
        for reader, looked in zip(options.reader[1:], rest, strict=True):
            _print(f"{name}, {reader}", _figures(looked, options.halves))
            _print(f"{name}, what {reader} gains", _gains(first, looked, options.halves))


def _print(title: str, figures: Iterator[tuple[str, str]]) -> None:
    print(f"\n## {title}\n")
    for what, figure in figures:
        print(f"{what}: {figure}", flush=True)


def _look(folder: Path, name: str, readers: Sequence[Reader], every: int) -> Iterator[tuple[Looked, ...]]:
    """Each question as each reader reads it."""
    documents, questions = collection(folder, name)
    random.Random(0).shuffle(questions)
    with tempfile.TemporaryDirectory() as scratch, Library.open(Path(scratch)) as library:
        for document in documents:
            library.add(document)
        for question in questions[::every]:
            found = library.search(plan(question.text, question.history), k=10)
            before = context(question.text, question.history)
            first = evidence.judge(question.text, found.hits, found.rarity, before)
            if first.evidence:
                yield tuple(_read(question, f"{before} {question.text}".strip(), first, reader) for reader in readers)


def _read(question: Question, asked: str, first: evidence.Judgement, reader: Reader) -> Looked:
    began = time.perf_counter()
    read = reading.read(asked, first, reader)
    ms = 1000 * (time.perf_counter() - began)
    answers = [normal(a) for a in question.answers if normal(a)]
    right = [
        e.hit.source in question.documents and any(a in normal(e.text) or normal(e.text) in a for a in answers)
        for e in read.evidence
    ]
    kind = "answerable" if question.answerable else "near"
    example = Example(kind, read.features, np.array(right), read.whole)
    texts = [w.text[r.start : r.end] for w, r in zip(read.windows, read.readings, strict=True)]
    words = [max(((_f1(t, a), float(normal(t) == a)) for a in answers), default=(0.0, 0.0)) for t in texts]
    spans = np.array([r.span for r in read.readings])
    return Looked(example, np.array(read.places), np.array(words), spans, float(read.whole[0]), ms)


def _f1(found: str, gold: str) -> float:
    a, b = normal(found).split(), gold.split()
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b)) if same else 0.0


def _figures(looked: Sequence[Looked], halves: bool) -> Iterator[tuple[str, str]]:
    yes = [x for x in looked if x.example.kind == "answerable"]
    no = np.array([x.top for x in looked if x.example.kind == "near"])
    yield "questions", f"{len(yes)} answerable, {len(no)} not"
    for name, values in zip(NAMES, _table(yes, halves).T, strict=True):
        yield name, _interval(lambda v: float(v.mean()), values)
    if len(no):
        yield AUROC, _interval(auroc, np.array([x.top for x in yes]), no)
    yield (
        "ms, median and 95th percentile",
        " ".join(f"{np.quantile([x.ms for x in looked], q):.0f}" for q in (0.5, 0.95)),
    )


def _gains(before: Sequence[Looked], after: Sequence[Looked], halves: bool) -> Iterator[tuple[str, str]]:
    """Differences on the same questions: a redrawn question brings both its readings."""
    pairs = list(zip(before, after, strict=True))
    yes = [p for p in pairs if p[0].example.kind == "answerable"]
    old, new = (_table([p[side] for p in yes], halves) for side in (0, 1))
    for name, values in zip(NAMES, (new - old).T, strict=True):
        yield name, _interval(lambda v: float(v.mean()), values)
    tops = [
        np.array([[x.top for x in p] for p in pairs if p[0].example.kind == kind]) for kind in ("answerable", "near")
    ]
    if len(tops[1]):
        yield AUROC, _interval(lambda y, n: auroc(y[:, 1], n[:, 1]) - auroc(y[:, 0], n[:, 0]), *tops)


def _table(yes: Sequence[Looked], halves: bool) -> np.ndarray:
    """The figures NAMES of each question, shape (questions, figures)."""
    return np.array([_row(x, s) for x, s in zip(yes, _scores(yes, halves), strict=True)], dtype=float)


def _scores(yes: Sequence[Looked], halves: bool) -> list[np.ndarray]:
    """The ranking scores of each question's sentences."""
    if not halves:
        return [linear("read", "sentence")(x.example.sentences) for x in yes]
    fitted = [fit_ranking([x.example for x in yes[1 - half :: 2] if x.example.right.any()]) for half in (0, 1)]
    weights = [np.array(f["weights"]) / np.array(f["scale"]) for f in fitted]
    return [x.example.sentences @ weights[n % 2] for n, x in enumerate(yes)]


def _row(x: Looked, scores: np.ndarray) -> tuple[float, ...]:
    order = np.argsort(-scores, kind="stable")
    right = x.example.right
    best = {int(x.window[n]): scores[n] for n in order[::-1]}  # the best sentence of a window comes last
    first = max(best, key=lambda w: best[w] + x.span[w] / 2)
    holding = {int(w) for w in x.window[right]}
    held = x.words[max(holding, key=lambda w: x.span[w])] if holding else (0.0, 0.0)
    return right[order[0]], right[order[:3]].any(), *x.words[x.span.argmax()], *x.words[first], *held


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve; ties count half."""
    values = np.sort(negative)
    below, upto = np.searchsorted(values, positive, "left"), np.searchsorted(values, positive, "right")
    return float((below + upto).mean() / 2 / len(values))


def _interval(figure: Callable[..., float], *samples: np.ndarray, times: int = 1000) -> str:
    """The figure and its 95 % interval by a percentile bootstrap over questions, each sample redrawn by itself."""
    rng = np.random.default_rng(1)
    drawn = [figure(*(s[rng.integers(0, len(s), len(s))] for s in samples)) for _ in range(times)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{figure(*samples):.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
