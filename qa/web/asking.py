"""Who answers the page's questions: the chain that the settings ask for, at once or told as it goes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from index.library import Library
from qa.answer import Answer, Event
from qa.chain import Options, build_chain, events
from qa.web.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["Answerer", "Telling"]


@runtime_checkable
class Telling(Protocol):
    """What answers as it is asked to and tells how far it is: the server's own way of asking, with its queue."""

    @property
    def options(self) -> Options:
        """How it answers unless told otherwise."""

    def answer(self, given: Mapping[str, Any], options: Options | None = None) -> Answer:
        """The Answer alone."""

    def events(self, given: Mapping[str, Any], options: Options | None = None) -> Iterator[Event]:
        """The steps, drafts and at last the Answer, as they come."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from a library: by what is given, which may be a plain chain that settings can't change, or directly."""

    library: Library
    chain: "Telling | Runnable[Any, Answer] | None" = None

    def options(self, settings: Settings) -> Options:
        """How it answers with these settings."""
        return settings.options(self.chain.options) if isinstance(self.chain, Telling) else settings.options()

    def answer(self, given: Mapping[str, Any], settings: Settings) -> Answer:
        """The Answer, when it is there; raises what the chain raises."""
        if isinstance(self.chain, Telling):
            return self.chain.answer(given, self.options(settings))
        return (self.chain or build_chain(self.library, self.options(settings))).invoke(given)

    def events(self, given: Mapping[str, Any], settings: Settings) -> Iterator[Event]:
        """The steps, drafts and at last the Answer, as they come."""
        if isinstance(self.chain, Telling):
            yield from self.chain.events(given, self.options(settings))
        elif self.chain is not None:
            yield self.chain.invoke(given)
        else:
            yield from events(self.library, given, self.options(settings))
