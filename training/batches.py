"""Groups of examples -> batches of tensors of few shapes."""

import random
from dataclasses import dataclass

import torch
from torch import Tensor

from training.groups import SIZE, Groups
from training.windows import UNKNOWN, Example

__all__ = ["Batch", "batches", "collate"]

TOKENS = 4096  # padded ones, of a batch
STEP = 16  # lengths are padded to a multiple of it


@dataclass(frozen=True, slots=True)
class Batch:
    """ids, types [B, T]; pool [B, S, T]; labels [B, S] (UNKNOWN where masked); answerable, start, end, part [B]."""

    ids: Tensor
    types: Tensor
    pool: Tensor
    labels: Tensor
    answerable: Tensor
    start: Tensor
    end: Tensor
    part: Tensor


def collate(examples: list[Example]) -> Batch:
    """Pads a list of examples to their longest, rounded up to STEP tokens and 8 sentences."""
    size, length = len(examples), -(-max(len(e.ids) for e in examples) // STEP) * STEP
    most = -(-max(len(e.sentences) for e in examples) // 8) * 8
    ids, types = torch.zeros(size, length, dtype=torch.long), torch.zeros(size, length, dtype=torch.long)
    pool, labels = torch.zeros(size, most, length), torch.full((size, most), UNKNOWN)
    for row, e in enumerate(examples):
        ids[row, : len(e.ids)] = torch.tensor(e.ids)
        types[row, : len(e.ids)] = torch.tensor(e.types)
        for n, (a, b) in enumerate(e.sentences):
            if b > a:
                pool[row, n, a:b] = 1.0 / (b - a)
                labels[row, n] = e.labels[n]
    single = [torch.tensor([getattr(e, name) for e in examples]) for name in ("answerable", "start", "end", "part")]
    return Batch(ids, types, pool, labels, *single)


def batches(groups: Groups, seed: int) -> list[list[Example]]:
    """One epoch in batches of near lengths, in random order; what fills no batch is left out.

    All batches of one padded length have one shape: oneDNN compiles a kernel for every shape it meets, and with
    shapes that never return that costs several times the arithmetic.
    """
    buckets: dict[int, list[tuple[Example, ...]]] = {}
    for group in groups.draw(seed):
        buckets.setdefault(-(-max(len(e.ids) for e in group) // STEP) * STEP, []).append(group)
    made: list[list[Example]] = []
    for length, found in sorted(buckets.items()):
        count = TOKENS // length // SIZE
        full = range(0, len(found) - count + 1, count)
        made.extend([e for group in found[i : i + count] for e in group] for i in full)
    random.Random(seed).shuffle(made)
    return made
