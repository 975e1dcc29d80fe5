"""Files on their way in, to a folder beside the library: an upload takes no memory to speak of.

A body that ends early, is no good or grows too large leaves nothing behind; what a killed server leaves is swept up by
the next.
"""

import os
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from anyio import CancelScope, fail_after, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from qa.web.api.parts import FILES, Parts
from qa.web.originals import alive

__all__ = ["INCOMING", "LONGEST_COLLECTION", "Incoming", "received", "sweep_incoming"]

INCOMING = "incoming"  # the folder, in the shared library's
LONGEST_COLLECTION = 200  # characters
STALLED = 60.0  # seconds without a byte
_OURS: set[Path] = set()  # folders that this process is receiving into or reading from


@dataclass(frozen=True, slots=True)
class Incoming:
    """Files that have come whole, each below a folder of its own in `folder`, and the collection they shall go into."""

    folder: Path
    files: tuple[Path, ...]
    collection: str

    def discard(self) -> None:
        """Deletes what wasn't taken."""
        shutil.rmtree(self.folder, ignore_errors=True)
        _OURS.discard(self.folder)


async def received(request: Request, below: Path) -> Incoming:
    """The files of a request, once all have come; then they are the caller's to discard.

    Raises:
        HTTPException: the body is no form with files (400, 422), too large (413), or stopped coming (408).
        LibraryError: the disk is full, or can't be written.
    """
    boundary = _boundary(request)
    folder = below / f"{os.getpid()}-{secrets.token_hex(8)}"
    _OURS.add(folder)
    parts: Parts | None = None
    try:
        parts = await to_thread.run_sync(Parts, folder, boundary)
        async for chunk in _coming(request):
            await to_thread.run_sync(parts.feed, chunk)
        parts.finish()
        return Incoming(folder, tuple(parts.files), _collection(parts))
    except BaseException:
        if parts is not None:
            with CancelScope(shield=True):
                await to_thread.run_sync(parts.give_up)
        _OURS.discard(folder)
        raise


async def _coming(request: Request) -> AsyncIterator[bytes]:
    stream = request.stream()
    try:
        while True:
            with fail_after(STALLED):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield chunk
    except TimeoutError as error:
        raise HTTPException(408, f"nothing came for {STALLED:.0f} s: send the files again") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the connection was closed before all had come: nothing was kept") from error


def _boundary(request: Request) -> bytes:
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        raise HTTPException(422, f"{FILES}: send them as multipart/form-data")
    if not options.get(b"boundary"):
        raise HTTPException(400, "the content type names no boundary between the parts")
    return options[b"boundary"]


def _collection(parts: Parts) -> str:
    name = parts.fields.get("collection", bytearray()).decode("utf-8", "replace")
    if len(name) > LONGEST_COLLECTION:
        raise HTTPException(422, f"collection: a name has at most {LONGEST_COLLECTION} characters")
    return name


def sweep_incoming(below: Path) -> None:
    """Deletes what processes left that are no more."""
    for folder in below.iterdir() if below.is_dir() else ():
        pid = folder.name.partition("-")[0]
        if folder not in _OURS and not (pid.isdigit() and alive(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)
