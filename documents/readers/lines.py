"""Lines of plain text to blocks: paragraphs wrapped by an editor are joined, everything else keeps its lines.

A wrapped line is one that the next line's first word would not have fitted on. Lists, verse and addresses break
earlier, so they keep their breaks. Nothing here reads a file.
"""

import re
from collections.abc import Sequence

from documents.draft import Draft, clean

__all__ = ["BULLET", "blocks_of", "join_wrapped", "literal", "wrap_width", "write_lines"]

BULLET = re.compile(r"[-*+•◦▪‣·–—o]\s+(?=\S)|(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])\s+(?=\S)")
"""The mark of a list item at the start of a line."""
_MARK = re.compile(r"\A[-*+•◦▪‣·–—o]\s+(?=\S)")

_NARROWEST, _WIDEST = 40, 120


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
    return width if near >= 0.25 * len(lengths) and unwrapped <= 0.05 * len(blocks) else 0


def join_wrapped(block: Sequence[str], width: int) -> list[str]:
    """The lines of one block with the editor's wrapping undone: one string for each line that was meant."""
    soft = [_is_soft(block[i], block[i + 1], width) for i in range(len(block) - 1)]
    prose = bool(soft) and sum(soft) >= 0.6 * len(soft)
    lines = [block[0]]
    indents = [len(line) - len(line.lstrip()) for line in block]
    listed = BULLET.match(block[0].lstrip()) is not None
    for i, line in enumerate(block[1:]):
        marked = BULLET.match(line.lstrip()) is not None
        # A first line indented more than its paragraph begins another; a list item's other lines hang under it.
        opens = indents[i + 1] > min(indents) and not listed and indents[i] == min(indents)
        hangs = listed and not marked and indents[i + 1] > min(indents)
        ends = lines[-1][-1:] in ".!?:;" and not soft[i]
        if not marked and (hangs or (width and not opens and (soft[i] or (prose and not ends)))):
            joint = "" if re.search(r"[^\W\d_]-$", lines[-1]) else " "
            lines[-1] += joint + line.strip()
        else:
            lines.append(line)
        listed = listed or marked
    return lines


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
