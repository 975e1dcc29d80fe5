"""Texts as the page shows them: shortened, on one line, emphasised, with what stands beside them. Pure functions."""

from pathlib import PurePath

from markupsafe import Markup, escape

from documents.split import sentences
from qa.answer import Citation, RetrievedPassage

__all__ = ["beside", "clipped", "counted", "emphasised", "file_name", "one_line", "where"]

FURTHEST = 320  # characters of a neighbouring sentence that a card shows


def counted(count: int, noun: str) -> str:
    """So many of a thing that is regular in the plural: "1 document", "2,000 documents"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def one_line(markup: Markup) -> Markup:
    """The same markup with its line breaks as entities, which a browser reads as line breaks again."""
    return markup.replace("\r", Markup("&#13;")).replace("\n", Markup("&#10;"))


def file_name(source: str) -> str:
    """The last part of a path or member name ("a.zip!/b.docx" gives "b.docx")."""
    return PurePath(source.replace("\\", "/")).name or source


def where(item: Citation | RetrievedPassage) -> str:
    """Where a citation or passage stands, for a person: "page 3 · Budget"; the title is said elsewhere."""
    place = item.place or (None if item.page is None else f"page {item.page}")
    headings = [h for h in (item.heading or "").split(" › ") if h != item.title]
    return " · ".join(part for part in (place, *headings[-1:]) if part)


def clipped(text: str, length: int) -> str:
    """The text on one line, cut at a word's end where it is longer than `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rpartition(" ")[0].rstrip(",;:.") + "…"


def emphasised(text: str, start: int, spans: tuple[tuple[int, int], ...]) -> Markup:
    """Text that begins at `start` of its document, with the words inside `spans` emphasised."""
    out, at = Markup(""), 0
    for low, high in sorted((max(0, a - start), min(len(text), b - start)) for a, b in spans):
        if at <= low < high:
            out += escape(text[at:low]) + Markup("<strong>{}</strong>").format(text[low:high])
            at = high
    return out + escape(text[at:])


def beside(item: Citation, passages: tuple[RetrievedPassage, ...]) -> tuple[str, str]:
    """The sentence before a quote and the one after it, as far as the retrieved passages know them."""
    for p in passages:
        if p.document_id == item.document_id and p.start <= item.start and item.end <= p.end and p.text:
            before, after = p.text[: item.start - p.start], p.text[item.end - p.start :]
            left = [before[s.start : s.end] for s in sentences(before, 0, len(before))][-1:]
            right = [after[s.start : s.end] for s in sentences(after, 0, len(after))][:1]
            return (left[0][-FURTHEST:] if left else ""), (clipped(right[0], FURTHEST) if right else "")
    return "", ""
