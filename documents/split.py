"""Sentences and passages of a document, by offsets; pure, and text[start:end] is always the passage.

Passages hold whole consecutive sentences of one section, about WORDS words each, and rather end where a paragraph does:
most questions are answered within one, and passages that run over two are found less well (docs/figures.md). Headings
stand outside the spans (they go to the encoder as context), except a heading with nothing under it, which would
otherwise be found by nobody. So every character that is not white space lies in exactly one heading or in exactly one
sentence of exactly one passage.

Sentences come from sentencex (Wikimedia, MIT): 16 MB/s, and near the same sentences as pysbd at 500 times its speed.
"""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from documents.abbreviations import goes_on
from documents.model import Document, Passage, Section, Sentence

__all__ = ["WORDS", "sentences", "split"]

WORDS = 150
MID_PARAGRAPH = 0.3  # what ending within a paragraph costs; a passage of none or of twice the WORDS costs 1
LONGEST_SENTENCE = 200  # words; beyond it a "sentence" is a list or a lost table, and is cut at white space

# One word: a character of a script written without spaces, or up to 20 others, so that neither a Chinese page nor a
# line of base64 counts as a single word.
_NO_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(f"[{_NO_SPACES}]|[^\\s{_NO_SPACES}]{{1,20}}")
# The number of a list's item or of a section ("1. ", "4.2. ", "B. ", "iv. "), which sentencex takes for a sentence; a
# year has four digits and may be one.
_ITEM = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*|[^\W\d_]|[ivxlc]{2,6}|[IVXLC]{2,6})[.)]\s*")


def split(document: Document) -> tuple[Passage, ...]:
    """The document's passages in the order of its text."""
    language = document.language or "en"
    passages: list[Passage] = []
    for section, following in zip(document.sections, [*document.sections[1:], None], strict=True):
        found = list(sentences(document.text, section.body, section.end, language))
        if not found and section.path and not (following and following.level > section.level):
            found = list(sentences(document.text, section.start, section.body, language))
        passages.extend(_passages(document.text, section, found))
    return tuple(passages)


def sentences(text: str, start: int, end: int, language: str = "en") -> Iterator[Sentence]:
    """The sentences of text[start:end], offsets counted in `text`; a line break always ends one."""
    from sentencex import segment

    for line in re.finditer("[^\n]+", text[start:end]):
        position = start + line.start()
        begin = position
        for piece in segment(language, line.group()):
            position += len(piece)
            # A number goes with the sentence it counts, and so does what an abbreviation seemed to end.
            if not _ITEM.fullmatch(piece) and not goes_on(text, begin, position, language):
                yield from _cut(text, begin, position)
                begin = position
        if position != start + line.end():
            raise AssertionError(f"sentencex lost text: {position} is not {start + line.end()}")
        yield from _cut(text, begin, position)


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    """text[start:end] without surrounding space, in pieces of LONGEST_SENTENCE words at most."""
    words = list(_WORD.finditer(text, start, end))
    first = 0
    while len(words) - first > LONGEST_SENTENCE:
        most = first + LONGEST_SENTENCE
        ends = range(most, first + LONGEST_SENTENCE // 2, -1)
        cut = next((i for i in ends if text[words[i].start() - 1].isspace()), most)
        yield Sentence(words[first].start(), words[cut - 1].end())
        first = cut
    if words:
        yield Sentence(words[first].start(), words[-1].end())


def _passages(text: str, section: Section, found: list[Sentence]) -> Iterator[Passage]:
    sizes = [len(_WORD.findall(text, s.start, s.end)) for s in found]
    ends = ["\n\n" in text[s.end : following.start] for s, following in pairwise(found)]
    for group in _groups(sizes, ends):
        chosen = tuple(found[i] for i in group)
        yield Passage(chosen[0].start, chosen[-1].end, section.path, chosen)


def _groups(sizes: Sequence[int], ends: Sequence[bool]) -> list[range]:
    """Consecutive runs at the least cost: each the square of its distance from WORDS, and MID_PARAGRAPH.

    `sizes` are the sentences' words; ends[i] says whether a paragraph ends between sentences i and i + 1. By dynamic
    programming over where a run ends, as Knuth and Plass break lines (1981).
    """
    least, begins = [0.0], [0]  # for the first 0, 1, 2 … sentences: the cost, and where their last run begins
    for stop in range(1, len(sizes) + 1):
        middle = 0.0 if stop == len(sizes) or ends[stop - 1] else MID_PARAGRAPH
        words, best, begin = 0, math.inf, stop
        for start in range(stop - 1, -1, -1):
            words += sizes[start]
            if words > 2 * WORDS and begin < stop:
                break
            cost = least[start] + (words / WORDS - 1) ** 2 + middle
            if cost < best:
                best, begin = cost, start
        least.append(best)
        begins.append(begin)
    runs, stop = [], len(sizes)
    while stop:
        runs.append(range(begins[stop], stop))
        stop = begins[stop]
    return runs[::-1]
