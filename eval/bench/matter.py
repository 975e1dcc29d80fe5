"""A question set as every system gets it: plain text files in a folder, and questions that name them.

Text is what all of the systems can read. A file is named after its document's title, as a person's would be.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from eval.dataset import Question, evenly, load_documents, load_questions

__all__ = ["Matter", "matter"]


@dataclass(frozen=True, slots=True)
class Matter:
    """A set's name, its files and their size in bytes of text, and its questions, whose doc_ids are file names."""

    name: str
    files: tuple[Path, ...]
    size: int
    questions: tuple[Question, ...]
    gold: dict[str, tuple[str, ...]]  # question id -> file names

    def every(self, most: int) -> tuple[Question, ...]:
        """At most so many questions, evenly from the whole set."""
        return tuple(evenly(self.questions, most))


def matter(folder: Path, scratch: Path) -> Matter:
    """Reads `docs.jsonl` and `qa.jsonl` of a folder and writes the documents' texts below `scratch`.

    Only questions that can be answered are kept: peers have no way to say that there is no answer. Raises DatasetError
    for a damaged set.
    """
    home = scratch / "files" / folder.name
    home.mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    size = 0
    for number, source in enumerate(load_documents(folder / "docs.jsonl")):
        text = source.text if source.text is not None else "\n\n".join(d.text for d in source.read())
        title = re.sub(r"[^\w .,'()-]+", " ", source.title or source.id).strip()[:80]
        file = home / f"{title}.txt"
        if file.name in names.values():
            file = home / f"{title} ({number}).txt"
        file.write_text(text, encoding="utf-8")
        names[source.id] = file.name
        size += file.stat().st_size
    questions = tuple(q for q in load_questions(folder / "qa.jsonl") if q.answerable)
    gold = {q.id: tuple(names[name] for name in q.doc_ids if name in names) for q in questions}
    return Matter(folder.name, tuple(home / name for name in names.values()), size, questions, gold)
