"""Pairs of windows that are learnt against each other, and claims with their evidence.

A question's group is the window that answers it and one that doesn't: the same window asked a changed question, the
window with the answering sentence taken out, or the best window of a passage that is most like the question. They are
as long as the windows that the product reads. Claims are read as if they were questions: answered is supported.
"""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qa.onnx_reader import QUESTION_TOKENS, pack
from training.data import piece_of, within
from training.swap import Case, swap
from training.windows import ALONE, SWAPPED, UNKNOWN, WINDOW, Corpus, Example, Item, Piece

__all__ = ["CLAIMS", "GROUPS", "SIZE", "Claim", "Groups", "read_claims"]

_LIGHT = frozenset(
    "the a an of in on at to for and or is are was were did does do what which who whom when where why how".split()
)
SIZE = 2  # windows in a group
# How often an item of each source is drawn in an epoch.
GROUPS = {
    "squad_train_pieces": 1.0,
    "squadshifts_wiki": 1.0,
    "timeqa_human": 0.5,
    "selqa": 0.5,
    "qed_nq": 1.0,
    "tatqa_text": 0.5,
    "covid_qa": 0.2,
    "hotpot_bridge": 0.5,
    "fairytaleqa": 0.2,
    "squad_sentences": 0.5,
    "qamr_sentences": 0.25,
}
CLAIMS = {"fever_claims": 0.25, "fever_symmetric": 1.0, "snli_counterfactual": 0.2, "begin_wow": 0.2}
MADE = 0.08  # claims made of a passage's own sentences, for each item of a source with titles


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and its evidence, both as token ids; the sentences of the evidence are not told apart."""

    source: str
    claim: list[int]
    evidence: list[int]
    supported: bool


class Groups:
    """Draws groups from a corpus, as often as `rates` says of an item's source; the same seed draws the same."""

    def __init__(self, corpus: Corpus, claims: list[Claim], rates: Mapping[str, float] = GROUPS) -> None:
        self.corpus, self.claims, self.rates = corpus, claims, rates
        self._siblings: dict[tuple[int, ...], list[str]] = {}
        for item in corpus.items:
            self._siblings.setdefault(self._home(item), []).append(item.question)
        counts = Counter(int(t) for piece in corpus.pieces for t in set(piece.ids.tolist()))
        self._rarity = {t: float(np.log(len(corpus.pieces) / n)) for t, n in counts.items()}

    def draw(self, seed: int) -> list[tuple[Example, ...]]:
        """One epoch in random order: groups of SIZE examples."""
        rng = random.Random(seed)
        made: list[tuple[Example, ...]] = []
        alone: list[Example] = []
        for item in self.corpus.items:
            if rng.random() >= self.rates.get(item.source, 0.0):
                continue
            if not item.answerable:
                alone.append(self._best_window(item, item.piece, rng))
                continue
            group = self._group(item, rng)
            if group:
                made.append(group)
            if item.title and item.span and rng.random() < MADE:
                alone.extend(self._made_claim(item, rng))
        for claim in self.claims:
            if rng.random() < CLAIMS[claim.source]:
                alone.append(_claim_example(claim))
        alone.sort(key=lambda e: (len(e.ids), rng.random()))
        made.extend(tuple(alone[i : i + SIZE]) for i in range(0, len(alone) - SIZE + 1, SIZE))
        rng.shuffle(made)
        return made

    def _home(self, item: Item) -> tuple[int, ...]:
        return tuple(item.title) if item.title and item.source != "selqa" else (-1, item.piece)

    def _group(self, item: Item, rng: random.Random) -> tuple[Example, ...]:
        corpus = self.corpus
        right = corpus.window(item, item.ids, item.piece, item.span, rng, budget=_budget(rng))
        if not right.answerable:
            return ()
        others: list[Example] = []
        draw = rng.random()
        if item.span is not None and draw < 0.45:
            changed = self._rewritten(item, rng) if rng.random() < 0.4 else None
            changed = changed or self._swapped(item, rng)
            if changed is not None:
                others.append(changed)
        elif item.span is not None and draw < 0.60:
            without = self._without(item, rng)
            if without is not None:
                others.append(without)
        near = rng.sample(item.others, min(len(item.others), SIZE))
        while len(others) < SIZE - 1 and near:
            others.append(self._best_window(item, near.pop(), rng))
        if len(others) < SIZE - 1:
            return ()
        return (replace(right, part=WINDOW), *others[: SIZE - 1])

    def _case(self, item: Item, rng: random.Random) -> Case:
        piece = self.corpus.pieces[item.piece]
        other = self.corpus.pieces[rng.choice(item.others)].text if item.others else piece.text
        siblings = self._siblings[self._home(item)]
        some = tuple(rng.sample(siblings, min(len(siblings), 40)))
        gold = self.corpus.gold(piece, item.span or (0, 0))
        a, b = piece.sentences[gold[0]] if gold else (0, len(piece.ids))
        sentence = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]]
        return Case(piece.text, other, " ".join(item.answers), self.corpus.follows, some, sentence)

    def _swapped(self, item: Item, rng: random.Random) -> Example | None:
        changed = swap(item.question, self._case(item, rng), rng)
        if changed is None:
            return None
        ids = self._tokens(changed)
        made = self.corpus.window(item, ids, item.piece, None, rng, around=item.span, budget=_budget(rng))
        return replace(made, part=SWAPPED)

    def _rewritten(self, item: Item, rng: random.Random) -> Example | None:
        """The question as people asked it, and the answering sentence changed in a word that the question names."""
        corpus = self.corpus
        piece = corpus.pieces[item.piece]
        case = self._case(item, rng)
        words = frozenset(re.findall(r"[\w'’-]+", item.question.lower())) - _LIGHT
        answer = re.findall(r"[\w'’-]+", " ".join(item.answers).lower())
        changed = swap(case.sentence, replace(case, only=words - frozenset(answer), siblings=()), rng)
        if changed is None or any(a.lower() not in changed.lower() for a in item.answers[:1]):
            return None
        text = piece.text.replace(case.sentence, changed, 1)
        new = piece_of(text, corpus.tokenizer.encode(text, add_special_tokens=False))
        start = text.index(changed)
        made = corpus.pack(item, item.ids, new, _around(new, start, start + len(changed), rng), None, rng,
                            budget=_budget(rng))  # fmt: skip
        return replace(made, part=SWAPPED)

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self.corpus.tokenizer.encode(text, add_special_tokens=False).ids[:QUESTION_TOKENS]
        return ids

    def _without(self, item: Item, rng: random.Random) -> Example | None:
        corpus = self.corpus
        piece = corpus.pieces[item.piece]
        gold = set(corpus.gold(piece, item.span or (0, 0)))
        keep = [i for i, s in enumerate(piece.sentences)
                if i not in gold and not corpus.mentions(piece, s, item.answers)]  # fmt: skip
        if sum(piece.sentences[i][1] - piece.sentences[i][0] for i in keep) < 12:
            return None
        first = keep.index(self._likest(item, piece, keep, rng))
        order = keep[: first + 1][::-1] + keep[first + 1 :]
        return replace(corpus.pack(item, item.ids, piece, order, None, rng, budget=_budget(rng)), part=WINDOW)

    def _best_window(self, item: Item, number: int, rng: random.Random) -> Example:
        piece = self.corpus.pieces[number]
        best = self._likest(item, piece, list(range(len(piece.sentences))), rng)
        made = self.corpus.window(item, item.ids, number, None, rng, around=piece.sentences[best], budget=_budget(rng))
        return replace(made, part=WINDOW)

    def _likest(self, item: Item, piece: Piece, among: list[int], rng: random.Random) -> int:
        """The sentence that shares most with the question by rarity, or in one draw of five any."""
        if rng.random() < 0.2:
            return rng.choice(among)
        asked = set(item.ids)
        shares = [
            sum(self._rarity.get(t, 0.0) for t in asked & set(piece.ids[slice(*piece.sentences[i])].tolist()))
            for i in among
        ]
        return among[int(np.argmax(shares))]

    def _made_claim(self, item: Item, rng: random.Random) -> list[Example]:
        """A sentence of the passage as a claim about it, as it stands and changed."""
        piece = self.corpus.pieces[item.piece]
        number = rng.randrange(len(piece.sentences))
        a, b = piece.sentences[number]
        text = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]]
        changed = swap(text, self._case(item, rng), rng)
        if changed is None or b - a > QUESTION_TOKENS or b - a < 6:
            return []
        made = []
        for claim, supported in ((text, True), (changed, False)):
            window = self.corpus.window(
                item, self._tokens(claim), item.piece, None, rng, around=(a, b), budget=_budget(rng)
            )
            made.append(replace(window, labels=[UNKNOWN] * len(window.labels), start=UNKNOWN, end=UNKNOWN,
                                answerable=int(supported), part=ALONE))  # fmt: skip
        return made


def _around(piece: Piece, start: int, end: int, rng: random.Random) -> list[int]:
    """Sentence numbers: those of the characters, then outwards."""
    inside = [i for i, (a, b) in enumerate(piece.sentences)
              if piece.offsets[a][0] < end and start < piece.offsets[b - 1][1]]  # fmt: skip
    rest = [i for i in range(len(piece.sentences)) if i not in inside]
    return inside + sorted(rest, key=lambda i: (min(abs(i - j) for j in inside), rng.random()))


def _budget(rng: random.Random) -> int:
    """Tokens of a window: mostly as the product cuts them, now and then shorter."""
    return rng.randrange(70, 135) if rng.random() < 0.72 else rng.randrange(30, 70)


def _claim_example(claim: Claim) -> Example:
    ids, types, offset = pack(claim.claim, [], claim.evidence)
    bounds = [(offset, len(ids) - 1)]
    return Example(ids, types, bounds, [int(claim.supported)], int(claim.supported), UNKNOWN, UNKNOWN, ALONE)


def read_claims(folder: Path, corpus: Corpus, share: float = 1.0) -> list[Claim]:
    """The claim rows of CLAIMS whose evidence is of the share; what is refuted or unknown is unsupported."""
    claims = []
    for source in CLAIMS:
        with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if within(share, row["evidence"])]
        encode = corpus.tokenizer.encode_batch
        texts = encode([r["claim"] for r in rows], add_special_tokens=False)
        proofs = encode([r["evidence"] for r in rows], add_special_tokens=False)
        claims.extend(
            Claim(source, c.ids[:QUESTION_TOKENS], e.ids[:140], r["label"] == "supported")
            for r, c, e in zip(rows, texts, proofs, strict=True)
            if 3 <= len(c.ids) <= QUESTION_TOKENS and e.ids
        )
    return claims
