"""What comes back for a question, and its JSON form, the contract that the command line, the API and eval share.

Nothing here searches or reads a library: these are values.
"""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

__all__ = [
    "Answer",
    "AnswerSentence",
    "Citation",
    "Draft",
    "Event",
    "RetrievedPassage",
    "Status",
    "Step",
    "Support",
    "Turn",
]

Status = Literal["answered", "not_in_documents", "nothing_indexed"]
Support = Literal["verbatim", "supported", "partial", "unsupported"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "agent"]
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a source that an answer rests on: the text of document_id at [start, end) is `quote`.

    `place` says where that is for a person ("page 3", "sheet Sales, row 14"); `page` is its number where the document
    has pages or slides; `answer_spans` are the words inside the quote that answer, as offsets in the document's text.
    """

    number: int
    document_id: str
    source: str
    title: str
    page: int | None
    heading: str | None
    start: int
    end: int
    quote: str
    place: str | None = None
    answer_spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of the answer, the numbers of its citations, and how well they support it.

    `findings` says in plain words what its citations don't support; `added` are those of its citations that a language
    model left out and the checker found.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    findings: tuple[str, ...] = ()
    added: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage that was retrieved, whether cited or not."""

    document_id: str
    source: str
    start: int
    end: int
    page: int | None
    score: float
    title: str = ""
    heading: str | None = None
    place: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `searched` is what the library was searched for; `confidence` the estimated probability that the evidence answers
    the question; `passages` what was retrieved, best first; `notes` what a reader of the answer must know (pages
    that could not be read, a model that failed); `usage` the tokens that a language model counted, {"input": n,
    "output": n}, empty where none did; `prompt` is what it was sent, word for word. With status
    not_in_documents there are no sentences and no citations, and `answer` says that nothing was found.
    """

    question: str
    searched: tuple[str, ...]
    status: Status
    answer: str
    confidence: float
    model: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[RetrievedPassage, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    usage: dict[str, int] = field(default_factory=dict)
    prompt: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for json.dumps; "prompt" where a language model was used."""
        plain: dict[str, Any] = _plain(self)
        if self.prompt is None:
            del plain["prompt"]
        return plain


@dataclass(frozen=True, slots=True)
class Step:
    """A step of answering that has ended, and how long it took in milliseconds."""

    name: Literal["search", "read", "write", "check"]
    ms: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What a language model has written so far, unchecked."""

    text: str


Event = Step | Draft | Answer


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, dict) else value
