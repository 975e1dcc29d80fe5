"""The panel's tab "Why": how an answer came about, as far as it was kept. Pure functions."""

from markupsafe import Markup

from qa.answer import Answer
from qa.evidence import threshold
from qa.web.cards import WORKED_OUT
from qa.web.session import Ref
from qa.web.settings import STRICTNESS, Settings
from qa.web.words import clipped, file_name, where

__all__ = ["why_html"]


def why_html(answer: Answer, ref: Ref, settings: Settings) -> Markup:
    """What was searched for, how sure it is and must be, what was retrieved with its scores, who wrote it, and when."""
    searched = [Markup("<li><q>{}</q></li>").format(clipped(q, 300)) for q in answer.searched]
    parts = [
        _section("Searched for", Markup("<ul>{}</ul>").format(Markup("").join(searched))),
        _section("How sure", _sureness(answer, settings)),
        _section(f"Retrieved, best first ({len(answer.passages)})", _passages(answer, ref)),
        _section("Written by", Markup("<p>{}</p>").format(_writer(answer))),
    ]
    if answer.prompt is not None:
        parts.append(_section("The prompt, exactly", Markup("<pre>{}</pre>").format(answer.prompt)))
    return Markup("").join(parts)


def _section(head: str, body: Markup) -> Markup:
    return Markup("<section><h3>{}</h3>{}</section>").format(head, body)


def _sureness(answer: Answer, settings: Settings) -> Markup:
    chosen = STRICTNESS[settings.strictness]
    least = threshold("read") if chosen is None else chosen
    return Markup(
        '<div class="fn-scale"><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="presentation">'
        '<rect class="all" width="100" height="10"></rect><rect class="sure" width="{0:.1f}" height="10"></rect>'
        '<rect class="least" x="{1:.1f}" width="0.8" height="10"></rect></svg></div>'
        "<p>The documents answer this with a probability of <b>{0:.0f} %</b>; from <b>{1:.0f} %</b> on an answer is "
        "given (setting “{2}”).</p>"
    ).format(100 * answer.confidence, 100 * least, settings.strictness)


def _passages(answer: Answer, ref: Ref) -> Markup:
    cited = [(c.document_id, c.start, c.end, c.number) for c in answer.citations]
    rows = []
    for rank, p in enumerate(answer.passages, 1):
        numbers = [n for i, a, b, n in cited if i == p.document_id and a < p.end and p.start < b]
        said = ", ".join(f"[{n}]" for n in numbers) or "–"
        rows.append(
            Markup(
                '<tr><td>{}</td><td><a href="#{}">{}</a> <small>{}</small></td><td>{:.2f}</td><td>{}</td></tr>'
            ).format(rank, Ref("p", ref.turn, rank), p.title or file_name(p.source), where(p), p.score, said)
        )
    head = Markup("<tr><th>#</th><th>Passage</th><th>Score</th><th>Cited</th></tr>")
    return Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(head, Markup("").join(rows))


def _writer(answer: Answer) -> str:
    if answer.model == "extractive":
        return "No language model: the sentences are quoted word for word from the documents."
    if answer.model in WORKED_OUT:
        return f"No language model: {WORKED_OUT[answer.model].lower()} by Footnote, from the documents it cites."
    tokens = ", ".join(f"{count:,} tokens of {what}" for what, count in answer.usage.items())
    return f"{answer.model}; every sentence was then held against what it cites. {tokens}".strip()
