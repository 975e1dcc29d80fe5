"""Plain text: paragraphs, lists, tables and the headings that stand out by themselves.

A wrong heading hides its words from quotes, so a line counts as one only when it is marked as one (underlined, " = so
= ") or stands alone, is short, opens like a title, ends like no sentence and no amount, and prose or a list follows.
"""

import re
from collections.abc import Sequence

from documents.draft import Draft
from documents.readers.amounts import states_amount
from documents.readers.encoding import decode
from documents.readers.lines import BULLET, blocks_of, join_wrapped, words_of, wrap_width, write_lines
from documents.readers.table import write_table
from documents.readers.text_table import apart, grid_of

__all__ = ["read_text", "write_text"]

_LONGEST_HEADING = 120
_LONGEST_WORDS = 16
_UNDERLINE = re.compile(r"\s*(=+|-+|~+|\*+)\s*")
# MediaWiki and AsciiDoc, and " = = so = = " as the WikiText sets are tokenised; the closed form may stand anywhere.
_WIKI = re.compile(r"\s*((?:= ?){1,6}) *([^=\s].*?)(?: ?(?:=| =){1,6})?\s*")
_CLOSED = re.compile(r"(?m)^( ?(?:= ?){1,6} ?[^=\s].* ?(?:=|= =){1,6} ?)$")
_CHAPTER = re.compile(
    r"(?:chapter|part|book|section|article|appendix|act|scene|kapitel|chapitre|capítulo)\s+(?:[ivxlcdm]+|\d{1,3}|[a-z])\b"
    r"[.:]?(?:\s.{0,80}[^.!?:;,\s])?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+\S")
_CAPTION = re.compile(
    r"(?:click to|watch|read more|photo|image|figure|fig\.|table|video|source|advertisement|credit|file photo|"
    r"published|last updated|posted|by|date|copyright|©|page \d)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:。！？…][\"'”’»)\]]*(?:Footnote\d+|\[\d+\])?$")


def read_text(data: bytes, name: str, draft: Draft) -> None:
    """Reads plain text in any encoding; raises UnreadableFile for binary content, LimitExceeded for a huge file."""
    write_text(decode(data, name, draft).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"), draft)


def write_text(text: str, draft: Draft) -> None:
    """Writes plain text (line ends as \\n) as blocks and headings."""
    text = _CLOSED.sub(r"\n\1\n", text)
    whole = blocks_of(text.replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\x85", "\n"))
    blocks = [part for block in whole for part in apart(block)]
    width, known = wrap_width(blocks), words_of(blocks)
    for number, block in enumerate(blocks):
        grid = grid_of(block)
        if grid:
            write_table(draft, *grid)
            continue
        level, heading, rest = _heading(blocks, number, width)
        if heading:
            draft.heading(heading, level)
        if rest:
            write_lines(draft, join_wrapped(rest, width, known))


def _heading(blocks: Sequence[list[str]], number: int, width: int) -> tuple[int, str, list[str]]:
    """(level, heading or "", the block's other lines)."""
    block = blocks[number]
    wiki = _WIKI.fullmatch(block[0])
    if wiki:
        return wiki[1].count("="), wiki[2], block[1:]
    if len(block) > 2 and _UNDERLINE.fullmatch(block[0]) and _underlined(block[1], block[2]):
        block = block[1:]  # reStructuredText draws a line over its titles too
    if len(block) > 1 and _underlined(block[0], block[1]):
        return (1 if "=" in block[1] else 2), block[0], block[2:]
    chapter = number + 1 < len(blocks) and _CHAPTER.fullmatch(block[0].strip())
    if chapter and len(block) <= 2 and all(map(_looks_like_heading, block[1:])):
        return 2, " ".join(line.strip() for line in block), []
    first = number == 0 and len(block) == len(join_wrapped(block, width)) <= 3 and len(blocks) > 1
    if (len(block) == 1 or first) and all(_looks_like_heading(line) for line in block) and _leads(blocks, number):
        if first:
            return 1, block[0], block[1:]
        numbered = _NUMBERED.match(block[0].strip())
        return (2 + numbered[1].count(".") if numbered else 2), block[0], []
    return 0, "", block


def _underlined(line: str, under: str) -> bool:
    marks = _UNDERLINE.fullmatch(under)
    return marks is not None and len(marks[1]) >= 3 and abs(len(marks[1]) - len(line.strip())) <= 3 + len(line) // 4


def _looks_like_heading(line: str) -> bool:
    text = line.strip()
    if not 1 < len(text) <= _LONGEST_HEADING or len(text.split()) > _LONGEST_WORDS:
        return False
    if text[-1] in ".!?:;,…–—-)\"'”’»" or text.count(". ") > 1 or "://" in text or "@" in text or "|" in text:
        return False
    if _CAPTION.match(text) or states_amount(text) or (BULLET.match(text) and not _NUMBERED.match(text)):
        return False
    letters = sum(char.isalpha() for char in text)
    return (text[0].isupper() or text[0].isdigit() or not text[0].isascii()) and letters >= len(text) / 2


def _leads(blocks: Sequence[list[str]], number: int) -> bool:
    """Whether prose or a list follows, at most three headings further down."""
    for block in blocks[number + 1 : number + 4]:
        text = " ".join(line.strip() for line in block)
        if BULLET.match(block[0].strip()):
            return True
        # Prose in scripts without spaces has few words and many letters.
        if _SENTENCE_END.search(text) and (len(text.split()) >= 8 or len(text) >= 60):
            return True
        # Three lines or more that aren't sentences are an address, a list of names or a poem.
        if len(block) >= 3 and all(len(line) < _LONGEST_HEADING for line in block):
            return True
        if len(block) > 1 or not _looks_like_heading(block[0]):
            # A long line need not end in a full stop; one that ends in a bracket is a picture's caption.
            return len(text.split()) > _LONGEST_WORDS and text[-1].isalnum()
    return False
