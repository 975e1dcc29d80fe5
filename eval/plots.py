"""The plots of a report as inline SVG, drawn by matplotlib, in colours that the page's style decides.

matplotlib has no notion of a page's colour scheme, so it draws in stand-in colours that are then replaced by CSS
variables of the page.
"""

import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.confidence import reliability, risk_coverage
from eval.summary import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["latency_plot", "quality_plot", "reliability_plot", "risk_coverage_plot"]

_INK, _FAINT, _ACCENT, _SECOND = "#012301", "#012302", "#012303", "#012304"
_VARIABLES = {_INK: "var(--ink)", _FAINT: "var(--line)", _ACCENT: "var(--accent)", _SECOND: "var(--second)"}
_STYLE = {
    "svg.fonttype": "none",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _FAINT,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def _svg(name: str, label: str, draw: Callable[["Axes"], None]) -> str:
    """An <svg> element that fills its container; `name` keeps its inner ids apart from those of other plots."""
    import matplotlib
    from matplotlib.figure import Figure

    style: Any = {**_STYLE, "svg.hashsalt": name}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(4.6, 3.5), layout="constrained")
        draw(figure.add_subplot())
        out = StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=nothing)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', rf'\1 role="img" aria-label="{label}"', svg, count=1)
    svg = re.sub(r"(font: [\d.]+px) [^;\"]*", r"\1 system-ui, sans-serif", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    # Ids such as "figure_1" are the same in every plot; those of clip paths and markers are hashed with the name.
    svg = re.sub(r' id="(?:figure|axes|patch|line2d|matplotlib|xtick|ytick|text|legend)[\w.]*"', "", svg)
    return svg.strip()


def risk_coverage_plot(results: Sequence[Result]) -> str:
    """Share of wrong answers against the share of questions answered, as the threshold falls, and where it stands."""
    confidence = [r.confidence for r in results]
    wrong = [not r.would_be_right for r in results]
    coverage, risk = risk_coverage(confidence, wrong)
    best_coverage, best_risk = risk_coverage([float(not w) for w in wrong], wrong)
    answered = [r for r in results if r.answered]

    def draw(axes: "Axes") -> None:
        axes.plot(best_coverage, best_risk, color=_SECOND, linestyle="--", linewidth=1.2, label="best order")
        axes.plot(coverage, risk, color=_ACCENT, linewidth=1.8, label="by confidence")
        if answered:
            at = len(answered) / len(results)
            missed = sum(not r.right for r in answered) / len(answered)
            axes.plot([at], [missed], "o", color=_INK, markersize=7, label="as answered")
        axes.set(xlabel="share of questions answered", ylabel="wrong among these", xlim=(0, 1.02), ylim=(0, 1.02))
        axes.legend(loc="upper left")

    return _svg("risk", "Risk against coverage", draw)


def reliability_plot(results: Sequence[Result]) -> str:
    """Share right against confidence, in ten bins, the area of a dot growing with its questions."""
    bins = reliability([r.confidence for r in results], [r.would_be_right for r in results])

    def draw(axes: "Axes") -> None:
        axes.plot([0, 1], [0, 1], color=_SECOND, linestyle="--", linewidth=1.2, label="calibrated")
        if bins:
            most = max(b.n for b in bins)
            x, y = [b.confidence for b in bins], [b.share for b in bins]
            axes.plot(x, y, color=_ACCENT, linewidth=1.2)
            axes.scatter(x, y, s=[20 + 180 * b.n / most for b in bins], color=_ACCENT, label="this run")
        axes.set(xlabel="confidence", ylabel="share right", xlim=(-0.02, 1.05), ylim=(-0.02, 1.08))
        axes.legend(loc="upper left")

    return _svg("reliability", "Share right against confidence", draw)


def latency_plot(results: Sequence[Result]) -> str:
    """How long answers took; the slowest 1 % are drawn in the last bar."""
    times = np.array([r.milliseconds for r in results], float)

    def draw(axes: "Axes") -> None:
        if len(times):
            last = float(np.percentile(times, 99))
            axes.hist(np.minimum(times, last), bins=30, color=_ACCENT)
            for q, style in ((50, "-"), (95, "--")):
                value = float(np.percentile(times, q))
                axes.axvline(value, color=_INK, linestyle=style, linewidth=1.2, label=f"p{q} {value:.0f} ms")
            axes.legend(loc="upper right")
        axes.set(xlabel="milliseconds for an answer", ylabel="questions")

    return _svg("latency", "Distribution of the time for an answer", draw)


def quality_plot(points: Sequence[tuple[str, float, float, float, float]]) -> str:
    """Accuracy with its interval against the median time, a dot for each (label, ms, accuracy, low, high)."""

    def draw(axes: "Axes") -> None:
        for label, ms, value, low, high in points:
            error = [[max(0.0, value - low)], [max(0.0, high - value)]]
            axes.errorbar([ms], [value], yerr=error, fmt="o", color=_ACCENT, ecolor=_SECOND, elinewidth=1.2)
            axes.annotate(label, (ms, value), xytext=(6, 4), textcoords="offset points", fontsize=9, parse_math=False)
        axes.set(xlabel="milliseconds for half of the answers", ylabel="share right")
        axes.margins(x=0.25, y=0.1)

    return _svg("quality", "Share right against time", draw)
