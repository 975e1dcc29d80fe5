"""What a language model said -> sentences with verified citations: each number becomes the exact span that says it.

A citation is the shortest run of a passage's sentences that supports the sentence best; where none does, up to three
sentences, apart from each other, may do so together. One that says nothing of it
goes where another supports it, and the reader is told; one that the model left out is added where a span clearly
supports the sentence. Words of a document that give orders to its reader support nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.library import Library
from index.search import Hit
from index.terms import terms
from qa import prompts
from qa.answer import AnswerSentence, Citation, Support
from qa.checker.check import Check, Claim, attribute, check
from qa.cite import Places, citation
from qa.verify import verify_citation
from qa.writer.markers import Said, links
from qa.writer.orders import give_orders

__all__ = ["checked"]

RUN = 3  # sentences of a passage that one citation may hold
_ORDER: tuple[Support, ...] = ("unsupported", "partial", "supported", "verbatim")


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) of a passage's document, its words, and whether they give orders."""

    hit: Hit
    start: int
    end: int
    orders: bool

    @property
    def text(self) -> str:
        """The words."""
        return self.hit.text[self.start - self.hit.start : self.end - self.hit.start]

    @property
    def context(self) -> tuple[str, ...]:
        """The title and headings it stands under."""
        return (self.hit.title, self.hit.heading)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence with the spans it rests on, what the check found, and the spans that were added."""

    said: Said
    spans: tuple[Span, ...]
    check: Check
    added: tuple[Span, ...] = ()


def checked(
    library: Library, found: Sequence[Said], hits: Sequence[Hit], places: Places, claim: Claim | None = None
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences and citations of what a model said, whose passage [n] is hits[n - 1].

    A span that several sentences cite has one number. `claim` is a model of entailment, as `check` takes it.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    sentences: list[AnswerSentence] = []
    for weighed in (_weighed(said, hits, claim) for said in found):
        for span in weighed.spans:
            key = (span.hit.document_id, span.start, span.end)
            if key not in numbers:
                made = citation(len(citations) + 1, span.hit, span.start, span.end, (), places)
                verify_citation(library, made)
                numbers[key] = made.number
                citations.append(made)
        sentences.append(_sentence(weighed, lambda s: numbers[s.hit.document_id, s.start, s.end]))
    return tuple(sentences), tuple(citations)


def _sentence(weighed: Weighed, number: Callable[[Span], int]) -> AnswerSentence:
    cited, added = (tuple(dict.fromkeys(map(number, spans))) for spans in (weighed.spans, weighed.added))
    return AnswerSentence(weighed.said.text, cited, weighed.check.support, weighed.check.findings, added)


def _weighed(said: Said, hits: Sequence[Hit], claim: Claim | None) -> Weighed:
    """The sentence held against the best span of every passage it cites, and against all others where that fails."""
    cited = [_best(said.text, spans_of(hits[n - 1])) for n in said.numbers]
    spans, found = _needed(said.text, list(dict.fromkeys(cited)))
    apart = _apart(said.text, [span for n in said.numbers for span in spans_of(hits[n - 1]) if not span.orders])
    if found.support in ("unsupported", "partial") and apart:
        together = _judged(said.text, apart)
        if _ORDER.index(together.support) > _ORDER.index(found.support):
            spans, found = apart, together
    added: tuple[Span, ...] = ()
    if found.support in ("unsupported", "partial") and (missing := _missing(said.text, hits)):
        others = [s for s in spans if _alone(said.text, s).support != "unsupported"]
        both = _judged(said.text, [*others, missing])
        if _ORDER.index(both.support) > _ORDER.index(found.support):
            added = () if missing in spans else (missing,)
            spans, found = tuple(dict.fromkeys([*others, missing])), both
    if claim is not None:
        found = _judged(said.text, spans, claim)
    findings = [*found.findings, *_reported(said, cited, spans, hits)]
    support = found.support
    astray = [link for link in links(said.text) if not any(link in span.text for span in spans)]
    findings += [prompts.FOREIGN_LINK.format(link=link) for link in astray]
    if astray or said.wrong:
        support = "unsupported"
    return Weighed(said, spans, Check(support, tuple(findings)), added)


def _reported(said: Said, cited: Sequence[Span], spans: Sequence[Span], hits: Sequence[Hit]) -> Iterator[str]:
    """What is wrong with the numbers that the model wrote."""
    for number in said.wrong:
        yield prompts.NO_SUCH_PASSAGE.format(number=number, count=len(hits))
    kept = {span.hit.passage_id for span in spans}
    for span in dict.fromkeys(cited):
        if span.hit.passage_id not in kept:
            yield prompts.CITED_WRONGLY.format(title=span.hit.title or span.hit.source)


def _needed(text: str, spans: Sequence[Span]) -> tuple[tuple[Span, ...], Check]:
    """The cited spans without those that the sentence does as well without, and the check of the rest."""
    found = _judged(text, spans)
    useful = [span for span in spans if _alone(text, span).support != "unsupported"]
    if useful and len(useful) < len(spans):
        without = _judged(text, useful)
        if _ORDER.index(without.support) >= _ORDER.index(found.support):
            return tuple(useful), without
    return tuple(spans), found


def _missing(text: str, hits: Sequence[Hit]) -> Span | None:
    """A single sentence of any passage that clearly supports the text by itself."""
    spans = [span for hit in hits for span in spans_of(hit) if not span.orders]
    return next((spans[n] for n in attribute(text, [span.text for span in spans])), None)


def _best(text: str, spans: Sequence[Span]) -> Span:
    """The span of a passage, of up to RUN sentences, that supports the text best; the shortest of equals."""
    asked = set(terms(text))

    def worth(span: Span) -> tuple[float, ...]:
        shared = len(asked & set(terms(span.text)))
        return (_ORDER.index(_alone(text, span).support), shared, -len(span.text), -span.start)

    singles = sorted(spans, key=worth, reverse=True)
    return max((singles[0], *_runs(spans, singles[0])), key=worth)


def _runs(spans: Sequence[Span], core: Span) -> Iterator[Span]:
    """Runs of neighbouring sentences of a passage that hold the core."""
    at = spans.index(core)
    for first in range(max(0, at - RUN + 1), at + 1):
        for last in range(max(at, first + 1), min(len(spans), first + RUN)):
            run = spans[first : last + 1]
            yield Span(core.hit, run[0].start, run[-1].end, any(span.orders for span in run))


def _apart(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The sentences, RUN at most, that together hold most of the text's terms; none where one holds as many."""
    missing, held = set(terms(text)), [set(terms(span.text)) for span in spans]
    chosen: list[int] = []
    while len(chosen) < RUN:
        best = max(range(len(spans)), key=lambda n: len(missing & held[n]), default=None)
        if best is None or not missing & held[best]:
            break
        chosen.append(best)
        missing -= held[best]
    return tuple(spans[n] for n in sorted(chosen)) if len(chosen) > 1 else ()


def _alone(text: str, span: Span) -> Check:
    return _judged(text, [span])


def _judged(text: str, spans: Iterable[Span], claim: Claim | None = None) -> Check:
    """The check against spans; those that give orders say nothing."""
    spans = tuple(spans)
    evidence = [span for span in spans if not span.orders]
    if spans and not evidence:
        return Check("unsupported", (prompts.ORDERS,))
    quotes, context = tuple(s.text for s in evidence), tuple(dict.fromkeys(c for s in evidence for c in s.context))
    return _checked(text, quotes, context) if claim is None else check(text, quotes, context=context, claim=claim)


@lru_cache(maxsize=4_096)
def _checked(text: str, quotes: tuple[str, ...], context: tuple[str, ...]) -> Check:
    return check(text, quotes, context=context)


def spans_of(hit: Hit) -> list[Span]:
    """The sentences of a passage, each as a span."""
    texts = [hit.text[s.start - hit.start : s.end - hit.start] for s in hit.sentences]
    return [Span(hit, s.start, s.end, o) for s, o in zip(hit.sentences, give_orders(texts), strict=True)]
