"""Questions that a text answers, made by rules from its own sentences, and those worth asking after an answer.

A sentence is asked back: "The first trams will run in December 2028." gives "When will the first trams run?". So the
words of a question stand together in one sentence, and the search that answers questions finds it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.split import sentences
from index.library import Library
from qa.answer import Answer
from qa.evidence import judge, threshold
from qa.followup import plan

__all__ = ["Proposal", "proposals", "suggestions"]

TRIED = 6  # of the proposals, at most, are searched for: each takes about as long as half an answer
LONGEST = 90  # characters of a question that still reads at a glance

# Not a name, though written large before one: what a sentence opens with.
_OPENERS = "After|Also|And|As|At|Before|But|By|Earlier|For|From|However|If|In|Later|Meanwhile|On|Since|So|Then|The|When"
_NAME = rf"(?!(?:{_OPENERS}) )[A-Z][\w'’-]+(?: [A-Z](?:[\w'’]{{0,3}}\.(?= [A-Z])|[\w'’-]*)){{1,3}}"
_WHOLE_NAME = rf"(?<!\bof )(?<!\bfor )(?<!\band )\b({_NAME})"  # not the end of "Minister of Public Safety"
# What makes a name a person's, when it stands beside it; of any other name no "who" is asked.
_ROLE = (
    r"(?i:actor|actress|adviser|advisor|ambassador|analyst|architect|artist|astronomer|author|baker|biologist|bishop|boy|"
    r"brother|businessman|businesswoman|captain|chairman|chairperson|chairwoman|chancellor|chemist|chief|citizen|coach|"
    r"colonel|commander|commissioner|composer|consultant|coordinator|co-ordinator|coroner|counsel|critic|daughter|dean|"
    r"deputy|detective|director|director-general|doctor|economist|editor|emperor|engineer|expert|explorer|farmer|father|"
    r"filmmaker|founder|co-founder|fugitive|gambler|general|geographer|girl|governor|head|historian|husband|inspector|"
    r"inventor|investor|journalist|judge|keeper|king|lawyer|leader|lecturer|librarian|lieutenant|linguist|man|manager|"
    r"mathematician|mayor|member|merchant|minister|missionary|monk|mother|musician|nurse|officer|official|owner|painter|"
    r"partner|philosopher|physician|physicist|pilot|player|poet|politician|pope|premier|president|priest|prince|princess|"
    r"professor|psychologist|quarterback|queen|reformer|reporter|researcher|scholar|scientist|sculptor|secretary|senator|"
    r"sergeant|singer|sister|soldier|son|spokesman|spokesperson|spokeswoman|student|superintendent|surgeon|teacher|"
    r"theologian|therapist|translator|treasurer|trader|wife|woman|worker|writer)\b(?!['’])"
)
_PERSON = rf"(?:who\b(?! (?:are|were|have)\b)|(?:[\w'’-]+ ){{0,4}}?{_ROLE})"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = rf"(?:(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}},)?(?: (?:1\d|20)\d\d)?|(?:1\d|20)\d\d)"
_UNCLEAR = "He|She|It|They|This|That|These|Those|His|Her|Its|Their|There|Here|We|I|You|One|Some|Many|Both|All"
# What a sentence is about: up to eight words that begin it, with no verb of the patterns among them.
_SUBJECT = (
    rf"(?P<subject>(?!(?:{_UNCLEAR}|{_OPENERS.replace('|The', '')})\b)[A-Z][\w'’-]*"
    r"(?: (?!(?:was|were|is|are|will|can|must|may|should|has|have|had|that|which|who|said)\b)[\w'’&/-]+){0,7})"
)
_NUMBER = (
    r"(?:\d[\d,.]*(?: (?:hundred|thousand|million|billion))?|(?:Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|"
    r"Twelve|Twenty|Thirty|Forty|Fifty|Sixty|Seventy|Eighty|Ninety)(?:-[a-z]+)?)"
)
# A way of asking, and the pattern whose groups it takes; those further up are more inviting.
_ASKED_BACK = (
    ("Who {verb} {subject}?", rf"^{_SUBJECT} (?:was|were) (?P<verb>[a-z]+ed)(?: (?:in|on) {_DATE})? by [tA-Z]"),
    ("When {aux} {subject} {rest}?", rf"^{_SUBJECT} (?P<aux>will|must|should|was|were) (?P<rest>[^,;:]{{2,50}}?)"
     rf" (?:in|on|by|until|from) {_DATE}\b"),
    ("Why {aux} {subject} {rest}?", rf"^{_SUBJECT} (?P<aux>was|were|is|are) (?P<rest>[^,;:]{{3,50}}?),? because\b"),
    ("How much {aux} {subject} cost?", rf"^{_SUBJECT} (?P<aux>will) cost (?:about |some )?[$€£]?\d"),
    ("How many {rest}?", rf"^(?:At least |About |Some |Nearly |Almost |Over |More than )?{_NUMBER} "
     r"(?P<rest>(?!per\b|percent|%)[a-z][a-z-]*s? [^,;:.]{6,70}?)[.,]"),
)  # fmt: skip
_FOUND_INSIDE = (
    ("What did {} say?", rf"\b({_NAME}) (?:said|says|told|argued|warned|stated|explained)\b"),
    ("Who is {}?", rf"{_WHOLE_NAME}, {_PERSON}"),
    ("What is the {}?", rf"\b[Tt]he ({_NAME}(?: (?:of|for|on|and) {_NAME})?) \([A-Z]{{2,8}}\)"),
    ("What happened in {}?", rf"\b(?:in|on) (?:\d{{1,2}} )?((?:{_MONTHS}) (?:1\d|20)\d\d)\b"),
    ("Who was {}?", rf"{_WHOLE_NAME} was {_PERSON}"),
    ("What is said about {}?", rf"{_WHOLE_NAME}(?:,| was) (?!{_PERSON})(?:an?|the)\b"),
)
_WHOLE = tuple((question, re.compile(pattern)) for question, pattern in _ASKED_BACK)
_PARTS = tuple((question, re.compile(pattern)) for question, pattern in _FOUND_INSIDE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that [start, end) of a text answers; `kind` counts ways of asking, the most inviting is 0."""

    kind: int
    question: str
    start: int
    end: int


def proposals(text: str) -> Iterator[Proposal]:
    """Questions that a text answers, in its order for each way of asking; the same one may come again."""
    for span in sentences(text, 0, len(text)):
        sentence = text[span.start : span.end]
        for kind, (question, pattern) in enumerate(_WHOLE):
            if match := pattern.match(sentence):
                asked = question.format(**{k: _inside(v, text) for k, v in match.groupdict().items()})
                if len(asked) <= LONGEST:
                    yield Proposal(kind, asked, span.start, span.end)
                break
    for kind, (question, pattern) in enumerate(_PARTS, len(_WHOLE)):
        for match in pattern.finditer(text):
            yield Proposal(kind, question.format(match[1].rstrip(".,'’")), match.start(), match.end())


def suggestions(library: Library, answer: Answer, asked: Sequence[str] = (), n: int = 3) -> list[str]:
    """Up to n questions to go on with, from what stands beside the quotes of an answer and wasn't quoted.

    Each is one that the library answers, as far as the first stage of judging can tell. `asked` are not asked again.
    """
    quoted = [(c.document_id, c.start, c.end) for c in answer.citations]
    shown = {p.document_id for p in answer.passages[:3]} if not quoted else {i for i, _, _ in quoted}
    known = {_folded(question) for question in (*asked, answer.question)}
    found: list[Proposal] = []
    for passage in answer.passages:
        if passage.document_id not in shown:
            continue
        for made in proposals(passage.text):
            start, end = passage.start + made.start, passage.start + made.end
            new = not any(i == passage.document_id and a < end and start < b for i, a, b in quoted)
            if new and _folded(made.question) not in known:
                known.add(_folded(made.question))
                found.append(made)
    headings = {p.heading.split(" › ")[-1] for p in answer.passages if p.heading and p.document_id in shown}
    cited = {(c.heading or "").split(" › ")[-1] for c in answer.citations} | {p.title for p in answer.passages}
    left = [h for h in sorted(headings - cited) if " " in h and not re.search(r"\d", h)]
    found += [Proposal(len(_WHOLE) + len(_PARTS), f"What is said about “{h}”?", 0, 0) for h in left]
    found.sort(key=lambda made: made.kind)  # stable: of one kind, the best passage's first
    chosen: list[str] = []
    for made in _varied(found)[:TRIED]:
        if len(chosen) == n:
            break
        if _answers(library, made.question):
            chosen.append(made.question)
    return chosen


def _varied(found: Sequence[Proposal]) -> list[Proposal]:
    """No way of asking twice before each has come once."""
    seen: dict[int, int] = {}
    rounds = []
    for made in found:
        seen[made.kind] = seen.get(made.kind, 0) + 1
        rounds.append((seen[made.kind], made))
    return [made for _, made in sorted(rounds, key=lambda pair: pair[0])]


def _answers(library: Library, question: str) -> bool:
    result = library.search(plan(question, ()), k=5)
    return bool(result.hits) and judge(question, result.hits, result.rarity).confidence >= threshold("first")


def _inside(words: str, text: str) -> str:
    """Words from the beginning of a sentence as they stand within one: only names keep their capital."""
    small = words[0].lower() + words[1:]
    first = small.split(" ", 1)[0]
    common = first in ("the", "a", "an") or re.match(_NUMBER, words)
    return small if common or re.search(rf"\b{re.escape(first)}\b", text) else words


def _folded(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))
