"""An answer as Markdown with footnotes, ready to paste into a report. Pure functions."""

import re

from qa.answer import Answer, Citation

__all__ = ["answer_markdown", "plain"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~^$])")
_BLOCK_START = re.compile(r"^([-+]|\d+[.)])(?=[\s-]|$)")  # of a list, empty ones too, or of a rule (---)


def plain(text: str) -> str:
    """The text on one line, escaped so that Markdown shows it as it is."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _BLOCK_START.sub(lambda m: f"{m[1][:-1]}\\{m[1][-1]}", line)


def _note(citation: Citation) -> str:
    where = [citation.title or citation.source, citation.place or "", citation.heading or ""]
    if not citation.place and citation.page is not None:
        where[1] = f"page {citation.page}"
    place = ", ".join(plain(part) for part in where if part)
    span = f"{plain(citation.source)}, characters {citation.start} to {citation.end}"
    return f"[^{citation.number}]: {place}. “{plain(citation.quote)}” ({span})"


def answer_markdown(answer: Answer) -> str:
    """Question, answer with [^1] markers, and one footnote with the verbatim quote for every citation."""
    if not answer.sentences:
        body = plain(answer.answer)
    else:
        body = " ".join(
            plain(s.text)
            + "".join(f"[^{n}]" for n in s.citations)
            + ("" if s.support in ("verbatim", "supported") else f" *({s.support})*")
            for s in answer.sentences
        )
    notes = "\n".join(_note(c) for c in answer.citations)
    return "\n\n".join(part for part in (f"**{plain(answer.question)}**", body, notes) if part) + "\n"
