"""RTF by striprtf: paragraphs, table rows, footnotes beside them, and the headings that carry an outline level."""

import re

from documents.draft import Draft
from documents.readers.encoding import check_size
from documents.readers.table import write_table

__all__ = ["read_rtf"]

# striprtf knows no headings and drops footnotes: both are written into the text, and taken out again.
_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?!\d) ?")
_MARK = re.compile(r"@@outline([0-8])@@")
_NOTE = re.compile(r"\{\\footnote(?![a-z0-9]) ?")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_NOTED = re.compile(r"@@note@@(.*?)@@end@@", re.DOTALL)

# It also keeps what is hidden or struck by a tracked change.
_UNSEEN = re.compile(r"\\(?:v|deleted)(?![a-zA-Z])")
_SWITCH = re.compile(r"\\[\\{}]|[{}]|\\(v|deleted|plain|bin)(?![a-zA-Z])(-?\d{1,9}|) ?")
_UNSAID = re.compile(
    r"\\(?!(?:u|tab|line|bullet|e[mn]dash|e[mn]space|qmspace|[lr]d?b?l?quote)(?![a-zA-Z]))[a-zA-Z]+(?:-?\d+)? ?"
    r"|\\[*\r\n]"
)
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
    source = _with_notes(_OUTLINE.sub(r"\\outlinelevel\1 @@outline\1@@", _seen(source)))
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    text = _NOTED.sub(lambda note: " ".join(note[0].split()), text)
    rows: list[list[str]] = []
    notes: list[str] = []
    for line in [*text.split("\n"), ""]:
        level, own = _MARK.search(line), _NOTED.findall(line)
        line = _NOTED.sub("", _MARK.sub("", line))
        if line.rstrip().endswith("|"):
            rows.append(line.rstrip()[:-1].split("|"))
            notes += own
            continue
        if rows:
            write_table(draft, rows)
            _write_notes(draft, notes)
            rows, notes = [], []
        if level and len(line) < 300:
            draft.heading(line, int(level[1]) + 1)
        elif _BULLET.match(line):
            draft.line(_BULLET.sub("", line))
        else:
            draft.block(line)
        _write_notes(draft, own)


def _write_notes(draft: Draft, notes: list[str]) -> None:
    for note in filter(None, map(str.strip, notes)):
        draft.line(f"[Footnote: {note}]")


def _seen(source: str) -> str:
    """The source without the text that nobody sees; its control words stay, as paragraphs and cells end with them."""
    if not _UNSEEN.search(source):
        return source
    parts, at = list[str](), 0
    now, outer = frozenset[str](), list[frozenset[str]]()  # what hides text here, and around each open group
    while switch := _SWITCH.search(source, at):
        found, word, number = switch.group(0, 1, 2)
        parts.append(_said(source[at : switch.start()], now))
        at = switch.end()
        if found == "{":
            outer.append(now)
        elif found == "}":
            now = outer.pop() if outer else frozenset()
        elif word == "bin":  # bytes follow, and a brace among them is none
            at += max(int(number or 0), 0)
            found = source[switch.start() : at]
        elif word:
            now = frozenset() if word == "plain" else now - {word} if number == "0" else now | {word}
        parts.append(found if word or found in "{}" else _said(found, now))
    return "".join([*parts, _said(source[at:], now)])


def _said(source: str, hidden: frozenset[str]) -> str:
    return "".join(_UNSAID.findall(source)) if hidden else source


def _with_notes(source: str) -> str:
    """The source with its footnotes as marked text."""
    parts, at = [], 0
    for note in _NOTE.finditer(source):
        if note.start() < at:
            continue  # inside another
        end = _closing(source, note.end())
        if end is None:
            break
        parts += [source[at : note.start()], "{@@note@@{", source[note.end() : end], "}@@end@@}"]
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
