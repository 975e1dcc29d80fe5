"""Comparisons: evidence for each side in one answer, each with its document and date, and figures that disagree.

"How did X change between A and B?", "Compare A and B": each side is searched and read by itself, and what is quoted for
it names it, in the sentence or right beside it. "What do the documents disagree on?": sentences of different documents
are held against each other (qa/overview/conflict.py). Nothing is blended, and a side without evidence is named.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from index.library import Library
from index.records import DocumentRecord, Filter
from index.scan import everything, rarity_of
from index.search import Hit, SearchResult
from index.terms import terms
from qa import prompts
from qa.answer import Answer, AnswerSentence, Citation
from qa.ask import Ask
from qa.cite import citation, passage, places_of
from qa.evidence import Evidence, Judgement, covered
from qa.extract import Quote, choose
from qa.overview.conflict import Statement, conflicts, statement
from qa.overview.dates import dated, day_of
from qa.overview.names import bonds
from qa.overview.periods import years
from qa.overview.relative import counts_from_its_day, told
from qa.overview.sides import Compared, compared
from qa.verify import verify_citation

__all__ = ["Read", "comparison_answer"]

NAMED = 0.67  # of a side's terms, by rarity, that a quote and what stands beside it must have
ON_TOPIC = 0.4  # of the topic's
TITLE = 0.6  # of a title's terms name the document
QUOTES = 2  # for a side
CLOSE = 10  # sentences of a side that are held against what is quoted for it
PASSAGES = 30  # looked at for what documents disagree on
PAIRS = 5  # of disagreeing sentences that are shown
MODEL = "comparison"

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")

Read = Callable[[str, SearchResult], tuple[Judgement, bool]]
"""Judges what was found for a question: the evidence, and whether it is enough for an answer."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A line of the answer's own, and the quotes that it introduces."""

    said: str
    quotes: tuple[Quote, ...]


def comparison_answer(library: Library, ask: Ask, read: Read, passages: int = 10) -> Answer | None:
    """The answer to a question that compares; None for any other, and where one sentence compares both sides."""
    began = time.perf_counter()
    asked = compared(ask.question, bonds(library))
    if asked is None or not len(library):
        return None
    work = _Work(library, ask, read, passages)
    if asked.kind == "sides" and work.told_at_once(asked):
        return None
    parts, notes = work.disagreements(asked.topic) if asked.kind == "disagree" else work.sides(asked)
    answer = work.answer(parts, notes)
    spent = 1000 * (time.perf_counter() - began)
    rest = max(0.0, spent - work.encoding - work.searching)
    timings = {"encode": work.encoding, "search": work.searching, "answer": rest, "total": spent}
    return replace(answer, timings_ms={step: round(ms, 2) for step, ms in timings.items()})


class _Work:
    """One comparison: what was searched and found for it, and how many milliseconds that took."""

    def __init__(self, library: Library, ask: Ask, read: Read, passages: int) -> None:
        self.library, self.ask, self.read, self.passages = library, ask, read, passages
        self.searched: list[str] = []
        self.hits: dict[int, Hit] = {}
        self.encoding = self.searching = self.confidence = 0.0
        self.day_of = lru_cache(maxsize=1_000)(partial(day_of, library))

    def search(self, text: str, where: Filter | None, k: int) -> SearchResult:
        """The library's answer to one search."""
        result = self.library.search(text, k=k, where=where)
        self.encoding += result.timings_ms["encode"]
        self.searching += result.timings_ms["search"]
        self.searched.append(text)
        for hit in result.hits:
            self.hits.setdefault(hit.passage_id, hit)
        return result

    def told_at_once(self, asked: Compared) -> bool:
        """Whether the best evidence for the question as it stands is a sentence that names both sides."""
        result = self.search(self.ask.question, self.ask.where, self.passages)
        judgement, enough = self.read(self.ask.question, result)
        if not enough:
            return False
        best = set(terms(judgement.evidence[0].text))
        return all(set(terms(side)) <= best for side in asked.sides)

    def sides(self, asked: Compared) -> tuple[list[_Part], list[str]]:
        """What is quoted for each side, and for which there is nothing."""
        parts: list[_Part] = []
        notes = []
        records = self.library.documents(self.ask.where)
        for side in asked.sides:
            others = [other for other in asked.sides if other != side]
            evidence = self._side(asked.topic, side, others, records)
            quotes = tuple(choose(evidence, QUOTES))
            if quotes:
                parts += [_Part(prompts.SIDE.format(side=side), quotes), *self._disputed(evidence, quotes)]
            else:
                notes.append(prompts.NO_SIDE.format(side=side))
        return parts, notes

    def _side(
        self, topic: str, side: str, others: Sequence[str], records: Sequence[DocumentRecord]
    ) -> Sequence[Evidence]:
        """The evidence for one side, best first: sentences that name it and speak of the topic."""
        chosen = _documents(side, records)
        where = replace(self.ask.where or Filter(), documents=chosen) if chosen else self.ask.where
        text = (topic or side) if chosen else _joined(topic, side)
        result = self.search(text, where, self.passages)
        if not result.hits:
            return []
        judgement, enough = self.read(text, result)
        found = [
            e
            for e in judgement.evidence
            if (chosen or self._names(e, side, others, result.rarity))
            and (enough or not topic or covered(terms(topic), _around(e), result.rarity) >= ON_TOPIC)
        ]
        if found:
            self.confidence = max(self.confidence, judgement.confidence)
        return found

    def _names(self, evidence: Evidence, side: str, others: Sequence[str], rarity: Mapping[str, float]) -> bool:
        """Whether a sentence is about a side: it names it, or what stands around does and it doesn't name another."""
        own, asked = set(terms(evidence.text)), terms(side)
        if covered(asked, own, rarity) >= NAMED:
            return True
        year = _YEAR.search(side)
        if year and counts_from_its_day(evidence.text):
            return self._is_of(evidence, int(year[0]))
        if year and _YEAR.search(evidence.text):
            return False  # of another year
        another = any(covered(terms(other), own, rarity) >= NAMED for other in others)
        return not another and covered(asked, _around(evidence), rarity) >= NAMED

    def _is_of(self, evidence: Evidence, year: int) -> bool:
        """Whether a sentence that says "last year" speaks of this year, by the day of its document."""
        found = told(evidence.text, self.day_of(evidence.hit.document_id))
        return found is not None and year in years(found)

    def _disputed(self, evidence: Sequence[Evidence], quotes: Sequence[Quote]) -> list[_Part]:
        """What other documents say differently from what is quoted for a side."""
        found = [s for e in evidence[:CLOSE] if (s := statement(e.hit, e.index, self.day_of))]
        quoted = {(e.hit.passage_id, e.index) for quote in quotes for e in quote.evidence}
        pairs = conflicts(found, rarity_of(self.library, {t for s in found for t in s.terms}))
        return [_pair(a, b) for a, b in pairs if quoted & {(s.hit.passage_id, s.index) for s in (a, b)}]

    def disagreements(self, topic: str) -> tuple[list[_Part], list[str]]:
        """Pairs of sentences on a topic, or on anything, that give different figures."""
        asked, rarity = set(terms(topic)) if topic else set(), {}
        if topic:
            result = self.search(topic, self.ask.where, PASSAGES)
            hits: Sequence[Hit] | None = result.hits
            rarity = result.rarity
        else:
            hits = everything(self.library, self.ask.where)
        if hits is None:
            return [], [prompts.TOO_MUCH]
        found = [s for hit in hits for n in range(len(hit.sentences)) if (s := statement(hit, n, self.day_of))]
        if topic:
            found = [s for s in found if covered(sorted(asked), set(s.terms), rarity) >= ON_TOPIC]
        pairs = conflicts(found, rarity_of(self.library, {t for s in found for t in s.terms}))[:PAIRS]
        looked = {"passages": len(hits), "documents": len({hit.document_id for hit in hits})}
        if not pairs:
            return [], [prompts.NO_DISPUTE.format(**looked)]
        self.confidence = 1.0
        self.hits = {s.hit.passage_id: s.hit for pair in pairs for s in pair}
        return [_pair(a, b) for a, b in pairs], [prompts.FIGURES_ONLY.format(**looked)]

    def answer(self, parts: Sequence[_Part], notes: Sequence[str]) -> Answer:
        """The parts as sentences with their citations; what two parts quote is cited once."""
        hits = list(self.hits.values())
        places = places_of(self.library, hits)
        citations: list[Citation] = []
        sentences: list[AnswerSentence] = []
        for part in parts:
            numbers: list[int] = []
            quoted: list[AnswerSentence] = []
            for quote in part.quotes:
                hit = quote.evidence[0].hit
                known = [c for c in citations if c.document_id == hit.document_id and _inside(quote, c)]
                if known:
                    numbers.append(known[0].number)
                    continue
                answers = tuple(e.answer for e in quote.evidence if e.answer)
                made = citation(len(citations) + 1, hit, quote.start, quote.end, answers, places)
                verify_citation(self.library, made)
                citations.append(made)
                numbers.append(made.number)
                quoted.append(AnswerSentence(made.quote, (made.number,), "verbatim"))
            names = {c.document_id: self._named(c) for c in citations if c.number in numbers}
            said = part.said.format(documents="; ".join(names.values()))
            sentences += [AnswerSentence(said, tuple(numbers), "supported"), *quoted]
        passages = [passage(hit, places) for hit in hits]
        found = "\n".join(" ".join([s.text, *(f"[{n}]" for n in s.citations)]) for s in sentences)
        return Answer(
            question=self.ask.question,
            searched=tuple(dict.fromkeys(self.searched)),
            status="answered" if sentences else "not_in_documents",
            answer=found or " ".join(notes),
            confidence=round(self.confidence, 4) if sentences else 0.0,
            model=MODEL,
            sentences=tuple(sentences),
            citations=tuple(citations),
            passages=tuple(sorted(passages, key=lambda p: -p.score)),
            notes=tuple(notes) if found else (),
        )

    def _named(self, cited: Citation) -> str:
        day = dated(self.library, cited.document_id)
        return f"“{cited.title}”, {day}" if day else f"“{cited.title}”"


def _inside(quote: Quote, cited: Citation) -> bool:
    return cited.start <= quote.start and quote.end <= cited.end


def _pair(a: Statement, b: Statement) -> _Part:
    """Two statements that disagree, under a line that says so."""
    quotes = []
    for one in (a, b):
        sentence = one.hit.sentences[one.index]
        found = Evidence(one.hit, one.index, sentence.start, sentence.end, 0.0, 0.0)
        quotes.append(Quote(sentence.start, sentence.end, (found,)))
    return _Part(prompts.DISPUTED, tuple(quotes))


def _joined(topic: str, side: str) -> str:
    if not topic:
        return side
    return f"{topic} in {side}" if any(c.isdigit() for c in side) else f"{topic} {side}"


def _documents(side: str, records: Sequence[DocumentRecord]) -> tuple[str, ...]:
    """Ids of the documents that a side names by most of a title, or by a file's name."""
    asked = set(terms(side))
    chosen = []
    for record in records:
        names = {source.replace("\\", "/").rpartition("/")[2].casefold() for source in record.sources}
        title = set(terms(record.title))
        if side.casefold() in names or (asked <= title and len(asked) >= TITLE * len(title) and len(title) > 1):
            chosen.append(record.id)
    return tuple(chosen)


def _around(evidence: Evidence) -> set[str]:
    """The terms of a sentence, of those on either side of it, and of the headings above."""
    hit, n = evidence.hit, evidence.index
    near = hit.sentences[max(0, n - 1) : n + 2]
    text = hit.text[near[0].start - hit.start : near[-1].end - hit.start]
    return set(terms(f"{hit.title} {hit.heading} {text}"))
