"""Boxes of words on the page: held against the ink of the rendered page, turned and cropped in every way."""

import io
from typing import Any

import pytest
from pdf_support import PROSE, at, column, drawn, read

from documents.pages import boxes_for, page_image


def sample(canvas: Any) -> None:
    at(canvas, "A heading of the page", 120, 130, 18, "Helvetica-Bold")
    column(canvas, PROSE, 120, 180, 180)
    column(canvas, PROSE, 320, 180, 180)


def changed(data: bytes, rotation: int, crop: tuple[float, float, float, float] | None) -> bytes:
    import pypdfium2

    out = io.BytesIO()
    with pypdfium2.PdfDocument(data) as pdf:
        page = pdf[0]
        page.set_rotation(rotation)
        if crop:
            page.set_cropbox(*crop)
        pdf.save(out)
        page.close()
    return out.getvalue()


@pytest.mark.parametrize("crop", [None, (100.0, 300.0, 560.0, 760.0)])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_cover_the_ink_and_nothing_else(rotation: int, crop: tuple[float, float, float, float] | None) -> None:
    """Black pixels outside every box: none. Each word's box holds black pixels."""
    import numpy as np
    from PIL import Image

    data = changed(drawn(sample), rotation, crop)
    layout = read(data).layout[0]
    picture = np.asarray(Image.open(io.BytesIO(page_image(data, 1, width=1000))).convert("L")) < 128
    scale = 1000 / layout.width
    covered = np.zeros_like(picture)
    for word in layout.words:
        left, right = int(word.left * scale) - 1, int(word.right * scale) + 2
        top, bottom = int(word.top * scale) - 1, int(word.bottom * scale) + 2
        assert picture[max(0, top) : bottom, max(0, left) : right].any(), word
        covered[max(0, top) : bottom, max(0, left) : right] = True
    assert picture.any()
    assert not (picture & ~covered).any()
    assert (layout.width > layout.height) == (rotation in (90, 270)) or crop is not None


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_text_is_the_same_whichever_way_the_page_is_turned(rotation: int) -> None:
    assert read(changed(drawn(sample), rotation, None)).text == read(drawn(sample)).text


def test_a_page_printed_sideways_is_read_along_its_lines() -> None:
    def sideways(canvas: Any) -> None:
        canvas.translate(595, 0)
        canvas.rotate(90)
        for i, line in enumerate(("The minutes are printed across the long", "side of the sheet and read so.")):
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, 500 - 12 * i, line)

    document = read(drawn(sideways))
    assert document.text == "The minutes are printed across the long side of the sheet and read so."
    word = document.layout[0].words[0]
    assert word.bottom - word.top > word.right - word.left  # its box stays as it is shown


def test_every_word_has_a_box_and_every_box_a_word() -> None:
    document = read(drawn(sample))
    words = [(w.start, w.end) for w in document.layout[0].words]
    assert [document.text[a:b] for a, b in words] == document.text.split()


def test_a_quote_is_marked_line_by_line() -> None:
    import numpy as np
    from PIL import Image

    data = drawn(sample)
    document = read(data)
    quote = "kept a written record of what it had heard. Members"
    start = document.text.index(quote)
    boxes = boxes_for(document, start, start + len(quote))
    assert list(boxes) == [1]
    assert 2 <= len(boxes[1]) <= 3 and all(left > 119 and right < 301 for left, _, right, _ in boxes[1])

    plain = np.asarray(Image.open(io.BytesIO(page_image(data, 1, width=800))).convert("RGB")).astype(int)
    marked = np.asarray(Image.open(io.BytesIO(page_image(data, 1, width=800, highlights=boxes[1])))).astype(int)
    assert plain.shape == marked.shape and plain.shape[1] == 800
    rows, columns = np.nonzero((plain != marked).any(axis=2))
    scale = 800 / document.layout[0].width
    assert (
        min(b[1] for b in boxes[1]) * scale - 4 <= rows.min() and rows.max() <= max(b[3] for b in boxes[1]) * scale + 4
    )
    assert min(b[0] for b in boxes[1]) * scale - 4 <= columns.min()
    assert columns.max() <= max(b[2] for b in boxes[1]) * scale + 4
    assert (marked[plain.sum(axis=2) == 0] == 0).all()  # black type stays black


def test_a_quote_over_a_page_break_is_marked_on_both_pages() -> None:
    words = PROSE.split()
    first = drawn(
        lambda c: column(c, " ".join(words[:30]), 50, 60, 450), lambda c: column(c, " ".join(words[30:]), 50, 60, 450)
    )
    document = read(first)
    quote = " ".join(words[27:33])
    start = document.text.index(quote)
    assert {number: len(boxes) for number, boxes in boxes_for(document, start, start + len(quote)).items()} == {
        1: 1,
        2: 1,
    }
