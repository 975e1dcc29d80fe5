"""Which reader takes which media type: named by dotted name, imported when its first file comes."""

import importlib
from collections.abc import Callable
from types import MappingProxyType

from documents import detect
from documents.draft import Draft
from documents.errors import UnsupportedFile

__all__ = ["READERS", "Reader", "reader_for", "supported_suffixes"]

Reader = Callable[[bytes, str, Draft], None]
"""Takes a file's bytes, its name (for messages) and the draft to write on."""

READERS = MappingProxyType(
    {
        "text/plain": "text.read_text",
        "text/markdown": "markdown.read_markdown",
        "text/html": "html.read_html",
        "text/csv": "delimited.read_delimited",
        "text/tab-separated-values": "delimited.read_delimited",
        "text/vtt": "subtitles.read_subtitles",
        "application/x-subrip": "subtitles.read_subtitles",
        "application/json": "data.read_json",
        "application/jsonl": "data.read_jsonl",
        "application/xml": "xml.read_xml",
        "application/rtf": "rtf.read_rtf",
        "message/rfc822": "mail.read_mail",
        "application/mbox": "mail.read_mailbox",
        "application/vnd.ms-outlook": "outlook.read_outlook",
        detect.CODE: "code.read_code",
        detect.DOCX: "word.read_word",
        detect.PPTX: "slides.read_slides",
        detect.XLSX: "sheet.read_sheet",
        detect.XLSM: "sheet.read_sheet",
        detect.XLSB: "sheet.read_sheet",
        detect.ODS: "sheet.read_sheet",
        "application/vnd.ms-excel": "sheet.read_sheet",
        detect.ODT: "opendocument.read_opendocument",
        detect.ODP: "opendocument.read_opendocument",
        detect.EPUB: "epub.read_epub",
        "application/zip": "archive.read_zip",
        "application/x-tar": "archive.read_tar",
        "application/gzip": "archive.read_compressed",
        "application/x-bzip2": "archive.read_compressed",
        "application/x-xz": "archive.read_compressed",
        "application/pdf": "pdf.read_pdf",
        "image/png": "ocr.read_image",
        "image/jpeg": "ocr.read_image",
        "image/tiff": "ocr.read_image",
        "image/gif": "ocr.read_image",
        "image/bmp": "ocr.read_image",
        "image/webp": "ocr.read_image",
        "application/x-encrypted-office": "sheet.read_encrypted",
    }
)
"""Media type -> reader, as module.function below documents.readers."""


def supported_suffixes() -> frozenset[str]:
    """The suffixes of file names, lower case with their dot, that a reader exists for."""
    return frozenset(suffix for suffix, media in detect.SUFFIXES.items() if media in READERS)


def reader_for(media: str, source: str) -> Reader:
    """The reader of a media type; raises UnsupportedFile, naming `source`, where there is none."""
    dotted = READERS.get(media)
    if dotted is None:
        what = "binary data of no known type" if media == "application/octet-stream" else media
        raise UnsupportedFile(f"{source!r} holds {what}, which Footnote has no reader for. Convert it to PDF or text.")
    module, _, function = dotted.partition(".")
    reader: Reader = getattr(importlib.import_module(f"documents.readers.{module}"), function)
    return reader
