"""Finds the windows that a reader wrongly takes for an answer: python -m training.mine --data DATA --out mined.jsonl

For each question with a known answer, windows of its own passage beside the answer and of the passages most like it
are read, about as long as the product's; the highest that cannot hold the answer are kept, as a line of keys and
sentence numbers. A run that was stopped goes on where it stood; the order is random, so any part of it is a sample.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

from qa.reader import Reader, Reading, Window, reader_named
from training.data import load
from training.groups import GROUPS
from training.windows import Item, Piece
from training.wrong import Place, Wrong, grown, key

__all__ = ["candidates", "main", "mined"]

KEPT = 3  # windows of a question
TOKENS = 55  # in a window
LIKE = 4  # passages like the question that are read
SOURCES = ("squad_train_pieces", "squadshifts_wiki", "qed_nq", "timeqa_human")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the .jsonl.gz sources")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--reader", default="default")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    options = parser.parse_args()
    from tokenizers import Tokenizer

    from qa.reader import FOLDER

    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    wrong = Wrong(load(options.data, tokenizer, GROUPS), {})
    items = [i for i in wrong.corpus.items if i.source in SOURCES and i.span and i.answerable]
    random.Random(0).shuffle(items)
    done: set[str] = set()
    if options.out.exists():
        done = {json.loads(line)["item"] for line in options.out.open(encoding="utf-8")}
    reader, end = reader_named(options.reader), time.monotonic() + 60 * options.minutes
    with options.out.open("a", encoding="utf-8") as out:
        for item in items:
            if time.monotonic() > end:
                break
            if wrong.key(item) not in done:
                print(json.dumps(mined(item, wrong, reader)), file=out, flush=True)


def mined(item: Item, wrong: Wrong, reader: Reader) -> dict[str, object]:
    """The KEPT highest places with their scores, and the score of the window that answers."""
    corpus, rng = wrong.corpus, random.Random(wrong.key(item))
    places = list(candidates(item, wrong))
    own = corpus.pieces[item.piece]
    right = corpus.gold(own, item.span or (0, 0))
    orders = [grown(corpus.pieces[p.piece], p.sentence, wrong.barred(item, p.piece), rng) for p in places]
    pieces = [corpus.pieces[p.piece] for p in places]
    orders, pieces = [*orders, grown(own, right[0], set(), rng)], [*pieces, own]
    chosen = [_chosen(piece, order) for piece, order in zip(pieces, orders, strict=True)]
    title = corpus.tokenizer.decode(item.title)
    readings = reader.read(item.question, [_window(p, n, title) for p, n in zip(pieces, chosen, strict=True)])
    found: dict[tuple[int, int], float] = {}
    for place, numbers, reading in zip(places, chosen, readings, strict=False):  # the last one is the right window's
        best = max(range(len(numbers)), key=reading.sentences.__getitem__)
        found.setdefault((place.piece, numbers[best]), _score(reading))
    highest = sorted(found, key=lambda p: -found[p])[:KEPT]
    return {
        "item": wrong.key(item),
        "right": round(_score(readings[-1]), 2),
        "wrong": [
            {"passage": key(corpus.pieces[n].text), "sentence": s, "score": round(found[n, s], 2)} for n, s in highest
        ],
    }


def candidates(item: Item, wrong: Wrong) -> Iterator[Place]:
    """The two likest sentences of the own passage and the likest of LIKE passages like it, none of them barred."""
    for number in (item.piece, *item.others[:LIKE]):
        piece, barred = wrong.corpus.pieces[number], wrong.barred(item, number)
        free = [n for n in range(len(piece.sentences)) if n not in barred]
        free.sort(key=lambda n: -wrong.shared(item, piece, n))
        yield from (Place(number, n) for n in free[: 2 if number == item.piece else 1])


def _chosen(piece: Piece, order: list[int]) -> list[int]:
    """The first of an order that fit TOKENS, in the text's order."""
    filled, taken = 0, 0
    for n in order:
        filled += piece.sentences[n][1] - piece.sentences[n][0]
        if taken and filled > TOKENS:
            break
        taken += 1
    return sorted(order[:taken])


def _window(piece: Piece, numbers: list[int], title: str) -> Window:
    spans = [piece.sentences[n] for n in numbers]
    bounds = [(int(piece.offsets[a][0]), int(piece.offsets[b - 1][1])) for a, b in spans]
    first = bounds[0][0]
    return Window(title, piece.text[first : bounds[-1][1]], tuple((a - first, b - first) for a, b in bounds))


def _score(reading: Reading) -> float:
    return reading.answerable + max(reading.sentences) + reading.span / 2


if __name__ == "__main__":
    main()
