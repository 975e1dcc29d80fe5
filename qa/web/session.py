"""One conversation of the page as frozen values: what was asked, what came back, and which footnote is open.

Nothing here renders, searches or stores.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal
from uuid import uuid4

from qa.answer import Answer, Citation, RetrievedPassage, Turn

__all__ = ["Exchange", "Ref", "Session"]

_REF = re.compile(r"([cp])-([0-9]{1,6})-([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question as it was typed, and its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Ref:
    """Points at a citation by its number, or a retrieved passage by its rank, of a turn; all count from 1."""

    kind: Literal["c", "p"]
    turn: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Ref | None":
        """Reads what str() wrote ("c-2-1"), or None where it isn't one."""
        found = _REF.fullmatch(text)
        if found is None:
            return None
        return cls("c" if found[1] == "c" else "p", int(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.kind}-{self.turn}-{self.number}"


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation; `opened` is what the source panel shows, `id` its name on disk, empty before the first turn."""

    exchanges: tuple[Exchange, ...] = ()
    opened: Ref | None = None
    id: str = ""

    def answered(self, question: str, answer: Answer) -> "Session":
        """The conversation with one more turn, whose first footnote is open."""
        exchanges = (*self.exchanges, Exchange(question, answer))
        first = answer.citations[0].number if answer.citations else None
        opened = None if first is None else Ref("c", len(exchanges), first)
        return Session(exchanges, opened, self.id or uuid4().hex)

    def opening(self, ref: Ref | None) -> "Session":
        """The conversation with another footnote open."""
        return replace(self, opened=ref)

    def answer(self, turn: int) -> Answer | None:
        """The answer of a turn, None where there is no such turn."""
        return self.exchanges[turn - 1].answer if 0 < turn <= len(self.exchanges) else None

    def target(self, ref: Ref | None) -> Citation | RetrievedPassage | None:
        """What a reference points at, None where it points at nothing."""
        answer = None if ref is None else self.answer(ref.turn)
        if ref is None or answer is None:
            return None
        if ref.kind == "c":
            return next((c for c in answer.citations if c.number == ref.number), None)
        return answer.passages[ref.number - 1] if 0 < ref.number <= len(answer.passages) else None

    def history(self) -> list[Turn]:
        """The turns as the chain takes them, oldest first."""
        turns: list[Turn] = []
        for exchange in self.exchanges:
            turns += [Turn("user", exchange.question), Turn("agent", exchange.answer.answer)]
        return turns
