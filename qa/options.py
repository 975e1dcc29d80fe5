"""How to answer: a value that every front door makes, and every step of answering reads."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qa.writer.generate import Writer
from qa.writer.stream import LIMITS, Limits

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer: how many passages to retrieve, how many sentences to quote at most, when to answer at all.

    `threshold` is the least confidence with which the library is said to answer; None takes the fitted one. `reader`
    is "default", "none", or the folder of another. `llm` is a language model that writes the answer: a name
    (qa.writer.llm) or a LangChain chat model, with its server's `base_url` and its `limits`; `unsupported` says what
    becomes of sentences of it that nothing supports: they are marked, or the extract is given instead. `reranker` is
    "none", or the folder or hub name of a cross-encoder that puts what was retrieved in order; `nli` the same of a
    model of entailment, which helps to check what a language model writes.
    """

    passages: int = 10
    sentences: int = 3
    threshold: float | None = None
    reader: str = "default"
    llm: "str | BaseChatModel | None" = None
    base_url: str | None = None
    unsupported: Literal["mark", "replace"] = "mark"
    limits: Limits = LIMITS
    reranker: str = "none"
    nli: str = "none"

    @property
    def writer(self) -> Writer | None:
        """What a language model needs to write the answer; None where there is none."""
        if self.llm is None:
            return None
        return Writer(self.llm, self.base_url, self.limits, self.unsupported, self.nli)
