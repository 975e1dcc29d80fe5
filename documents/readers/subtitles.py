"""Subtitles (WebVTT, SubRip): cues joined into sentences, who speaks, a place with its time for each cue.

Parsed here because pysubs2 drops the voices that WebVTT names (<v Speaker>), and who said it is half of a quote.
"""

import html
import re
from collections.abc import Iterator

from documents.draft import Draft, clean
from documents.errors import UnreadableFile
from documents.model import Place
from documents.readers.encoding import decode

__all__ = ["read_subtitles"]

_TIMING = re.compile(
    r"^[ \t]*((?:\d+:)?\d\d:\d\d[.,]\d{1,3})[ \t]+-->[ \t]+((?:\d+:)?\d\d:\d\d[.,]\d{1,3}).*$", re.MULTILINE
)
_TAG = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>|<[^>]*>|\{\\[^}]*\}")
_END = re.compile(r"[.!?…。！？][\"'”’)\]♪]*$")
_LONGEST = 600
_PAUSE = 4000


def read_subtitles(data: bytes, name: str, draft: Draft) -> None:
    """Reads cues; a paragraph ends with a sentence before a pause of 4 s, another speaker, or 600 characters."""
    cues = list(_cues(decode(data, name, draft).replace("\r\n", "\n").replace("\r", "\n")))
    if not cues:
        raise UnreadableFile(f"{name!r} holds no subtitle cue (a line such as 00:01.000 --> 00:04.000). Check it.")
    pending: list[tuple[str, str]] = []
    speaker, ended, last = "", 0, ""
    for start, end, text in cues:
        said, words = _cue(text)
        if not words or words == last:  # rolling captions repeat the line before
            continue
        length = sum(len(cue_words) for cue_words, _ in pending)
        complete = bool(pending) and _END.search(pending[-1][0]) is not None
        paused = start - ended > _PAUSE or length > _LONGEST
        if pending and (said != speaker or (complete and paused) or length > 2 * _LONGEST):
            _write(draft, speaker, pending)
            pending = []
        pending.append((words, f"{_time(start)}–{_time(end)}"))
        speaker, ended, last = said, end, words
    _write(draft, speaker, pending)


def _cues(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, text) of each cue, times in milliseconds; comments, styles and cue names are left out."""
    for timing in _TIMING.finditer(text):
        blank = text.find("\n\n", timing.end())
        body = text[timing.end() : blank if blank >= 0 else len(text)]
        yield _milliseconds(timing[1]), _milliseconds(timing[2]), body


def _milliseconds(stamp: str) -> int:
    clock, _, fraction = stamp.replace(",", ".").partition(".")
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds * 1000 + int(fraction.ljust(3, "0"))


def _cue(text: str) -> tuple[str, str]:
    """(who speaks, what)."""
    speaker = _TAG.search(text)
    who = (speaker[1] or "") if speaker else ""
    return " ".join(clean(who).split()), " ".join(clean(html.unescape(_TAG.sub("", text))).split())


def _write(draft: Draft, speaker: str, cues: list[tuple[str, str]]) -> None:
    """One paragraph, and the place of each cue inside it."""
    if not cues:
        return
    prefix = f"{speaker}: " if speaker else ""
    span = draft.block(prefix + " ".join(words for words, _ in cues))
    if span is None:
        return
    at = span[0] + len(prefix)
    for number, (words, label) in enumerate(cues):
        draft.stand(Place("cue", at - (len(prefix) if number == 0 else 0), at + len(words), None, label))
        at += len(words) + 1


def _time(milliseconds: int) -> str:
    seconds = max(milliseconds, 0) // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
