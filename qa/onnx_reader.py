"""The reader's arithmetic: windows -> rows of tokens -> the network -> readings.

qa/reader.py loads it. A window that doesn't fit a row is read in pieces of whole sentences; nothing is left unread.
"""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa.reader import NOTHING, Reading, Window

__all__ = ["QUESTION_TOKENS", "TITLE_TOKENS", "TOKENS", "OnnxReader", "pack"]

QUESTION_TOKENS, TITLE_TOKENS, TOKENS = 40, 16, 192  # longer ones are cut; longer texts are read in pieces
SPAN_TOKENS = 30
CLS, SEP = 101, 102
_SURROGATES = re.compile("[\ud800-\udfff]")

Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is read in one row: tokens of one window as (token start, token end, sentence number) runs."""

    window: int
    runs: tuple[tuple[int, int, int], ...]


def pack(question: Sequence[int], title: Sequence[int], text: Sequence[int]) -> tuple[list[int], list[int], int]:
    """[CLS] question [SEP] title [SEP] text [SEP], cut to TOKENS: ids, types, and where the text begins."""
    head = [CLS, *question, SEP]
    body = [*title, SEP]
    offset = len(head) + len(body)
    ids = [*head, *body, *text[: TOKENS - offset - 1], SEP]
    return ids, [0] * len(head) + [1] * (len(ids) - len(head)), offset


@dataclass(frozen=True, slots=True)
class _Scores:
    """The network's answer for one piece; `places` says where each run stands in the row."""

    answerable: float
    sentence: Floats
    start: Floats
    end: Floats
    places: list[int]


class OnnxReader:
    """Reads with ONNX Runtime; safe to share between threads."""

    def __init__(self, name: str, session: Any, tokenizer: Any) -> None:
        self.name = name
        self._session = session
        self._tokenizer = tokenizer
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "footnote-read")

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Reads every window; a text too long for one pass is read in pieces and the best of each kept.

        A question or a window without a word gets NOTHING for every score and an empty span.
        """
        if not windows:
            return []
        encode = self._tokenizer.encode_batch
        asked = self._tokenizer.encode(_storable(question), add_special_tokens=False).ids[:QUESTION_TOKENS]
        titles = [e.ids[:TITLE_TOKENS] for e in encode([_storable(w.title) for w in windows], add_special_tokens=False)]
        texts = encode([_storable(w.text) for w in windows], add_special_tokens=False)
        readings = [Reading(NOTHING, (NOTHING,) * len(w.sentences), 0, 0, NOTHING) for w in windows]
        if not asked:
            return readings
        pieces = [
            piece
            for number, window in enumerate(windows)
            for piece in _pieces(number, window, texts[number].offsets, _room(asked, titles[number]))
        ]
        rows = [
            pack(asked, titles[p.window], [i for a, b, _ in p.runs for i in texts[p.window].ids[a:b]]) for p in pieces
        ]
        for piece, found in zip(pieces, self._pool.map(self._run, rows, pieces), strict=True):
            offsets = texts[piece.window].offsets
            readings[piece.window] = _merge(readings[piece.window], found, piece, windows[piece.window], offsets)
        return readings

    def _run(self, row: tuple[list[int], list[int], int], piece: _Piece) -> _Scores:
        """One row by itself: nothing is padded, and no row's rounding to integers follows from another's values."""
        ids, types, offset = row
        pool = np.zeros((1, len(piece.runs), len(ids)), np.float32)
        places, place = [], offset
        for n, (a, b, _) in enumerate(piece.runs):
            pool[0, n, place : place + b - a] = 1.0 / (b - a)
            places.append(place)
            place += b - a
        names = ["answerable", "sentence", "start", "end"]
        outputs = self._session.run(names, {"ids": [ids], "types": [types], "pool": pool})
        return _Scores(float(outputs[0][0]), outputs[1][0], outputs[2][0], outputs[3][0], places)


def _storable(text: str) -> str:
    """The text at the same offsets with U+FFFD for lone surrogates, which the tokenizer refuses."""
    return _SURROGATES.sub("\ufffd", text)


def _room(question: Sequence[int], title: Sequence[int]) -> int:
    return TOKENS - len(question) - len(title) - 4


def _pieces(number: int, window: Window, offsets: list[tuple[int, int]], room: int) -> Iterator[_Piece]:
    """Whole sentences together while they fit; a sentence that doesn't fit alone is cut."""
    runs: list[tuple[int, int, int]] = []
    filled = token = 0
    for sentence, (start, end) in enumerate(window.sentences):
        while token < len(offsets) and offsets[token][1] <= start:
            token += 1
        first = token
        while token < len(offsets) and offsets[token][0] < end:
            token += 1
        for a in range(first, token, room):
            b = min(token, a + room)
            if filled + b - a > room:
                yield _Piece(number, tuple(runs))
                runs, filled = [], 0
            runs.append((a, b, sentence))
            filled += b - a
    if runs:
        yield _Piece(number, tuple(runs))


def _merge(old: Reading, scores: _Scores, piece: _Piece, window: Window, offsets: list[tuple[int, int]]) -> Reading:
    """`old` with what this piece adds: the higher logit of each, and the better span."""
    sentences = list(old.sentences)
    best, start, end = old.span, old.start, old.end
    none = float(scores.start[0] + scores.end[0])
    for (a, b, sentence), place, logit in zip(piece.runs, scores.places, scores.sentence, strict=False):
        sentences[sentence] = max(sentences[sentence], float(logit))
        first, last, score = _best_span(scores.start[place : place + b - a], scores.end[place : place + b - a])
        if score - none > best:
            best = score - none
            low, high = window.sentences[sentence]
            start, end = _whole_words(window.text, max(low, offsets[a + first][0]), min(high, offsets[a + last][1]))
    return Reading(max(old.answerable, scores.answerable), tuple(sentences), start, end, best)


def _best_span(start: Floats, end: Floats) -> tuple[int, int, float]:
    """The first and last token with the highest sum of scores, at most SPAN_TOKENS apart."""
    sums = start[:, None] + end[None, :]
    distance = np.arange(len(end))[None, :] - np.arange(len(start))[:, None]
    sums = np.where((distance >= 0) & (distance < SPAN_TOKENS), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(end))
    return first, last, float(sums[first, last])


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span grown to whole words and without surrounding space, within `text`."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
