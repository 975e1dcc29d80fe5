"""Question sets and the documents they are asked of.

A question names its documents by the ids of the set (a row's id, or a file's name in a folder); `eval/run.py` maps
those to documents of a library. What an answer must rest on is in eval/evidence.py.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.draft import clean
from documents.errors import DatasetError
from documents.model import Document
from eval.evidence import Evidence, evidence_of
from eval.rows import document_rows, question_rows
from qa.answer import Turn

__all__ = [
    "DEMO_DOCUMENTS",
    "DEMO_QUESTIONS",
    "Question",
    "Source",
    "evenly",
    "load_documents",
    "load_questions",
]

_ROOT = Path(__file__).resolve().parent
DEMO_QUESTIONS = _ROOT / "sets" / "demo.jsonl"
DEMO_DOCUMENTS = _ROOT.parent / "documents" / "samples"


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
    evidence = evidence_of(row, answers, doc_ids, where)
    answerable = row.get("answerable", bool(answers or doc_ids or evidence))
    if not isinstance(answerable, bool):
        raise DatasetError(f"{where}: 'answerable' is {answerable!r}, expected true or false.")
    name = row.get("id")
    return Question(
        id=str(number if name is None or name == "" else name),
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
        if not isinstance(turn.text, str):
            raise DatasetError(f"{where}: the 'text' of a turn in 'history' is {turn.text!r}, expected a text.")
        if turn.role not in ("user", "agent"):
            raise DatasetError(f"{where}: the role {turn.role!r} in 'history' is neither 'user' nor 'agent'.")
    return found
