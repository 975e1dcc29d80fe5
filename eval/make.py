"""A first question set from a person's own library, made by rules; every question is marked as not yet reviewed.

A sentence that names a number, a date or a subject is asked back ("… seized about how many kilograms?"), with the
sentence as its evidence. Unanswerable questions are answerable ones with a name or year of another document swapped in,
kept only where no passage of the library holds that name or year together with half of the question's other terms.
Wording follows the documents closely, so scores on such a set are optimistic: it finds breakages, and becomes a measure
once a person has reviewed it.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from documents.split import split
from eval.saved import add_rows, saved_rows
from index.library import Library
from index.terms import terms

__all__ = ["Made", "init", "make_questions"]

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:on|in|since|until|by) ((?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{1,2}},)? (?:1[5-9]|20)\d\d|(?:1[5-9]|20)\d\d)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w$€£.,-])(\d{1,3}(?:,\d{3})*(?:\.\d+)?(?: (?:hundred|thousand|million|billion))?) "
    rf"(?!(?:{_MONTH}|to|and|or)\b)(?=[a-z]{{3,}})"
)
_RANGE = re.compile(r"(?:to|and|or|between|figures|numbers) $")
_SUBJECT = re.compile(
    r"(?!The )((?:[A-Z][\w'’.-]+ ){1,3}[A-Z][\w'’-]+) (?=(?:is|was|said|says|told|led|made|became|had|has)\b)"
)
_ACTS = re.compile("Who or what (?:said|says|told|was an?) ")  # what a person does, and hardly a place
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_UNCLEAR = re.compile(
    r"(?:he|she|it|they|this|that|these|those|his|her|their|but|and|so|however|there)\b", re.IGNORECASE
)
_FEWEST, _MOST = 8, 35  # words in a sentence that is asked back
_TERMS = 4  # a question needs at least so many to be about something


@dataclass(frozen=True, slots=True)
class Made:
    """A question made by rule; unanswerable ones have no answer and no quote, and words of two documents."""

    question: str
    kind: str
    source: str
    answer: str = ""
    quote: str = ""
    other: str = ""  # the document that a name or year was taken from

    def row(self) -> dict[str, Any]:
        """The row of a question set."""
        row: dict[str, Any] = {
            "id": "made-" + hashlib.sha256(self.question.encode()).hexdigest()[:12],
            "question": self.question,
            "answerable": bool(self.answer),
            "kind": self.kind,
            "reviewed": False,
        }
        if self.answer:
            evidence = [{"doc_id": self.source, "quote": self.quote}]
            return row | {"answers": [self.answer], "doc_ids": [self.source], "evidence": evidence}
        return row | {"made_from": [name for name in (self.source, self.other) if name]}


def init(library: Library, n: int = 40, *, seed: int = 0) -> int:
    """Makes n questions and keeps those that are new beside the library; returns how many those were."""
    known = {row.get("id") for row in saved_rows(library.path)}
    rows = [row for made in make_questions(library, n, seed=seed) if (row := made.row())["id"] not in known]
    ids = {name: record.id for record in library.documents() for name in record.sources}
    for row in rows:  # by their ids, documents are known even when their files have other names
        names = row["doc_ids"] if "doc_ids" in row else row["made_from"]
        row["made_from"] = [*names, *(ids[name] for name in names if name in ids)]
    add_rows(library.path, rows)
    return len(rows)


def make_questions(library: Library, n: int = 40, *, seed: int = 0) -> list[Made]:
    """Up to n questions, a quarter of them unanswerable, spread over the documents; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found, passages = _candidates(library)
    for made in found.values():
        rng.shuffle(made)
    answerable = list(_in_turn(list(found.values())))
    wanted = n - n // 4
    swapped = _swapped(answerable[wanted:] + answerable[:wanted], found, passages, n - wanted, rng)
    return [*answerable[: n - len(swapped)], *swapped]


def _candidates(library: Library) -> tuple[dict[str, list[Made]], list[tuple[str, frozenset[str]]]]:
    """The questions of each document by its name, and every passage with its terms."""
    found: dict[str, list[Made]] = {}
    passages: list[tuple[str, frozenset[str]]] = []
    for record in library.documents():
        document = library.document(record.id)
        for passage in split(document):
            text = document.text[passage.start : passage.end]
            passages.append((text, frozenset(terms(text))))
            for sentence in passage.sentences:
                made = _asked_back(document.text[sentence.start : sentence.end], record.sources[0])
                found.setdefault(record.sources[0], []).extend(made)
    return found, passages


def _asked_back(sentence: str, source: str) -> Iterator[Made]:
    """The questions that one sentence answers."""
    if not _FEWEST <= len(sentence.split()) <= _MOST or _UNCLEAR.match(sentence) or sentence[-1] != ".":
        return
    if sentence.count('"') or re.search("[“”:;?\n]", sentence):
        return
    subject = _SUBJECT.match(sentence)
    if subject:
        yield Made(f"Who or what {sentence[subject.end() : -1]}?", "name", source, subject[1], sentence)
    number = _NUMBER.search(sentence)
    if number and not _RANGE.search(sentence[: number.start(1)]):
        yield from _asked("number", "how many", sentence, number.span(1), number[1], source)
    date = _DATE.search(sentence)
    # At the end of its clause only: "when" in the middle reads as another word.
    if (
        date
        and re.match(r"[,.]", sentence[date.end() :])
        and not sentence[: date.start()].endswith(("ly ", "lier ", ", "))
    ):
        yield from _asked("date", "when", sentence, date.span(), date[1], source)


def _asked(kind: str, ask: str, sentence: str, target: tuple[int, int], answer: str, source: str) -> Iterator[Made]:
    """The sentence up to the end of the clause, with `ask` in the place of the target."""
    rest = re.split(r", |\.$", sentence[target[1] :], maxsplit=1)[0]
    question = f"{sentence[: target[0]]}{ask}{rest}?"
    if len(set(terms(question))) >= _TERMS:
        yield Made(question[0].upper() + question[1:], kind, source, answer, sentence)


def _in_turn(groups: Sequence[Sequence[Made]]) -> Iterator[Made]:
    """One of each document after another, so that a long document doesn't take all."""
    for i in range(max(map(len, groups), default=0)):
        yield from (group[i] for group in groups if i < len(group))


def _swapped(
    answerable: Sequence[Made],
    found: dict[str, list[Made]],
    passages: Sequence[tuple[str, frozenset[str]]],
    n: int,
    rng: random.Random,
) -> list[Made]:
    every = [made for group in found.values() for made in group]
    people = {(made.answer, made.source) for made in every if _ACTS.match(made.question)}
    years = {(year, made.source) for made in every for year in _YEAR.findall(made.quote)}
    chosen: list[Made] = []
    for made in answerable:
        if len(chosen) == n:
            break
        swapped = _swap(made, sorted(people), sorted(years), passages, rng)
        if swapped:
            chosen.append(Made(swapped[0], "unanswerable", made.source, other=swapped[1]))
    return chosen


def _swap(
    made: Made,
    people: Sequence[tuple[str, str]],
    years: Sequence[tuple[str, str]],
    passages: Sequence[tuple[str, frozenset[str]]],
    rng: random.Random,
) -> tuple[str, str] | None:
    """The question about a year or person of another document, and that document; None where none is safe."""
    for known in (years, people):
        own = next((name for name, _ in known if re.search(rf"\b{re.escape(name)}\b", made.question)), None)
        others = [pair for pair in known if own and pair[1] != made.source and pair[0] not in made.question]
        rest = set(terms(made.question.replace(own or "", " ")))
        for name, source in rng.sample(others, min(5, len(others))):
            if not any(name in text and len(rest & held) >= len(rest) / 2 for text, held in passages):
                return made.question.replace(own or "", name), source
    return None
