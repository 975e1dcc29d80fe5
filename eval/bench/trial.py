"""Systems put through the same questions: how fast, how big, how good. Figures as plain dicts; nothing is printed.

Each round starts every system anew, twice (to index, and to open what it indexed), and each round in another order, so
that what else the machine does hits all alike.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from eval.bench.matter import Matter
from eval.bench.quality import findable, reply_scores
from eval.bench.systems import Process, System, SystemFailed
from eval.resample import percentile

__all__ = ["in_turn", "quality", "speed", "summary"]

Figures = dict[str, Any]
Tell = Callable[[str], None]
_WARM = 5  # questions before any is timed: what is loaded once is loaded by then


def in_turn(systems: Sequence[System], round: int) -> list[System]:
    """The systems in another order each round: begun further on, and every second round backwards."""
    start = round % len(systems)
    order = [*systems[start:], *systems[:start]]
    return order[::-1] if round % 2 else order


def speed(
    systems: Mapping[System, Path], matter: Matter, scratch: Path, *, rounds: int, asks: int, crowd: int, tell: Tell
) -> dict[str, list[Figures]]:
    """The figures of every round, by system: `asks` questions one after another, then as many by `crowd` at once.

    Only whole systems index: the others are ways to ask what Footnote indexed.
    """
    found: dict[str, list[Figures]] = {system.name: [] for system in systems}
    questions = [question.question for question in matter.every(asks)]
    for number in range(rounds):
        order = in_turn(list(systems), number)
        folders = {system.script: scratch / f"speed-{number}-{system.script}" for system in order}
        indexed: dict[str, Figures] = {}
        for system in (system for system in order if system.whole):
            tell(f"indexing, round {number + 1} of {rounds}: {system.name}")
            indexed[system.name] = _indexed(system, systems[system], matter, folders[system.script])
        for system in order:
            tell(f"asking, round {number + 1} of {rounds}: {system.name}")
            asked = _opened(system, systems[system], folders[system.script], questions, crowd)
            found[system.name].append({**indexed.get(system.name, {}), **asked})
    return found


def _indexed(system: System, python: Path, matter: Matter, folder: Path) -> Figures:
    with Process(system, python) as process:
        reply = process.call("index", files=[str(file) for file in matter.files], folder=str(folder))
    return {
        "index s": reply["seconds"],
        "index CPU s": reply["cpu"],
        "passages": reply["passages"],
        "passages/s": reply["passages"] / reply["seconds"],
        "kB/s": matter.size / 1000 / reply["seconds"],
        "index MB": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6,
        "indexing peak MB": process.peak / 1e6,
    }


def _opened(system: System, python: Path, folder: Path, questions: list[str], crowd: int) -> Figures:
    with Process(system, python) as process:
        figures: Figures = {
            "start s": process.ready["start"],
            "open ms": 1000 * process.call("open", folder=str(folder))["seconds"],
        }
        process.call("hurry", questions=questions[:_WARM], askers=1)
        figures |= _asked(process, questions, 1)
        try:
            figures |= _asked(process, questions, crowd)
        except SystemFailed as error:
            figures["crowd failed"] = str(error)[-300:]
    return figures | {"asking peak MB": process.peak / 1e6}


def _asked(process: Process, questions: list[str], askers: int) -> Figures:
    reply = process.call("hurry", questions=questions, askers=askers)
    by = f"{askers} asking"
    if not reply["ms"]:
        return {f"{by}: errors": len(reply["errors"]), f"{by}: error": reply["errors"][0]}
    return {
        f"{by}: p50 ms": percentile(reply["ms"], 50),
        f"{by}: p95 ms": percentile(reply["ms"], 95),
        f"{by}: questions/s": len(reply["ms"]) / reply["seconds"],
        f"{by}: CPU ms": 1000 * reply["cpu"] / len(questions),
        f"{by}: errors": len(reply["errors"]),
    }


def summary(rounds: Sequence[Figures]) -> Figures:
    """The median of every figure over the rounds; a text stays as it was said last."""
    names = dict.fromkeys(name for figures in rounds for name in figures)
    values = {name: [figures[name] for figures in rounds if name in figures] for name in names}
    return {name: median(v) if not isinstance(v[0], str) else v[-1] for name, v in values.items()}


def quality(
    system: System, python: Path, matters: Sequence[Matter], scratch: Path, *, most: int, tell: Tell
) -> dict[str, list[Figures]]:
    """Every question's scores, by set: {"id", "document", …scores}."""
    found: dict[str, list[Figures]] = {}
    with Process(system, python) as process:
        for matter in matters:
            tell(f"{matter.name}: {system.name}")
            folder = scratch / f"quality-{matter.name}-{system.script}"
            process.call("index", files=[str(file) for file in matter.files], folder=str(folder))
            process.call("open", folder=str(folder))
            found[matter.name] = _scored(process, matter, most)
    return found


def _scored(process: Process, matter: Matter, most: int) -> list[Figures]:
    texts = {file.name: file.read_text(encoding="utf-8") for file in matter.files}
    rows = []
    for question in matter.every(most):
        gold = matter.gold[question.id]
        history = [{"role": turn.role, "text": turn.text} for turn in question.history]
        reply = process.call("ask", question=question.question, history=history, k=5)
        known = question.answers if findable(question.answers, [texts[name] for name in gold]) else ()
        scores = reply_scores(reply, gold, known)
        rows.append({"id": question.id, "document": gold[0] if gold else question.id, **scores})
    return rows
