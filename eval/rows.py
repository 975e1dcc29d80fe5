"""Question sets and document lists in their file formats -> rows (plain dicts), each with where it stands.

JSONL, SQuAD 1.1 and 2.0 JSON, and CSV all become the rows of JSONL, so that one place reads them. Nothing here knows
what a question or a document is.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from documents.errors import DatasetError

__all__ = ["Row", "document_rows", "is_squad", "question_rows"]

Row = tuple[str, dict[str, Any]]
"""("file, line n", the row)."""

# A CSV column's name -> the key of a row. Lists are written with "|" between their members.
_COLUMNS = {
    "id": "id",
    "question": "question",
    "answer": "answers",
    "answers": "answers",
    "doc_id": "doc_ids",
    "doc_ids": "doc_ids",
    "document": "doc_ids",
    "documents": "doc_ids",
    "answerable": "answerable",
    "kind": "kind",
    "evidence": "evidence",
    "quote": "evidence",
}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def question_rows(path: Path) -> list[Row]:
    """The rows of a question set: SQuAD for .json, CSV for .csv and .tsv, JSONL otherwise.

    Raises DatasetError for a file that can't be read or isn't of its format.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        return list(_squad_questions(path))
    if suffix in (".csv", ".tsv"):
        return list(_csv(path, "\t" if suffix == ".tsv" else ","))
    return list(_jsonl(path))


def document_rows(path: Path) -> list[Row]:
    """The rows {"id", "title", "text"} or {"id", "file"} of a JSONL file, or the articles of a SQuAD file."""
    return list(_squad_documents(path) if path.suffix.lower() == ".json" else _jsonl(path))


def is_squad(path: Path) -> bool:
    """Whether the name says SQuAD JSON, which brings its own documents."""
    return path.suffix.lower() == ".json"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{str(path)!r} can't be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{str(path)!r} isn't UTF-8 (byte {error.start}). Save it as UTF-8.") from error


def _jsonl(path: Path) -> Iterator[Row]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DatasetError(
                f"{where}: not JSON ({error.msg}, column {error.colno}). Write one JSON object a line."
            ) from error
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists as deep
            raise DatasetError(f"{where}: more than can be read ({error}). Write one JSON object a line.") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{where}: expected a JSON object, found {type(row).__name__}.")
        yield where, row


def _csv(path: Path, delimiter: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(_read(path)), delimiter=delimiter, strict=True)  # lines end in \n alone
    try:
        names = {name: _COLUMNS.get(name.strip().lower()) for name in reader.fieldnames or ()}
        if "question" not in names.values():
            raise DatasetError(
                f"{str(path)!r} has no column 'question', found {sorted(names)}. Its first line must name the columns."
            )
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            yield where, _csv_row({key: (cells[name] or "").strip() for name, key in names.items() if key}, where)
    except csv.Error as error:
        raise DatasetError(f"{path}, line {max(1, reader.line_num)}: {error}. Check the quotation marks.") from error


def _csv_row(cells: dict[str, str], where: str) -> dict[str, Any]:
    row: dict[str, Any] = {key: cells[key] for key in ("id", "question", "kind") if cells.get(key)}
    for key in ("answers", "doc_ids"):
        if key in cells:
            row[key] = [part.strip() for part in cells[key].split("|") if part.strip()]
    if cells.get("evidence"):
        if len(row.get("doc_ids", ())) != 1:
            raise DatasetError(f"{where}: a quote in column 'evidence' needs exactly one document in 'doc_ids'.")
        quotes = [quote.strip() for quote in cells["evidence"].split("|")]
        row["evidence"] = [{"doc_id": row["doc_ids"][0], "quote": quote} for quote in quotes]
    if cells.get("answerable"):
        if cells["answerable"].lower() not in _TRUTH:
            raise DatasetError(f"{where}: answerable is {cells['answerable']!r}, expected true or false.")
        row["answerable"] = _TRUTH[cells["answerable"].lower()]
    return row


def _squad(path: Path) -> Iterator[tuple[str, str, list[Any]]]:
    """(id, title, paragraphs) of each article; titles that come twice get a number."""
    seen: dict[str, int] = {}
    for article in json.loads(_read(path))["data"]:
        title = str(article.get("title", "article"))
        seen[title] = seen.get(title, 0) + 1
        yield title if seen[title] == 1 else f"{title} {seen[title]}", title, list(article["paragraphs"])


@contextmanager
def _as_squad(path: Path) -> Iterator[None]:
    """Inside, what isn't as SQuAD has it is a DatasetError."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise DatasetError(f"{path}, line {error.lineno}: not JSON ({error.msg}).") from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise DatasetError(
            f"{str(path)!r} isn't SQuAD JSON ({error!r}): expected data[].paragraphs[].context and .qas[]. "
            "Name other question sets .jsonl or .csv."
        ) from error


def _squad_documents(path: Path) -> Iterator[Row]:
    with _as_squad(path):
        for name, title, paragraphs in _squad(path):
            text = "\n\n".join(paragraph["context"] for paragraph in paragraphs)
            yield f"{path}, article {name!r}", {"id": name, "title": title.replace("_", " "), "text": text}


def _squad_questions(path: Path) -> Iterator[Row]:
    """The first answer's place is the evidence; the other annotators' answers are accepted."""
    with _as_squad(path):
        for name, _, paragraphs in _squad(path):
            base = 0  # where the paragraph starts in the document of _squad_documents
            for paragraph in paragraphs:
                for qa in paragraph["qas"]:
                    yield f"{path}, question {qa['id']}", _squad_question(qa, name, base)
                base += len(paragraph["context"]) + 2


def _squad_question(qa: dict[str, Any], document: str, base: int) -> dict[str, Any]:
    answers = [] if qa.get("is_impossible") else qa["answers"]
    row = {
        "id": str(qa["id"]),
        "question": qa["question"],
        "answers": list(dict.fromkeys(answer["text"] for answer in answers)),
        "doc_ids": [document],
        "answerable": bool(answers),
    }
    return row | {"answer_start": base + answers[0]["answer_start"]} if answers else row
