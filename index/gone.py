"""What became of files: the result for each, and those that were read before and are there no more."""

import os
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from documents.load import source_name
from documents.model import Problem
from index.records import FileRecord

if TYPE_CHECKING:
    from index.library import Library

__all__ = ["FileResult", "Outcome", "drop_gone", "is_gone", "known_below"]

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
        if record.path in seen or not (is_gone(record.path) or (record.error and Path(record.path).is_dir())):
            continue
        named = library.book.names(record.path)
        if named:
            results.append(FileResult(record.path, "removed" if remove else "gone", titles=tuple(named)))
        if remove or not named:
            library.book.forget(record.path)
    return results


def is_gone(path: str) -> bool:
    """Whether there surely is no such file: what can't be looked at may still be there."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False
