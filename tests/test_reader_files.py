"""A reader whose files are missing or damaged says so, and names the file and the way out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from documents.errors import ModelError
from qa.reader import FOLDER, load_reader


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("reader.json", "reader.onnx", "tokenizer.json"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


def test_a_copy_loads(copy: Path) -> None:
    assert load_reader(copy).name == json.loads((copy / "reader.json").read_text())["name"]


@pytest.mark.parametrize("name", ["reader.json", "reader.onnx", "tokenizer.json"])
def test_a_missing_file(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelError, match=f"{name} can't be read"):
        load_reader(copy)


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_a_damaged_file(copy: Path, name: str, harm: str) -> None:
    data = bytearray((copy / name).read_bytes())
    middle = len(data) // 2
    data[middle] ^= 1
    (copy / name).write_bytes({"flip": data, "cut": data[:middle], "empty": b""}[harm])
    with pytest.raises(ModelError, match=f"{name} is damaged.*--reader none"):
        load_reader(copy)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("{", "isn't JSON"),
        ("[]", "lacks a name"),
        ('{"name": "x"}', "lacks a name"),
        ('{"name": "x", "sha256": {}}', "must give the SHA-256"),
    ],
)
def test_a_wrong_card(copy: Path, card: str, message: str) -> None:
    (copy / "reader.json").write_text(card)
    with pytest.raises(ModelError, match=message):
        load_reader(copy)


def test_nothing_heavy_is_imported() -> None:
    """Neither importing nor loading the reader brings torch or transformers in."""
    code = (
        "import sys, qa.reader; assert 'onnxruntime' not in sys.modules and 'numpy' not in sys.modules;"
        "qa.reader.load_reader(); assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_the_weights_are_small() -> None:
    assert sum((FOLDER / n).stat().st_size for n in ("reader.onnx", "tokenizer.json")) < 30_000_000
