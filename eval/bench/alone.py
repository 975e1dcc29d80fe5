"""Speed and memory of Footnote alone, in one run: python -m eval.bench [--data FOLDER] [--asks N]

Reads and indexes a folder of documents (the demo library unless given) into a temporary library, asks it questions
made from its own sentences, and builds the web chat, so that the figures are those of the process a user runs. Nothing
here is a test: the figures depend on the machine, which is named beside them.
"""

import argparse
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eval.dataset import DEMO_DOCUMENTS
from eval.resample import percentile
from index.library import Library
from qa.chain import build_chain

__all__ = ["main", "measure"]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: prints a table, and writes JSON where asked."""
    from rich.console import Console
    from rich.table import Table

    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEMO_DOCUMENTS, help="a folder of documents")
    parser.add_argument("--asks", type=int, default=200, help="how many questions to time")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(arguments)
    for variable, setting in (("OPENBLAS_NUM_THREADS", "1"), ("OMP_WAIT_POLICY", "PASSIVE")):  # as `footnote` does
        os.environ.setdefault(variable, setting)
    figures = measure(options.data, options.asks)
    table = Table("", "", box=None, show_header=False)
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console(highlight=False).print(table)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def measure(data: Path, asks: int) -> dict[str, object]:
    """Figures by name: seconds, milliseconds, MB as their names say."""
    with tempfile.TemporaryDirectory(prefix="footnote-bench-") as scratch, Library.open(Path(scratch)) as library:
        began = time.perf_counter()
        _ = library.encoder
        loaded = time.perf_counter()
        results = library.add_files([data])
        indexed = time.perf_counter()
        records = library.documents()
        characters, passages = sum(r.characters for r in records), sum(r.passages for r in records)
        size = sum(file.stat().st_size for file in Path(scratch).iterdir())
        steps = _ask(library, asks)
        return {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "documents": f"{len(records)} from {len(results)} files",
            "passages": passages,
            "model loaded, s": round(loaded - began, 1),
            "read and indexed, s": round(indexed - loaded, 2),
            "passages a second": round(passages / (indexed - loaded), 1),
            "kB of text a second": round(characters / 1000 / (indexed - loaded), 1),
            "library on disk, MB": round(size / 1e6, 1),
            **{f"{step}, ms, p50 / p95": f"{_shown(ms, 50)} / {_shown(ms, 95)}" for step, ms in steps.items()},
            "resident memory with the web chat built, MB": _memory_of_chat(library),
        }


def _ask(library: Library, asks: int) -> dict[str, list[float]]:
    """Milliseconds of every step, for questions whose words come from sentences of the library."""
    random.seed(0)
    texts = [library.text(record.id) for record in library.documents()]
    chain = build_chain(library)
    steps: dict[str, list[float]] = {}
    for n in range(asks + 5):
        words = random.choice(texts).split()  # noqa: S311 - a sample, not a secret
        start = random.randrange(max(1, len(words) - 8))  # noqa: S311
        answer = chain.invoke({"question": "What about " + " ".join(words[start : start + 8]) + "?"})
        for step, ms in answer.timings_ms.items():
            if n >= 5:  # the first ones load what is loaded once
                steps.setdefault(step, []).append(ms)
    return steps


def _shown(ms: list[float], q: float) -> str:
    return f"{percentile(ms, q) or 0.0:.1f}"


def _memory_of_chat(library: Library) -> int:
    from qa.web.app import build

    build(library)
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1000)
