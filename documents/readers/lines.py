"""Lines of plain text to blocks: paragraphs wrapped by an editor are joined, everything else keeps its lines.

A wrapped line is one that the next line's first word would not have fitted on. Lists, verse and addresses break
earlier, so they keep their breaks. Nothing here reads a file.
"""

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from documents.draft import Draft, clean

__all__ = ["BULLET", "blocks_of", "join_wrapped", "literal", "words_of", "wrap_width", "write_lines"]

BULLET = re.compile(r"[-*+•◦▪‣·–—o]\s+(?=\S)|(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+(?=\S)")
"""The mark of a list item at the start of a line."""
_MARK = re.compile(r"\A[-*+•◦▪‣·–—o]\s+(?=\S)")

# A day or a time that opens a line of a log or a chat.
_RECORD = re.compile(
    r"[\[(<]?(?:\d{4}[-/.]\d\d[-/.]\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:)"
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HALF, _REST = re.compile(r"([^\W\d_]+)-$"), re.compile(r"[^\W\d_]+")

_NARROWEST, _WIDEST = 40, 120
_LONGEST_WORD = 60
_USUAL = 60  # few editors wrap sooner


def blocks_of(text: str) -> list[list[str]]:
    """Runs of lines between blank lines; trailing space is gone, indentation stays."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        line = line.rstrip()
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return blocks if blocks[-1] else blocks[:-1]


def wrap_width(blocks: Sequence[Sequence[str]]) -> int:
    """The column at which an editor wrapped this text, in characters; 0 where it was not wrapped.

    Measured on lines that have a line after them in their block: in wrapped text most of them end near one column.
    """
    lengths = sorted(len(line) for block in blocks for line in block[:-1])
    if not lengths:
        return 0
    width = lengths[min(len(lengths) - 1, len(lengths) * 95 // 100)]
    if not _NARROWEST <= width <= _WIDEST:
        return 0
    near = sum(length >= width * 0.8 for length in lengths)
    # Paragraphs on one long line each say that nobody wrapped this text.
    unwrapped = sum(len(line) > 1.5 * width for block in blocks for line in block)
    wrapped = near >= 0.25 * len(lengths) or (width >= _USUAL and 2 * _carried(blocks, width) > near)
    return width if wrapped and unwrapped <= 0.05 * len(blocks) else 0


def _carried(blocks: Sequence[Sequence[str]], width: int) -> int:
    """How many long lines clearly go on in the next: a letter by mail has few of them among greetings and names."""
    pairs = (pair for block in blocks for pair in pairwise(block) if len(pair[0]) >= width * 0.8)
    return sum(line[-1].isalpha() and following.lstrip()[0].islower() for line, following in pairs)


def words_of(blocks: Sequence[Sequence[str]]) -> frozenset[str]:
    """The words of the lines, in small letters; none where no line ends in a hyphen."""
    if not any(line.endswith("-") for block in blocks for line in block[:-1]):
        return frozenset()
    return frozenset(word for block in blocks for line in block for word in _WORD.findall(line.lower()))


def join_wrapped(block: Sequence[str], width: int, known: Container[str] = ()) -> list[str]:
    """The lines of one block with the editor's wrapping undone: one string for each line that was meant.

    A word that is divided at a line's end loses its hyphen where it is among the `known` words without it.
    """
    soft = [_is_soft(block[i], block[i + 1], width) for i in range(len(block) - 1)]
    prose = bool(soft) and sum(soft) >= 0.6 * len(soft)
    lines = [[block[0]]]
    indents = [len(line) - len(line.lstrip()) for line in block]
    least = min(indents)
    begins = BULLET if not _is_log(block) else _RECORD
    listed = begins.match(block[0].lstrip()) is not None
    for i, line in enumerate(block[1:]):
        marked = begins.match(line.lstrip()) is not None
        # A first line indented more than its paragraph begins another; a list item's other lines hang under it.
        opens = indents[i + 1] > least and not listed and indents[i] == least
        hangs = listed and not marked and indents[i + 1] > least
        ends = block[i][-1] in ".!?:;" and not soft[i]
        if not marked and (hangs or (width and not opens and (soft[i] or (prose and not ends)))):
            lines[-1][-1:] = _joined(lines[-1][-1], line.strip(), known)
        else:
            lines.append([line])
        listed = listed or marked
    return ["".join(pieces) for pieces in lines]


def _is_log(block: Sequence[str]) -> bool:
    """Whether a block is a log, a record a line: lines of one length are no wrapping there."""
    return _RECORD.match(block[0]) is not None and 4 * sum(map(bool, map(_RECORD.match, block))) > max(len(block), 4)


def _joined(line: str, following: str, known: Container[str]) -> tuple[str, str]:
    """A line and the one it goes on in, with what stands between them."""
    half, rest = _HALF.search(line[-_LONGEST_WORD:]), _REST.match(following)
    if not half:
        return line, f" {following}"
    first, second = half[1].lower(), rest[0].lower() if rest else ""
    divided = first + second in known and f"{first}-{second}" not in known
    return line[:-1] if divided else line, following


def _is_soft(line: str, following: str, width: int) -> bool:
    words = following.split(maxsplit=1)
    return bool(width) and len(line) + 1 + len(words[0]) > width - 2


def write_lines(draft: Draft, lines: Sequence[str]) -> None:
    """Writes the lines of one block: long ones as paragraphs, short ones as lines that belong together."""
    paragraphs = len(lines) > 1 and sum(len(line) for line in lines) / len(lines) > _WIDEST
    for i, line in enumerate(lines):
        line = _MARK.sub("", line.strip(), count=1)
        if i == 0 or paragraphs:
            draft.block(line)
        else:
            draft.line(line)


def literal(text: str) -> str:
    """Text whose indentation matters, made canonical: tabs as four spaces, no trailing space, no blank ends."""
    lines = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n"):
        body = line.lstrip(" ")
        # clean() turns the odd control character into a line break, which a line of code must not gain.
        lines.append((" " * (len(line) - len(body)) + " ".join(clean(body).split())).rstrip())
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
