"""What the tests of the library share: documents made of text, a library with the hash encoder, a child process."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from documents.load import load_bytes
from documents.model import Document
from index.encoder import Encoded, HashEncoder, PassageText
from index.library import Library
from index.store import Store

ROOT = Path(__file__).resolve().parents[1]
WORDS = (
    "amber basil cedar delta ember fjord grove heron iris jade kelp linen maple north olive pearl quartz river"
).split()


def document(name: str, text: str) -> Document:
    """A plain text as a Document known by `name`."""
    return load_bytes(text.encode(), name)[0]


def prose(seed: int, sentences: int = 30) -> str:
    """Different sentences for every seed, all of them of the same few words and one number."""
    return "\n\n".join(
        f"The {WORDS[(seed + i) % 18]} of {WORDS[(seed * 7 + i * 3) % 18]} met the "
        f"{WORDS[(seed * 5 + i * 11) % 18]} number {seed * 1000 + i} there."
        for i in range(sentences)
    )


def opened(folder: Path) -> Library:
    """The library in a folder, with the encoder that loads nothing."""
    return Library.open(folder, encoder=HashEncoder(64))


class NoEncoder(HashEncoder):
    """An encoder that must not be called."""

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        raise AssertionError("something was encoded")


def unwell(library: Library) -> list[str]:
    """What doctor finds wrong."""
    return [f"{f.check}: {f.detail}" for f in library.doctor() if not f.ok]


def child(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    """A Python process of its own, which imports the packages and these helpers."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True, **options)  # type: ignore[call-overload]


def finished(process: subprocess.Popen[str], seconds: float = 120) -> str:
    """What a child printed; fails with its errors when it failed."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err
    return out


def traces(folder: Path, *needles: bytes) -> list[str]:
    """Which files of a folder hold which of these bytes."""
    return [
        f"{needle!r} in {file.name}"
        for file in sorted(folder.iterdir())
        for needle in needles
        if needle in file.read_bytes()
    ]


def store_of(folder: Path) -> Store:
    """The bare store of a library."""
    return Store(folder / "library.db")
