"""What the API takes: the bodies of its requests, checked before anything is done with them."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from index.filters import parse_filter
from index.library import Library
from index.records import Filter
from qa.ask import LONGEST_QUESTION
from qa.chain import Options
from qa.libraries import Which

__all__ = ["WHICH", "AskOptions", "Filters", "Question", "Search", "Turns"]


def _encodable(text: str) -> str:
    """Without lone surrogates, which JSON can hold and nothing that is stored."""
    return text.encode("utf-8", "replace").decode()


Text = Annotated[str, AfterValidator(_encodable)]
WHICH = Annotated[Which, Field(description="The library that all share, or your own (where people sign in).")]
Key = Annotated[Text, Field(min_length=1, max_length=1000)]


class Body(BaseModel):
    """A request's body: a field that isn't known is refused, so that no slip of the pen goes unnoticed."""

    model_config = ConfigDict(extra="forbid")


class Filters(Body):
    """What a question or a search is limited to; nothing given limits nothing."""

    documents: list[Key] = Field(default=[], max_length=500, description="Ids, beginnings of ids, or sources.")
    collections: list[Key] = Field(default=[], max_length=500)
    types: list[Key] = Field(
        default=[], max_length=100, description="Suffixes or media types: pdf, docx, text/html, image/*."
    )
    since: Text | None = Field(
        default=None, max_length=40, description="A day, month or year: 2024-03-31, 2024-03, 2024."
    )
    until: Text | None = Field(default=None, max_length=40, description="A day, month or year, included.")
    path: Text | None = Field(default=None, max_length=500, description="A pattern over sources, such as */2024/*.")

    def where(self, library: Library) -> Filter | None:
        """The filter for a search.

        Raises:
            FilterError: a type or a day is none.
            NotInLibrary: there is no such document.
        """
        return parse_filter(
            library,
            documents=[library.record(key).id for key in self.documents],
            collections=self.collections,
            types=self.types,
            since=self.since,
            until=self.until,
            path=self.path,
        )


class AskOptions(Body):
    """How to answer; what isn't given is as the server was started."""

    passages: int | None = Field(default=None, ge=1, le=100, description="How many passages to retrieve.")
    sentences: int | None = Field(default=None, ge=1, le=20, description="How many sentences to quote at most.")
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="The least confidence with which a question is answered.",
    )

    def over(self, options: Options) -> Options:
        """The server's options with these in their place."""
        given = self.model_dump(exclude_none=True)
        return replace(options, **given)


class Turns(Body):
    """One message of the conversation before the question."""

    role: Literal["user", "agent", "assistant"]
    text: Text = Field(max_length=100_000)


class Search(Body):
    """What to search for, and in what."""

    query: Text = Field(max_length=LONGEST_QUESTION)
    library: WHICH = "shared"
    k: int = Field(default=10, ge=1, le=100, description="How many passages.")
    filters: Filters = Filters()


class Question(Body):
    """A question, what was said before it, and what it is limited to."""

    question: Text = Field(description=f"At most {LONGEST_QUESTION:,} characters.")
    history: list[Turns] = Field(default=[], max_length=200, description="What was said before, oldest first.")
    library: WHICH = "shared"
    filters: Filters = Filters()
    options: AskOptions = AskOptions()
    stream: bool = Field(default=False, description="Answer with server-sent events: step, draft, answer.")

    def given(self, library: Library) -> dict[str, object]:
        """What the chain takes."""
        history = [{"role": turn.role, "text": turn.text} for turn in self.history]
        return {"question": self.question, "history": history, "where": self.filters.where(library)}
