"""A page of a PDF as it looks, with the quoted words boxed.

The picture is made from the file the document was read from, and only while the file's bytes are still those that were
read: then the boxes lie where the words are.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from documents.errors import NotInLibrary
from documents.model import Document, PageLayout, WordBox
from index.library import Library
from qa.libraries import Which

__all__ = ["line_boxes", "page_png", "sheets"]

WIDTH = 1100  # pixels of a picture: sharp at the panel's width on a dense screen
MOST = 3  # pages shown for one quote

Box = tuple[float, float, float, float]


def line_boxes(words: Iterator[WordBox], pad: float = 1.5) -> list[Box]:
    """One (left, top, right, bottom) in points for each line of the words, which come in reading order."""
    boxes: list[Box] = []
    for word in words:
        left, top, right, bottom = word.left - pad, word.top - pad, word.right + pad, word.bottom + pad
        if boxes:
            a, b, c, d = boxes[-1]
            overlap = min(d, bottom) - max(b, top)
            if overlap > 0.5 * min(d - b, bottom - top) and left > a:
                boxes[-1] = (a, min(b, top), max(c, right), max(d, bottom))
                continue
        boxes.append((left, top, right, bottom))
    return boxes


def sheets(document: Document, start: int, end: int, which: Which = "shared") -> Markup:
    """The pages that [start, end) stands on, each with its words boxed; empty where there is no such page."""
    if document.media_type != "application/pdf" or not Path(document.source).is_file():
        return Markup("")
    shown = [page for page in document.layout if any(w.start < end and start < w.end for w in page.words)]
    return Markup("").join(_sheet(document.id, page, start, end, which) for page in shown[:MOST])


def _sheet(document_id: str, page: PageLayout, start: int, end: int, which: Which) -> Markup:
    boxes = line_boxes(w for w in page.words if w.start < end and start < w.end)
    drawn = Markup("").join(
        Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"></rect>').format(a, b, c - a, d - b)
        for a, b, c, d in boxes
    )
    return Markup(
        '<figure class="fn-sheet"><img src="/pages/{0}/{1}.png?library={5}" loading="lazy" width="{2:.0f}" '
        'height="{3:.0f}" alt="Page {1} of the document; where it is missing, the file has moved or changed since it '
        'was read">'
        '<svg viewBox="0 0 {2:.2f} {3:.2f}" role="presentation">{4}</svg><figcaption>Page {1}</figcaption></figure>'
    ).format(document_id, page.number, page.width, page.height, drawn, which)


def page_png(library: Library, document_id: str, number: int) -> bytes:
    """The picture of page `number`, from 1, as PNG.

    Raises:
        NotInLibrary: no such document or page, or its file is gone or changed.
        UnreadableFile, ProtectedFile: the file can't be opened any more.
    """
    from documents.readers.pdf import LOCK, opened

    record = library.record(document_id)
    for path in map(Path, record.sources):
        data = path.read_bytes() if record.media_type == "application/pdf" and path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != document_id:
            continue
        with opened(data, path.name) as pdf, LOCK:
            if 1 <= number <= len(pdf):
                return _drawn(pdf[number - 1])
    raise NotInLibrary(f"page {number} of {record.title} can't be shown: its file has moved or changed; add it again")


def _drawn(page: object) -> bytes:
    width, _ = page.get_size()  # type: ignore[attr-defined]
    picture = io.BytesIO()
    page.render(scale=min(3.0, WIDTH / max(1.0, width))).to_pil().save(picture, "PNG")  # type: ignore[attr-defined]
    return picture.getvalue()
