"""Windows that do not answer an item's question: of its own passage, of passages like it, mined ones, changed ones."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from qa.onnx_reader import QUESTION_TOKENS
from training.data import piece_of
from training.swap import Case, swap
from training.windows import SWAPPED, WINDOW, Corpus, Example, Item, Piece

__all__ = ["Place", "Wrong", "budget", "key", "read_mined"]

_LIGHT = frozenset(
    "the a an of in on at to for and or is are was were did does do what which who whom when where why how".split()
)
MINED = 0.75  # of the draws of an item that has mined windows; the others take any wrong window
BESIDE = 0.4  # of the items with a known answer: a window of the same passage before any other


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a passage, by their numbers; a window is grown around it."""

    piece: int
    sentence: int


def key(text: str) -> str:
    """A short name of a text that no order of sources changes."""
    return sha256(text.encode()).hexdigest()[:16]


def budget(rng: random.Random) -> int:
    """Tokens of a window: from what the product cuts to twice as many, now and then fewer."""
    return rng.randrange(70, 135) if rng.random() < 0.72 else rng.randrange(30, 70)


def read_mined(path: Path, corpus: Corpus) -> dict[str, tuple[Place, ...]]:
    """What training.mine wrote: by an item's key, the places of windows that a reader took for its answer.

    Passages that the corpus lacks, because only a share of it was read, are left out.
    """
    numbers = {key(piece.text): number for number, piece in enumerate(corpus.pieces)}
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {
        row["item"]: tuple(Place(numbers[w["passage"]], w["sentence"]) for w in row["wrong"] if w["passage"] in numbers)
        for row in rows
    }


class Wrong:
    """Draws windows that don't answer, of about `size` tokens."""

    def __init__(self, corpus: Corpus, mined: Mapping[str, tuple[Place, ...]]) -> None:
        self.corpus, self.mined = corpus, mined
        self._siblings: dict[tuple[int, ...], list[str]] = {}
        for item in corpus.items:
            self._siblings.setdefault(_home(item), []).append(item.question)
        counts = Counter(int(t) for piece in corpus.pieces for t in set(piece.ids.tolist()))
        self._rarity = {t: float(np.log(len(corpus.pieces) / n)) for t, n in counts.items()}

    def windows(self, item: Item, rng: random.Random, size: int) -> Iterator[Example]:
        """Of what people wrote, asked what people asked: mined windows, or of the same passage and those like it."""
        places = list(self.mined.get(self.key(item), ()))[::-1]  # the highest is taken first
        passages = rng.sample(item.others, len(item.others))
        if item.span and (not passages or rng.random() < BESIDE):
            passages.append(item.piece)
        while places or passages:
            if places and (not passages or rng.random() < MINED):
                yield self.window(item, places.pop(), rng, size)
                continue
            number = passages.pop()
            sentence = self.likest(item, number, rng)
            if sentence is not None:
                yield self.window(item, Place(number, sentence), rng, size)

    def key(self, item: Item) -> str:
        """A short name of an item that no order of the sources changes."""
        return key(f"{item.question}\n{self.corpus.pieces[item.piece].text}")

    def window(self, item: Item, place: Place, rng: random.Random, size: int) -> Example:
        """Sentences around a place, never one that may hold the answer nor one beyond it."""
        piece = self.corpus.pieces[place.piece]
        order = grown(piece, place.sentence, self.barred(item, place.piece), rng)
        return replace(self.corpus.pack(item, item.ids, piece, order, None, rng, size), part=WINDOW)

    def barred(self, item: Item, number: int) -> set[int]:
        """The sentences of a passage that answer, or hold more than half of an answer's words and so may."""
        piece = self.corpus.pieces[number]
        barred = {n for n, s in enumerate(piece.sentences) if self.corpus.mentions(piece, s, item.answers)}
        wanted = [_words(answer) - _words(item.question) for answer in item.answers]
        for n, (a, b) in enumerate(piece.sentences):
            said = _words(piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]])
            if any(len(words & said) * 2 > len(words) for words in wanted):
                barred.add(n)
        return barred | set(self.corpus.gold(piece, item.span) if item.span and number == item.piece else ())

    def likest(self, item: Item, number: int, rng: random.Random) -> int | None:
        """The sentence not barred that shares most with the question by rarity, or in one draw of five any."""
        piece, barred = self.corpus.pieces[number], self.barred(item, number)
        among = [n for n in range(len(piece.sentences)) if n not in barred]
        if not among or rng.random() < 0.2:
            return rng.choice(among) if among else None
        return max(among, key=lambda n: self.shared(item, piece, n))

    def shared(self, item: Item, piece: Piece, number: int) -> float:
        """How much of the question a sentence repeats: the rarity of the tokens in both, summed."""
        said = set(piece.ids[slice(*piece.sentences[number])].tolist())
        return sum(self._rarity.get(t, 0.0) for t in said.intersection(item.ids))

    def changed(self, item: Item, rng: random.Random, size: int) -> Example | None:
        """The window that answers, asked another question or made to say another thing; None where no rule fits."""
        rewritten = self._rewritten(item, rng, size) if rng.random() < 0.4 else None
        return rewritten or self._swapped(item, rng, size)

    def case(self, item: Item, rng: random.Random) -> Case:
        """What training.swap may take its words from."""
        piece = self.corpus.pieces[item.piece]
        other = self.corpus.pieces[rng.choice(item.others)].text if item.others else piece.text
        siblings = self._siblings[_home(item)]
        some = tuple(rng.sample(siblings, min(len(siblings), 40)))
        gold = self.corpus.gold(piece, item.span or (0, 0))
        a, b = piece.sentences[gold[0]] if gold else (0, len(piece.ids))
        sentence = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]]
        return Case(piece.text, other, " ".join(item.answers), self.corpus.follows, some, sentence)

    def tokens(self, text: str) -> list[int]:
        """The ids of a question or a claim."""
        ids: list[int] = self.corpus.tokenizer.encode(text, add_special_tokens=False).ids[:QUESTION_TOKENS]
        return ids

    def _swapped(self, item: Item, rng: random.Random, size: int) -> Example | None:
        changed = swap(item.question, self.case(item, rng), rng)
        if changed is None:
            return None
        ids = self.tokens(changed)
        made = self.corpus.window(item, ids, item.piece, None, rng, around=item.span, budget=size)
        return replace(made, part=SWAPPED)

    def _rewritten(self, item: Item, rng: random.Random, size: int) -> Example | None:
        """The question as people asked it, and the answering sentence changed in a word that the question names."""
        corpus = self.corpus
        piece = corpus.pieces[item.piece]
        case = self.case(item, rng)
        words = frozenset(re.findall(r"[\w'’-]+", item.question.lower())) - _LIGHT
        answer = re.findall(r"[\w'’-]+", " ".join(item.answers).lower())
        changed = swap(case.sentence, replace(case, only=words - frozenset(answer), siblings=()), rng)
        if changed is None or any(a.lower() not in changed.lower() for a in item.answers[:1]):
            return None
        text = piece.text.replace(case.sentence, changed, 1)
        new = piece_of(text, corpus.tokenizer.encode(text, add_special_tokens=False))
        start = text.index(changed)
        order = _around(new, start, start + len(changed), rng)
        return replace(corpus.pack(item, item.ids, new, order, None, rng, size), part=SWAPPED)


def grown(piece: Piece, sentence: int, barred: set[int], rng: random.Random) -> list[int]:
    """Sentence numbers outwards from one, in either direction up to what is barred."""
    order, sides = [sentence], {-1: sentence - 1, 1: sentence + 1}
    while sides := {d: n for d, n in sides.items() if 0 <= n < len(piece.sentences) and n not in barred}:
        side = rng.choice(list(sides))
        order.append(sides[side])
        sides[side] += side
    return order


def _home(item: Item) -> tuple[int, ...]:
    return tuple(item.title) if item.title and item.source != "selqa" else (-1, item.piece)


def _words(text: str) -> frozenset[str]:
    """The beginnings of the words that carry a meaning, so that forms of one word are one."""
    return frozenset(w[:5] for w in re.findall(r"\w+", text.lower()) if w not in _LIGHT)


def _around(piece: Piece, start: int, end: int, rng: random.Random) -> list[int]:
    """Sentence numbers: those of the characters, then outwards."""
    inside = [i for i, (a, b) in enumerate(piece.sentences)
              if piece.offsets[a][0] < end and start < piece.offsets[b - 1][1]]  # fmt: skip
    rest = [i for i in range(len(piece.sentences)) if i not in inside]
    return inside + sorted(rest, key=lambda i: (min(abs(i - j) for j in inside), rng.random()))
