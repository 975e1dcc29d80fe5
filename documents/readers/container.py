"""ZIP containers, opened with limits: what the directory claims is checked before a byte is unpacked."""

import io
import zipfile

from documents.errors import LimitExceeded, UnreadableFile

__all__ = ["MAX_RATIO", "MAX_UNPACKED", "check_ratio", "open_zip"]

MAX_UNPACKED = 512 << 20
"""The most bytes the parts of one office file, book or archive may unpack to."""
MAX_PARTS = 20_000
"""The most parts in one container."""
MAX_RATIO = 250
"""The most a part larger than 8 MB may grow when unpacked. Sheets of repeating rows reach about 100."""

_FREE = 8 << 20


def open_zip(data: bytes, name: str) -> zipfile.ZipFile:
    """The container, within limits; raises UnreadableFile or LimitExceeded."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFile(f"{name!r} is damaged or cut off ({error}). Fetch it again.") from error
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED:
        claim = f"{len(parts):,} files of {total >> 20:,} MB"
        raise LimitExceeded(f"{name!r} unpacks to {claim}; at most {MAX_PARTS:,} of {MAX_UNPACKED >> 20} MB are read.")
    for part in parts:
        check_ratio(part.file_size, part.compress_size, name)
    return archive


def check_ratio(size: int, packed: int, name: str) -> None:
    """Raises LimitExceeded for what grows like a bomb; sizes in bytes."""
    if size > _FREE and size > MAX_RATIO * max(packed, 1):
        raise LimitExceeded(f"{name!r} looks like a decompression bomb: {packed:,} bytes unpack to {size:,}.")
