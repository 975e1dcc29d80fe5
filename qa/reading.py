"""The reader's second look: the best sentences, with their neighbours, are read together with the question.

The linear model of evidence.py sees words and vectors; the reader sees whether the text answers. Its logits and the
first score are weighed by a second pair of linear models (the part "read" of qa/data/evidence.json).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.search import Hit
from qa.doubt import kind_missing, names_missing, turned
from qa.evidence import Evidence, Judgement, linear
from qa.reader import Reader, Reading, Window

__all__ = ["CONFIDENCE_FEATURES", "SENTENCE_FEATURES", "WINDOWS", "WORDS", "Read", "read", "reread"]

WINDOWS = 6  # read at most
WORDS = 40  # in a window, about
FIRST = 2  # read first, at the same time where there are two processors
SURE = 4.0  # of the best of them, as _answers counts: the others are left unread (docs/reader.md has what that costs)

SENTENCE_FEATURES = (
    "sentence",  # the reader: this sentence holds the answer
    "answerable",  # the reader: its window answers
    "span",  # the reader: its best words answer, where they stand in this sentence; else 0
    "first",  # the score it had before
)
CONFIDENCE_FEATURES = (
    "window",  # the reader: the best window answers
    "first",  # the logit of the confidence before, where it is below 0: that a topic is met says little of the rest
    "turned",  # 1 where the question denies the best window's best sentence, or holds an opposite of its words
    "names",  # share of the question's names and numbers that the best window's passage lacks
    "kind",  # 1 where that sentence lacks a thing of the kind asked for
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Sentences [low, high] of a hit, to be read as one window; `best` is the evidence it was made for."""

    hit: Hit
    low: int
    high: int

    def window(self) -> Window:
        first, last = self.hit.sentences[self.low], self.hit.sentences[self.high]
        inside = self.hit.sentences[self.low : self.high + 1]
        return Window(
            title=self.hit.heading or self.hit.title,
            text=self.hit.text[first.start - self.hit.start : last.end - self.hit.start],
            sentences=tuple((s.start - first.start, s.end - first.start) for s in inside),
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader made of a judgement: the evidence that was read, with its answers, and what describes it.

    `features` are the SENTENCE_FEATURES of each, `whole` the CONFIDENCE_FEATURES of all; `windows` are what was read,
    with a reading each, and `places` the number of each evidence's window.
    """

    evidence: tuple[Evidence, ...]
    features: NDArray[np.float64]
    whole: NDArray[np.float64]
    readings: tuple[Reading, ...]
    windows: tuple[Window, ...]
    places: tuple[int, ...]


def reread(question: str, judgement: Judgement, reader: Reader) -> Judgement:
    """The judgement after the reader has read the best of its evidence; what was not read comes last, in its order."""
    found = read(question, judgement, reader)
    scores = linear("read", "sentence")(found.features)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best = [
        replace(found.evidence[n], score=float(scores[n]), share=float(shares[n]))
        for n in np.argsort(-scores, kind="stable")
    ]
    seen = {(e.hit.passage_id, e.index) for e in best}
    rest = [replace(e, share=0.0) for e in judgement.evidence if (e.hit.passage_id, e.index) not in seen]
    logit = float(linear("read", "confidence")(found.whole.reshape(1, -1))[0])
    return Judgement((*best, *rest), 1 / (1 + math.exp(-logit)))


def read(question: str, judgement: Judgement, reader: Reader) -> Read:
    """Reads the best of the evidence, which may not be empty: two windows, and the others where those leave a doubt."""
    pieces = _pieces(judgement.evidence)
    windows = [piece.window() for piece in pieces]
    readings = reader.read(question, windows[:FIRST])
    if max(map(_answers, readings)) < SURE:
        readings += reader.read(question, windows[FIRST:])
    pieces, windows = pieces[: len(readings)], windows[: len(readings)]
    seen = {(p.hit.passage_id, number): n for n, p in enumerate(pieces) for number in range(p.low, p.high + 1)}
    chosen = [e for e in judgement.evidence if (e.hit.passage_id, e.index) in seen]
    places = [seen[e.hit.passage_id, e.index] for e in chosen]
    marked = [replace(e, answer=_answer(e, pieces[n], readings[n])) for e, n in zip(chosen, places, strict=True)]
    features = np.array([_features(e, pieces[n], readings[n]) for e, n in zip(marked, places, strict=True)])
    whole = _whole(question, pieces, readings, judgement.confidence)
    return Read(tuple(marked), features, whole, tuple(readings), tuple(windows), tuple(places))


def _whole(question: str, pieces: Sequence[_Piece], readings: Sequence[Reading], before: float) -> NDArray[np.float64]:
    """CONFIDENCE_FEATURES, shape (features,)."""
    scores = [_answers(reading) for reading in readings]
    best = int(np.argmax(scores))
    piece, window = pieces[best], pieces[best].window()
    start, end = window.sentences[int(np.argmax(readings[best].sentences))]
    sentence = window.text[start:end]
    logit = math.log(before / (1 - before)) if 0 < before < 1 else 0.0
    return np.array(
        (
            scores[best],
            min(0.0, logit),
            turned(question, sentence),
            names_missing(question, piece.hit.title, piece.hit.heading, piece.hit.text),
            kind_missing(question, sentence),
        ),
        dtype=np.float64,
    )


def _answers(reading: Reading) -> float:
    """How surely a window answers: its sentence and answerable logits, and half that of its words."""
    return reading.answerable + max(reading.sentences) + reading.span / 2


def _features(evidence: Evidence, piece: _Piece, reading: Reading) -> tuple[float, ...]:
    span = reading.span if evidence.answer else 0.0
    return reading.sentences[evidence.index - piece.low], reading.answerable, span, evidence.score


def _answer(evidence: Evidence, piece: _Piece, reading: Reading) -> tuple[int, int] | None:
    """The answering words as a span of the document, where they stand in this sentence."""
    base = piece.hit.sentences[piece.low].start
    start, end = base + reading.start, base + reading.end
    return (start, end) if start < end and evidence.start <= start and end <= evidence.end else None


def _pieces(ranked: Sequence[Evidence]) -> list[_Piece]:
    """The best sentences, each grown by its neighbours while they fit; a sentence already in a piece starts none."""
    taken: set[tuple[int, int]] = set()
    scores = {(e.hit.passage_id, e.index): e.score for e in ranked}
    pieces: list[_Piece] = []
    for evidence in ranked:
        if len(pieces) == WINDOWS:
            break
        if (evidence.hit.passage_id, evidence.index) not in taken:
            piece = _grown(evidence, taken, scores)
            taken.update((evidence.hit.passage_id, number) for number in range(piece.low, piece.high + 1))
            pieces.append(piece)
    return pieces


def _grown(evidence: Evidence, taken: set[tuple[int, int]], scores: dict[tuple[int, int], float]) -> _Piece:
    hit, low, high = evidence.hit, evidence.index, evidence.index
    filled = _words(hit, low)
    while sides := [n for n in (low - 1, high + 1) if 0 <= n < len(hit.sentences) and (hit.passage_id, n) not in taken]:
        side = max(sides, key=lambda n: scores[hit.passage_id, n])
        filled += _words(hit, side)
        if filled > WORDS:
            break
        low, high = min(low, side), max(high, side)
    return _Piece(hit, low, high)


def _words(hit: Hit, number: int) -> int:
    sentence = hit.sentences[number]
    return len(hit.text[sentence.start - hit.start : sentence.end - hit.start].split())
