"""What became of files: the result for each, and those that were read before and are there no more."""

import os
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from documents.load import source_name
from documents.model import Problem
from index.records import FileRecord

if TYPE_CHECKING:
    from index.library import Library

__all__ = ["FileResult", "Outcome", "drop_gone", "is_folder", "is_gone", "known_below"]

_BYTE = re.compile(rb"\\x([89a-f][0-9a-f])")  # what source_name makes of a byte that isn't UTF-8

Outcome = Literal["added", "unchanged", "updated", "failed", "gone", "removed"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: its documents' titles, or the reason it failed, and what its reader noticed.

    A file that was read before and is not there any more is "gone", or "removed" where the library was pruned of it.
    """

    path: str
    outcome: Outcome
    reason: str | None = None
    titles: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def known_below(library: "Library", paths: Sequence[Path]) -> list[FileRecord]:
    """The files at or below some paths that were read or tried before."""
    names = {source_name(path.absolute()) for path in paths}
    above = tuple(name.rstrip(os.sep) + os.sep for name in names)
    return [record for record in library.files() if record.path in names or record.path.startswith(above)]


def drop_gone(library: "Library", paths: Sequence[Path], *, seen: Set[str], remove: bool) -> list[FileResult]:
    """The files at or below some paths that documents were read from and that are gone; removed where so asked.

    `seen` are files known to be there. What failed and is gone is forgotten either way: there is nothing to lose.
    """
    results = []
    for record in known_below(library, paths):
        listed = record.error and any(map(os.path.isdir, _names(record.path)))  # a folder that couldn't be, and now can
        if record.path in seen or not (listed or is_gone(record.path)):
            continue
        named = library.book.names(record.path)
        if named:
            results.append(FileResult(record.path, "removed" if remove else "gone", titles=tuple(named)))
        if remove or not named:
            library.book.forget(record.path)
    return results


def is_folder(path: Path) -> bool:
    """Whether it is a folder; no error where it can't be looked at or its name is too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_gone(path: str) -> bool:
    """Whether there surely is no such file: what can't be looked at may still be there."""
    return all(map(_is_missing, _names(path)))


def _names(path: str) -> set[bytes]:
    """What a file may be called of which the library has this path: its bytes may be written out in it."""
    name = os.fsencode(path)
    return {name, _BYTE.sub(lambda byte: bytes([int(byte[1], 16)]), name)} if os.name == "posix" else {name}


def _is_missing(name: bytes) -> bool:
    try:
        os.lstat(name)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False
