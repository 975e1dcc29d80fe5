"""Windows of a question that are learnt against each other, and claims with their evidence.

A question's group is the window that answers it and one that doesn't: the same window asked a changed question, one
beside it, one of a passage like it, or one that a reader once took for the answer (training.wrong has them all). Claims
are read as if they were questions: answered is supported.
"""

import gzip
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from qa.onnx_reader import QUESTION_TOKENS, pack
from training.data import within
from training.swap import swap
from training.windows import ALONE, UNKNOWN, WINDOW, Corpus, Example, Item
from training.wrong import Place, Wrong, budget

__all__ = ["CLAIMS", "GROUPS", "SIZE", "Claim", "Groups", "read_claims"]

SIZE = 2  # windows in a group
CHANGED = 0.45  # of the groups hold a changed question or a changed text
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

    def __init__(
        self,
        corpus: Corpus,
        claims: list[Claim],
        rates: Mapping[str, float] = GROUPS,
        mined: Mapping[str, tuple[Place, ...]] | None = None,
    ) -> None:
        self.corpus, self.claims, self.rates = corpus, claims, rates
        self.wrong = Wrong(corpus, mined or {})

    def draw(self, seed: int) -> list[tuple[Example, ...]]:
        """One epoch in random order: groups of SIZE examples."""
        rng = random.Random(seed)
        made: list[tuple[Example, ...]] = []
        alone: list[Example] = []
        for item in self.corpus.items:
            if rng.random() >= self.rates.get(item.source, 0.0):
                continue
            if not item.answerable:
                alone.append(self._elsewhere(item, rng))
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

    def _group(self, item: Item, rng: random.Random) -> tuple[Example, ...]:
        size = budget(rng)  # of all alike: nothing is to be learnt from a length, and less is padded
        right = self.corpus.window(item, item.ids, item.piece, item.span, rng, size)
        if not right.answerable:
            return ()
        changed = self.wrong.changed(item, rng, size) if item.span is not None and rng.random() < CHANGED else None
        others = [] if changed is None else [changed]
        others.extend(islice(self.wrong.windows(item, rng, size), SIZE - 1 - len(others)))
        return (replace(right, part=WINDOW), *others) if len(others) == SIZE - 1 else ()

    def _elsewhere(self, item: Item, rng: random.Random) -> Example:
        """A window of the passage that a source itself calls unanswerable."""
        sentence = self.wrong.likest(item, item.piece, rng)
        return replace(self.wrong.window(item, Place(item.piece, sentence or 0), rng, budget(rng)), part=ALONE)

    def _made_claim(self, item: Item, rng: random.Random) -> list[Example]:
        """A sentence of the passage as a claim about it, as it stands and changed."""
        piece = self.corpus.pieces[item.piece]
        number = rng.randrange(len(piece.sentences))
        a, b = piece.sentences[number]
        text = piece.text[piece.offsets[a][0] : piece.offsets[b - 1][1]]
        changed = swap(text, self.wrong.case(item, rng), rng)
        if changed is None or b - a > QUESTION_TOKENS or b - a < 6:
            return []
        made = []
        for claim, supported in ((text, True), (changed, False)):
            window = self.corpus.window(
                item, self.wrong.tokens(claim), item.piece, None, rng, around=(a, b), budget=budget(rng)
            )
            made.append(replace(window, labels=[UNKNOWN] * len(window.labels), start=UNKNOWN, end=UNKNOWN,
                                answerable=int(supported), part=ALONE))  # fmt: skip
        return made


def _claim_example(claim: Claim) -> Example:
    ids, types, offset = pack(claim.claim, [], claim.evidence)
    bounds = [(offset, len(ids) - 1)]
    return Example(ids, types, bounds, [int(claim.supported)], int(claim.supported), UNKNOWN, UNKNOWN, ALONE)


def read_claims(folder: Path, corpus: Corpus, share: float = 1.0) -> list[Claim]:
    """The claim rows of CLAIMS whose evidence is of the share; what is refuted or unknown is unsupported."""
    claims: list[Claim] = []
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
