"""Question rows -> tokenised items over passages, each with the passages most like it that don't answer."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from documents.split import sentences
from qa.onnx_reader import QUESTION_TOKENS, TITLE_TOKENS
from training.swap import learn
from training.windows import Corpus, Item, Piece

__all__ = ["load", "overlap", "piece_of", "within"]


def within(share: float, text: str) -> bool:
    """Whether a text is of the share, 0 to 1, that its SHA-256 picks: a smaller share lies within a larger."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) < share * 2**48


def load(folder: Path, tokenizer: Any, sources: Iterable[str], share: float = 1.0) -> Corpus:
    """Reads the sources, `<source>.jsonl.gz` each; passages of one text are kept once.

    Of the articles, which a title names, and of the passages that have none, only a share is read with its questions.
    """
    numbers: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for source in sources:
        with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["passage"].strip() and row["question"].strip() and within(share, _article(row)):
                    rows.append({**row, "source": source})
                    numbers.setdefault(row["passage"], len(numbers))
    texts = list(numbers)
    pieces = [
        piece_of(t, e) for t, e in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True)
    ]
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
    _neighbours(items, pieces, [tokenizer.decode(i.title) for i in items])
    return Corpus(items, pieces, tokenizer, learn(i.question for i in items))


def _article(row: Mapping[str, Any]) -> str:
    return str(row.get("title") or row["passage"])


def piece_of(text: str, encoding: Any) -> Piece:
    """A passage with its tokenizer's encoding, cut into sentences."""
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


def _neighbours(items: list[Item], pieces: list[Piece], titles: list[str], count: int = 6, block: int = 1000) -> None:
    """Fills `others`: the passages most like question and title by tf-idf that hold no answer string."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", max_df=max(0.02, 1 / len(pieces)), dtype=np.float32
    )
    passages = vectors.fit_transform(p.text for p in pieces).T.tocsr()
    lower = [p.text.casefold() for p in pieces]
    for first in range(0, len(items), block):
        some = items[first : first + block]
        asked = (f"{i.question} {title}" for i, title in zip(some, titles[first : first + block], strict=True))
        scores = (vectors.transform(asked) @ passages).tocsr()
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
