"""Question rows -> tokenised items, and items -> the examples of one stretch of training.

Passages are tokenised once; a window is a slice of whole sentences cut anew each time an item is drawn, so that no two
epochs see the same windows. Unanswerable examples are made from the answerable: the answer's sentences taken out, a
passage like it put in its place, or the question changed (training/swap.py). Nothing here trains.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from documents.split import sentences
from qa.onnx_reader import QUESTION_TOKENS, TITLE_TOKENS, pack
from training.swap import Case, learn, swap

__all__ = ["Corpus", "Example", "Item", "Piece", "load", "overlap"]

# How often an item of each source is drawn in an epoch, as an answerable and as an unanswerable example.
RATES = {
    "squad_train_pieces": (1.0, 1.0),
    "squadshifts_wiki": (1.0, 1.0),
    "squad_sentences": (0.5, 0.2),
    "qamr_sentences": (0.35, 0.15),
    "fairytaleqa": (0.5, 0.3),
    "selqa": (0.8, 0.5),
    "timeqa_human": (1.0, 0.8),
    "qed_nq": (1.0, 0.8),
    "tatqa_text": (1.0, 0.6),
    "covid_qa": (0.6, 0.4),
    "hotpot_bridge": (0.3, 0.0),
    "boolq_evidence": (0.3, 0.2),
    "medquad_relevance": (0.2, 0.1),
}
# The last part of the run: fewer of the noisy and the far from what people ask of their documents.
CLEAN = RATES | {
    "squad_sentences": (0.3, 0.1),
    "qamr_sentences": (0.15, 0.1),
    "fairytaleqa": (0.2, 0.1),
    "covid_qa": (0.4, 0.2),
    "boolq_evidence": (0.2, 0.1),
    "medquad_relevance": (0.1, 0.05),
}
UNKNOWN = -1


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
    """A packed window. Sentence labels are 1, 0 or UNKNOWN; `start` and `end` are 0 for none, UNKNOWN to ignore."""

    ids: list[int]
    types: list[int]
    sentences: list[tuple[int, int]]
    labels: list[int]
    answerable: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every item and passage of the training sources, the tokenizer that cut them, and which words follow which."""

    items: list[Item]
    pieces: list[Piece]
    tokenizer: Any
    follows: dict[str, frozenset[str]]

    def examples(self, seed: int, rates: dict[str, tuple[float, float]] = RATES) -> list[Example]:
        """One epoch's examples in random order; the same seed gives the same examples."""
        rng = random.Random(seed)
        made: list[Example] = []
        for item in self.items:
            yes, no = rates.get(item.source, (0.0, 0.0))
            if not item.answerable:
                made.append(self._window(item, item.ids, item.piece, None, rng))
                continue
            if rng.random() < yes:
                made.append(self._window(item, item.ids, item.piece, item.span, rng))
            if rng.random() < no:
                negative = self._negative(item, rng)
                if negative is not None:
                    made.append(negative)
        rng.shuffle(made)
        return made

    def _negative(self, item: Item, rng: random.Random) -> Example | None:
        draw = rng.random()
        if item.span is not None and draw < 0.5:
            passage = self.pieces[item.piece].text
            other = self.pieces[rng.choice(item.others)].text if item.others else passage
            changed = swap(item.question, Case(passage, other, " ".join(item.answers), self.follows), rng)
            if changed is not None:
                ids = self.tokenizer.encode(changed, add_special_tokens=False).ids[:QUESTION_TOKENS]
                return self._window(item, ids, item.piece, None, rng, around=item.span)
        if item.span is not None and draw < 0.72:
            without = self._without(item, rng)
            if without is not None:
                return without
        if not item.others:
            return None
        return self._window(item, item.ids, rng.choice(item.others), None, rng)

    def _gold(self, piece: Piece, span: tuple[int, int]) -> list[int]:
        return [i for i, (a, b) in enumerate(piece.sentences) if a < span[1] and span[0] < b]

    def _mentions(self, piece: Piece, sentence: tuple[int, int], answers: tuple[str, ...]) -> bool:
        """Whether the sentence holds one of the answers as a string, so that its label can't be known."""
        a, b = sentence
        text = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]].casefold()
        return any(answer.casefold() in text for answer in answers)

    def _without(self, item: Item, rng: random.Random) -> Example | None:
        piece = self.pieces[item.piece]
        keep = [i for i, s in enumerate(piece.sentences) if not self._mentions(piece, s, item.answers)]
        gold = self._gold(piece, item.span or (0, 0))
        keep = [i for i in keep if i not in gold]
        if sum(piece.sentences[i][1] - piece.sentences[i][0] for i in keep) < 12:
            return None
        first = rng.randrange(len(keep))
        return self._pack(item, item.ids, piece, keep[: first + 1][::-1] + keep[first + 1 :], None, rng)

    def _window(
        self,
        item: Item,
        question: list[int],
        number: int,
        span: tuple[int, int] | None,
        rng: random.Random,
        around: tuple[int, int] | None = None,
    ) -> Example:
        """Whole sentences grown in both directions from those of the span, or from a random one."""
        piece = self.pieces[number]
        centre = span or around
        core = self._gold(piece, centre) if centre else [rng.randrange(len(piece.sentences))]
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
        return self._pack(item, question, piece, order, span, rng, answerable=centre is span and number == item.piece)

    def _pack(
        self,
        item: Item,
        question: list[int],
        piece: Piece,
        order: list[int],
        span: tuple[int, int] | None,
        rng: random.Random,
        answerable: bool = False,
    ) -> Example:
        """The sentences of `order` taken while they fit a random budget, put back into the text's order."""
        answerable = answerable and item.answerable
        budget = rng.randrange(40, 144)
        core = set(self._gold(piece, span)) if span else set()
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
                labels[n] = (
                    1 if i in core else UNKNOWN if self._mentions(piece, piece.sentences[i], item.answers) else 0
                )
            start, end = span[0] + shifts[min(core)] + offset, span[1] - 1 + shifts[max(core)] + offset
            if item.whole or end >= len(ids) - 1:
                start = end = UNKNOWN
        limit = len(ids) - 1
        sentences_at = [(min(a + offset, limit - 1), min(b + offset, limit)) for a, b in bounds]
        return Example(ids, types, sentences_at, labels, int(answerable), start, end)


def load(folder: Path, tokenizer: Any, sources: dict[str, tuple[float, float]] = RATES) -> Corpus:
    """Reads the sources that have a rate; passages of one text are kept once."""
    numbers: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for source in sources:
        with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["passage"].strip() and row["question"].strip():
                    rows.append({**row, "source": source})
                    numbers.setdefault(row["passage"], len(numbers))
    texts = list(numbers)
    pieces = [_piece(t, e) for t, e in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True)]
    questions = tokenizer.encode_batch([r["question"] for r in rows], add_special_tokens=False)
    titles = tokenizer.encode_batch([(r.get("title") or "").replace("_", " ") for r in rows], add_special_tokens=False)
    items = []
    for row, question, title in zip(rows, questions, titles, strict=True):
        number = numbers[row["passage"]]
        start, answers = row["answer_start"], tuple(row["answers"])
        span = None if start is None else _tokens(pieces[number], start, start + len(answers[0]))
        whole = row.get("level") == "sentence" or row["source"] == "selqa"
        ids, heading = question.ids[:QUESTION_TOKENS], title.ids[:TITLE_TOKENS]
        if pieces[number].sentences and (span is None or span[1] > span[0]):
            items.append(
                Item(row["source"], row["question"], ids, heading, number, answers, span, row["answerable"], whole)
            )
    _neighbours(items, pieces)
    return Corpus(items, pieces, tokenizer, learn(i.question for i in items))


def _piece(text: str, encoding: Any) -> Piece:
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    spans = []
    for sentence in sentences(text, 0, len(text)):
        a = int(np.searchsorted(offsets[:, 1], sentence.start, side="right"))
        b = int(np.searchsorted(offsets[:, 0], sentence.end, side="left"))
        if b > a:
            spans.append((a, b))
    return Piece(text, np.array(encoding.ids, dtype=np.int32), offsets, tuple(spans))


def _tokens(piece: Piece, start: int, end: int) -> tuple[int, int]:
    return (
        int(np.searchsorted(piece.offsets[:, 1], start, side="right")),
        int(np.searchsorted(piece.offsets[:, 0], end, side="left")),
    )


def _neighbours(items: list[Item], pieces: list[Piece], count: int = 6, block: int = 1000) -> None:
    """Fills `others`: the passages most like question and title by tf-idf that hold no answer string."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", max_df=max(0.02, 1 / len(pieces)), dtype=np.float32
    )
    passages = vectors.fit_transform(p.text for p in pieces).T.tocsr()
    lower = [p.text.casefold() for p in pieces]
    for first in range(0, len(items), block):
        some = items[first : first + block]
        scores = (vectors.transform(i.question for i in some) @ passages).tocsr()
        for row, item in enumerate(some):
            near = scores.indices[scores.indptr[row] : scores.indptr[row + 1]]
            value = scores.data[scores.indptr[row] : scores.indptr[row + 1]]
            best = near[np.argsort(-value, kind="stable")[:24]]
            own = lower[item.piece]
            answers = [a.casefold() for a in item.answers]
            # With no answer string to check, the very nearest may answer too: skip two.
            usable = [
                int(n) for n in best
                if n != item.piece and not any(a in lower[n] for a in answers)
                and own not in lower[n] and lower[n] not in own
            ]  # fmt: skip
            item.others = usable[:count] if answers else usable[2 : count + 2]


def overlap(corpus: Corpus, texts: list[str], words: int = 13) -> int:
    """How many passages share a run of `words` words with any of `texts`; must be 0 for validation sets."""

    def runs(text: str) -> Iterator[tuple[str, ...]]:
        found = re.findall(r"\w+", text.casefold())
        yield from (tuple(found[i : i + words]) for i in range(len(found) - words + 1))

    held = {run for text in texts for run in runs(text)}
    return sum(any(run in held for run in runs(p.text)) for p in corpus.pieces)
