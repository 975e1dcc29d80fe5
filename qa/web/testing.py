"""What the page must be handed to evaluate answers; made by the room of evaluation, which the page never imports."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer, Turn
from qa.chain import Options

__all__ = ["Evaluation", "Failed", "Kept", "Outcome", "Underway"]


@dataclass(frozen=True, slots=True)
class Underway:
    """How far a run has come: `done` of `total` documents ("reading") or questions ("asking")."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A question that was answered wrongly, and why."""

    question: str
    history: tuple[Turn, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: its report as one HTML page that needs nothing else, and the questions that failed."""

    name: str
    right: int
    total: int
    report: str
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A question of the library's own set."""

    id: str
    question: str
    answers: tuple[str, ...]
    quote: str
    source: str
    answerable: bool
    reviewed: bool


class Evaluation(Protocol):
    """The evaluation, as the page uses it; every method raises FootnoteError where it can't."""

    def of(self, library: Library) -> "Evaluation":
        """That of another library."""

    def save(self, answer: Answer, history: Sequence[Turn]) -> None:
        """Keeps a question, with what this answer cites as the evidence."""

    def sets(self) -> Sequence[tuple[str, str]]:
        """The sets that can be run: a name, and what it is."""

    def run(
        self, name: str, options: Options, file: Path | None = None, stop: threading.Event | None = None
    ) -> Iterator[Underway | Outcome]:
        """Asks a set, or the questions in a file; the last is the Outcome, unless `stop` ended it, or it was closed."""

    def kept(self) -> Sequence[Kept]:
        """The questions of the library's own set, those not reviewed first."""

    def review(self, id: str, changes: Mapping[str, Any]) -> None:
        """Accepts a question, with what was corrected in it."""

    def remove(self, id: str) -> None:
        """Forgets a question."""

    def forget(self, record: DocumentRecord) -> None:
        """Forgets the questions that quote a removed document."""

    def make(self, n: int) -> int:
        """Makes up to n questions from the library; returns how many are new."""
