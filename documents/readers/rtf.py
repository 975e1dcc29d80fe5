"""RTF by striprtf: paragraphs, table rows, and the headings that carry an outline level."""

import re

from documents.draft import Draft
from documents.readers.encoding import check_size
from documents.readers.table import write_table

__all__ = ["read_rtf"]

# striprtf knows no headings: the outline level is written into the text, and taken out again.
_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?!\d) ?")
_MARK = re.compile(r"@@outline([0-8])@@")
_INFO = re.compile(r"\{\\(title|author)\s+([^{}\\]*)\}")
_BULLET = re.compile(r"^[\s\u00b7\u2022\uf0b7o-]+\t\s*")


def read_rtf(data: bytes, name: str, draft: Draft) -> None:
    """Reads rich text; raises LimitExceeded for more than 64 MB."""
    from striprtf.striprtf import rtf_to_text

    check_size(data, name)
    source = data.decode("latin-1")
    info = dict(_INFO.findall(source[:20_000]))
    draft.title, draft.author = info.get("title", "").strip() or None, info.get("author", "").strip() or None
    text: str = rtf_to_text(_OUTLINE.sub(r"\\outlinelevel\1 @@outline\1@@", source), errors="replace")  # type: ignore[no-untyped-call]
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if line.rstrip().endswith("|"):
            rows.append([_MARK.sub("", cell) for cell in line.rstrip()[:-1].split("|")])
            continue
        if rows:
            write_table(draft, rows)
            rows = []
        level = _MARK.search(line)
        line = _MARK.sub("", line)
        if level and len(line) < 300:
            draft.heading(line, int(level[1]) + 1)
        elif _BULLET.match(line):
            draft.line(_BULLET.sub("", line))
        else:
            draft.block(line)
