"""Which files a user means by some paths: folders are walked in sorted order. Nothing here opens a file."""

import fnmatch
import importlib.util
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from documents.detect import SUFFIXES
from documents.errors import UnreadableFile
from documents.registry import supported_suffixes

__all__ = ["find_files", "is_temporary"]

_TEMPORARY = (
    "~$*",
    "*~",
    "*.swp",
    "*.swo",
    "*.tmp",
    "*.part",
    "*.crdownload",
    "#*#",
    "*.lock",
    "Thumbs.db",
    "desktop.ini",
)
_SKIPPED_FOLDERS = frozenset(("__pycache__", "__MACOSX", "node_modules"))
_BARE_NAMES = frozenset(("readme", "license", "makefile", "dockerfile", "changelog", "notice"))


def is_temporary(name: str) -> bool:
    """Whether a file's name says it is hidden, or an editor's, office's or browser's unfinished file."""
    return name.startswith(".") or any(fnmatch.fnmatchcase(name, pattern) for pattern in _TEMPORARY)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and in named folders all of a supported suffix, each once, sorted by folder.

    Hidden and temporary files, pipes and devices are skipped in folders, and so are images while the package for
    reading them is missing. Links are followed, loops are not. Raises UnreadableFile for a missing path, a pipe or
    device named itself, and a folder with nothing to read.
    """
    suffixes = supported_suffixes()
    if importlib.util.find_spec("rapidocr_onnxruntime") is None:
        suffixes = frozenset(suffix for suffix in suffixes if not SUFFIXES[suffix].startswith("image/"))
    found: dict[str, Path] = {}
    for path in paths:
        for file in _named(path, suffixes):
            found.setdefault(os.path.abspath(file), file)
    return list(found.values())


def _named(path: Path, suffixes: frozenset[str]) -> list[Path]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # a missing file, a link to itself, a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{str(path)!r} can't be read: {reason}. Check the path.") from error
    if stat.S_ISREG(mode):
        return [path]
    if not stat.S_ISDIR(mode):
        raise UnreadableFile(f"{str(path)!r} is a pipe, socket or device, not a file. Name a file or folder.")
    files = list(_walk(path, suffixes, frozenset()))
    if not files:
        kinds = ", ".join(sorted(suffix[1:] for suffix in suffixes)[:400:6])
        raise UnreadableFile(f"{str(path)!r} holds no file that can be read (such as {kinds}). Name another folder.")
    return files


def _walk(folder: Path, suffixes: frozenset[str], above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    try:
        at = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UnreadableFile(f"{str(folder)!r} can't be listed: {error.strerror}. Check its permissions.") from error
    if (at.st_dev, at.st_ino) in above:
        return  # a link back to a folder we are in
    inside = above | {(at.st_dev, at.st_ino)}
    for entry in entries:
        path = folder / entry.name
        if is_temporary(entry.name) or entry.name in _SKIPPED_FOLDERS:
            continue
        if _is(entry, "dir"):
            yield from _walk(path, suffixes, inside)
        elif _is(entry, "file") and (path.suffix.lower() in suffixes or entry.name.lower() in _BARE_NAMES):
            yield path


def _is(entry: os.DirEntry[str], kind: str) -> bool:
    try:
        return entry.is_dir() if kind == "dir" else entry.is_file()
    except OSError:
        return False  # a link that leads nowhere, or to itself
