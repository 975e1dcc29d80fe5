"""The questions a person keeps about their own library: one JSONL file beside it, in the format of every question set.

The file is replaced in one step, and by one thread of one process at a time: nobody's change undoes another's. A row
that isn't known here is kept as it is.
"""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from documents.errors import DatasetError, LibraryError
from eval.rows import question_rows
from index.sidefile import locked

__all__ = ["add_rows", "forget_document", "question_of", "questions_file", "remove_question", "review", "saved_rows"]

_DRAFT = re.compile(r"questions\.(?:\d+\.)?tmp")


def questions_file(library: Path) -> Path:
    """Where the questions about the library in this folder are kept."""
    return library / "questions.jsonl"


def saved_rows(library: Path) -> list[dict[str, Any]]:
    """The rows kept so far; none where there is no file. Raises DatasetError for a damaged file."""
    path = questions_file(library)
    return [row for _, row in question_rows(path)] if path.exists() else []


def question_of(
    answer: Mapping[str, Any], *, history: Sequence[Mapping[str, str]] = (), accepted: Sequence[str] = ()
) -> dict[str, Any]:
    """The row that expects what this answer says, from its JSON contract: its citations become the evidence.

    `accepted` are the words a right answer must hold; without them each quoted sentence is accepted. A sentence's
    citations are interchangeable, different sentences are parts. An answer that abstained becomes an unanswerable
    question. The id depends on the question and its history, so saving it again replaces it. `made_from` has the ids
    of the documents, by which the question is found even when their files have other names by then.
    """
    key = json.dumps([answer["question"], [[t["role"], t["text"]] for t in history]], ensure_ascii=False)
    row = {
        "id": "saved-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12],
        "question": answer["question"],
        "answerable": answer["status"] == "answered",
        "history": [{"role": t["role"], "text": t["text"]} for t in history],
        "reviewed": True,
    }
    if not row["answerable"]:
        return row
    part = {number: i for i, sentence in enumerate(answer["sentences"]) for number in sentence["citations"]}
    evidence = [
        {"doc_id": c["source"], "quote": c["quote"], "part": part.get(c["number"], 0)} for c in answer["citations"]
    ]
    return {
        **row,
        "answers": list(accepted) or list(dict.fromkeys(c["quote"] for c in answer["citations"])),
        "doc_ids": list(dict.fromkeys(c["source"] for c in answer["citations"])),
        "evidence": evidence,
        "made_from": list(dict.fromkeys(c["document_id"] for c in answer["citations"])),
    }


def add_rows(library: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps these rows; one with the id of an older row takes its place. Raises DatasetError."""
    with _alone(library):
        kept = {str(row.get("id")): row for row in saved_rows(library)}
        _write(library, [*(kept | {str(row["id"]): dict(row) for row in rows}).values()])


def remove_question(library: Path, id: str) -> None:
    """Forgets a question; raises DatasetError where there is none with this id."""
    with _alone(library):
        rows = saved_rows(library)
        left = [row for row in rows if row.get("id") != id]
        if len(left) == len(rows):
            raise DatasetError(f"no question {id!r} is kept in {str(questions_file(library))!r}.")
        _write(library, left)


def forget_document(library: Path, names: Collection[str]) -> int:
    """Forgets every question that quotes or was made from a removed document; returns how many.

    `names` are its id and its sources; what was read from an archive of that name goes too. Raises DatasetError.
    """
    if not any(library.glob("questions.*")):
        return 0
    wanted = set(names)
    with _alone(library):
        rows = saved_rows(library)
        left = [row for row in rows if not any({name, name.partition("!/")[0]} & wanted for name in _documents(row))]
        if len(left) < len(rows):
            _write(library, left)
    return len(rows) - len(left)


def _documents(row: Mapping[str, Any]) -> list[str]:
    """The documents that a row's words come from, by the names it uses."""
    found: list[Any] = []
    for key in ("doc_ids", "made_from"):
        value = row.get(key) or []
        found += [value] if isinstance(value, str) else value
    found += [evidence.get("doc_id") for evidence in row.get("evidence") or [] if isinstance(evidence, Mapping)]
    return [name for name in found if isinstance(name, str)]


def review(library: Path, id: str, changes: Mapping[str, Any]) -> None:
    """Marks a question as looked at by a person, with what they corrected; raises DatasetError for an unknown id."""
    with _alone(library):
        rows = saved_rows(library)
        if not any(row.get("id") == id for row in rows):
            raise DatasetError(f"no question {id!r} is kept in {str(questions_file(library))!r}.")
        _write(library, [{**row, **changes, "reviewed": True} if row.get("id") == id else row for row in rows])


@contextmanager
def _alone(library: Path) -> Iterator[None]:
    """Inside, no other thread or process changes the questions; what one that was killed left half-written is deleted.

    Raises DatasetError where another one changes them for too long, or the folder can't be written to.
    """
    try:
        with locked(library / "questions.lock", str(questions_file(library))):
            for draft in library.glob("questions.*tmp"):
                if _DRAFT.fullmatch(draft.name):
                    draft.unlink(missing_ok=True)
            yield
    except LibraryError as error:
        raise DatasetError(str(error)) from error


def _write(library: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path = questions_file(library)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    draft = path.with_suffix(".tmp")
    try:
        # A lone surrogate, which UTF-8 has no bytes for, is written as JSON escapes it.
        with draft.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise DatasetError(f"{str(path)!r} can't be written: {error.strerror}. Nothing was changed.") from error
