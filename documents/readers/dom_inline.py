"""What inline HTML says: the text of an element, superscripts and form fields told apart, hidden parts left out."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["BLOCKS", "SKIPPED", "SPACES", "field_value", "inline_text", "is_hidden", "raw_texts", "superscript", "tidy"]

SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "embed", "canvas", "audio",
     "video", "map", "datalist", "dialog", "select", "button")
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

SPACES = re.compile("[ \t\r\n\f]+")
_NUMBER = re.compile(r"\[?\d{1,3}\]?")
_LAST_WORD = re.compile(r"[^\W_]+\)?$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TASKS = {True: "[x] ", False: "[ ] "}


def tidy(text: str) -> str:
    """Single spaces inside each line, no blank ends."""
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def is_hidden(node: "_Element") -> bool:
    """Whether the element itself says that it isn't shown."""
    return node.get("hidden") is not None or bool(_HIDDEN.search(node.get("style") or ""))


def superscript(node: "_Element", before: list[str]) -> str:
    """A raised number set off from what it stands on: x² as x^2, the number of a note as [3]; "" for anything else."""
    digits = _NUMBER.fullmatch("".join(node.itertext()).strip())
    if not digits:
        return ""
    word = _LAST_WORD.search("".join(before[-3:]))
    linked = next(node.iter("a"), None) is not None or (node.getparent() is not None and node.getparent().tag == "a")
    if word and len(word[0]) <= 3 and not linked:
        return f"^{digits[0]}"
    return f"[{digits[0].strip('[]')}]"


def field_value(node: "_Element") -> str:
    """What a form field shows: its value, or [x] and [ ] for a box."""
    kind = (node.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return _TASKS[node.get("checked") is not None]
    return f" {node.get('value') or ''} " if kind in ("text", "number", "date", "email", "tel", "url") else ""


def inline_text(node: "_Element") -> Iterator[str]:
    """The text of an element, its line breaks and inner blocks as spaces."""
    if not isinstance(node.tag, str) or node.tag in SKIPPED or is_hidden(node):
        return
    if node.tag == "input":
        yield field_value(node)
    yield SPACES.sub(" ", node.text or "")
    for child in node:
        if child.tag == "br" or child.tag in BLOCKS:
            yield " "
        raised = superscript(child, [node.text or ""]) if child.tag == "sup" else ""
        if raised:
            yield raised
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
