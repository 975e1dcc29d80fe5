"""The parts of a form as its bytes come: files go to disk at once, of the fields a few hundred bytes are kept.

What is refused is refused as soon as it is seen, and not when all has come. Nothing here knows HTTP but its statuses.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from starlette.exceptions import HTTPException

from qa.web.disk import writable

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartParser

__all__ = ["FILES", "MOST_FILES", "Parts", "file_name"]

MOST_FILES = 500  # in one request
MOST_FIELDS = 20
LONGEST_NAME = 200  # bytes of a file's name
LONGEST_FIELD = 1000  # bytes
FILES = "files"  # the name of the parts that are files


class Parts:
    """Writes each file into a folder of its own below `folder`, which must not be there yet."""

    def __init__(self, folder: Path, boundary: bytes) -> None:
        self.folder = folder
        self.files: list[Path] = []
        self.fields: dict[str, bytearray] = {}
        self._disposition = self._header = b""
        self._out: BinaryIO | None = None
        self._field = bytearray()
        self._whole = False
        with writable(self.folder.parent), _form():
            self._parser = self._made(boundary)  # first: it may refuse the boundary
            folder.mkdir(mode=0o700, parents=True)

    def _made(self, boundary: bytes) -> "MultipartParser":
        from python_multipart.multipart import MultipartParser

        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._named,
                "on_header_value": self._valued,
                "on_header_end": self._next_header,
                "on_headers_finished": self._open,
                "on_part_data": self._take,
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the body.

        Raises:
            HTTPException: they are no form (400), not one with files (422), or too many files (413).
            LibraryError: the disk is full, or can't be written.
        """
        with writable(self.folder.parent), _form():
            self._parser.write(data)

    def finish(self) -> None:
        """Says that no more will come; raises HTTPException where something is missing."""
        if not self._whole:
            raise HTTPException(400, "the body ends in the middle of a part: nothing was kept")
        if not self.files:
            raise HTTPException(422, f"{FILES}: there is no file in this form")

    def give_up(self) -> None:
        """Leaves nothing behind."""
        if self._out is not None:
            self._out.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what the parser calls -------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._disposition = self._header = self._value = b""

    def _named(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _valued(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _next_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _open(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        given = options.get(b"filename")
        if given is not None and name == FILES:
            if len(self.files) == MOST_FILES:
                raise HTTPException(413, f"more than {MOST_FILES} files came at once: send them in parts")
            path = self.folder / str(len(self.files)) / file_name(given.decode("utf-8", "replace"))
            path.parent.mkdir()
            self._out = path.open("wb")
            self.files.append(path)
        elif given is not None or name == FILES or not name:
            raise HTTPException(
                422, f"{FILES}: a part must be a file of this name, and what isn't one must have another"
            )
        elif name in self.fields:
            raise HTTPException(422, f"{name[:100]}: this field came twice")
        elif len(self.fields) == MOST_FIELDS:
            raise HTTPException(422, f"a form may have {MOST_FIELDS} fields beside its files")
        else:
            self._field = self.fields[name] = bytearray()

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._out is not None:
            self._out.write(memoryview(data)[start:end])
        elif len(self._field) + end - start > LONGEST_FIELD:
            raise HTTPException(422, f"a field of the form is longer than {LONGEST_FIELD} bytes")
        else:
            self._field += data[start:end]

    def _close(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None

    def _end(self) -> None:
        self._whole = True


def file_name(given: str | None) -> str:
    """The name a file came with, without folders and control characters, short enough for a disk."""
    name = re.split(r"[/\\]", given or "")[-1].encode("utf-8", "replace").decode()
    name = "".join(c for c in name if c.isprintable()).strip().lstrip(".")
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix[:20]
    kept = stem.encode()[: LONGEST_NAME - len(suffix.encode())].decode("utf-8", "ignore")
    return f"{kept}{suffix}" or "document"


@contextmanager
def _form() -> Iterator[None]:
    from python_multipart.exceptions import FormParserError

    try:
        yield
    except FormParserError as error:
        raise HTTPException(400, f"the body is no form as its content type says: {error}") from error
