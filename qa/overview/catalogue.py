"""Answers about the library itself, or about all of its documents, from a full scan instead of a search.

"Which documents mention X?", "How many are from 2021?", "Summarise everything": the best ten passages can't tell. The
scan counts what it says it counts, and each document of a list is cited: where its words stand, or where it begins.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from index.filters import day, media_types
from index.library import Library
from index.records import DocumentRecord, Filter
from index.scan import Mention, mentions
from index.search import SearchResult
from qa import prompts
from qa.answer import Answer, AnswerSentence, Citation, Support
from qa.ask import Ask
from qa.cite import citation, passage, places_of, where_in
from qa.overview.lines import Line, beginnings, mentioned
from qa.overview.names import Named, bonds, named
from qa.overview.wanted import Wanted, wanted
from qa.verify import verify_citation

__all__ = ["SHOWN", "catalogue_answer"]

SHOWN = 30  # documents of a list; `footnote list` shows all
FEW = 5  # footnotes in a row
MODEL = "catalogue"


def catalogue_answer(library: Library, ask: Ask) -> Answer | None:
    """The answer to a question about the library or the whole of it; None for any other, or an empty library."""
    began = time.perf_counter()
    want = wanted(ask.question)
    if want is None or not len(library):
        return None
    everything = library.documents(ask.where)
    limits = _limits(want, ask.where, everything)
    records = library.documents(limits) if limits != ask.where else everything
    asked = _names(library, want)
    found = [{m.document_id: m for m in mentions(library, name, limits)} for name in asked.names]
    if asked.names:
        enough = all if asked.every else any
        records = [record for record in records if enough(record.id in held for held in found)]
        lines = [line for record in records[:SHOWN] for line in mentioned(library, asked.names, found, record.id)]
    else:
        lines = beginnings(library, records[:SHOWN], titled=want.kind != "summary")
    apart = any(mention.place == "apart" for held in found for mention in held.values())
    stated = _stated(want, asked, len(records), len(everything), apart)
    answer = _answer(library, ask, asked, lines, stated) if records else _nearest(library, ask, want, stated)
    spent = round(1000 * (time.perf_counter() - began), 2)
    timings = {**answer.timings_ms, "search": spent - answer.timings_ms["encode"], "total": spent}
    notes = (*_notes(want, len(records), len(everything)), *_each(asked.names, found))
    return replace(answer, timings_ms=timings, notes=notes)


def _names(library: Library, want: Wanted) -> Named:
    """What the documents are to hold, if anything."""
    if not want.mention or want.literal:
        return Named((want.mention,) if want.mention else ())
    return named(want.mention, bonds(library))


def _each(names: Sequence[str], found: Sequence[Mapping[str, Mention]]) -> Iterator[str]:
    if len(names) > 1:
        yield prompts.EACH.format(each=", ".join(f"“{n}” {len(held)}" for n, held in zip(names, found, strict=True)))


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


def _stated(want: Wanted, asked: Named, found: int, total: int, apart: bool) -> str:
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
    if asked.names:
        have = ("holds" if one else "hold") if apart else ("contains" if one else "contain")
        names = (" and " if asked.every else " or ").join(f"“{name}”" for name in asked.names)
        said.append(f"{have} {prompts.APART if apart else ''}{names}")
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


def _answer(library: Library, ask: Ask, asked: Named, lines: Sequence[Line], stated: str) -> Answer:
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
    listed = [" ".join([s.text, *_marks(s.citations)]) for s in sentences]
    return Answer(
        question=ask.question,
        searched=asked.names,
        status="answered",
        answer="\n".join(listed),
        confidence=1.0,
        model=MODEL,
        sentences=tuple(sentences),
        citations=tuple(citations),
        passages=tuple(passage(line.hit, places) for line in lines) if asked.names else (),
        timings_ms={"encode": 0.0, "search": 0.0, "answer": 0.0, "total": 0.0},
    )


def _marks(numbers: Sequence[int]) -> list[str]:
    """The footnotes of a line of the answer's text, the first few of many: each has a line of its own below."""
    shown = numbers if len(numbers) <= FEW + 1 else numbers[:FEW]
    more = [prompts.AND_MORE.format(count=len(numbers) - len(shown))] if len(shown) < len(numbers) else []
    return [*(f"[{n}]" for n in shown), *more]


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
