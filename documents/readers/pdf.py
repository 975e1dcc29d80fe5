"""PDF: text with page numbers and a box for every word; scanned pages by OCR where the extra is installed.

pdfium is not thread-safe: LOCK guards every call into it, here and in documents/pages.py, page by page, so that
showing a page need not wait until a book is read.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from documents.draft import Draft
from documents.errors import LimitExceeded, ProtectedFile, UnreadableFile
from documents.model import Problem
from documents.readers import ocr
from documents.readers.pdf_flow import write_pages
from documents.readers.pdf_headings import plain
from documents.readers.pdf_notes import comments
from documents.readers.pdf_text import page_words
from documents.readers.pdf_words import Page

__all__ = ["LOCK", "MAX_PAGES", "opened", "read_pdf"]

LOCK = threading.RLock()
MAX_PAGES = 5_000
_GARBLED = 0.1  # share of characters without a meaning from which a page is reported
_DPI = 200
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([-+Z])(?:(\d\d)'?(\d\d)?)?)?")
_NO_NAME = re.compile(r"(?i)\(?(?:anonymous|unspecified|untitled|unknown|none|user|admin(?:istrator)?)?\)?")
_NO_TITLE = re.compile(r"(?i)untitled.*|microsoft word - .*|.*\.(?:docx?|pdf|indd|qxd|tex|dvi|pptx?|xlsx?)|\W*|\(.*\)")


def read_pdf(data: bytes, name: str, draft: Draft) -> None:
    """Reads a PDF into the draft.

    Raises ProtectedFile where it needs a password, UnreadableFile where it is damaged, LimitExceeded beyond MAX_PAGES.
    """
    with opened(data, name) as document:
        with LOCK:
            count = len(document)
            if count > MAX_PAGES:
                raise LimitExceeded(
                    f"{name}: has {count:,} pages, at most {MAX_PAGES:,} are read; split the file into parts"
                )
            _metadata(document, draft)
            outline = _outline(document)
            forms = document.init_forms()
        budget = ocr.Budget()
        noted: dict[int, list[str]] = {}
        pages = [_read_page(document, i, draft, forms, budget, noted) for i in range(count)]
    _report(pages, draft, budget)
    write_pages(draft, pages, outline)
    for number, texts in noted.items():
        with draft.place("page", number):
            for text in texts:
                draft.block(f"Comment on page {number}: {text}")


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Any]:
    """The pypdfium2 document; hold LOCK for every call on it."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise ProtectedFile(
                    f"{name}: the PDF needs a password; save a copy without one and add that"
                ) from error
            raise UnreadableFile(
                f"{name}: not a readable PDF, it is damaged or cut short; open and save it again in a PDF program"
            ) from error
    try:
        yield document
    finally:
        with LOCK:
            document.close()


def _read_page(
    document: Any, index: int, draft: Draft, forms: bool, budget: ocr.Budget, noted: dict[int, list[str]]
) -> Page:
    import pypdfium2

    number = index + 1
    with LOCK:
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            draft.problems.append(Problem("other", f"page {number} is damaged and was not read", f"page {number}"))
            return Page(number, 0.0, 0.0, "none")
        try:
            if texts := comments(page):
                noted[number] = texts
            if forms and page.flatten():  # what is filled into a form becomes text of the page
                page.close()
                page = document[index]
            read = page_words(page, number)
            image = _render(page) if _needs_ocr(read) and ocr.available() and not budget.spent else None
        finally:
            page.close()
    if image is None:
        return read
    seen = ocr.read_page(image, number, read.width, read.height)
    return seen if seen.runs else read


def _needs_ocr(page: Page) -> bool:
    return not page.runs or page.unreadable > 3 * _GARBLED


def _render(page: Any) -> Any:
    """The page as an array of pixels, (height, width, 3), at _DPI where that stays below ocr.MAX_PIXELS."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (ocr.MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    if width * scale < 1 or height * scale < 1:
        return None
    bitmap = page.render(scale=scale)
    try:
        return bitmap.to_numpy().copy()
    finally:
        bitmap.close()


def _report(pages: list[Page], draft: Draft, budget: ocr.Budget) -> None:
    """What a user must know: pages without text, and pages whose text is garbled."""
    hint = "OCR found none either" if ocr.available() else f"to read scans, {ocr.INSTALL}"
    if ocr.available() and budget.spent:
        hint = "OCR ran out of time; split the file into parts"
    empty = [page.number for page in pages if page.method == "none"]
    if empty:
        numbers = ranges(empty)
        what = "page has" if len(empty) == 1 else "pages have"
        draft.problems.append(
            Problem("no_text", f"{len(empty)} of {len(pages)} {what} no text ({numbers}); {hint}", f"page {numbers}")
        )
    for page in pages:
        if page.method == "text" and page.unreadable > _GARBLED:
            share = f"{100 * page.unreadable:.0f} %"
            draft.problems.append(
                Problem(
                    "garbled",
                    f"{share} of the characters of page {page.number} have no meaning: its fonts hide their text",
                    f"page {page.number}",
                )
            )


def ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] as "1-3, 7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in parts)


def _metadata(document: Any, draft: Draft) -> None:
    import ctypes

    import pypdfium2.raw as pdfium

    found = {key: value.strip("\x00 ").strip() for key, value in document.get_metadata_dict().items()}
    found = {key: value for key, value in found.items() if not _NO_NAME.fullmatch(value)}
    title = found.get("Title", "")
    draft.title = title if title and not _NO_TITLE.fullmatch(title) else draft.title
    draft.author = found.get("Author") or draft.author
    draft.created = _date(found.get("CreationDate", "")) or draft.created
    draft.modified = _date(found.get("ModDate", "")) or draft.modified
    for key in ("Subject", "Keywords"):
        if found.get(key):
            draft.extra[key.lower()] = found[key]
    needed = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if 2 < needed < 100:
        buffer = (ctypes.c_ushort * (needed // 2))()
        pdfium.FPDFCatalog_GetLanguage(document, buffer, needed)
        language = bytes(buffer).decode("utf-16-le", "replace").strip("\x00").split("-")[0].lower()
        if re.fullmatch("[a-z]{2,3}", language):
            draft.language = language


def _date(text: str) -> datetime | None:
    """A PDF date, D:20240131235959+01'00', with its zone; None where it is no date."""
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    sign, hours, minutes = match.groups()[6:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        zone = timezone(offset) if sign else None
        return datetime(year or 1, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=zone)
    except ValueError:
        return None


def _outline(document: Any) -> dict[int, dict[str, int]]:
    """Page number -> plain title -> level, of the first 5,000 bookmarks."""
    found: dict[int, dict[str, int]] = {}
    for count, mark in enumerate(document.get_toc(max_depth=6)):
        if count >= 5_000:
            break
        target = mark.get_dest()
        index = target.get_index() if target else None
        title = plain(mark.get_title())
        if index is not None and index >= 0 and title:
            found.setdefault(index + 1, {}).setdefault(title, mark.level + 1)
    return found if sum(map(len, found.values())) >= 3 else {}
