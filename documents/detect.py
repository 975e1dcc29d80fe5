"""What a file is: by its content first, then by the suffix of its name. Nothing here reads a file or parses one.

Magic numbers tell most binary formats; a ZIP or OLE container is told by its members; text formats by how they open.
"""

import io
import re
import zipfile
import zlib
from pathlib import PurePath
from types import MappingProxyType

from documents.errors import UnreadableFile

__all__ = ["SUFFIXES", "media_type"]

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EPUB = "application/epub+zip"
CODE = "text/x-source"

_TEXT_SUFFIXES = {
    "text/plain": "txt text log rst adoc org tex nfo",
    "text/markdown": "md markdown mdown mkd mdx",
    "text/html": "html htm xhtml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv tab",
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "application/json": "json geojson ipynb",
    "application/jsonl": "jsonl ndjson",
    "application/xml": "xml rss atom opml",
    "message/rfc822": "eml mht mhtml",
    "application/mbox": "mbox",
    "application/rtf": "rtf",
    CODE: "py pyi js mjs cjs ts tsx jsx java kt kts scala c h cc cpp cxx hpp hh cs go rs rb php swift m mm pl pm r lua "
    "sh bash zsh fish ps1 bat cmd sql css scss less vue svelte dart ex exs erl hs clj elm f90 vb pas groovy gradle jl "
    "toml yaml yml ini cfg conf properties env mk cmake dockerfile tf proto graphql",
}
_BINARY_SUFFIXES = {
    "application/pdf": "pdf",
    DOCX: "docx docm dotx",
    XLSX: "xlsx xltx",
    XLSM: "xlsm",
    XLSB: "xlsb",
    PPTX: "pptx pptm ppsx potx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-outlook": "msg",
    ODT: "odt ott",
    ODS: "ods ots",
    ODP: "odp otp",
    EPUB: "epub",
    "application/zip": "zip",
    "application/x-tar": "tar",
    "application/gzip": "gz tgz",
    "application/x-bzip2": "bz2 tbz2",
    "application/x-xz": "xz txz",
    "image/png": "png",
    "image/jpeg": "jpg jpeg",
    "image/tiff": "tif tiff",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/webp": "webp",
}
SUFFIXES = MappingProxyType(
    {
        f".{suffix}": media
        for table in (_TEXT_SUFFIXES, _BINARY_SUFFIXES)
        for media, suffixes in table.items()
        for suffix in suffixes.split()
    }
)
"""Lower-case suffix with its dot -> media type."""

_TEXT_NAMES = {"makefile": CODE, "dockerfile": CODE, "readme": "text/plain", "license": "text/plain"}
_MAGIC = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ\x90\x00", "application/x-executable"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x00asm", "application/wasm"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPED = frozenset((ODT, ODS, ODP, EPUB))
_ZIP_PARTS = (("word/", DOCX), ("xl/workbook.bin", XLSB), ("xl/", XLSX), ("ppt/", PPTX))
_HTML = re.compile(rb"(?i)\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html|head|body)\b", re.DOTALL)
_MAIL = re.compile(
    rb"(?i)(?:from |(?:return-path|received|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]+|"
    rb"content-type|reply-to|cc|dkim-signature|arc-[\w-]+|authentication-results|thread-[\w-]+):[ \t])"
)
_MAIL_FIELD = re.compile(rb"(?im)^(?:from|to|subject|date|message-id|mime-version|received):[ \t]")
_SUBRIP = re.compile(rb"\s*\d+\s*\r?\n\d\d:\d\d:\d\d[,.]\d{3} --> ")


def media_type(data: bytes, name: str) -> str:
    """The media type of some bytes; "application/octet-stream" where neither content nor name tells.

    Raises UnreadableFile for a ZIP container whose directory is damaged.
    """
    suffix = PurePath(name).suffix.lower()
    by_name = SUFFIXES.get(suffix) or _TEXT_NAMES.get(PurePath(name).name.lower())
    return _binary(data, name, by_name) or _textual(data, by_name) or by_name or _fallback(data)


def _binary(data: bytes, name: str, by_name: str | None) -> str | None:
    if b"%PDF-" in data[:1024] and not (by_name or "").startswith("text/"):
        return "application/pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _container(data, name, by_name)
    if data.startswith(_OLE):
        return _compound(data, by_name)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data[257:262] == b"ustar":
        return "application/x-tar"
    if data.startswith(b"BM") and by_name == "image/bmp":
        return "image/bmp"
    return next((media for magic, media in _MAGIC if data.startswith(magic)), None)


def _container(data: bytes, name: str, by_name: str | None) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.namelist()
            # OpenDocument and EPUB say what they are in a member of its own.
            told = archive.open("mimetype").read(200).decode("latin-1").strip() if "mimetype" in members else ""
    except (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError) as error:
        kind = by_name or "application/zip"
        raise UnreadableFile(f"{name!r} is a damaged or cut off {kind} file ({error}). Fetch it again.") from error
    if told in _TYPED:
        return told
    if by_name in _TYPED:
        return by_name
    if "[Content_Types].xml" not in members:
        return "application/zip"
    found = next((media for part, media in _ZIP_PARTS if any(m.startswith(part) for m in members)), None)
    return XLSM if found == XLSX and "xl/vbaProject.bin" in members else found or "application/zip"


def _compound(data: bytes, by_name: str | None) -> str:
    """OLE streams have UTF-16 names in the directory, which can stand anywhere in the file."""
    streams = (
        ("EncryptedPackage", "application/x-encrypted-office"),
        ("__substg1.0_", "application/vnd.ms-outlook"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book", "application/vnd.ms-excel"),
        ("WordDocument", "application/msword"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    )
    found = next((media for stream, media in streams if stream.encode("utf-16-le") in data), None)
    return found or by_name or "application/x-ole-storage"


def _textual(data: bytes, by_name: str | None) -> str | None:
    """Text that says what it is; a name of source code or Markdown wins over how the text opens."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf")
    if b"\x00" in head or by_name in (CODE, "text/markdown"):
        return None
    if head.startswith(b"WEBVTT"):
        return "text/vtt"
    if _SUBRIP.match(head):
        return "application/x-subrip"
    if _HTML.match(head):
        return "text/html"
    if head.lstrip().startswith(b"<?xml") and by_name != "text/html":
        return "application/xml"
    if by_name in (None, "text/plain", "application/octet-stream"):
        return _untold(head, data)
    return None


def _untold(head: bytes, data: bytes) -> str | None:
    if head.startswith(b"From ") and len(_MAIL_FIELD.findall(head)) >= 2:
        return "application/mbox"
    if _MAIL.match(head) and len(_MAIL_FIELD.findall(head.split(b"\n\n", 1)[0])) >= 3:
        return "message/rfc822"
    start, end = head.lstrip()[:1], data[-64:].rstrip()[-1:]
    if start + end in (b"{}", b"[]") and re.match(rb"\s*[\[{]\s*[\"\[{\]}\d]", head):
        return "application/json"
    return None


def _fallback(data: bytes) -> str:
    sample = data[:4096]
    controls = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    wide = max(even, odd) > 0.4 * (len(sample) // 2) and min(even, odd) < 0.05 * len(sample)
    return "text/plain" if wide or controls * 50 <= len(sample) else "application/octet-stream"
