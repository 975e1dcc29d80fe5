"""RTF by striprtf: paragraphs, table rows, footnotes beside them, and the headings that carry an outline level."""

import re

from documents.draft import Draft
from documents.readers.encoding import check_size
from documents.readers.table import write_table

__all__ = ["read_rtf"]

# striprtf knows no headings and drops footnotes: both are written into the text, and taken out again. It keeps what is
# hidden or struck by a tracked change.
_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?!\d) ?")
_MARK = re.compile(r"@@outline([0-8])@@")
_NOTE = re.compile(r"\{\\footnote(?![a-z0-9]) ?")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_NOTED = re.compile(r"@@note@@(.*?)@@end@@", re.DOTALL)
_GROUP = re.compile(r"(?<!\\)\{[^{}]*(?<!\\)\}")
_UNSEEN = re.compile(r"\\(?:v|deleted)(?![a-z0-9-])")
_LONGEST_NOTE = 100_000  # characters of source
_INFO = re.compile(r"\{\\(title|author)\s+([^{}\\]*)\}")
_BULLET = re.compile(r"^[\s\u00b7\u2022\uf0b7o-]+\t\s*")


def read_rtf(data: bytes, name: str, draft: Draft) -> None:
    """Reads rich text; raises LimitExceeded for more than 64 MB."""
    from striprtf.striprtf import rtf_to_text

    check_size(data, name)
    source = data.decode("latin-1")
    info = dict(_INFO.findall(source[:20_000]))
    draft.title, draft.author = info.get("title", "").strip() or None, info.get("author", "").strip() or None
    source = _with_notes(_seen(_OUTLINE.sub(r"\\outlinelevel\1 @@outline\1@@", source)))
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    text = _NOTED.sub(lambda note: " ".join(note[0].split()), text)
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if line.rstrip().endswith("|"):
            rows.append([_MARK.sub("", cell) for cell in line.rstrip()[:-1].split("|")])
            continue
        if rows:
            write_table(draft, rows)
            rows = []
        level = _MARK.search(line)
        notes = [note.strip() for note in _NOTED.findall(line)]
        line = _NOTED.sub("", _MARK.sub("", line))
        if level and len(line) < 300:
            draft.heading(line, int(level[1]) + 1)
        elif _BULLET.match(line):
            draft.line(_BULLET.sub("", line))
        else:
            draft.block(line)
        for note in filter(None, notes):
            draft.line(f"[Footnote: {note}]")


def _seen(source: str) -> str:
    return _GROUP.sub(lambda group: "" if _UNSEEN.search(group[0]) else group[0], source)


def _with_notes(source: str) -> str:
    """The source with its footnotes as marked text."""
    parts, at = [], 0
    for note in _NOTE.finditer(source):
        if note.start() < at:
            continue  # inside another
        end = _closing(source, note.end())
        if end is None:
            break
        parts += [source[at : note.start()], "{@@note@@", source[note.end() : end], "@@end@@}"]
        at = end + 1
    return "".join([*parts, source[at:]])


def _closing(source: str, start: int) -> int | None:
    """Where the group ends in which `start` stands."""
    depth = 1
    for brace in _BRACE.finditer(source, start, start + _LONGEST_NOTE):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.start()
    return None
