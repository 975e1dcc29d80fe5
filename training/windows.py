"""Windows for training: whole sentences of a passage, cut anew each time, packed as the reader reads them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qa.onnx_reader import pack

__all__ = ["ALONE", "SWAPPED", "UNKNOWN", "WINDOW", "Corpus", "Example", "Item", "Piece"]

UNKNOWN = -1
ALONE, WINDOW, SWAPPED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage: its text, token ids, token offsets [T, 2] and sentences as [start, end) over tokens."""

    text: str
    ids: np.ndarray
    offsets: np.ndarray
    sentences: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Item:
    """One question row. `span` is the answer over the passage's tokens, None where the source gives none."""

    source: str
    question: str
    ids: list[int]
    title: list[int]
    piece: int
    answers: tuple[str, ...]
    span: tuple[int, int] | None
    answerable: bool
    whole: bool  # the answer is a whole sentence: no span to learn
    others: list[int] = field(default_factory=list)  # passages like it that do not answer


@dataclass(frozen=True, slots=True)
class Example:
    """A packed window. Sentence labels are 1, 0 or UNKNOWN; `start` and `end` are 0 for none, UNKNOWN to ignore.

    `part` is what it is in its group: a WINDOW of its question, one with question or text SWAPPED, or read ALONE.
    """

    ids: list[int]
    types: list[int]
    sentences: list[tuple[int, int]]
    labels: list[int]
    answerable: int
    start: int
    end: int
    part: int = ALONE


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every item and passage of the training sources, the tokenizer that cut them, and which words follow which."""

    items: list[Item]
    pieces: list[Piece]
    tokenizer: Any
    follows: Mapping[str, frozenset[str]]

    def gold(self, piece: Piece, span: tuple[int, int]) -> list[int]:
        """The numbers of the sentences that a span of tokens touches."""
        return [i for i, (a, b) in enumerate(piece.sentences) if a < span[1] and span[0] < b]

    def mentions(self, piece: Piece, sentence: tuple[int, int], answers: tuple[str, ...]) -> bool:
        """Whether the sentence holds one of the answers as a string, so that its label can't be known."""
        a, b = sentence
        text = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]].casefold()
        return any(answer.casefold() in text for answer in answers)

    def window(
        self,
        item: Item,
        question: list[int],
        number: int,
        span: tuple[int, int] | None,
        rng: random.Random,
        budget: int,
        around: tuple[int, int] | None = None,
    ) -> Example:
        """Whole sentences grown in both directions from those of the span, or of `around`, or from a random one."""
        piece = self.pieces[number]
        centre = span or around
        core = self.gold(piece, centre) if centre else [rng.randrange(len(piece.sentences))]
        if item.answerable and number == item.piece and centre is None:
            core = list(range(len(piece.sentences)))  # no span is known: the whole passage answers
        left, right = core[0] - 1, core[-1] + 1
        order = list(core)
        while left >= 0 or right < len(piece.sentences):
            if right >= len(piece.sentences) or (left >= 0 and rng.random() < 0.5):
                order.append(left)
                left -= 1
            else:
                order.append(right)
                right += 1
        answerable = centre is span and number == item.piece
        return self.pack(item, question, piece, order, span, rng, budget, answerable)

    def pack(
        self,
        item: Item,
        question: list[int],
        piece: Piece,
        order: list[int],
        span: tuple[int, int] | None,
        rng: random.Random,
        budget: int,
        answerable: bool = False,
    ) -> Example:
        """The sentences of `order` taken while they fit the budget of tokens, put back into the text's order."""
        answerable = answerable and item.answerable
        core = set(self.gold(piece, span)) if span else set()
        chosen: list[int] = []
        filled = 0
        for i in order:
            size = piece.sentences[i][1] - piece.sentences[i][0]
            if chosen and filled + size > budget and i not in core:
                break
            chosen.append(i)
            filled += size
        chosen.sort()
        title = item.title if rng.random() < 0.75 else []
        text: list[int] = []
        bounds: list[tuple[int, int]] = []
        shifts: dict[int, int] = {}
        for i in chosen:
            a, b = piece.sentences[i]
            shifts[i] = len(text) - a
            bounds.append((len(text), len(text) + b - a))
            text.extend(piece.ids[a:b].tolist())
        ids, types, offset = pack(question, title, text)
        labels = [0] * len(chosen)
        start = end = 0
        if answerable and span is None:
            labels = [1] if len(chosen) == 1 else [UNKNOWN] * len(chosen)
            start = end = UNKNOWN
        elif answerable and span is not None:
            for n, i in enumerate(chosen):
                labels[n] = 1 if i in core else UNKNOWN if self.mentions(piece, piece.sentences[i], item.answers) else 0
            start, end = span[0] + shifts[min(core)] + offset, span[1] - 1 + shifts[max(core)] + offset
            if item.whole or end >= len(ids) - 1:
                start = end = UNKNOWN
        limit = len(ids) - 1
        sentences_at = [(min(a + offset, limit - 1), min(b + offset, limit)) for a, b in bounds]
        return Example(ids, types, sentences_at, labels, int(answerable), start, end)
