"""Markdown by markdown-it-py's tokens: headings, paragraphs, lists, tables, code, footnotes, front matter."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from documents.draft import Draft
from documents.readers.encoding import decode
from documents.readers.lines import literal
from documents.readers.table import write_table

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["read_markdown", "write_markdown"]

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(?m)^([A-Za-z][\w -]*):[ \t]*(.*(?:\n[ \t]*- .*)*)$")
_NOTE = re.compile(r"(?m)^\[\^([^\]\s]+)\]:[ \t]*(.+(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]{2,}\S)))*)\n?")
_ANCHOR = re.compile(r"\s*\{[#.][^{}]*\}\s*$")  # a heading's name for links, as Pandoc writes it
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")


def read_markdown(data: bytes, name: str, draft: Draft) -> None:
    """Reads Markdown; the title is the front matter's, else the first heading of level 1."""
    write_markdown(decode(data, name, draft).replace("\r\n", "\n").replace("\r", "\n"), draft)


def write_markdown(text: str, draft: Draft) -> None:
    """Writes Markdown (line ends as \\n) as blocks, headings and table rows."""
    from markdown_it import MarkdownIt

    front = _FRONT.match(text)
    if front:
        _metadata(front[1], draft)
        text = text[front.end() :]
    notes: dict[str, str] = {}
    text = _NOTE.sub(lambda match: notes.setdefault(match[1], match[2]) and "\n", text)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    _Writer(draft, {label: " ".join(note.split()) for label, note in notes.items()}).write(parser.parse(text))


def _metadata(front: str, draft: Draft) -> None:
    fields = {key.lower(): _value(value) for key, value in _FIELD.findall(front)}
    draft.title = fields.get("title") or None
    draft.author = fields.get("author") or fields.get("authors") or None
    draft.language = fields.get("lang") or fields.get("language") or None
    date = fields.get("date", "")
    try:
        draft.created = datetime.fromisoformat(date) if date else None
    except ValueError:
        draft.extra["date"] = date  # a date in words is shown, not guessed at


def _value(text: str) -> str:
    """A field's value without its quotes; a list's with commas."""
    text = text.strip()
    listed = re.findall(r"(?m)^[ \t]*- (.*)$", text) or (
        text[1:-1].split(",") if text[:1] + text[-1:] == "[]" else [text]
    )
    return ", ".join(value.strip().strip("\"'") for value in listed)


class _Writer:
    """Walks the flat list of tokens, keeping the open lists."""

    def __init__(self, draft: Draft, notes: dict[str, str]) -> None:
        self._draft = draft
        self._notes = notes
        self._used: set[str] = set()
        self._lists: list[int | None] = []  # next number of each open list, None where it has bullets
        self._marker = ""
        self._in_list = False  # whether the block before was a line of the same list

    def write(self, tokens: Sequence["Token"]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
                self._table(tokens[at:end])
                at = end
            elif token.type == "heading_open":
                text, notes = self._noted(self._text(tokens[at + 1]))
                self._draft.heading(_ANCHOR.sub("", text), int(token.tag[1]))
                self._in_list = False
                for note in notes:
                    self._draft.block(note)
                at += 2
            else:
                self._token(token)
            at += 1
        for label in (label for label in self._notes if label not in self._used):
            self._draft.block(f"[Footnote: {self._notes[label]}]")

    def _token(self, token: "Token") -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(int(token.attrGet("start") or 1) if token.type[0] == "o" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            self._in_list = bool(self._lists)
        elif token.type == "list_item_open":
            self._marker = "" if self._lists[-1] is None else f"{self._lists[-1]}. "
            self._lists[-1] = None if self._lists[-1] is None else self._lists[-1] + 1
        elif token.type == "inline":
            self._paragraph(self._text(token))
        elif token.type in ("fence", "code_block"):
            self._draft.raw(literal(token.content))
            self._in_list = False
        elif token.type == "html_block":
            self._html(token.content)

    def _paragraph(self, text: str) -> None:
        text, notes = self._noted(text)
        write: Callable[[str], object] = self._draft.line if self._in_list else self._draft.block
        for line in (self._marker + text).split("\n"):
            if write(line):
                write = self._draft.line
        self._marker = ""
        self._in_list = bool(self._lists)
        for note in notes:
            write(note)

    def _noted(self, text: str) -> tuple[str, list[str]]:
        """The text without the marks of notes, and those notes that it is the first to name."""
        marks = dict.fromkeys(mark for mark in _NOTE_MARK.findall(text) if mark in self._notes)
        first = [mark for mark in marks if mark not in self._used]
        self._used.update(first)
        text = _NOTE_MARK.sub(lambda match: "" if match[1] in self._notes else match[0], text)
        return text, [f"[Footnote: {self._notes[mark]}]" for mark in first]

    def _table(self, tokens: Sequence["Token"]) -> None:
        rows: list[list[str]] = []
        notes: list[str] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                text, found = self._noted(self._text(token))
                rows[-1].append(text)
                notes += found
        write_table(self._draft, rows, headers=1)
        self._in_list = False
        for note in notes:
            self._draft.line(note)

    def _html(self, content: str) -> None:
        from documents.readers.html import write_html

        if re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", content).strip():
            write_html(content, self._draft)
            self._in_list = False

    def _text(self, token: "Token") -> str:
        """The visible text of an inline token; hard breaks are \\n."""
        parts: list[str] = []
        for child in token.children or ():
            if child.type in ("text", "code_inline"):
                parts.append(child.content)
            elif child.type == "softbreak":
                parts.append(" ")
            elif child.type == "hardbreak" or (child.type == "html_inline" and child.content.startswith("<br")):
                parts.append("\n")
            elif child.type == "image":
                parts.append(self._text(child))
        return "".join(parts)
