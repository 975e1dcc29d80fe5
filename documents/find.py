"""Which files a user means by some paths: folders are walked in sorted order. Nothing here opens a file."""

import fnmatch
import importlib.util
import os
import stat
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from documents.detect import SUFFIXES
from documents.errors import UnreadableFile
from documents.registry import supported_suffixes

__all__ = ["find_files", "is_skipped", "is_temporary", "is_wanted", "readable_suffixes"]

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


def is_wanted(name: str, suffixes: frozenset[str]) -> bool:
    """Whether a file of this name is read when its folder is."""
    return not is_temporary(name) and (Path(name).suffix.lower() in suffixes or name.lower() in _BARE_NAMES)


def is_skipped(name: str) -> bool:
    """Whether a folder of this name is passed over inside another one."""
    return is_temporary(name) or name in _SKIPPED_FOLDERS


def readable_suffixes() -> frozenset[str]:
    """The suffixes that can be read here: without those of images while the package for reading them is missing."""
    suffixes = supported_suffixes()
    if importlib.util.find_spec("rapidocr_onnxruntime") is None:
        suffixes = frozenset(suffix for suffix in suffixes if not SUFFIXES[suffix].startswith("image/"))
    return suffixes


def find_files(
    paths: Iterable[Path],
    *,
    empty: bool = False,
    unlisted: Callable[[Path, UnreadableFile], None] | None = None,
) -> list[Path]:
    """The files to read: those named, and in named folders all of a supported suffix, each once, sorted by folder.

    Hidden and temporary files, pipes and devices are skipped in folders, and so are images while the package for
    reading them is missing. Links are followed, but no folder is walked twice. `unlisted` is told of each folder that
    can't be listed, and the rest goes on. Raises UnreadableFile for a missing path, a pipe or device named itself,
    and, unless `empty` is set, a folder with nothing to read.
    """
    suffixes = readable_suffixes()
    found: dict[str, Path] = {}
    for path in paths:
        for file in _named(path, suffixes, empty, unlisted or _raise):
            found.setdefault(os.path.abspath(file), file)
    return list(found.values())


def _raise(folder: Path, error: UnreadableFile) -> None:
    raise error


def _named(
    path: Path, suffixes: frozenset[str], empty: bool, unlisted: Callable[[Path, UnreadableFile], None]
) -> list[Path]:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # a missing file, a link to itself, a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{str(path)!r} can't be read: {reason}. Check the path.") from error
    if stat.S_ISREG(mode):
        return [path]
    if not stat.S_ISDIR(mode):
        raise UnreadableFile(f"{str(path)!r} is a pipe, socket or device, not a file. Name a file or folder.")
    problems: list[Path] = []

    def told(folder: Path, error: UnreadableFile) -> None:
        problems.append(folder)
        unlisted(folder, error)

    files = _walk(path, suffixes, told)
    if not files and not problems and not empty:
        kinds = ", ".join(sorted(suffix[1:] for suffix in suffixes)[:400:6])
        raise UnreadableFile(f"{str(path)!r} holds no file that can be read (such as {kinds}). Name another folder.")
    return files


def _walk(top: Path, suffixes: frozenset[str], unlisted: Callable[[Path, UnreadableFile], None]) -> list[Path]:
    """The files below a folder, sorted; one that links lead to as well is walked once, by its own name if any."""
    files: list[Path] = []
    seen: set[tuple[int, int]] = set()
    folders, linked = [top], deque[Path]()
    while folders or linked:
        folder = folders.pop() if folders else linked.popleft()
        try:
            at = folder.stat()
            if (at.st_dev, at.st_ino) in seen:
                continue
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            why = f"{str(folder)!r} can't be listed: {error.strerror}. Check its permissions."
            unlisted(folder, UnreadableFile(why))
            continue
        seen.add((at.st_dev, at.st_ino))
        for entry in entries:
            if _is(entry, "dir"):
                if not is_skipped(entry.name):
                    (linked if entry.is_symlink() else folders).append(folder / entry.name)
            elif is_wanted(entry.name, suffixes) and _is(entry, "file"):
                files.append(folder / entry.name)
    return sorted(files, key=lambda file: file.parts)


def _is(entry: os.DirEntry[str], kind: str) -> bool:
    try:
        return entry.is_dir() if kind == "dir" else entry.is_file()
    except OSError:
        return False  # a link that leads nowhere, or to itself
