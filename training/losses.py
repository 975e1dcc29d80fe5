"""What the reader is trained to lower, from its output and a batch."""

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor

from training.batches import Batch
from training.groups import SIZE
from training.model import Output
from training.windows import SWAPPED, UNKNOWN, WINDOW

__all__ = ["losses", "ranking"]

SPAN = 0.75  # the weight of the start, and of the end, of the words


def losses(output: Output, batch: Batch) -> dict[str, Tensor]:
    """Means over the batch: answerable, sentence (softmax with a null at 0, and each alone), start and end."""
    known = batch.labels != UNKNOWN
    gold = batch.labels == 1
    scores = output.sentence.masked_fill(~known, -1e4)
    null = torch.zeros_like(scores[:, :1])
    total = torch.cat([null, scores], 1).logsumexp(1)
    best = torch.where(gold.any(1), scores.masked_fill(~gold, -1e4).logsumexp(1), null[:, 0])
    some = known.any(1)
    alone = F.binary_cross_entropy_with_logits(output.sentence[known], gold[known].float())
    outside = (batch.types == 0) | (batch.ids == 0)
    outside[:, 0] = False
    spans = [
        F.cross_entropy(logits.masked_fill(outside, -1e4), target, ignore_index=UNKNOWN)
        for logits, target in ((output.start, batch.start), (output.end, batch.end))
    ]
    return {
        "answerable": F.binary_cross_entropy_with_logits(output.answerable, batch.answerable.float()),
        "sentence": (total - best)[some].mean() + 0.5 * alone,
        "span": SPAN * (spans[0] + spans[1]),
        **ranking(output, batch),
    }


def ranking(output: Output, batch: Batch) -> dict[str, Tensor]:
    """Within each group: a softmax over all sentences of the question's windows, and right above swapped.

    What is ranked is the sentence's logit plus that of its window, as the product ranks them.
    """
    part = batch.part.view(-1, SIZE)
    grouped = part[:, 0] == WINDOW
    if not grouped.any():
        return {}
    usable = (batch.labels != UNKNOWN) & (batch.part == WINDOW)[:, None]
    ranked = (output.sentence + output.answerable[:, None]).masked_fill(~usable, -1e4).view(len(part), -1)
    gold = ranked.masked_fill(~(usable & (batch.labels == 1)).view(len(part), -1), -1e4)
    some = grouped & (gold.max(1).values > -1e3)
    found = {"ranking": (ranked.logsumexp(1) - gold.logsumexp(1))[some].mean()}
    scores = output.answerable.view(-1, SIZE)
    pairs = (part == SWAPPED) & grouped[:, None]
    found["swapped"] = 0.5 * F.softplus(scores - scores[:, :1])[pairs].mean()
    return found
