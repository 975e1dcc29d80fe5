"""Sets of questions with their documents, as the fits and the figures read them."""

import gzip
import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.draft import Draft
from documents.load import load
from documents.model import Document
from qa.answer import Turn

__all__ = ["DEMO", "Question", "collection", "normal"]

DEMO = "demo"  # our own questions over documents/samples, in eval/sets; its documents repeat one another's facts
HOME = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its accepted answers, the names of its documents, and the turns before it."""

    text: str
    answers: tuple[str, ...]
    documents: tuple[str, ...]
    answerable: bool
    history: tuple[Turn, ...] = ()


def collection(folder: Path, name: str) -> tuple[list[Document], list[Question]]:
    """The documents and questions of a set: DEMO, a source of FOLDER/train or a folder of FOLDER/data."""
    if name == DEMO:
        samples = sorted((HOME / "documents" / "samples").iterdir())
        rows = [json.loads(line) for line in (HOME / "eval" / "sets" / "demo.jsonl").open()]
        return [d for path in samples for d in load(path, source=path.name)], [_question(row) for row in rows]
    packed = folder / "train" / f"{name}.jsonl.gz"
    if packed.is_file():
        with gzip.open(packed, "rt") as lines:
            return _from_passages([json.loads(line) for line in lines])
    rows = [json.loads(line) for line in (folder / "data" / name / "docs.jsonl").open()]
    documents = [_document(row["id"], row["title"], row["text"].split("\n\n")) for row in rows]
    asked = [json.loads(line) for line in (folder / "data" / name / "qa.jsonl").open()]
    return documents, [_question(row) for row in asked]


def _question(row: dict[str, Any]) -> Question:
    history = tuple(Turn(t["role"], t["text"]) for t in row.get("history", ()))
    return Question(row["question"], tuple(row["answers"]), tuple(row["doc_ids"]), row["answerable"], history)


def _from_passages(rows: Sequence[dict[str, Any]]) -> tuple[list[Document], list[Question]]:
    """Rows of (question, passage, title): one document a title, of at most 40 titles with many passages."""
    passages: dict[str, list[str]] = {}
    for row in rows:
        passages.setdefault(row["title"], []).append(row["passage"])
    titles = set(random.Random(0).sample(sorted(passages), min(len(passages), 1500)))
    if len(rows) / len(passages) > 20:
        titles = set(sorted(titles)[:24])
    documents = [_document(t, t, list(dict.fromkeys(passages[t]))) for t in sorted(titles)]
    return documents, [
        Question(r["question"], tuple(r["answers"]), (r["title"],), r["answerable"])
        for r in rows
        if r["title"] in titles
    ]


def _document(source: str, title: str, paragraphs: Sequence[str]) -> Document:
    draft = Draft()
    for paragraph in paragraphs:
        draft.block(paragraph)
    digest = hashlib.sha256("\n\n".join([title, *paragraphs]).encode()).hexdigest()
    return draft.finish(id=digest, source=source, media_type="text/plain", size=0, fallback_title=title)


def normal(text: str) -> str:
    """Lower case, without punctuation and articles, as answers are compared (Rajpurkar et al. 2016)."""
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", re.sub(r"[^\w\s]", "", text.lower())).split())
