"""The commands that answer: ask, chat, mcp, and models, which shows what may be named to them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from footnote.options import (
    BaseUrlOption,
    CollectionOption,
    DocumentOption,
    EncoderOption,
    JsonOption,
    LibraryOption,
    LlmOption,
    LlmTimeoutOption,
    NliOption,
    PathOption,
    ReaderOption,
    RerankerOption,
    SinceOption,
    TypeOption,
    UnsupportedOption,
    UntilOption,
    answer_options,
    opened,
    where_from,
)
from footnote.printing import err, out, print_answer, print_json, progress_bar, summary


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.", show_default=False)],
    library: LibraryOption = None,
    as_json: JsonOption = False,
    history: Annotated[
        Path | None, typer.Option(help='Earlier turns: a JSON list of {"role": "user" or "agent", "text": …}.')
    ] = None,
    document: DocumentOption = None,
    collection: CollectionOption = None,
    type_: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    path: PathOption = None,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
    encoder: EncoderOption = None,
    reader: ReaderOption = "default",
    reranker: RerankerOption = "none",
    nli: NliOption = "none",
) -> None:
    """Answer a question from the library, with a footnote for every sentence."""
    from qa.chain import build_chain

    turns = _turns(history) if history else []
    options = answer_options(llm, base_url, unsupported, llm_timeout, reader, reranker, nli)
    with opened(library, encoder=encoder) as shelf:
        where = where_from(shelf, document, collection, type_, since, until, path)
        answer = build_chain(shelf, options).invoke({"question": question, "history": turns, "where": where})
    if as_json:
        print_json(answer.to_json())
    else:
        print_answer(answer)


def _turns(path: Path) -> list[dict[str, str]]:
    """The turns of a history file, checked."""
    try:
        turns = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} can't be read as JSON: {error}") from error
    good = isinstance(turns, list) and all(
        isinstance(t, dict) and t.get("role") in ("user", "agent") and isinstance(t.get("text"), str) for t in turns
    )
    if not good:
        raise typer.BadParameter(f'{path} must hold a JSON list of {{"role": "user" or "agent", "text": "…"}}')
    checked: list[dict[str, str]] = turns
    return checked


def chat(
    library: LibraryOption = None,
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to listen on.")] = 7860,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option(help="Index the demo library if the library is empty.")] = False,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
    encoder: EncoderOption = None,
    reader: ReaderOption = "default",
    reranker: RerankerOption = "none",
    nli: NliOption = "none",
    auth: Annotated[bool, typer.Option("--auth", help="Let in only those who sign in: users and tokens.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Let other machines in without signing in.")] = False,
    name: Annotated[list[str] | None, typer.Option(help="A host name the server also answers to.")] = None,
    rate: Annotated[int, typer.Option(min=0, help="API requests a minute for one caller; 0 sets no limit.")] = 600,
) -> None:
    """Open the web chat, with the HTTP API beside it."""
    from eval.page import Bench
    from qa.web.serve import Door, serve

    options = answer_options(llm, base_url, unsupported, llm_timeout, reader, reranker, nli)
    with opened(library, create=True, encoder=encoder) as shelf:
        if demo and not len(shelf):
            import documents.samples

            err.print("The library is empty: reading the demo documents.")
            with progress_bar() as report:
                summary(shelf.add_files([Path(documents.samples.__path__[0])], progress=report))
        door = Door(host, port, auth, force, tuple(name or ()), rate)
        serve(shelf, door, options=options, tests=Bench(shelf))


def mcp(
    library: LibraryOption = None,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
    reader: ReaderOption = "default",
    reranker: RerankerOption = "none",
    nli: NliOption = "none",
) -> None:
    """Serve the tools ask, search and read_source to a program that speaks MCP, over stdin and stdout."""
    from qa.web.api.mcp import server
    from qa.web.service import Service

    options = answer_options(llm, base_url, unsupported, llm_timeout, reader, reranker, nli)
    with opened(library) as shelf:
        server(Service(shelf, options)).run("stdio")


def models(
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch those that are not here yet.")] = False,
) -> None:
    """Show the models that are recommended where the hub can be reached; --fetch gets them."""
    from qa.recommended import RECOMMENDED, fetched
    from qa.recommended import fetch as fetch_all

    if fetch:
        for model in fetch_all():
            out.print(f"here      {model.name}")
    for model in RECOMMENDED:
        here = "here" if fetched(model.name) else f"{model.megabytes} MB"
        out.print(f"{here:<9} --{model.setting} {model.name} ({model.licence}): {model.use}")
