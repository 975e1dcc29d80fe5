"""Page images: the boxes lie on the quoted words, and only a file that is still the same is shown."""

from pathlib import Path

import pytest

from documents.errors import NotInLibrary
from documents.model import WordBox
from index.encoder import HashEncoder
from index.library import Library
from qa.web.pages import line_boxes, page_png, sheets

support = pytest.importorskip("pdf_support", reason="reportlab writes the PDFs of these tests")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    def page(canvas: object) -> None:
        canvas.setFont("Helvetica", 12)  # type: ignore[attr-defined]
        canvas.drawString(100, 700, "The dome weighs 46 tonnes.")  # type: ignore[attr-defined]
        canvas.drawString(100, 660, "It was built in 1887.")  # type: ignore[attr-defined]

    (tmp_path / "dome.pdf").write_bytes(support.drawn(page))
    library = Library.open(tmp_path / "library", encoder=HashEncoder())
    library.add_files([tmp_path / "dome.pdf"])
    return library


def test_words_of_one_line_make_one_box() -> None:
    words = [
        WordBox(0, 3, 10, 100, 30, 112),
        WordBox(4, 8, 34, 101, 60, 112),  # beside the first: overlaps it by 11 of 11 points
        WordBox(9, 12, 10, 114, 40, 126),  # the next line
        WordBox(13, 15, 5, 115, 9, 126),  # on that line but to the left: text that runs on in another column
    ]
    assert line_boxes(iter(words), pad=0) == [(10, 100, 60, 112), (10, 114, 40, 126), (5, 115, 9, 126)]
    assert line_boxes(iter(words[:1])) == [(8.5, 98.5, 31.5, 113.5)]


def test_a_quote_of_a_pdf_is_boxed_where_it_was_drawn(library: Library) -> None:
    (record,) = library.documents()
    document = library.document(record.id)
    start = document.text.index("It was built in 1887.")
    markup = sheets(document, start, start + 21)
    assert markup.count("<rect") == 1 and f"/pages/{record.id}/1.png" in markup
    (box,) = line_boxes(w for w in document.layout[0].words if start <= w.start < start + 21)
    # Drawn at x = 100 with its baseline 660 points above the foot of an A4 page, so 842 - 660 = 182 below its top.
    assert box[0] == pytest.approx(100, abs=3) and box[1] < 182 < box[3] and box[3] - box[1] < 20


def test_the_picture_is_made_while_the_file_is_what_was_read(library: Library, tmp_path: Path) -> None:
    (record,) = library.documents()
    assert page_png(library, record.id, 1).startswith(b"\x89PNG")
    with pytest.raises(NotInLibrary, match="page 2 of"):
        page_png(library, record.id, 2)
    (tmp_path / "dome.pdf").write_bytes(support.drawn(lambda canvas: canvas.drawString(50, 50, "Other words.")))
    with pytest.raises(NotInLibrary, match="moved or changed"):
        page_png(library, record.id, 1)
    (tmp_path / "dome.pdf").unlink()
    assert sheets(library.document(record.id), 0, 5) == ""


def test_a_document_without_pages_has_no_page_view(library: Library, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Plain words.")
    library.add_files([tmp_path / "notes.txt"])
    (record,) = [r for r in library.documents() if r.media_type == "text/plain"]
    assert sheets(library.document(record.id), 0, 5) == ""
    with pytest.raises(NotInLibrary):
        page_png(library, record.id, 1)
