"""A path or bytes to Documents: finds the reader by content, then suffix, and keeps it within limits.

Readers are named by dotted name, so that none (nor the library behind it) is imported before its first file. A mail
with attachments or an archive gives several Documents; a member's source is "outer.zip!/inner.docx".
"""

import hashlib
import logging
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from documents import detect
from documents.draft import Draft, Member
from documents.errors import (
    DocumentError,
    EmptyDocument,
    FootnoteError,
    LimitExceeded,
    MissingExtra,
    UnreadableFile,
    UnsupportedFile,
)
from documents.model import Document, Problem
from documents.registry import Reader, reader_for, supported_suffixes

__all__ = [
    "MAX_FILE_BYTES",
    "load",
    "load_bytes",
    "read_path",
    "source_name",
    "supported_suffixes",
]

_log = logging.getLogger(__name__)

MAX_FILE_BYTES = 512 << 20
"""The largest file that is opened, in bytes; text types have the smaller limit of readers/encoding.py."""
MAX_MEMBERS = 10_000
"""The most files read out of one archive or mail."""
MAX_MEMBER_BYTES = 512 << 20
"""The most bytes unpacked out of one archive or mail, all nested ones counted."""
MAX_DEPTH = 4
"""How deep archives and mails may stand in each other."""


# What parsers raise on a damaged file. Named one by one: a mistake in our own code of another kind shall be seen.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked; shared by everything that stands inside one file."""

    members: int = MAX_MEMBERS
    size: int = MAX_MEMBER_BYTES

    def spend(self, member: Member, source: str) -> None:
        self.members -= 1
        self.size -= member.size
        if self.members < 0 or self.size < 0:
            what = f"more than {MAX_MEMBERS} files" if self.members < 0 else f"over {MAX_MEMBER_BYTES >> 20} MB"
            raise LimitExceeded(f"{source!r} unpacks to {what}. Unpack it yourself and add the files you need.")


def source_name(path: Path | str) -> str:
    """The path as text that any store takes: bytes that aren't UTF-8 are written as \\xNN."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def load(path: Path, *, source: str | None = None) -> list[Document]:
    """Reads a file; at least one Document, the file's own first.

    Raises a DocumentError (or MissingExtra, where reading it needs an optional package) that names the file.
    """
    return load_bytes(read_path(path), path.name, source=source_name(path) if source is None else source)


def load_bytes(data: bytes, name: str, *, source: str | None = None) -> list[Document]:
    """Reads a file's content; `name` is its file name, `source` what it is known by (default: the name)."""
    return _load(data, name, source_name(name) if source is None else source, _Budget(), 0)


def read_path(path: Path) -> bytes:
    """The bytes of a regular file; raises UnreadableFile when there is none or it changes meanwhile, LimitExceeded."""
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            kind = "a folder" if stat.S_ISDIR(before.st_mode) else "a pipe, socket or device"
            raise UnreadableFile(f"{str(path)!r} is {kind}, not a file. Name a file.")
        if before.st_size > MAX_FILE_BYTES:
            size = f"{before.st_size >> 20} MB; at most {MAX_FILE_BYTES >> 20} MB are read"
            raise LimitExceeded(f"{str(path)!r} holds {size}. Split it into parts.")
        data = path.read_bytes()
        after = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{str(path)!r} can't be read: {reason}. Check the path and its permissions.") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise UnreadableFile(f"{str(path)!r} changed while it was read. Add it again when it is complete.")
    return data


def _load(data: bytes, name: str, source: str, budget: _Budget, depth: int) -> list[Document]:
    if not data:
        raise EmptyDocument(f"{source!r} is empty (0 bytes).")
    media = detect.media_type(data, name)
    draft = Draft()
    _run(reader_for(media, source), data, name, draft, source, media)
    documents, failures = _members(draft, source, budget, depth)
    draft.problems += failures
    own = draft.finish(
        id=hashlib.sha256(data).hexdigest(),
        source=source,
        media_type=media,
        size=len(data),
        fallback_title=PurePosixPath(name).stem or name,
    )
    if own.text.strip():
        return [own, *documents]
    if not documents:
        why = "; ".join(problem.message for problem in own.problems)
        raise EmptyDocument(f"{source!r} ({media}) holds no text{': ' + why if why else ''}.")
    if own.problems:  # an archive has no text to be a document of its own, so its first one tells
        documents[0] = replace(documents[0], problems=(*documents[0].problems, *own.problems))
    return documents


def _run(reader: Reader, data: bytes, name: str, draft: Draft, source: str, media: str) -> None:
    try:
        reader(data, name, draft)
    except FootnoteError:
        raise
    except MemoryError as error:
        raise LimitExceeded(f"{source!r} ({media}) needs more memory to read than it may have.") from error
    except _DAMAGE as error:
        _log.debug("reading %r failed", source, exc_info=True)
        what = f"{type(error).__name__}: {error}"
        raise UnreadableFile(f"{source!r} is a damaged {media} file ({what}). Save it again, or as PDF.") from error


def _members(draft: Draft, source: str, budget: _Budget, depth: int) -> tuple[list[Document], list[Problem]]:
    if draft.members and depth >= MAX_DEPTH:
        raise LimitExceeded(f"{source!r} is packed more than {MAX_DEPTH} deep. Unpack it yourself.")
    documents: list[Document] = []
    failures: list[Problem] = []
    taken: dict[str, int] = {}
    for member in draft.members:
        budget.spend(member, source)
        name = _numbered(member.name, taken)
        try:
            documents += _load(member.read(), PurePosixPath(member.name).name, f"{source}!/{name}", budget, depth + 1)
        except LimitExceeded:
            raise
        except (UnsupportedFile, EmptyDocument) as error:
            failures.append(Problem("attachment_skipped", str(error), member.name))
        except (DocumentError, MissingExtra, *_DAMAGE) as error:
            failures.append(Problem("member_failed", str(error), member.name))
    return documents, failures


def _numbered(name: str, taken: dict[str, int]) -> str:
    """A name that isn't taken, which it is from then on; `taken` has with each name the number it was given last.

    A mail may have two attachments of one name, and neither may take the other's place.
    """
    path, number, free = PurePosixPath(name), taken.get(name, 1), name
    while free in taken:
        number += 1
        free = str(path.parent / f"{path.stem} ({number}){path.suffix}")
    taken[name] = number
    taken.setdefault(free, 1)
    return free
