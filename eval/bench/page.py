"""The figures of a run -> the tables of docs/benchmarks.md; pure but for `write`, which replaces them in the page.

The page's words are written by hand, and stay; what stands between the two marks is made from figures, worse rows
included.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from documents.errors import DatasetError
from eval.bench.systems import FOOTNOTE, LANGCHAIN
from eval.bench.trial import summary
from eval.resample import paired_test

__all__ = ["BEGIN", "END", "tables", "write"]

BEGIN = "<!-- figures: made by `python -m eval.bench --peers --write`, not by hand -->"
END = "<!-- end of figures -->"

Figures = Mapping[str, Any]


def write(figures: Figures, path: Path) -> None:
    """Puts the tables between the marks of a page; raises DatasetError where it has no marks or can't be written."""
    try:
        text = path.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise DatasetError(f"{str(path)!r} lacks the lines {BEGIN!r} and {END!r}: put them where the tables go.")
        path.write_text(f"{before}{BEGIN}\n\n{tables(figures)}\n{END}{after}", encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"{str(path)!r} can't be written: {error.strerror}.") from error


def tables(figures: Figures) -> str:
    """All tables of a run that has been made so far, as Markdown."""
    parts = [_versions(figures)]
    parts += [make(figures[name]) for name, make in _PARTS.items() if name in figures]
    targets = _targets(figures)
    if targets:
        parts.append(f"### Targets\n\n{_table(('target', 'measured', 'met'), targets)}")
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _versions(figures: Figures) -> str:
    rows = [
        (name, ", ".join(f"{distribution} {version}" for distribution, version in versions.items()))
        for name, versions in figures.get("versions", {}).items()
    ]
    return f"{figures['machine']}\n\n{_table(('system', 'versions'), rows)}"


@dataclass(frozen=True, slots=True)
class _Column:
    """A figure by its name in a round, and how it is shown; "x" after it is its ratio to Footnote's."""

    head: str
    name: str
    shown: str = "{:.0f}"
    ratio: bool = True


_INDEXING = (
    _Column("start, s", "start s", "{:.1f}"),
    _Column("passages", "passages", ratio=False),
    _Column("passages/s", "passages/s"),
    _Column("kB of text/s", "kB/s", "{:.1f}"),
    _Column("CPU, s", "index CPU s", "{:.1f}"),
    _Column("on disk, MB", "index MB", "{:.2f}"),
    _Column("open, ms", "open ms", "{:.1f}"),
    _Column("peak memory, MB", "indexing peak MB"),
)


def _asking(askers: int) -> tuple[_Column, ...]:
    return (
        _Column("1 asking: p50, ms", "1 asking: p50 ms", "{:.1f}"),
        _Column("p95, ms", "1 asking: p95 ms", "{:.1f}"),
        _Column("CPU a question, ms", "1 asking: CPU ms", "{:.1f}"),
        _Column(f"{askers} asking: p50, ms", f"{askers} asking: p50 ms"),
        _Column("p95, ms", f"{askers} asking: p95 ms"),
        _Column("questions/s", f"{askers} asking: questions/s"),
        _Column("failed", f"{askers} asking: errors", ratio=False),
        _Column("peak memory, MB", "asking peak MB"),
    )


def _speed(speed: Figures) -> str:
    said = (
        f"### Speed and size\n\n{speed['date']}, {speed['set']}: {len_text(speed['bytes'])} of text, {speed['rounds']} "
        f"rounds, each system started anew in each; {speed['asks']} questions, first one after another, then by "
        f"{speed['askers']} threads at once. Medians of the rounds; in brackets the ratio to Footnote's.\n"
    )
    indexing = _speed_table(_INDEXING, speed["systems"])
    asking = _speed_table(_asking(speed["askers"]), speed["systems"])
    broken = [
        f"{name} ended in {failed} of {len(rounds)} rounds with {speed['askers']} asking; figures are of the others.\n"
        for name, rounds in speed["systems"].items()
        if (failed := sum("crowd failed" in figures for figures in rounds))
    ]
    return "\n".join([said, indexing, asking, *broken])


def len_text(size: int) -> str:
    """A number of bytes for a person."""
    return f"{size / 1000:.0f} kB"


def _speed_table(columns: Sequence[_Column], systems: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    rows = [
        [name, *(_cell(column, rounds, systems[FOOTNOTE]) for column in columns)] for name, rounds in systems.items()
    ]
    return _table(["system", *(column.head for column in columns)], rows)


def _cell(column: _Column, rounds: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]) -> str:
    value = summary(rounds).get(column.name)
    if value is None:
        return "—"
    ratio = ratio_of(rounds, ours, column.name) if column.ratio and rounds is not ours else None
    shown = column.shown.format(value)
    return shown if ratio is None else f"{shown} ({ratio:.2g})"


def ratio_of(rounds: Sequence[Figures], ours: Sequence[Figures], name: str) -> float | None:
    """The median over the rounds of a figure's ratio to ours in the same round; None where there is none."""
    both = zip(rounds, ours, strict=True)
    ratios = [a[name] / b[name] for a, b in both if name in a and b.get(name)]
    return median(ratios) if ratios else None


_FEWEST = 10  # questions; a share of fewer says nothing
_MEASURES = {
    "document@1": "right document first",
    "document@5": "among five",
    "answer@1": "answer in the first passage",
    "answer@5": "in the first five",
    "glanced": "in the first 50 words shown",
    "shown": "in the first 150",
    "words shown": "words shown",
    "given": "in what a model is given",
    "words": "words given",
}


def _quality(quality: Figures) -> str:
    parts = [f"### Found and shown\n\n{quality['date']}. Shares of questions; n is how many have such a figure.\n"]
    for name, found in quality["sets"].items():
        first = next(iter(found["systems"].values()))
        counts = {measure: sum(measure in row for row in first) for measure in _MEASURES}
        measures = [measure for measure in _MEASURES if counts[measure] >= _FEWEST]
        heads = [
            f"{_MEASURES[m]} (n {counts[m]})" if m in ("document@1", "answer@1") else _MEASURES[m] for m in measures
        ]
        rows = [
            [system, *(_mean(scores, measure) for measure in measures)] for system, scores in found["systems"].items()
        ]
        said = f"**{name}**, {found['documents']} documents, {len_text(found['bytes'])}"
        parts.append(f"{said}\n\n{_table(['system', *heads], rows)}")
    return "\n".join(parts)


def _mean(rows: Sequence[Figures], measure: str) -> str:
    values = [row[measure] for row in rows if measure in row]
    value = sum(values) / len(values)
    return f"{value:.0f}" if measure.startswith("words") else f"{value:.3f}"


def _model(model: Figures) -> str:
    rows = [
        [
            name,
            _interval(row["contains"]),
            str(row["sentences"]),
            _interval(row["unsupported"]),
            _interval(row["unmarked"]),
        ]
        for name, row in model["systems"].items()
    ]
    heads = ("system", "answer contained", "sentences written", "unsupported", "unsupported and not marked")
    return (
        f"### The same language model behind each\n\n{model['date']}, {model['set']}, {model['questions']} questions, "
        f"{model['llm']}. In brackets 95 % intervals by bootstrap over questions.\n\n{_table(heads, rows)}"
    )


def _interval(share: Sequence[float]) -> str:
    value, low, high = share
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


_PARTS: dict[str, Callable[[Figures], str]] = {"speed": _speed, "quality": _quality, "model": _model}


def _targets(figures: Figures) -> list[tuple[str, str, str]]:
    rows: list[tuple[str, str, str]] = []
    systems = figures.get("speed", {}).get("systems", {})
    if {FOOTNOTE, LANGCHAIN} <= set(systems):
        ratio = ratio_of(systems[FOOTNOTE], systems[LANGCHAIN], "kB/s") or 0.0
        rows.append((f"indexing at least 2.5 times {LANGCHAIN}'s", f"{ratio:.2f} times", _met(ratio >= 2.5)))
        peers = {name: summary(r)["1 asking: p50 ms"] for name, r in systems.items() if not name.startswith(FOOTNOTE)}
        fastest = min(peers, key=lambda name: peers[name])
        for name in (name for name in systems if name.startswith(FOOTNOTE)):
            ours = summary(systems[name])["1 asking: p50 ms"]
            said = f"{ours:.1f} ms, and {fastest} {peers[fastest]:.1f} ms"
            rows.append((f"query p50 no slower than the fastest peer: {name}", said, _met(ours <= peers[fastest])))
    for name, found in figures.get("quality", {}).get("sets", {}).items():
        rows += _quality_targets(name, found["systems"])
    return rows


def _quality_targets(name: str, systems: Mapping[str, Sequence[Figures]]) -> list[tuple[str, str, str]]:
    if not {FOOTNOTE, LANGCHAIN} <= set(systems):
        return []
    wanted = (
        ("document@5", f"{name}: right document among five, no worse than {LANGCHAIN}", 0.0),
        ("answer@5", f"{name}: answer in the first five passages, no worse", 0.0),
        ("shown", f"{name}: answer in the first 150 words shown, 10 points above", 0.1),
    )
    rows = []
    for measure, said, least in wanted:
        both = [
            (ours[measure], theirs[measure], ours["document"])
            for ours, theirs in zip(systems[FOOTNOTE], systems[LANGCHAIN], strict=True)
            if measure in ours
        ]
        test = paired_test([b[1] for b in both], [b[0] for b in both], clusters=[b[2] for b in both])
        if test and test.n >= _FEWEST:
            shown = f"{100 * test.difference:+.1f} points ({100 * test.low:+.1f} to {100 * test.high:+.1f})"
            rows.append((said, shown, _met(test.difference >= least)))
    return rows


def _met(yes: bool) -> str:
    return "yes" if yes else "**no**"
