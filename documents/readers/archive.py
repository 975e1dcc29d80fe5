"""Archives: ZIP, tar and single compressed files; their members become documents of their own.

Nothing is written to disk, so a member's path can't lead anywhere; sizes are checked before and while unpacking.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from functools import partial
from pathlib import PurePosixPath

from documents.draft import Draft, Member
from documents.errors import LimitExceeded, ProtectedFile, UnreadableFile
from documents.find import is_temporary
from documents.readers.container import MAX_UNPACKED, check_ratio, open_zip

__all__ = ["read_compressed", "read_tar", "read_zip"]

_ENCRYPTED = 1


def read_zip(data: bytes, name: str, draft: Draft) -> None:
    """Lists a ZIP archive's files as members; raises UnreadableFile, LimitExceeded."""
    archive = open_zip(data, name)
    for info in archive.infolist():
        if not info.is_dir() and _wanted(info.filename):
            draft.members.append(Member(info.filename, info.file_size, partial(_unzip, archive, info)))


def read_tar(data: bytes, name: str, draft: Draft) -> None:
    """Lists a tar archive's regular files as members; links and devices are no files."""
    try:
        archive = tarfile.TarFile(fileobj=io.BytesIO(data))  # its members are read later, so it stays open
        infos = archive.getmembers()
    except tarfile.TarError as error:
        raise UnreadableFile(f"{name!r} is a damaged tar archive ({error}). Fetch it again.") from error
    for info in infos:
        if info.isreg() and _wanted(info.name):
            draft.members.append(Member(info.name, info.size, partial(_untar, archive, info)))


def read_compressed(data: bytes, name: str, draft: Draft) -> None:
    """Unpacks a gzip, bzip2 or xz file: one member, or those of the tar archive inside."""
    with _opened(data) as file:
        content = _read(file, name)
    check_ratio(len(content), len(data), name)
    inner = PurePosixPath(name).stem or name
    if content[257:262] == b"ustar":
        read_tar(content, name, draft)
    else:
        draft.members.append(Member.holding(inner, content))


def _opened(data: bytes) -> io.BufferedIOBase:
    if data.startswith(b"BZ"):
        return bz2.BZ2File(io.BytesIO(data))
    return gzip.GzipFile(fileobj=io.BytesIO(data)) if data.startswith(b"\x1f\x8b") else lzma.LZMAFile(io.BytesIO(data))


def _read(file: io.BufferedIOBase, name: str) -> bytes:
    try:
        content = file.read(MAX_UNPACKED + 1)
    except lzma.LZMAError as error:
        raise UnreadableFile(f"{name!r} is a damaged compressed file ({error}). Fetch it again.") from error
    if len(content) > MAX_UNPACKED:
        raise LimitExceeded(f"{name!r} unpacks to more than {MAX_UNPACKED >> 20} MB. Unpack it yourself.")
    return content


def _wanted(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and "__MACOSX" not in parts and not is_temporary(parts[-1])


def _unzip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise ProtectedFile(f"{info.filename!r} is protected by a password. Unpack it and add the file.")
    return archive.read(info)


def _untar(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(info)
    return b"" if file is None else file.read()
