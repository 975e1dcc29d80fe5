"""What inline HTML says: the text of an element, superscripts and form fields told apart, hidden parts left out."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.readers.equations import Formula, on_one_line
from documents.readers.numerals import raised

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "BLOCKS",
    "SKIPPED",
    "SPACES",
    "field_value",
    "formula",
    "inline_text",
    "is_hidden",
    "raw_texts",
    "superscript",
    "tidy",
]

SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "embed", "canvas", "audio",
     "video", "map", "datalist", "dialog", "select", "rt", "rp", "annotation", "annotation-xml")
)  # fmt: skip
"""Elements whose content is never part of the text."""

BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "td",
        "th",
        "ul",
    )
)  # fmt: skip"""Elements that end the paragraph before them."""

_FORMULAS: dict[str, Formula] = {"mfrac": "fraction", "msup": "power", "mroot": "root", "msqrt": "root"}
SPACES = re.compile("[ \t\r\n\f]+")
_HEADING = re.compile("h[1-6]|dt|summary")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TASKS = {True: "[x] ", False: "[ ] "}


def tidy(text: str) -> str:
    """Single spaces inside each line, no blank ends."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def is_hidden(node: "_Element") -> bool:
    """Whether the element is no part of the text, or says itself that it isn't shown."""
    if node.tag in SKIPPED or node.get("hidden") is not None or _HIDDEN.search(node.get("style") or ""):
        return True
    return node.tag == "button" and not _opens(node)


def _opens(button: "_Element") -> bool:
    """Whether a button is a heading for what it shows and hides, as on pages of questions, rather than for clicking."""
    if any(_HEADING.fullmatch(str(node.tag)) for node in button.iterancestors()):
        return True
    opens = button.get("aria-expanded") is not None or button.get("aria-controls") is not None
    return opens and len("".join(button.itertext()).split()) > 1


def formula(node: "_Element") -> str | None:
    """A MathML fraction, power or root on one line; None for another element."""
    kind = _FORMULAS.get(str(node.tag))
    if kind is None:
        return None
    parts = ["".join(inline_text(part)) for part in node if isinstance(part.tag, str)]  # a comment is none
    return on_one_line(kind, [" ".join(parts)] if node.tag == "msqrt" else parts)


def superscript(node: "_Element", before: list[str]) -> str:
    """A raised number set off from what it stands on: x² as x^2, the number of a note as [3]; "" for anything else."""
    linked = next(node.iter("a"), None) is not None or (node.getparent() is not None and node.getparent().tag == "a")
    return raised("".join(node.itertext()), "".join(before[-3:]), linked=linked)


def field_value(node: "_Element") -> str:
    """What a form field shows: its value, or [x] and [ ] for a box."""
    kind = (node.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return _TASKS[node.get("checked") is not None]
    return f" {node.get('value') or ''} " if kind in ("text", "number", "date", "email", "tel", "url") else ""


def inline_text(node: "_Element") -> Iterator[str]:
    """The text of an element, its line breaks and inner blocks as spaces."""
    if not isinstance(node.tag, str) or is_hidden(node):
        return
    written = formula(node)
    if written is not None:
        yield written
        return
    if node.tag == "input":
        yield field_value(node)
    yield SPACES.sub(" ", node.text or "")
    for child in node:
        if child.tag == "br" or child.tag in BLOCKS:
            yield " "
        number = superscript(child, [node.text or ""]) if child.tag == "sup" else ""
        if number:
            yield number
        elif child.tag == "q":
            yield from ("“", *inline_text(child), "”")
        else:
            yield from inline_text(child)
        if child.tag in BLOCKS:
            yield " "
        yield SPACES.sub(" ", child.tail or "")


def raw_texts(node: "_Element") -> Iterator[str]:
    """The text of preformatted content, its line ends kept."""
    yield node.text or ""
    for child in node:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str):
            yield from raw_texts(child)
        yield child.tail or ""
