"""What is cited for a document in a list of documents: where words stand in it, or where it begins."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from index.library import Library
from index.records import DocumentRecord
from index.scan import Mention, opening
from index.search import Hit, SentenceHit
from index.terms import STOP_WORDS, stem, words
from qa import prompts

__all__ = ["Line", "beginnings", "mentioned"]

BEGINNING = 2_000  # characters of a document in which its title is looked for
LONGEST_HEADING = 300  # characters of a line that is quoted whole
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A document of the list: the passage that is cited for it, a span of its document, the words that answer."""

    hit: Hit
    start: int
    end: int
    said: str | None = None  # instead of the quote
    words: tuple[tuple[int, int], ...] = ()


def beginnings(library: Library, records: Sequence[DocumentRecord], *, titled: bool = True) -> list[Line]:
    """A line for each document: its first sentence, or where it is `titled` its title if that stands in its text."""
    hits = opening(library, [record.id for record in records])
    lines = []
    for record in records:
        if (hit := hits.get(record.id)) is None:
            continue
        name = record.sources[0].replace("\\", "/").rpartition("/")[2] if record.sources else ""
        said = f"{record.title} ({name})" if name and name != record.title else record.title
        first = hit.sentences[0]
        if not titled:
            lines.append(Line(hit, first.start, first.end))
            continue
        at = library.text(record.id)[:BEGINNING].find(record.title)
        span = (at, at + len(record.title)) if at >= 0 and record.title else (first.start, first.end)
        lines.append(Line(hit, *span, said=said))
    return lines


def mentioned(
    library: Library, names: Sequence[str], found: Sequence[Mapping[str, Mention]], document_id: str
) -> list[Line]:
    """The lines of a document: one for each name that it has, or for several that stand in one place."""
    made: dict[tuple[int, int], Line] = {}
    for name, held in zip(names, found, strict=True):
        if document_id not in held:
            continue
        line = _mention(library, name, held[document_id])
        same = made.get((line.start, line.end))
        made[line.start, line.end] = replace(line, words=(*same.words, *line.words)) if same else line
    return list(made.values())


def _mention(library: Library, phrase: str, mention: Mention) -> Line:
    """The sentence of a document that has the words; the heading or title where they stand only there."""
    hit = mention.passage
    asked = [stem(word) for word in words(phrase)]
    if mention.place == "apart":
        return _apart(hit, {stem(word) for word in words(phrase) if word not in STOP_WORDS})
    for sentence in hit.sentences if mention.place == "text" else ():
        if at := _phrases(hit.text[sentence.start - hit.start : sentence.end - hit.start], asked):
            spans = tuple((sentence.start + a, sentence.start + b) for a, b in at)
            return Line(hit, sentence.start, sentence.end, words=spans)
    text = library.text(hit.document_id)
    for line in re.finditer(r"[^\n]+", text):  # a heading, the title, or a phrase that runs over a sentence's end
        if at := _phrases(line.group(), asked):
            low, high = line.start() + at[0][0], line.start() + at[0][1]
            begin, end = (line.start(), line.end()) if len(line.group()) <= LONGEST_HEADING else (low, high)
            return Line(hit, begin, end, words=((low, high),))
    first = hit.sentences[0]
    return Line(hit, first.start, first.end, said=prompts.IN_TITLE.format(title=hit.title))


def _apart(hit: Hit, asked: Set[str]) -> Line:
    """The sentence of a passage that has the most of the words."""

    def found(sentence: SentenceHit) -> list[tuple[str, int, int]]:
        tokens = _tokens(hit.text[sentence.start - hit.start : sentence.end - hit.start])
        return [(word, sentence.start + a, sentence.start + b) for word, a, b in tokens if word in asked]

    best = max(hit.sentences, key=lambda sentence: len({word for word, _, _ in found(sentence)}))
    return Line(hit, best.start, best.end, words=tuple((a, b) for _, a, b in found(best)))


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """(stem, start, end) of every word of a text."""
    return [(stem(word), m.start(), m.end()) for m in _TOKEN.finditer(text) for word in words(m.group())]


def _phrases(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """Where the asked stems stand one after the other in a text."""
    tokens, n = _tokens(text), len(asked)
    row = [token for token, _, _ in tokens]
    return [(tokens[i][1], tokens[i + n - 1][2]) for i in range(len(row) - n + 1) if row[i : i + n] == list(asked)]
