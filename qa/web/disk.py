"""What is told where a disk takes no more: that it is full, what was needed, what is there, what to do."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from documents.errors import LibraryError, LibraryFull

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["refused", "writable"]

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writable(folder: Path, needed: int | None = None) -> Iterator[None]:
    """Tells what goes wrong in here while something is written below a folder, which may have to hold `needed` bytes.

    Raises:
        LibraryFull: there is no room.
        LibraryError: it can't be written for another reason.
    """
    try:
        yield
    except LibraryFull as error:
        raise _full(folder, needed) from error
    except OSError as error:
        if error.errno in FULL:
            raise _full(folder, needed) from error
        raise LibraryError(f"what is sent can't be written ({error.strerror}): nothing of it was kept") from error


def refused(request: "Request", error: Exception) -> PlainTextResponse:
    """The answer to an upload that found no room in the folder for what is temporary; raises what is another error."""
    if not isinstance(error, OSError) or error.errno not in FULL:
        raise error
    length = request.headers.get("content-length", "")
    told = _full(Path(request.app.uploaded_file_dir), int(length) if length.isdigit() else None)
    return PlainTextResponse(str(told), status_code=507)


def _full(folder: Path, needed: int | None) -> LibraryFull:
    wanted = "" if needed is None else f"what you add needs {_size(needed)}, "
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    return LibraryFull(
        f"the disk is full: {wanted}{_size(shutil.disk_usage(there).free)} are free. What was "
        "added before stays, of the rest nothing is kept: make room, or ask who runs the server to, and add it again"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 50_000 else f"{count:,} bytes"
