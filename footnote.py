"""The command line: a thin front door to the four rooms. It parses, calls, prints, and maps errors to exit codes.

Exit codes: 0 done; 1 something asked for could not be done; 2 wrong use; 3 significantly worse than the baseline;
130 stopped by Ctrl-C.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from documents.errors import FilterError, FootnoteError, NotInLibrary

if TYPE_CHECKING:
    from index.intake import FileResult
    from index.intake import Progress as FileProgress
    from index.library import Library
    from index.records import Filter
    from qa.answer import Answer
    from qa.chain import Options
    from qa.people import People

__all__ = ["app", "main"]

app = typer.Typer(
    name="footnote",
    help="Ask your own documents; every sentence of every answer carries a footnote that was checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
INTERRUPTED = 130  # the exit code after Ctrl-C, as shells have it
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library", "-l", envvar="FOOTNOTE_LIBRARY", help="The folder that holds the library.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
IntoCollection = Annotated[str, typer.Option("--collection", help="The collection to put them in.")]
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
LlmTimeoutOption = Annotated[float, typer.Option(min=1, help="Seconds that the language model may take.")]


def library_folder(given: Path | None) -> Path:
    """The library's folder: the one given, else the platform's folder for the user's data."""
    if given is not None:
        return given.expanduser()
    from platformdirs import user_data_path

    return user_data_path("footnote", appauthor=False) / "library"


def _options(
    llm: str | None,
    base_url: str | None,
    unsupported: Literal["mark", "replace"],
    seconds: float,
    reader: str = "default",
    reranker: str = "none",
) -> "Options":
    """How to answer; the models named are made ready here, so that a wrong name is an error and not a note."""
    from qa.chain import Options
    from qa.stream import LIMITS, Limits

    if llm is not None:
        from qa.llm import model_of

        model_of(llm, base_url)
    elif base_url is not None:
        raise typer.BadParameter("--base-url needs --llm, the model that is asked there")
    if reader not in ("default", "none"):
        from qa.reader import reader_named

        reader_named(reader)
    if reranker != "none":
        from qa.rerank import reranker_named

        reranker_named(reranker)
    limits = Limits(min(LIMITS.first, seconds), seconds)
    return Options(reader=reader, llm=llm, base_url=base_url, unsupported=unsupported, limits=limits, reranker=reranker)


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


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to read.", show_default=False)],
    library: LibraryOption = None,
    collection: IntoCollection = "",
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove what was read from these folders and is gone.")
    ] = False,
    timeout: TimeoutOption = 60.0,
    encoder: EncoderOption = None,
) -> None:
    """Read files and folders into the library; only what is new or changed is read."""
    with opened(library, create=True, encoder=encoder) as shelf:
        with _progress_bar() as report:
            results = shelf.add_files(
                _in_full(paths), collection=collection, progress=report, prune=prune, timeout=timeout
            )
        _forget_questions(shelf, [result.path for result in results if result.outcome == "removed"])
    if _summary(results):
        raise typer.Exit(1)


@app.command()
def watch(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders to keep in step with.", exists=True, file_okay=False, show_default=False),
    ],
    library: LibraryOption = None,
    collection: IntoCollection = "",
    timeout: TimeoutOption = 60.0,
) -> None:
    """Keep the library in step with folders until Ctrl-C: a line for every file added, changed or removed."""
    from index.intake import Limits
    from index.watch import watch as watched

    with opened(library, create=True) as shelf:
        steps = watched(shelf, _in_full(folders), collection=collection, limits=Limits(timeout))
        try:
            for number, results in enumerate(steps):
                for result in results:
                    _line(result)
                if number == 0:
                    names = ", ".join(map(str, folders))
                    out.print(f"watching {_plain(names)}: {len(shelf)} documents; Ctrl-C ends it")
        except KeyboardInterrupt:
            out.print("stopped watching")


def _line(result: "FileResult") -> None:
    """What became of one file, unless nothing did."""
    if result.outcome == "failed":
        out.print(f"[red]failed[/]    {_plain(result.reason or result.path)}")
    elif result.outcome != "unchanged":
        out.print(f"{result.outcome:<9} {_plain(result.path)}")
    for problem in result.problems:
        out.print(f"[yellow]note[/]      {_plain(result.path)}: {_plain(problem.message)}")


def _in_full(paths: Sequence[Path]) -> list[Path]:
    """The paths as the library knows them, without . and .. in them."""
    return [Path(os.path.abspath(path)) for path in paths]


@contextmanager
def _progress_bar() -> "Iterator[Callable[[FileProgress], None]]":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        files = bar.add_task("Starting", total=None)
        passages = bar.add_task("", total=None, visible=False)

        def report(progress: "FileProgress") -> None:
            bar.update(files, description="Files", total=progress.files, completed=progress.file - 1)
            name = Path(progress.path).name
            verb = {"read": "Reading", "encode": "Encoding", "done": "Done with"}[progress.stage]
            total = progress.total or None
            bar.update(passages, description=f"{verb} {name}", total=total, completed=progress.done, visible=True)

        yield report


def _summary(results: "Sequence[FileResult]") -> int:
    """Prints what became of the files; returns how many failed."""
    kinds = ("added", "updated", "unchanged", "removed", "gone", "failed")
    counts = {kind: sum(r.outcome == kind for r in results) for kind in kinds}
    for result in results:
        if result.outcome == "failed":
            err.print(f"[red]failed[/] {_plain(result.reason or result.path)}")
        for problem in result.problems:
            err.print(f"[yellow]note[/]   {_plain(result.path)}: {_plain(problem.message)}")
    gone = counts.pop("gone")
    if gone:
        files = "1 file that was read before is" if gone == 1 else f"{gone} files that were read before are"
        err.print(f"[yellow]note[/]   {files} gone: --prune removes what was read from them")
    out.print(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing to do")
    return counts["failed"]


@app.command("list")
def list_(
    library: LibraryOption = None,
    problems: Annotated[bool, typer.Option("--problems", help="Only what could not be read, and why.")] = False,
    as_json: JsonOption = False,
    document: DocumentOption = None,
    collection: CollectionOption = None,
    type_: TypeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    path: PathOption = None,
) -> None:
    """Show the documents of the library, or what could not be read."""
    with opened(library) as shelf:
        where = _filter(shelf, document, collection, type_, since, until, path)
        records, files = shelf.documents(where), shelf.files()
    failed = [f for f in files if f.error and (where is None or where.lets_file(f.path))]
    if problems:
        records = [r for r in records if r.problems]
    if as_json:
        shown = [
            {
                "id": r.id,
                "title": r.title,
                "sources": r.sources,
                "collections": r.collections,
                "media_type": r.media_type,
                "characters": r.characters,
                "passages": r.passages,
                "added": r.added.isoformat(),
                "problems": [p.message for p in r.problems],
            }
            for r in records
        ]
        failures = [{"path": f.path, "reason": f.error} for f in failed]
        _print_json({"documents": shown, "failed": failures})
        return
    from rich.table import Table

    table = Table("id", "title", "passages", "source", box=None, pad_edge=False)
    for r in records:
        table.add_row(r.id[:8], _plain(r.title), str(r.passages), _plain("\n".join(r.sources)))
    if records:
        Console(highlight=False).print(table)
    elif where is not None:
        out.print("No document matches these limits.")
    elif not problems:
        out.print("The library is empty: add documents with `footnote add FILE_OR_FOLDER`.")
    for r in records:
        for p in r.problems:
            out.print(f"[yellow]note[/]   {_plain(r.title)}: {_plain(p.message)}")
    for f in failed:
        out.print(f"[red]failed[/] {_plain(f.error or f.path)}")
    if problems and not records and not failed and where is None:
        out.print("Everything was read without a problem.")


@app.command()
def remove(
    keys: Annotated[list[str], typer.Argument(help="Ids (or their beginnings) or sources, as `list` shows them.")],
    library: LibraryOption = None,
) -> None:
    """Remove documents from the library, every trace of them, or forget a file that failed; your files stay."""
    from index.filters import known_as
    from qa.web.uploads import remove_document

    failed = False
    with opened(library) as shelf:
        for key in keys:
            try:
                record = remove_document(shelf, known_as(key))
            except NotInLibrary as error:
                if shelf.dismiss(os.path.abspath(key)):
                    out.print(f"forgot that {_plain(key)} could not be read")
                else:
                    err.print(f"[red]error[/] {_plain(str(error))}")
                    failed = True
            else:
                out.print(f"removed {_plain(record.title)} ({record.id[:8]})")
                _forget_questions(shelf, [record.id, *record.sources])
    if failed:
        raise typer.Exit(1)


def _forget_questions(shelf: "Library", names: Sequence[str]) -> None:
    """The kept questions that quote removed documents go with them."""
    from eval.saved import forget_document

    count = forget_document(shelf.path, names)
    if count:
        out.print(f"forgot {count} kept {'question' if count == 1 else 'questions'} about what was removed")


@app.command()
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
) -> None:
    """Answer a question from the library, with a footnote for every sentence."""
    from qa.chain import build_chain

    turns = _turns(history) if history else []
    options = _options(llm, base_url, unsupported, llm_timeout, reader, reranker)
    with opened(library, encoder=encoder) as shelf:
        where = _filter(shelf, document, collection, type_, since, until, path)
        answer = build_chain(shelf, options).invoke({"question": question, "history": turns, "where": where})
    if as_json:
        _print_json(answer.to_json())
    else:
        _print_answer(answer)


def _filter(
    shelf: "Library",
    documents: list[str] | None,
    collections: list[str] | None,
    types: list[str] | None,
    since: str | None,
    until: str | None,
    path: str | None,
) -> "Filter | None":
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


def _print_answer(answer: "Answer") -> None:
    out.print(_plain(answer.answer))
    if answer.citations:
        out.print()
    for c in answer.citations:
        heading = (
            (c.heading or "").removeprefix(c.title).removeprefix(" › ")
        )  # a heading path often begins with the title
        where = " · ".join(part for part in (c.title, heading, c.place) if part)
        out.print(f"[bold]\\[{c.number}][/] {_plain(where)}")
        out.print(f"    [dim]{_plain(c.source)}:{c.start}-{c.end}[/]")
    if answer.status == "not_in_documents":
        for p in answer.passages[:3]:
            out.print(f"\n[bold]{_plain(p.title)}[/] [dim]{_plain(p.source)}:{p.start}-{p.end}[/]")
            out.print(_plain(p.text if len(p.text) < 300 else p.text[:300] + "…"))
    for note in answer.notes:
        out.print(f"[yellow]note[/] {_plain(note)}")


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="The file to read.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Print what Footnote sees of a file, without adding it: its canonical text, or with --json all that was read."""
    from dataclasses import asdict

    from documents.load import load

    documents = load(file)
    if as_json:
        _print_json([asdict(document) for document in documents])
        return
    for document in documents:
        if len(documents) > 1:
            out.print(f"[bold]=== {_plain(document.source)}[/]")
        typer.echo(document.text)
        for problem in document.problems:
            err.print(f"[yellow]note[/] {_plain(problem.message)}")


@app.command()
def doctor(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Check the library from the inside: its file, texts, spans and vectors."""
    with opened(library) as shelf:
        findings = shelf.doctor()
    if as_json:
        _print_json([{"check": f.check, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for f in findings:
            out.print(
                f"{'[green]well[/]' if f.ok else '[red]ill [/]'}  {f.check}" + ("" if f.ok else f": {_plain(f.detail)}")
            )
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


@app.command()
def reencode(
    encoder: Annotated[
        str, typer.Option(metavar="NAME", help="The encoder to change to: a hub name, a folder, or default.")
    ],
    library: LibraryOption = None,
) -> None:
    """Change the library's encoder: encode all of it again, and then switch; it may be stopped and gone on with."""
    from rich.progress import Progress

    from index.encoder import encoder_named
    from index.reencode import reencode as change

    with opened(library) as shelf:
        other = encoder_named(encoder)
        with Progress(console=err, transient=True) as bar:
            task = bar.add_task("Encoding", total=None)
            done = change(shelf, other, lambda done, total: bar.update(task, completed=done, total=total))
    changed = f"{done} passages were encoded; the library now uses" if done else "the library uses"
    out.print(f"{changed} {_plain(other.name)}")


@app.command()
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


@app.command()
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
    auth: Annotated[bool, typer.Option("--auth", help="Let in only those who sign in: users and tokens.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Let other machines in without signing in.")] = False,
    name: Annotated[list[str] | None, typer.Option(help="A host name the server also answers to.")] = None,
    rate: Annotated[int, typer.Option(min=0, help="API requests a minute for one caller; 0 sets no limit.")] = 600,
) -> None:
    """Open the web chat, with the HTTP API beside it."""
    from eval.page import Bench
    from qa.web.serve import Door, serve

    options = _options(llm, base_url, unsupported, llm_timeout, reader, reranker)
    with opened(library, create=True, encoder=encoder) as shelf:
        if demo and not len(shelf):
            import documents.samples

            err.print("The library is empty: reading the demo documents.")
            with _progress_bar() as report:
                _summary(shelf.add_files([Path(documents.samples.__path__[0])], progress=report))
        door = Door(host, port, auth, force, tuple(name or ()), rate)
        serve(shelf, door, options=options, tests=Bench(shelf))


@app.command()
def mcp(
    library: LibraryOption = None,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
) -> None:
    """Serve the tools ask, search and read_source to a program that speaks MCP, over stdin and stdout."""
    from qa.web.api.mcp import server
    from qa.web.service import Service

    options = _options(llm, base_url, unsupported, llm_timeout)
    with opened(library) as shelf:
        server(Service(shelf, options)).run("stdio")


users = typer.Typer(no_args_is_help=True, help="The people who may sign in with `chat --auth`.")
tokens = typer.Typer(no_args_is_help=True, help="The programs that may call the API with `chat --auth`.")
app.add_typer(users, name="user")
app.add_typer(tokens, name="token")
PersonArgument = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, and . _ @ -", show_default=False)]


@contextmanager
def _people(library: Path | None) -> "Iterator[People]":
    from qa.people import PEOPLE, People

    with opened(library, create=True) as shelf:
        yield People(shelf.path / PEOPLE)


def _password() -> str:
    """A new password, typed twice; from the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


@users.command("add")
def user_add(name: PersonArgument, library: LibraryOption = None) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    with _people(library) as people:
        people.add_user(name, _password())
        out.print(f"added the user {_plain(name)}")


@users.command("password")
def user_password(name: PersonArgument, library: LibraryOption = None) -> None:
    """Give a user another password, and sign them out everywhere."""
    with _people(library) as people:
        people.set_password(name, _password())
        out.print(f"{_plain(name)} has a new password")


@users.command("list")
def user_list(library: LibraryOption = None) -> None:
    """Show the users."""
    with _people(library) as people:
        for user in people.users():
            out.print(f"{_plain(user.name)}  [dim]since {user.added:%Y-%m-%d}[/]")


@users.command("remove")
def user_remove(name: PersonArgument, library: LibraryOption = None) -> None:
    """Remove a user, with their conversations and settings."""
    from qa.history import CONVERSATIONS, History

    with _people(library) as people:
        known = people.remove_user(name)
        History(people.path.with_name(CONVERSATIONS), known).forget()
        out.print(f"removed the user {_plain(known)} and their conversations")


@tokens.command("add")
def token_add(name: PersonArgument, library: LibraryOption = None) -> None:
    """Make a token for a program; it is shown this once."""
    with _people(library) as people:
        out.print(people.add_token(name))
        err.print("Keep it: it can't be shown again. Send it as `Authorization: Bearer …`.")


@tokens.command("list")
def token_list(library: LibraryOption = None) -> None:
    """Show the tokens by name."""
    with _people(library) as people:
        for token in people.tokens():
            out.print(f"{_plain(token.name)}  [dim]since {token.added:%Y-%m-%d}[/]")


@tokens.command("remove")
def token_remove(name: PersonArgument, library: LibraryOption = None) -> None:
    """Remove a token: what uses it is refused from now on."""
    with _people(library) as people:
        people.remove_token(name)
        out.print(f"removed the token {_plain(name)}")


evaluation = typer.Typer(invoke_without_command=True, help="Score a question set; with no arguments, our own set.")
app.add_typer(evaluation, name="eval")

QuestionsOption = Annotated[Path | None, typer.Option(help="A question set: JSONL, SQuAD JSON or CSV.")]
DocumentsOption = Annotated[Path | None, typer.Option(help="A folder of documents, or docs.jsonl.")]
AskedLibrary = Annotated[Path | None, typer.Option("--library", "-l", help="Ask this library instead of documents.")]
HtmlOption = Annotated[Path | None, typer.Option("--html", help="Write the report to this HTML file.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Ask only the first so many questions.")]


@evaluation.callback()
def eval_(
    context: typer.Context,
    documents: DocumentsOption = None,
    questions: QuestionsOption = None,
    library: AskedLibrary = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the whole run to this JSON file.")] = None,
    html_out: HtmlOption = None,
    baseline: Annotated[Path | None, typer.Option(help="An earlier run's JSON to compare with.")] = None,
    limit: LimitOption = None,
    llm: LlmOption = None,
    base_url: BaseUrlOption = None,
    unsupported: UnsupportedOption = "mark",
    llm_timeout: LlmTimeoutOption = 120.0,
    reader: ReaderOption = "default",
    reranker: RerankerOption = "none",
    judge: Annotated[str | None, typer.Option(help="Have this language model judge the answers as well.")] = None,
) -> None:
    """Score a question set; with no arguments, our own set over the demo library."""
    if context.invoked_subcommand:
        return
    from eval.command import evaluate_and_report

    _check_set(documents, questions, library)
    raise typer.Exit(
        evaluate_and_report(
            documents,
            questions,
            library=library,
            json_out=json_out,
            html_out=html_out,
            baseline=baseline,
            limit=limit,
            options=_options(llm, base_url, unsupported, llm_timeout, reader, reranker),
            judge=judge,
        )
    )


def _check_set(documents: Path | None, questions: Path | None, library: Path | None) -> None:
    if documents is not None and library is not None:
        raise typer.BadParameter("give --documents or --library, not both")
    if documents is not None and questions is None:
        raise typer.BadParameter("--documents needs the --questions to ask of them")


@evaluation.command()
def init(
    library: LibraryOption = None,
    n: Annotated[int, typer.Option(min=1, help="How many questions to make.")] = 40,
) -> None:
    """Make a first question set from your own library, to be read and corrected."""
    from eval.command import make_set

    with opened(library) as shelf:
        raise typer.Exit(make_set(shelf, n))


@evaluation.command()
def sweep(
    vary: Annotated[list[str], typer.Option(help="A setting and its values, such as k=3,5,8; may be repeated.")],
    documents: DocumentsOption = None,
    questions: QuestionsOption = None,
    library: AskedLibrary = None,
    html_out: HtmlOption = None,
    limit: LimitOption = None,
) -> None:
    """Run a set with several settings: a table, and a page with quality against latency."""
    from eval.command import sweep_and_report

    _check_set(documents, questions, library)
    raise typer.Exit(sweep_and_report(documents, questions, vary, library=library, html_out=html_out, limit=limit))


def _plain(text: str) -> str:
    """Text from documents and people: no markup of rich, no control characters, no lone surrogates."""
    from rich.markup import escape

    shown = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
    return escape(shown.encode("utf-8", "replace").decode())


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and exits with its code."""
    # Before NumPy, torch or FAISS start their threads: one question is too small to be worth many, and waiting threads
    # that spin take the processor from those that work.
    for name, value in (
        ("OPENBLAS_NUM_THREADS", "1"),
        ("OMP_WAIT_POLICY", "PASSIVE"),
        ("TOKENIZERS_PARALLELISM", "false"),
    ):
        os.environ.setdefault(name, value)
    try:
        app(args=arguments)
    except FootnoteError as error:
        err.print(f"[red]error[/] {_plain(str(error))}")
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # the command line's library has caught Ctrl-C, and said nothing
            err.print("stopped; what was done so far is kept")
        raise


if __name__ == "__main__":
    main()
