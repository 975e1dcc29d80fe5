"""Uploaded originals: kept in a folder of the library's own, replaced by name, forgotten with their documents.

They stay beside the library, so that a source can be shown as it looked. People are told of them by their names: where
the server keeps them is nobody's business.
"""

import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path, PurePath

from index.library import Library
from index.records import DocumentRecord
from qa.answer import Answer
from qa.web.disk import writable

__all__ = [
    "alive",
    "forget_upload",
    "named",
    "received",
    "remove_document",
    "shown_record",
    "shown_source",
    "sweep",
]

FOLDER = "uploads"
ASIDE, MARK = ".before", ".writing"  # ends of names, each with a dot in front
# By folder, one upload at a time: a file's earlier version waits aside until the new one is read.
_WRITING: dict[Path, threading.Lock] = {}


@contextmanager
def received(library: Library, uploads: Sequence[Path]) -> Iterator[list[Path]]:
    """The uploads as originals in their places, while they are added; at the end what was not is as it was before.

    Raises LibraryFull or LibraryError where they can't be put there, or the disk is full when they are added.
    """
    with _writing(library) as folder:
        kept: dict[Path, Path | None] = {}
        try:
            with writable(folder, needed=sum(path.stat().st_size for path in uploads if path.is_file())):
                _keep(folder, uploads, kept)
                yield list(kept)
        finally:
            _settle(library, kept)


@contextmanager
def _writing(library: Library) -> Iterator[Path]:
    """The folder of originals, marked as being written to by this process, so that no other one sweeps it meanwhile."""
    folder = library.path.absolute() / FOLDER
    mark = folder / f".{os.getpid()}{MARK}"
    with _WRITING.setdefault(folder, threading.Lock()):
        with writable(library.path):
            folder.mkdir(mode=0o700, exist_ok=True)
            mark.touch()
        try:
            yield folder
        finally:
            mark.unlink(missing_ok=True)


def sweep(library: Library) -> None:
    """Clears what a killed process left in the folder of uploads; nothing while another process writes there."""
    folder = library.path.absolute() / FOLDER
    if not folder.is_dir() or any(_alive(mark) for mark in folder.glob(f".*{MARK}")):
        return
    hashes = {file.path: file.sha256 for file in library.files() if file.error is None}
    for aside in folder.glob(f".*{ASIDE}"):
        target = folder / aside.name[1 : -len(ASIDE)]
        with target.open("rb") if target.exists() else nullcontext() as file:
            whole = file is not None and hashlib.file_digest(file, "sha256").hexdigest() == hashes.get(str(target))
        if whole:
            aside.unlink()
        else:
            aside.replace(target)
    for path in folder.iterdir():
        if path.name.endswith(MARK) or (path.is_file() and str(path) not in hashes):
            path.unlink()


def _alive(mark: Path) -> bool:
    """Whether the process that made a mark still runs; marks of this one are from an earlier life of its number."""
    return alive(int("0" + "".join(c for c in mark.name if c.isdigit())))


def alive(pid: int) -> bool:
    """Whether another process of this number runs; this one's number may be that of an earlier one."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _keep(folder: Path, uploads: Sequence[Path], kept: dict[Path, Path | None]) -> None:
    """Moves each upload to its place; `kept` maps that place to where the file it replaces is put aside.

    Where a move fails, `kept` holds what has been touched until then.
    """
    for upload in uploads:
        name = upload.name.lstrip(".") or "unnamed"  # names with a dot in front are our own here
        target, count = folder / name, 1
        while target in kept:  # two files of one name in one upload are two documents
            count += 1
            target = folder / f"{Path(name).stem} ({count}){Path(name).suffix}"
        kept[target] = _aside(target) if target.exists() else None
        if kept[target] is not None:
            target.replace(_aside(target))
        shutil.move(upload, target)


def _settle(library: Library, kept: dict[Path, Path | None]) -> None:
    """A file that was not added leaves no copy behind, and what it would have replaced comes back."""
    known = {file.path: file for file in library.files() if file.error is None}
    for path, aside in kept.items():
        record = known.get(str(path))
        if record is not None and (record.size, record.mtime_ns) == _state(path):
            if aside is not None:
                aside.unlink(missing_ok=True)
        elif aside is not None and aside.exists():  # unless what it was of has been removed meanwhile
            aside.replace(path)
        else:
            path.unlink(missing_ok=True)


def _state(path: Path) -> tuple[int, int] | None:
    """A file's size and time; None where its document was removed while the rest was read."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_size, state.st_mtime_ns


def _aside(path: Path) -> Path:
    """Where a file waits until its new version is read."""
    return path.with_name(f".{path.name}{ASIDE}")


def remove_document(library: Library, document_id: str) -> DocumentRecord:
    """Removes a document, and its uploaded original with it.

    Raises NotInLibrary where there is no such document.
    """
    record = library.remove(document_id)
    others = {source for r in library.documents() for source in r.sources}
    for source in record.sources:
        forget_upload(library, source, others)
    return record


def forget_upload(library: Library, source: str, others: set[str]) -> None:
    """Deletes the uploaded file behind a source, unless another document was read from it."""
    path = Path(source.partition("!/")[0])
    still = any(o.partition("!/")[0] == str(path) for o in others)
    if not still and path.parent == library.path.absolute() / FOLDER:
        aside = _aside(path)
        (aside if aside.exists() else path).unlink(missing_ok=True)  # a new version is being read in its place


def shown_source(library: Library, source: str) -> str:
    """A source as people are told of it: what was uploaded by its name, what the owner added by its path."""
    if f"/{FOLDER}/" not in source:
        return source
    path, member, inner = source.partition("!/")
    folder = PurePath(path).parent
    if folder.parts[-2:] != (library.path.absolute().name, FOLDER):  # the library may have been moved since
        return source
    return PurePath(path).name + member + inner


def shown_record(library: Library, record: DocumentRecord) -> DocumentRecord:
    """A document that names its sources so."""
    return replace(record, sources=tuple(shown_source(library, source) for source in record.sources))


def named(library: Library, answer: Answer) -> Answer:
    """An answer that names its sources so."""
    return replace(
        answer,
        citations=tuple(replace(c, source=shown_source(library, c.source)) for c in answer.citations),
        passages=tuple(replace(p, source=shown_source(library, p.source)) for p in answer.passages),
    )
