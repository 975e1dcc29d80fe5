"""The options that commands share, and what they stand for: a library, a filter, a way of answering."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from documents.errors import FilterError

if TYPE_CHECKING:
    from index.library import Library
    from index.records import Filter
    from qa.chain import Options

__all__ = [
    "BaseUrlOption",
    "CollectionOption",
    "DocumentOption",
    "EncoderOption",
    "IntoCollection",
    "JsonOption",
    "LibraryOption",
    "LlmOption",
    "LlmTimeoutOption",
    "NliOption",
    "PathOption",
    "ReaderOption",
    "RerankerOption",
    "SinceOption",
    "TimeoutOption",
    "TypeOption",
    "UnsupportedOption",
    "UntilOption",
    "answer_options",
    "library_folder",
    "opened",
    "where_from",
]

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library", "-l", envvar="FOOTNOTE_LIBRARY", help="The folder that holds the library.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def _utf8(value: str) -> str:
    """A name that can be kept: bytes of another encoding come from the shell as lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise typer.BadParameter(f"{value!r} isn't UTF-8: write the name in UTF-8") from error
    return value


IntoCollection = Annotated[str, typer.Option("--collection", callback=_utf8, help="The collection to put them in.")]
TimeoutOption = Annotated[float, typer.Option(min=0.1, help="Seconds that reading one file may take.")]
DocumentOption = Annotated[list[str] | None, typer.Option(help="Limit to documents: ids or sources.")]
CollectionOption = Annotated[list[str] | None, typer.Option(help="Limit to collections.")]
TypeOption = Annotated[list[str] | None, typer.Option("--type", help="Limit to types: pdf, docx, text/html, image/*.")]
SinceOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Limit to documents of this day, month or year on.")
]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Limit to documents up to this day, month or year.")
]
PathOption = Annotated[str | None, typer.Option(help="Limit to sources that match a pattern, such as '*/2024/*'.")]
LlmOption = Annotated[
    str | None,
    typer.Option(
        envvar="FOOTNOTE_LLM",
        metavar="NAME",
        help="A language model that writes the answers: provider:model (ollama:…, openai:…), gguf:PATH or smollm2.",
        show_default=False,
    ),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        envvar="FOOTNOTE_BASE_URL",
        metavar="URL",
        help="The address of the language model's server.",
        show_default=False,
    ),
]
UnsupportedOption = Annotated[
    Literal["mark", "replace"],
    typer.Option(help="Mark sentences that no source supports, or give quotations instead."),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        envvar="FOOTNOTE_ENCODER",
        metavar="NAME",
        help="The encoder: a sentence-transformers model by hub name or folder; by default the library's own.",
        show_default=False,
    ),
]
ReaderOption = Annotated[
    str,
    typer.Option(
        envvar="FOOTNOTE_READER",
        metavar="NAME",
        help="The reader: default, none, or an extractive question-answering model by hub name or folder.",
    ),
]
RerankerOption = Annotated[
    str,
    typer.Option(
        envvar="FOOTNOTE_RERANKER",
        metavar="NAME",
        help="A cross-encoder by hub name or folder that puts what was retrieved in order; or none.",
    ),
]
NliOption = Annotated[
    str,
    typer.Option(
        envvar="FOOTNOTE_NLI",
        metavar="NAME",
        help="A model of entailment by hub name or folder that helps to check what a language model writes; or none.",
    ),
]
LlmTimeoutOption = Annotated[float, typer.Option(min=1, help="Seconds that the language model may take.")]


def library_folder(given: Path | None) -> Path:
    """The library's folder: the one given, else the platform's folder for the user's data."""
    if given is not None:
        return given.expanduser()
    from platformdirs import user_data_path

    return user_data_path("footnote", appauthor=False) / "library"


@contextmanager
def opened(given: Path | None, *, create: bool = False, encoder: str | None = None) -> "Iterator[Library]":
    """The library for the length of a command, with its own encoder or another for a library yet to be made."""
    from index.library import Library

    chosen = None
    if encoder is not None:
        from index.encoder import encoder_named

        chosen = encoder_named(encoder)
    with Library.open(library_folder(given), create=create, encoder=chosen) as library:
        yield library


def where_from(
    shelf: "Library",
    documents: list[str] | None,
    collections: list[str] | None,
    types: list[str] | None,
    since: str | None,
    until: str | None,
    path: str | None,
) -> "Filter | None":
    """The filter that a command's limits make together, None where there is none."""
    from index.filters import parse_filter

    try:
        return parse_filter(
            shelf,
            documents=documents or (),
            collections=collections or (),
            types=types or (),
            since=since,
            until=until,
            path=path,
        )
    except FilterError as error:
        raise typer.BadParameter(str(error)) from error


def answer_options(
    llm: str | None,
    base_url: str | None,
    unsupported: Literal["mark", "replace"],
    seconds: float,
    reader: str = "default",
    reranker: str = "none",
    nli: str = "none",
) -> "Options":
    """How to answer; the models named are made ready here, so that a wrong name is an error and not a note."""
    from qa.chain import Options
    from qa.writer.stream import LIMITS, Limits

    if llm is not None:
        from qa.writer.llm import model_of

        model_of(llm, base_url)
    elif base_url is not None:
        raise typer.BadParameter("--base-url needs --llm, the model that is asked there")
    if reader not in ("default", "none"):
        from qa.reader import reader_named

        reader_named(reader)
    if reranker != "none":
        from qa.rerank import reranker_named

        reranker_named(reranker)
    if nli != "none":
        from qa.checker.nli import entailment_named

        entailment_named(nli)
    limits = Limits(min(LIMITS.first, seconds), seconds)
    return Options(
        reader=reader, llm=llm, base_url=base_url, unsupported=unsupported, limits=limits, reranker=reranker, nli=nli
    )
