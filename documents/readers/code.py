"""Source code and configuration: the lines as they are, a place for each."""

from documents.draft import Draft
from documents.model import Place
from documents.readers.encoding import decode
from documents.readers.lines import literal

__all__ = ["read_code"]


def read_code(data: bytes, name: str, draft: Draft) -> None:
    """Reads a text file whose lines and indentation matter; blank lines part its blocks."""
    lines = decode(data, name, draft).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        shown = literal(line)
        if shown:
            block.append(shown)
        elif block:
            _write(draft, block, number - len(block))
            block = []


def _write(draft: Draft, block: list[str], first: int) -> None:
    span = draft.raw("\n".join(block))
    if span is None:
        return
    at = span[0]
    for number, line in enumerate(block, start=first):
        draft.stand(Place("line", at, at + len(line), number))
        at += len(line) + 1
