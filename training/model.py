"""The reader's network: the MiniLM encoder, and four heads over question + title + window.

Written out rather than taken from transformers, so that export sees plain matrix products and training needs nothing
but torch. Nothing here reads data or trains.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor, nn

__all__ = ["Network", "Output", "load_encoder"]

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 384, 12, 6, 1536, 30522, 512


@dataclass(frozen=True, slots=True)
class Output:
    """Logits: answerable [B]; sentence [B, S]; start and end [B, T], position 0 standing for "no answer"."""

    answerable: Tensor
    sentence: Tensor
    start: Tensor
    end: Tensor


DROP = 0.1  # of what a layer adds, in training


class Masks:
    """Dropout masks cut from one random pool: drawing them anew costs a tenth of a step."""

    pool: Tensor | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """x with a tenth of its values dropped."""
        if self.pool is None:
            with torch.inference_mode(False):  # it outlives whoever is the first to need it
                self.pool = (torch.rand(1 << 24) >= DROP).to(x.dtype) / (1 - DROP)
        first = int(torch.randint(self.pool.numel() - x.numel(), ()))
        return x * self.pool[first : first + x.numel()].view_as(x)


drop = Masks()


class Layer(nn.Module):
    """One transformer layer, normalised after each residual sum, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.norm_attended = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm_outer = nn.LayerNorm(WIDTH, eps=1e-12)
        self.eager = False

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x [B, T, WIDTH] and an additive attention bias [B, 1, 1, T] -> [B, T, WIDTH]."""
        batch, length, _ = x.shape
        q, k, v = self.query_key_value(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        if self.eager:  # what the export traces
            scores = (q * (WIDTH // HEADS) ** -0.5) @ k.transpose(-1, -2) + bias.to(q.dtype)
            with torch.autocast("cpu", enabled=False):
                weights = torch.softmax(scores, dim=-1)
            mixed = weights @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        new = self.attended(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.norm_attended(x + (drop(new) if self.training else new))
        new = self.outer(F.gelu(self.inner(x)))
        normed: Tensor = self.norm_outer(x + (drop(new) if self.training else new))
        return normed


class Network(nn.Module):
    """ids, types [B, T] and sentence membership pool [B, S, T] (rows sum to one, or to zero for padding) -> Output."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.answerable = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
        self.sentence = nn.Sequential(nn.Linear(2 * WIDTH, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
        self.span = nn.Linear(WIDTH, 2)

    def forward(self, ids: Tensor, types: Tensor, pool: Tensor) -> Output:
        """Reads a batch; padding is id 0."""
        real = (ids != 0).to(self.norm.weight.dtype)
        bias = (1.0 - real)[:, None, None, :] * -10000.0
        where = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(where)[None] + self.types(types))
        for layer in self.layers:
            x = layer(x, bias)
        first = x[:, 0]
        mean = (x * real[..., None]).sum(1) / real.sum(1, keepdim=True)
        means = pool.to(x.dtype) @ x
        firsts = first[:, None].expand_as(means)
        start, end = self.span(x).float().unbind(-1)
        return Output(
            self.answerable(torch.cat([first, mean.to(x.dtype)], -1)).squeeze(-1).float(),
            self.sentence(torch.cat([firsts, means], -1)).squeeze(-1).float(),
            start,
            end,
        )


def load_encoder(network: Network, weights: Path) -> None:
    """Copies the encoder from `model.safetensors` of all-MiniLM-L6-v2 (BERT's names); the heads stay as they are."""
    from safetensors.torch import load_file

    old = load_file(weights)
    new = network.state_dict()
    pairs = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "types.weight": "embeddings.token_type_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    renamed = {
        "attended": "attention.output.dense",
        "norm_attended": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "norm_outer": "output.LayerNorm",
    }
    for number in range(LAYERS):
        for kind in ("weight", "bias"):
            for ours, theirs in renamed.items():
                pairs[f"layers.{number}.{ours}.{kind}"] = f"encoder.layer.{number}.{theirs}.{kind}"
            joined = [old[f"encoder.layer.{number}.attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            new[f"layers.{number}.query_key_value.{kind}"] = torch.cat(joined)
    new.update({ours: old[theirs] for ours, theirs in pairs.items()})
    network.load_state_dict(new)
