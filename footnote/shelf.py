"""The commands that fill a library and look after it: add, watch, list, remove, read, doctor, reencode."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from documents.errors import DatasetError, NotInLibrary
from footnote.options import (
    CollectionOption,
    DocumentOption,
    EncoderOption,
    IntoCollection,
    JsonOption,
    LibraryOption,
    PathOption,
    SinceOption,
    TimeoutOption,
    TypeOption,
    UntilOption,
    opened,
    where_from,
)
from footnote.printing import err, line, out, plain, print_json, progress_bar, summary

if TYPE_CHECKING:
    from index.library import Library
    from index.records import DocumentRecord


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
        with progress_bar() as report:
            results = shelf.add_files(
                _in_full(paths), collection=collection, progress=report, prune=prune, timeout=timeout
            )
        _forget_questions(shelf, [result.path for result in results if result.outcome == "removed"])
    if summary(results):
        raise typer.Exit(1)


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
                    line(result)
                try:
                    _forget_questions(shelf, [result.path for result in results if result.outcome == "removed"])
                except DatasetError as error:  # a damaged file of questions is no reason to stop watching
                    err.print(f"[red]error[/] {plain(str(error))}")
                if number == 0:
                    names = ", ".join(map(str, folders))
                    out.print(f"watching {plain(names)}: {len(shelf)} documents; Ctrl-C ends it")
        except KeyboardInterrupt:
            out.print("stopped watching")


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
        where = where_from(shelf, document, collection, type_, since, until, path)
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
        print_json({"documents": shown, "failed": failures})
        return
    from rich.table import Table

    table = Table("id", "title", "passages", "source", box=None, pad_edge=False)
    for r in records:
        table.add_row(r.id[:8], plain(r.title), str(r.passages), plain("\n".join(r.sources)))
    if records:
        Console(highlight=False).print(table)
    elif where is not None:
        out.print("No document matches these limits.")
    elif not problems:
        out.print("The library is empty: add documents with `footnote add FILE_OR_FOLDER`.")
    for r in records:
        for p in r.problems:
            out.print(f"[yellow]note[/]   {plain(r.title)}: {plain(p.message)}")
    for f in failed:
        out.print(f"[red]failed[/] {plain(f.error or f.path)}")
    if problems and not records and not failed and where is None:
        out.print("Everything was read without a problem.")


def remove(
    keys: Annotated[
        list[str],
        typer.Argument(help="Ids (or their beginnings), sources, file names or titles, as `list` shows them."),
    ],
    library: LibraryOption = None,
) -> None:
    """Remove documents from the library, every trace of them, or forget a file that failed; your files stay."""
    from qa.web.originals import remove_document

    failed = False
    with opened(library) as shelf:
        for key in keys:
            try:
                record = remove_document(shelf, _known(shelf, key))
            except NotInLibrary as error:
                if shelf.book.dismiss(os.path.abspath(key)):
                    out.print(f"forgot that {plain(key)} could not be read")
                else:
                    err.print(f"[red]error[/] {plain(str(error))}")
                    failed = True
            else:
                out.print(f"removed {plain(record.title)} ({record.id[:8]})")
                _forget_questions(shelf, [record.id, *record.sources])
    if failed:
        raise typer.Exit(1)


def read(
    file: Annotated[Path, typer.Argument(help="The file to read.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Print what Footnote sees of a file, without adding it: its canonical text, or with --json all that was read."""
    from dataclasses import asdict

    from documents.load import load

    documents = load(file)
    if as_json:
        print_json([asdict(document) for document in documents])
        return
    for document in documents:
        if len(documents) > 1:
            out.print(f"[bold]=== {plain(document.source)}[/]")
        typer.echo(document.text)
        for problem in document.problems:
            err.print(f"[yellow]note[/] {plain(problem.message)}")


def doctor(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Check the library from the inside: its file, texts, spans and vectors."""
    with opened(library) as shelf:
        findings = shelf.doctor()
    if as_json:
        print_json([{"check": f.check, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for f in findings:
            out.print(
                f"{'[green]well[/]' if f.ok else '[red]ill [/]'}  {f.check}" + ("" if f.ok else f": {plain(f.detail)}")
            )
    if not all(f.ok for f in findings):
        raise typer.Exit(1)


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
    out.print(f"{changed} {plain(other.name)}")


def _in_full(paths: Sequence[Path]) -> list[Path]:
    """The paths as the library knows them, without . and .. in them."""
    return [Path(os.path.abspath(path)) for path in paths]


def _known(shelf: "Library", key: str) -> str:
    """The id of the one document with this id or source, else with this file name (or end of a path) or title.

    Raises NotInLibrary where there is none, or several; a file that is there is meant itself and not by its name.
    """
    from index.filters import known_as

    name = known_as(key)
    try:
        return shelf.record(name).id
    except NotInLibrary:
        if _is_there(name):
            raise
        called = [r for r in shelf.documents() if _is_called(r, name)]
        if not called:
            raise
    if len(called) > 1:
        listed = "; ".join(f"{r.id[:8]} {r.sources[0]}" for r in called)
        raise NotInLibrary(f"{len(called)} documents are called {key!r}, name one by its id or source: {listed}")
    return called[0].id


def _is_there(name: str) -> bool:
    """Whether there is such a file; a title may be too long for one."""
    try:
        return Path(name).exists()
    except OSError:
        return False


def _is_called(record: "DocumentRecord", name: str) -> bool:
    """Whether a name, however its letters are cased, is a document's title, a source's end or its id's beginning."""
    from index.queries import SHORTEST_ID

    low = name.casefold().strip("/")
    if low == record.title.casefold() or (len(low) >= SHORTEST_ID and record.id.startswith(low)):
        return True
    return any(f"/{source.casefold()}".endswith(f"/{low}") for source in record.sources)


def _forget_questions(shelf: "Library", names: Sequence[str]) -> None:
    """The kept questions that quote removed documents go with them."""
    from eval.saved import forget_document

    count = forget_document(shelf.path, names)
    if count:
        out.print(f"forgot {count} kept {'question' if count == 1 else 'questions'} about what was removed")
