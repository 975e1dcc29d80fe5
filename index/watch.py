"""A library kept in step with folders: what is added, changed or deleted there is so in the library, soon after.

The watcher stands before the first look at the folders, so that nothing falls between the two. Nothing here prints.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from logging import getLogger
from pathlib import Path

from documents.errors import LibraryBusy, UnreadableFile
from documents.find import is_skipped, is_wanted, readable_suffixes
from index.gone import FileResult, drop_gone, is_folder, is_gone
from index.intake import USUAL, Limits, Progress, add_found, look
from index.library import Library

__all__ = ["watch"]

log = getLogger(__name__)

QUIET = 400  # milliseconds without a change, after which a folder is looked at: an editor saves in several steps
LONGEST = 5_000  # milliseconds that changes are waited out for at most
TICK = 500  # milliseconds


def watch(
    library: Library,
    folders: Sequence[Path],
    *,
    collection: str = "",
    limits: Limits = USUAL,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Iterator[list[FileResult]]:
    """Yields what became of the files: first of all that are there, then of those that change, until `stop` is set.

    A folder that is away or wholly empty when it is looked at, as a disk is that was taken out, has nothing removed.

    Raises:
        UnreadableFile: a folder doesn't exist.
        LibraryError: nothing more could be written. A library that another process is writing to is waited for.
    """
    roots = [folder.absolute() for folder in folders]
    for root in roots:
        if not is_folder(root):
            raise UnreadableFile(f"{str(root)!r} is no folder that can be watched. Check the path.")
    pending: set[Path] = set(roots)
    for changed in _changes(roots, stop):
        pending |= changed
        if not pending:
            continue
        try:
            results = _step(library, roots, sorted(pending), collection, limits, progress)
        except LibraryBusy as error:
            log.warning("%s; trying again", error)
            continue
        pending.clear()
        yield results


def _changes(roots: Sequence[Path], stop: threading.Event | None) -> Iterator[set[Path]]:
    """Paths that changed, an empty set at first and whenever nothing happens."""
    import watchfiles

    suffixes = readable_suffixes()

    def relevant(_: object, path: str) -> bool:
        return _is_relevant(Path(path), roots, suffixes)

    for changes in watchfiles.watch(
        *roots,
        watch_filter=relevant,
        debounce=LONGEST,
        step=QUIET,
        stop_event=stop,
        rust_timeout=TICK,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        yield {Path(path) for _, path in changes}


def _is_relevant(path: Path, roots: Sequence[Path], suffixes: frozenset[str]) -> bool:
    """Whether a change is of a file that would be read, or of a folder, or of what may have been one."""
    root = next((root for root in roots if path.is_relative_to(root)), None)
    if root is None or path == root:
        return False
    *above, name = path.relative_to(root).parts
    if any(map(is_skipped, above)):
        return False
    return is_wanted(name, suffixes) or (not is_skipped(name) and (is_folder(path) or is_gone(str(path))))


def _step(
    library: Library,
    roots: Sequence[Path],
    changed: Sequence[Path],
    collection: str,
    limits: Limits,
    progress: Callable[[Progress], None] | None,
) -> list[FileResult]:
    """Brings the library in step with some paths: files, folders and all below them."""
    there = [root for root in roots if _holds_something(root)]
    files: dict[Path, None] = {}
    unlisted: list[FileResult] = []
    for path in changed:
        try:
            found, failed = look(library, path, empty=True)
        except UnreadableFile:  # gone, or going
            continue
        files.update(dict.fromkeys(found))
        unlisted += failed
    results = add_found(library, list(files), collection=collection, limits=limits, progress=progress) + unlisted
    # One that vanished while it was looked at was deleted, not unreadable.
    results = [r for r in results if r.outcome != "failed" or not is_gone(r.path)]
    looked = [path for path in changed if any(path.is_relative_to(root) for root in there)]
    results += drop_gone(library, looked, seen={r.path for r in results}, remove=True)
    library.tidy()
    return results


def _holds_something(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entries)
    except OSError:
        return False
