"""Answers about the library itself, or about all of its documents, from a full scan instead of a search.

"Which documents mention X?", "How many are from 2021?", "Summarise everything": the best ten passages can't tell. The
scan counts what it says it counts, and each document of a list is cited: where its words stand, or where it begins.
"""

import re
import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from index.filters import day, media_types
from index.library import Library
from index.records import DocumentRecord, Filter
from index.scan import Mention, mentions, opening
from index.search import Hit, SearchResult, SentenceHit
from index.terms import STOP_WORDS, stem, words
from qa import prompts
from qa.answer import Answer, AnswerSentence, Citation, Support
from qa.ask import Ask
from qa.cite import citation, passage, places_of, where_in
from qa.overview.wanted import Wanted, wanted
from qa.verify import verify_citation

__all__ = ["SHOWN", "catalogue_answer"]

SHOWN = 30  # documents of a list; `footnote list` shows all
BEGINNING = 2_000  # characters of a document in which its title is looked for
LONGEST_HEADING = 300  # characters of a line that is quoted whole
MODEL = "catalogue"
_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A document of the list: the passage that is cited for it, a span of its document, the words that answer."""

    hit: Hit
    start: int
    end: int
    said: str | None = None  # instead of the quote
    words: tuple[tuple[int, int], ...] = ()


def catalogue_answer(library: Library, ask: Ask) -> Answer | None:
    """The answer to a question about the library or the whole of it; None for any other, or an empty library."""
    began = time.perf_counter()
    want = wanted(ask.question)
    if want is None or not len(library):
        return None
    everything = library.documents(ask.where)
    limits = _limits(want, ask.where, everything)
    records = library.documents(limits) if limits != ask.where else everything
    found = {m.document_id: m for m in mentions(library, want.mention, limits)} if want.mention else {}
    if want.mention:
        records = [record for record in records if record.id in found]
        lines = [_mention(library, want.mention, found[record.id]) for record in records[:SHOWN]]
    else:
        lines = _listed(library, want, records[:SHOWN])
    apart = any(mention.place == "apart" for mention in found.values())
    stated = _stated(want, len(records), len(everything), apart)
    answer = _answer(library, ask, want, lines, stated) if records else _nearest(library, ask, want, stated)
    spent = round(1000 * (time.perf_counter() - began), 2)
    timings = {**answer.timings_ms, "search": spent - answer.timings_ms["encode"], "total": spent}
    return replace(answer, timings_ms=timings, notes=tuple(_notes(want, len(records), len(everything))))


def _limits(want: Wanted, where: Filter | None, records: Sequence[DocumentRecord]) -> Filter | None:
    """The filter that came with the question, narrowed by what the question says."""
    limits = where or Filter()
    if want.types:
        types = media_types(want.types)
        kept = types if limits.media_types is None else tuple(t for t in types if t in limits.media_types)
        limits = replace(limits, media_types=kept)
    if want.collection is not None:
        name = want.collection.casefold()
        chosen = {c for record in records for c in record.collections if c.casefold() == name}
        limits = replace(limits, collections=tuple(sorted(chosen)))
    if want.since:
        first = day(want.since)
        limits = replace(limits, since=first if limits.since is None else max(first, limits.since))
    if want.until:
        last = day(want.until, last=True)
        limits = replace(limits, until=last if limits.until is None else min(last, limits.until))
    return limits if limits != Filter() else None


def _stated(want: Wanted, found: int, total: int, apart: bool) -> str:
    """What the scan found, in one sentence."""
    one = found == 1
    said = []
    if want.types:
        said.append(
            f"{'is' if one else 'are'} of the type {' or '.join('.' + t if t.isalnum() else t for t in want.types)}"
        )
    if want.collection is not None:
        said.append(f"{'is' if one else 'are'} in the collection “{want.collection}”")
    if want.since or want.until:
        said.append(f"{'is' if one else 'are'} dated {_span(want.since, want.until)}")
    if want.mention:
        have = ("holds" if one else "hold") if apart else ("contains" if one else "contain")
        said.append(f"{have} {prompts.APART if apart else ''}“{want.mention}”")
    if not said:
        return prompts.ONE_DOCUMENT if total == 1 else prompts.DOCUMENTS.format(total=total)
    count = str(found) if found else "None"
    return prompts.COUNTED.format(found=count, total=total, what=" and ".join(said))


def _span(since: str | None, until: str | None) -> str:
    if since == until:
        return str(since)
    return f"{since} to {until}" if since and until else f"{since} or later" if since else f"{until} or earlier"


def _notes(want: Wanted, found: int, total: int) -> Iterator[str]:
    if want.kind == "summary":
        yield prompts.NO_SUMMARY.format(total=total)
    if want.mention:
        yield prompts.SCANNED_WORDS.format(total=total)
    if want.since or want.until:
        yield prompts.DATED
    if found > SHOWN:
        yield prompts.FIRST_SHOWN.format(shown=SHOWN, found=found)


def _listed(library: Library, want: Wanted, records: Sequence[DocumentRecord]) -> list[_Line]:
    """A line for each document: its title where that stands in its text, else its first sentence, is what is cited."""
    hits = opening(library, [record.id for record in records])
    lines = []
    for record in records:
        if (hit := hits.get(record.id)) is None:
            continue
        name = record.sources[0].replace("\\", "/").rpartition("/")[2] if record.sources else ""
        said = f"{record.title} ({name})" if name and name != record.title else record.title
        first = hit.sentences[0]
        if want.kind == "summary":
            lines.append(_Line(hit, first.start, first.end))
            continue
        at = library.text(record.id)[:BEGINNING].find(record.title)
        span = (at, at + len(record.title)) if at >= 0 and record.title else (first.start, first.end)
        lines.append(_Line(hit, *span, said=said))
    return lines


def _mention(library: Library, phrase: str, mention: Mention) -> _Line:
    """The sentence of a document that has the words; the heading or title where they stand only there."""
    hit = mention.passage
    asked = [stem(word) for word in words(phrase)]
    if mention.place == "apart":
        return _apart(hit, {stem(word) for word in words(phrase) if word not in STOP_WORDS})
    for sentence in hit.sentences if mention.place == "text" else ():
        if at := _phrases(hit.text[sentence.start - hit.start : sentence.end - hit.start], asked):
            spans = tuple((sentence.start + a, sentence.start + b) for a, b in at)
            return _Line(hit, sentence.start, sentence.end, words=spans)
    text = library.text(hit.document_id)
    for line in re.finditer(r"[^\n]+", text):  # a heading, the title, or a phrase that runs over a sentence's end
        if at := _phrases(line.group(), asked):
            low, high = line.start() + at[0][0], line.start() + at[0][1]
            begin, end = (line.start(), line.end()) if len(line.group()) <= LONGEST_HEADING else (low, high)
            return _Line(hit, begin, end, words=((low, high),))
    first = hit.sentences[0]
    return _Line(hit, first.start, first.end, said=prompts.IN_TITLE.format(title=hit.title))


def _apart(hit: Hit, asked: Set[str]) -> _Line:
    """The sentence of a passage that has the most of the words."""

    def found(sentence: SentenceHit) -> list[tuple[str, int, int]]:
        tokens = _tokens(hit.text[sentence.start - hit.start : sentence.end - hit.start])
        return [(word, sentence.start + a, sentence.start + b) for word, a, b in tokens if word in asked]

    best = max(hit.sentences, key=lambda sentence: len({word for word, _, _ in found(sentence)}))
    return _Line(hit, best.start, best.end, words=tuple((a, b) for _, a, b in found(best)))


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """(stem, start, end) of every word of a text."""
    return [(stem(word), m.start(), m.end()) for m in _TOKEN.finditer(text) for word in words(m.group())]


def _phrases(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """Where the asked stems stand one after the other in a text."""
    tokens, n = _tokens(text), len(asked)
    row = [token for token, _, _ in tokens]
    return [(tokens[i][1], tokens[i + n - 1][2]) for i in range(len(row) - n + 1) if row[i : i + n] == list(asked)]


def _answer(library: Library, ask: Ask, want: Wanted, lines: Sequence[_Line], stated: str) -> Answer:
    """What was counted, with a footnote for each document shown, and then a sentence for each."""
    places = places_of(library, [line.hit for line in lines])
    citations: list[Citation] = []
    for number, line in enumerate(lines, 1):
        text = library.text(line.hit.document_id)
        made = replace(
            citation(number, line.hit, line.hit.start, line.hit.end, line.words, places),
            start=line.start,
            end=line.end,
            quote=text[line.start : line.end],
        )
        page, place = where_in(places[made.document_id], made.start)
        made = replace(made, page=page, place=place)
        verify_citation(library, made)
        citations.append(made)
    numbers = tuple(made.number for made in citations)
    sentences = [AnswerSentence(stated, numbers, "supported")]
    for line, made in zip(lines, citations, strict=True):
        support: Support = "verbatim" if line.said is None else "supported"
        sentences.append(AnswerSentence(line.said or made.quote, (made.number,), support))
    listed = [" ".join([s.text, *(f"[{n}]" for n in s.citations)]) for s in sentences]
    return Answer(
        question=ask.question,
        searched=(want.mention,) if want.mention else (),
        status="answered",
        answer="\n".join(listed),
        confidence=1.0,
        model=MODEL,
        sentences=tuple(sentences),
        citations=tuple(citations),
        passages=tuple(passage(line.hit, places) for line in lines) if want.mention else (),
        timings_ms={"encode": 0.0, "search": 0.0, "answer": 0.0, "total": 0.0},
    )


def _nearest(library: Library, ask: Ask, want: Wanted, stated: str) -> Answer:
    """That no document is such a one; with what comes closest in meaning to words that none has."""
    result = (
        library.search(want.mention, where=ask.where) if want.mention else SearchResult((), (), {}, {"encode": 0.0})
    )
    places = places_of(library, result.hits)
    return Answer(
        question=ask.question,
        searched=result.searched,
        status="not_in_documents",
        answer=f"{stated} {prompts.CLOSEST}" if result.hits else stated,
        confidence=0.0,
        model=MODEL,
        passages=tuple(passage(hit, places) for hit in result.hits),
        timings_ms={"encode": result.timings_ms["encode"], "search": 0.0, "answer": 0.0, "total": 0.0},
    )
