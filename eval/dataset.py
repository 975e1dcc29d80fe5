"""Question sets and the documents they are asked of.

A question names its documents by the ids of the set (a row's id, or a file's name in a folder); `eval/run.py` maps
those to documents of a library. Evidence is a quote or a span of the *original* text; `locate` finds it in the
canonical text, which may differ from it in spacing, list marks and hidden characters, and never in letters or digits.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from documents.draft import clean
from documents.errors import DatasetError
from documents.model import Document
from eval.rows import document_rows, question_rows
from qa.answer import Turn

__all__ = [
    "DEMO_DOCUMENTS",
    "DEMO_QUESTIONS",
    "Evidence",
    "Question",
    "Source",
    "evenly",
    "load_documents",
    "load_questions",
    "locate",
]

_ROOT = Path(__file__).resolve().parent
DEMO_QUESTIONS = _ROOT / "sets" / "demo.jsonl"
DEMO_DOCUMENTS = _ROOT.parent / "documents" / "samples"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer must rest on: a quote of a document, or [start, end) of its original text, or both.

    Evidence of one `part` is interchangeable: citing any of it is enough for that part.
    """

    doc_id: str
    quote: str
    start: int | None = None
    end: int | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known about its right answer.

    `answers` are accepted each by itself; `answer_parts`, where an answer has several parts, those of each part.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()
    answerable: bool = True
    history: tuple[Turn, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    kind: str = ""
    answer_parts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a set: its text, or the file that holds it."""

    id: str
    title: str = ""
    text: str | None = None
    file: Path | None = None

    def read(self) -> list[Document]:
        """The documents (an archive or a mail may give several); raises DocumentError as `documents.load` does.

        A text goes through the reader of plain text, so that it is canonical as a file's would be; its id is the
        SHA-256 of its UTF-8 bytes, so two sources of the same text are one document.
        """
        if self.file is not None:
            from documents.load import load

            return load(self.file)
        from documents.draft import Draft
        from documents.readers.text import write_text

        data = (self.text or "").encode("utf-8", "surrogatepass")
        draft = Draft()
        draft.title = self.title or None
        write_text((self.text or "").replace("\r\n", "\n").replace("\r", "\n"), draft)
        digest = hashlib.sha256(data).hexdigest()
        return [
            draft.finish(id=digest, source=self.id, media_type="text/plain", size=len(data), fallback_title=self.id)
        ]


def load_documents(path: Path) -> list[Source]:
    """The documents of a folder (ids: paths below it), a JSONL list or a SQuAD file.

    Raises DatasetError naming file and line; UnreadableFile for a missing path or a folder with nothing to read.
    """
    if path.is_dir() or path.suffix.lower() not in (".jsonl", ".json"):
        from documents.find import find_files

        base = path if path.is_dir() else path.parent
        return [Source(file.relative_to(base).as_posix(), file=file) for file in find_files([path])]
    sources = [_source(row, where, path.parent) for where, row in document_rows(path)]
    _check_ids([source.id for source in sources], path)
    return sources


def _source(row: Mapping[str, Any], where: str, base: Path) -> Source:
    name, title = row.get("id"), row.get("title", "")
    if not isinstance(name, str) or not name:
        raise DatasetError(f"{where}: expected a text 'id', found {name!r}.")
    if isinstance(row.get("file"), str):
        return Source(name, file=base / row["file"])
    if not isinstance(row.get("text"), str) or not isinstance(title, str):
        raise DatasetError(f"{where}: document {name!r} needs a 'text' (and a 'title'), or a 'file', all texts.")
    return Source(name, title, text=row["text"])


def evenly(questions: Sequence[Question], most: int | None) -> list[Question]:
    """At most so many questions, evenly from the whole set, for sets come sorted by document or by kind."""
    n = len(questions)
    return list(questions) if most is None or most >= n else [questions[i * n // most] for i in range(most)]


def load_questions(path: Path) -> list[Question]:
    """The questions of a JSONL, CSV or SQuAD file.

    Without "answerable", a question with answers, evidence or documents counts as answerable. Raises DatasetError
    naming file and line.
    """
    questions = [_question(row, where, number) for number, (where, row) in enumerate(question_rows(path), 1)]
    if not questions:
        raise DatasetError(f"{str(path)!r} holds no questions. Write one JSON object a line.")
    _check_ids([question.id for question in questions], path)
    return questions


def _check_ids(ids: list[str], path: Path) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise DatasetError(f"{str(path)!r} has the id {name!r} twice. Give each row its own.")
        seen.add(name)


def _question(row: Mapping[str, Any], where: str, number: int) -> Question:
    text = row.get("question")
    if not isinstance(text, str) or not clean(text).strip():
        raise DatasetError(f"{where}: expected a text 'question', found {text!r}.")
    answers, doc_ids = _texts(row, "answers", where), _texts(row, "doc_ids", where)
    evidence = _evidence(row, answers, doc_ids, where)
    answerable = row.get("answerable", bool(answers or doc_ids or evidence))
    if not isinstance(answerable, bool):
        raise DatasetError(f"{where}: 'answerable' is {answerable!r}, expected true or false.")
    return Question(
        id=str(row.get("id") or number),
        question=text,
        answers=answers if answerable else (),
        doc_ids=doc_ids,
        answerable=answerable,
        history=_history(row, where),
        evidence=evidence if answerable else (),
        kind=str(row.get("kind") or ""),
        answer_parts=_parts(row, where),
    )


def _texts(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise DatasetError(f"{where}: {key!r} is {value!r}, expected a list of texts.")
    return tuple(value)


def _parts(row: Mapping[str, Any], where: str) -> tuple[tuple[str, ...], ...]:
    parts = row.get("answer_parts") or []
    if not isinstance(parts, list):
        raise DatasetError(f"{where}: 'answer_parts' is {parts!r}, expected a list of lists of texts.")
    return tuple(_texts({"answer_parts": part}, "answer_parts", where) for part in parts)


def _history(row: Mapping[str, Any], where: str) -> tuple[Turn, ...]:
    turns = row.get("history") or []
    try:
        found = tuple(Turn(turn["role"], turn["text"]) for turn in turns)
    except (KeyError, TypeError) as error:
        raise DatasetError(f'{where}: \'history\' needs a list of {{"role", "text"}}, found {turns!r}.') from error
    for turn in found:
        if turn.role not in ("user", "agent"):
            raise DatasetError(f"{where}: the role {turn.role!r} in 'history' is neither 'user' nor 'agent'.")
    return found


def _evidence(
    row: Mapping[str, Any], answers: tuple[str, ...], doc_ids: tuple[str, ...], where: str
) -> tuple[Evidence, ...]:
    """From "evidence", else "spans" of the first document (quoted by "answers" in step), else "answer_start"."""
    try:
        if row.get("evidence"):
            return tuple(Evidence(e["doc_id"], e["quote"], part=int(e.get("part", 0))) for e in row["evidence"])
        if not doc_ids or not answers:
            return ()
        if row.get("spans"):
            spans = [(int(start), int(end)) for start, end in row["spans"]]
            quotes = answers if len(answers) == len(spans) else ("",) * len(spans)
            return tuple(
                Evidence(doc_ids[0], quote, start, end, part=i)
                for i, (quote, (start, end)) in enumerate(zip(quotes, spans, strict=True))
            )
        if isinstance(row.get("answer_start"), int):
            start = row["answer_start"]
            return (Evidence(doc_ids[0], answers[0], start, start + len(answers[0])),)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(
            f"{where}: {error!r}; 'evidence' needs a list of {{\"doc_id\", \"quote\"}}, 'spans' one of [start, end]."
        ) from error
    return ()


def locate(evidence: Evidence, text: str, original: str | None = None) -> tuple[int, int] | None:
    """Where evidence stands in a canonical text, [start, end); None where it doesn't.

    Compared by letters and digits alone. Of several places the one nearest to the evidence's own start is taken, which
    is exact when letters and digits were kept (`original` is the text that start counts in), else the first.
    """
    quote = evidence.quote
    if not quote and original is not None and evidence.start is not None:
        quote = original[evidence.start : evidence.end]
    wanted = "".join(filter(str.isalnum, quote))
    if not wanted:
        return None
    places, squeezed = _squeeze(text)
    near = 0
    if evidence.start is not None:
        near = sum(map(str.isalnum, (original if original is not None else text)[: evidence.start]))
    best = min(_occurrences(wanted, squeezed), key=lambda at: abs(at - near), default=None)
    return None if best is None else (places[best], places[best + len(wanted) - 1] + 1)


@lru_cache(maxsize=64)
def _squeeze(text: str) -> tuple[list[int], str]:
    """The offsets of the letters and digits, and these in a row."""
    places = [i for i, char in enumerate(text) if char.isalnum()]
    return places, "".join(text[i] for i in places)


def _occurrences(wanted: str, text: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found
