"""A run as one HTML page that needs nothing else: plots, style and script are inside, and it may load nothing.

Every text that comes from a document, a question or an option is escaped where it is written.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from eval.compare import Comparison
from eval.figures import FIGURES
from eval.judge import FAILURES
from eval.plots import latency_plot, reliability_plot, risk_coverage_plot
from eval.runfile import Run
from eval.summary import Metric, Result, failures, funnel, kinds
from qa.web.words import counted

__all__ = ["FAILURE_TEXT", "STAGE_TEXT", "figure", "html_report", "page"]

HEADLINES = (
    ("accuracy", "right"),
    ("containment", "of the answerable hold the answer"),
    ("citation_precision", "of the citations hit the evidence"),
    ("passage_recall@5", "of the right passages among five"),
    ("abstention_recall", "of the unanswerable left unanswered"),
    ("latency_p50", "for half of the answers"),
)
STAGE_TEXT = {
    "answerable": "Answerable",
    "read": "Read",
    "retrieved": "Retrieved",
    "chosen": "Chosen",
    "answered": "Answered rightly",
}
FAILURE_TEXT = {
    "reading": "the answer isn't in the text that was read",
    "retrieval": "no retrieved passage holds it",
    "ranking": "a passage holds it, but another sentence was chosen",
    "answering": "what is cited holds it, the answer doesn't",
    "abstaining": "answered what can't be, or withheld a right answer",
}
_LABELS = {name: label for names in FIGURES.values() for name, label in names.items()}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_PLOTS = (
    (risk_coverage_plot, "Answering fewer questions makes fewer mistakes: how many fewer, if confidence decides."),
    (reliability_plot, "Of the questions answered with confidence 0.8, 8 in 10 should come out right."),
    (latency_plot, "How long an answer takes."),
)


def html_report(
    run: Run, comparison: Comparison | None = None, *, named: Callable[[str], str] = lambda source: source
) -> str:
    """The whole page; `named` gives the name that a document's source is shown under."""
    title = f"Evaluation: {run.settings.get('questions', 'questions')}"
    sections = (
        _head(run, title),
        _cards(run),
        _notes(run.settings, named),
        _comparison(comparison) if comparison else "",
        _funnel(run),
        _plots(run),
        _tables(run),
        _questions(run, named),
        _settings(run.settings),
    )
    return page(title, "".join(sections), script="report.js")


def page(title: str, body: str, *, script: str = "") -> str:
    """A page with the report's style, and one of this package's scripts, inside; `body` is HTML, `title` isn't."""
    style = files("eval").joinpath("report.css").read_text(encoding="utf-8")
    code = f"<script>\n{files('eval').joinpath(script).read_text(encoding='utf-8')}</script>\n" if script else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
{body}
{code}</body>
</html>
"""


def figure(name: str, metric: Metric) -> tuple[str, str]:
    """(value, interval) as a reader sees them; a dash and nothing where the figure isn't defined."""
    if metric.value is None or metric.low is None or metric.high is None:
        return "–", ""
    if name.startswith(("latency", "tokens")):
        digits = 1 if metric.value < 10 else 0
        return f"{metric.value:.{digits}f}", f"{metric.low:.{digits}f} to {metric.high:.{digits}f}"
    return f"{metric.value:.3f}", f"{metric.low:.3f} to {metric.high:.3f}"


def _head(run: Run, title: str) -> str:
    said, size = run.settings, run.settings.get("library", {})
    parts = [
        counted(len(run.questions), "question"),
        ", ".join(counted(size[f"{noun}s"], noun) for noun in ("document", "passage") if f"{noun}s" in size),
        str(said.get("date", "")),
    ]
    about = escape(" · ".join(part for part in parts if part))
    return f"<header><h1>{escape(title)}</h1><p class=soft>{about}</p></header>\n"


def _cards(run: Run) -> str:
    cards = []
    for name, said in HEADLINES:
        metric = run.metrics.get(name, Metric(None, None, None, 0))
        if metric.value is None or metric.low is None or metric.high is None:
            continue
        if name.startswith("latency"):
            value, interval = (f"{figure(name, metric)[i]} ms" for i in (0, 1))
        else:
            value, interval = f"{metric.value:.1%}", f"{metric.low:.1%} to {metric.high:.1%}"
        cards.append(f"<div class=card><b>{value}</b>{escape(said)}<p class=soft>{interval} · n = {metric.n}</p></div>")
    why = "<p class=soft>Ranges are 95 % bootstrap intervals; documents, not questions, are drawn.</p>"
    return f"<section><div class=cards>{''.join(cards)}</div>{why}</section>\n"


def _notes(said: Mapping[str, Any], named: Callable[[str], str]) -> str:
    lines = [f"{named(name)}: not read. {why}" for name, why in said.get("unread", {}).items()]
    if said.get("unknown_documents"):
        unknown = ", ".join(map(named, said["unknown_documents"]))
        lines.append(f"Questions name documents that aren't here: {unknown}")
    items = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<section class=notes>{items}</section>\n" if items else ""


def _comparison(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr><th>{escape(_LABELS[name])}</th>"
        f"<td>{test.difference:+.3f} <small>{test.low:+.3f} to {test.high:+.3f}</small></td>"
        f"<td>{test.p_bootstrap:.3f}</td><td>{test.p_randomisation:.3f}</td><td>{test.n}</td></tr>"
        for name, test in comparison.tests.items()
    )
    flips = "".join(
        f"<p>{what}: {len(ids)}{': ' + escape(', '.join(ids)) if ids else ''}</p>"
        for what, ids in (
            ("Now right", comparison.to_right),
            ("Now wrong", comparison.to_wrong),
            ("Only in this run", comparison.only_new),
            ("Only in the baseline", comparison.only_old),
        )
    )
    head = "<tr><th>Figure</th><td>change</td><td>p, bootstrap</td><td>p, randomisation</td><td>n</td></tr>"
    verdict = "<p class=wrong>Significantly worse than the baseline.</p>" if comparison.worse else ""
    table = f"<div class=scroll><table>{head}{rows}</table></div>"
    return f"<section><h2>Against the baseline</h2>{verdict}{table}{flips}</section>\n"


def _funnel(run: Run) -> str:
    counts = funnel(run.questions)
    total = counts["answerable"]
    if not total:
        return ""
    bars = "".join(
        f"<div><span>{STAGE_TEXT[stage]}</span><span class=bar><i style='width:{100 * n / total:.1f}%'></i>"
        f"<span>{n} · {n / total:.1%}</span></span></div>"
        for stage, n in counts.items()
    )
    lost = "".join(
        f"<tr><th>{name} <small>{FAILURE_TEXT[name]}</small></th><td>{n}</td></tr>"
        for name, n in failures(run.questions).items()
    )
    return (
        f"<section><h2>Where answers are lost</h2><div class=funnel>{bars}</div>"
        f"<h3 style='margin-top:1.2rem'>Wrong, by cause</h3><table>{lost}</table></section>\n"
    )


def _plots(run: Run) -> str:
    drawn = "".join(f"<figure>{plot(run.questions)}<figcaption>{said}</figcaption></figure>" for plot, said in _PLOTS)
    return f"<section><h2>Knowing when it knows, and time</h2><div class=plots>{drawn}</div></section>\n"


def _tables(run: Run) -> str:
    tables = [
        _table(group, ((name, label, run.metrics[name]) for name, label in names.items() if name in run.metrics))
        for group, names in FIGURES.items()
    ]
    by_kind = kinds(run.questions, int(run.settings.get("seed", 0)))
    if by_kind:
        tables.append(_table("Right, by kind of question", ((k, k.replace("_", " "), m) for k, m in by_kind.items())))
    return f"<section><h2>All figures</h2><div class=tables>{''.join(tables)}</div></section>\n"


def _table(group: str, rows: Iterable[tuple[str, str, Metric]]) -> str:
    lines = []
    for name, label, metric in rows:
        value, interval = figure(name, metric)
        lines.append(
            f"<tr><th>{escape(label)}</th><td>{value} <small>{interval}</small></td>"
            f"<td><small>{metric.n}</small></td></tr>"
        )
    head = f"<thead><tr><th>{escape(group)}</th><td></td><td><small>n</small></td></tr></thead>"
    return f"<table>{head}<tbody>{''.join(lines)}</tbody></table>"


def _questions(run: Run, named: Callable[[str], str]) -> str:
    found = sorted({r.kind for r in run.questions if r.kind})
    kind_options = "".join(f"<option value='{escape(k)}'>{escape(k.replace('_', ' '))}</option>" for k in found)
    verdicts = "".join(f"<option value={name}>wrong: {name}</option>" for name in FAILURES)
    return (
        "<section><h2>Questions</h2><div class=filters>"
        "<input id=find type=search placeholder='Find words' aria-label='Find words'>"
        "<select id=verdict aria-label='Verdict'><option value=''>right and wrong</option>"
        f"<option value=right>right</option><option value=wrong>wrong</option>{verdicts}</select>"
        f"<select id=kind aria-label='Kind'><option value=''>every kind</option>{kind_options}</select>"
        "<button id=open type=button>Open or close all</button><span id=count class=soft></span></div>"
        f"{''.join(_question(result, named) for result in run.questions)}</section>\n"
    )


def _question(result: Result, named: Callable[[str], str]) -> str:
    verdict = "right" if result.right else f"wrong {result.failure}"
    said = "right" if result.right else str(result.failure)
    about = f"{result.confidence:.2f} · {result.milliseconds:.0f} ms"
    return (
        f"<details class=q data-verdict='{verdict}' data-kind='{escape(result.kind)}'><summary>"
        f"<span class='verdict {'right' if result.right else 'wrong'}'>{said}</span>"
        f"<span class=text>{escape(result.question)}</span><span class=soft>{about}</span></summary>"
        f"<div class=body><div><h3>Answer</h3><p>{escape(str(result.answer['answer']))}</p>{_citations(result)}</div>"
        f"<div><h3>Expected</h3>{_expected(result, named)}</div>{_details(result, named)}</div></details>\n"
    )


def _citations(result: Result) -> str:
    return "".join(
        f"<blockquote>[{c['number']}] {escape(c['quote'])}<p class=soft>{escape(_where(c))}</p></blockquote>"
        for c in result.answer["citations"]
    )


def _where(citation: Mapping[str, Any]) -> str:
    """The title, the heading (which may begin with the title) and the place of a citation."""
    title, heading = str(citation["title"]), str(citation.get("heading") or "")
    named = heading if heading.startswith(title) else ", ".join(part for part in (title, heading) if part)
    return ", ".join(part for part in (named, str(citation.get("place") or "")) if part)


def _expected(result: Result, named: Callable[[str], str]) -> str:
    if not result.answerable:
        return "<p>No answer: the documents don't say.</p>"
    answers = "".join(f"<li>{escape(answer)}</li>" for answer in result.answers)
    quotes = "".join(f"<blockquote class=gold>{escape(quote)}</blockquote>" for quote in result.evidence if quote)
    return f"<ul>{answers}</ul>{quotes}<p class=soft>{escape(', '.join(map(named, result.doc_ids)))}</p>"


def _details(result: Result, named: Callable[[str], str]) -> str:
    searched = "".join(f"<li>{escape(text)}</li>" for text in result.answer["searched"])
    passages = "".join(
        f"<li>{escape(p.get('title') or named(p['source']))} <span class=soft>{p['start']} to {p['end']}</span></li>"
        for p in result.answer["passages"][:5]
    )
    scores = " · ".join(f"{name} {value:.2f}" for name, value in result.scores.items())
    return (
        f"<div><h3>Searched for</h3><ul>{searched}</ul><h3>First passages</h3><ul>{passages}</ul>"
        f"<p class=soft>{escape(result.id)} · {escape(scores)}</p></div>"
    )


def _settings(said: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td style='white-space:normal'>{escape(str(value))}</td></tr>"
        for name, value in said.items()
        if name not in ("unread", "unknown_documents")
    )
    return f"<section><h2>Settings</h2><table>{rows}</table></section>\n"
