"""A page of a document as a picture, with the boxes of a quote marked: what a reader checks a citation against."""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from documents.errors import UnreadableFile
from documents.model import Document, WordBox

__all__ = ["Box", "boxes_for", "page_image"]

Box = tuple[float, float, float, float]
"""left, top, right, bottom in points, from the page's top left corner."""

_MARK = (255, 225, 90)  # a marker pen's yellow: multiplied into the page, black type stays black
_WIDEST = 4_000  # pixels
_TALLEST = 8_000


def boxes_for(document: Document, start: int, end: int) -> dict[int, list[Box]]:
    """Page number -> the boxes of the words in [start, end) of the text, those of one line as one box."""
    found: dict[int, list[Box]] = {}
    for layout in document.layout:
        words = [word for word in layout.words if word.start < end and word.end > start]
        if words:
            found[layout.number] = [_around(line) for line in _lines(words)]
    return found


def _lines(words: Sequence[WordBox]) -> list[list[WordBox]]:
    """Words by line, whichever way the page's lines run: a word belongs to the line it is level with and near."""
    pairs = list(pairwise(words))
    across = [_follows((a.top, a.bottom), (b.top, b.bottom), (a.left, a.right), (b.left, b.right)) for a, b in pairs]
    down = [_follows((a.left, a.right), (b.left, b.right), (a.top, a.bottom), (b.top, b.bottom)) for a, b in pairs]
    lines = [[words[0]]]
    for (_, word), follows in zip(pairs, across if sum(across) >= sum(down) else down, strict=True):
        if follows:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


_Span = tuple[float, float]


def _follows(height: _Span, next_height: _Span, width: _Span, next_width: _Span) -> bool:
    """Whether two words overlap by half their height, with a gap of less than three heights between them."""
    low = min(height[1] - height[0], next_height[1] - next_height[0])
    level = min(height[1], next_height[1]) - max(height[0], next_height[0])
    gap = max(width[0], next_width[0]) - min(width[1], next_width[1])
    return level >= 0.5 * low and gap < 3 * low


def _around(words: Sequence[WordBox]) -> Box:
    return (
        min(w.left for w in words),
        min(w.top for w in words),
        max(w.right for w in words),
        max(w.bottom for w in words),
    )


def page_image(data: bytes, number: int, *, width: int = 900, highlights: Sequence[Box] = ()) -> bytes:
    """Page `number` (from 1) of a PDF, or frame of an image file, as a PNG `width` pixels wide.

    `highlights` are boxes in points (boxes_for), marked in yellow. Raises UnreadableFile where there is no such page.
    """
    width = max(50, min(width, _WIDEST))
    picture, points = _pdf_page(data, number, width) if b"%PDF-" in data[:1024] else _frame(data, number, width)
    if highlights:
        picture = _marked(picture, highlights, picture.width / points)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _pdf_page(data: bytes, number: int, width: int) -> tuple[Any, float]:
    """The page as an RGB image, and its width in points."""
    import pypdfium2

    from documents.readers.pdf import LOCK, opened

    with opened(data, "the document") as document, LOCK:
        if not 1 <= number <= len(document):
            raise UnreadableFile(f"page {number} is not one of the document's {len(document)} pages")
        document.init_forms()
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(f"page {number} is damaged and can't be shown") from error
        try:
            across, down = page.get_size()
            scale = min((width - 0.001) / across, _TALLEST / down)  # render() rounds the width up
            bitmap = page.render(scale=scale, rev_byteorder=True)
            picture = bitmap.to_pil().convert("RGB").copy()
            bitmap.close()
        finally:
            page.close()
    return picture, across


def _frame(data: bytes, number: int, width: int) -> tuple[Any, float]:
    from documents.readers.ocr import frames

    for picture, across, _ in frames(data, "the image", only=number):
        height = max(1, min(_TALLEST, round(picture.height * width / picture.width)))
        return picture.resize((width, height)), across
    raise UnreadableFile(f"the image has no frame {number}")


def _marked(picture: Any, boxes: Sequence[Box], scale: float) -> Any:
    """The picture with the marker's colour multiplied into the boxes, a little larger than the type."""
    from PIL import Image, ImageChops, ImageDraw

    sheet = Image.new("RGB", picture.size, "white")
    draw = ImageDraw.Draw(sheet)
    margin = 0.002 * picture.width
    for left, top, right, bottom in boxes:
        draw.rectangle(
            (left * scale - margin, top * scale - margin, right * scale + margin, bottom * scale + margin), fill=_MARK
        )
    return ImageChops.multiply(picture, sheet)
