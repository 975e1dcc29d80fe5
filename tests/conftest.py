"""What the tests share: the path of the measuring material, where it is there, and documents made of text."""

import os
import signal
from pathlib import Path

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents and question sets beside a checkout; tests that need it skip without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared, the measuring material, is not here")
    return folder


def pytest_configure() -> None:
    """Ctrl-C reaches the processes that tests start, even where a shell started pytest in the background.

    Such a shell has interrupts ignored, and children inherit that: what a test interrupts would then never end.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
