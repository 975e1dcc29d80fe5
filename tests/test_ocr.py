"""Text of scans and pictures: held against the text layer of the page they were made from."""

import io
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from pdf_support import PROSE, at, column, drawn, read

pytest.importorskip("rapidocr_onnxruntime", reason="the extra `ocr` is not installed")

from documents.draft import Draft
from documents.errors import FootnoteError, LimitExceeded, MissingExtra, UnreadableFile
from documents.model import Document
from documents.pages import boxes_for, page_image
from documents.readers import ocr


def picture(draw: Any, turn: int = 0, kind: str = "PNG", **settings: Any) -> bytes:
    """The page as a file of pixels, 150 to the inch, turned by quarters anticlockwise."""
    from PIL import Image

    image = Image.open(io.BytesIO(page_image(drawn(draw), 1, width=1240))).rotate(90 * turn, expand=True)
    out = io.BytesIO()
    image.save(out, kind, dpi=(150, 150), **settings)
    return out.getvalue()


def seen(data: bytes) -> Document:
    draft = Draft()
    ocr.read_image(data, "scan.png", draft)
    return draft.finish(id="", source="scan.png", media_type="image/png", size=len(data), fallback_title="scan")


def page(canvas: Any) -> None:
    column(canvas, PROSE, 60, 80, 400, 12)


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_picture_reads_as_the_page_it_was_made_of(turn: int) -> None:
    document = seen(picture(page, turn))
    original = read(drawn(page))
    found, expected = document.text.split(), original.text.split()
    matched = SequenceMatcher(None, expected, found, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in matched) >= 0.95 * len(expected)
    assert "\n" not in document.text
    assert [place.method for place in document.places] == ["ocr"]


def test_boxes_of_a_scan_stand_where_the_words_are() -> None:
    """Against the text layer's boxes: the middle of each word within a third of the type's size, or 4 points."""
    document, original = seen(picture(page)), read(drawn(page))
    true = {original.text[w.start : w.end]: w for w in original.layout[0].words}
    compared = 0
    for word in document.layout[0].words:
        text = document.text[word.start : word.end]
        if text in true and original.text.split().count(text) == 1:
            compared += 1
            assert abs(word.left + word.right - true[text].left - true[text].right) / 2 < 5, text
            assert abs(word.top + word.bottom - true[text].top - true[text].bottom) / 2 < 5, text
    assert compared > 25


def test_frames_of_a_tiff_are_pages() -> None:
    from PIL import Image

    first, second = (
        Image.open(io.BytesIO(picture(lambda c, t=text: at(c, t, 60, 80, 24))))
        for text in ("First page.", "Second page.")
    )
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], dpi=(150, 150))
    document = seen(out.getvalue())
    assert document.text.split("\n\n") == ["First page.", "Second page."]
    assert [p.number for p in document.places] == [1, 2]
    start = document.text.index("Second")
    assert list(boxes_for(document, start, start + 6)) == [2]
    assert page_image(out.getvalue(), 2, width=300, highlights=boxes_for(document, start, start + 6)[2])


def test_a_blank_picture_says_so() -> None:
    document = seen(picture(lambda canvas: None))
    assert document.text == ""
    assert [problem.kind for problem in document.problems] == ["no_text"]


def test_a_scan_in_a_pdf(shared: Path) -> None:
    data = (shared / "data/formats-a/files/ocr_test.pdf").read_bytes()
    document = read(data)
    assert document.text.split()[:6] == ["Docling", "bundles", "PDF", "document", "conversion", "to"]
    assert document.places[0].method == "ocr"
    assert not document.problems


def test_time_that_runs_out_is_reported(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_seconds", -1.0)
    document = read((shared / "data/formats-a/files/ocr_test.pdf").read_bytes())
    (problem,) = document.problems
    assert problem.kind == "no_text" and "ran out of time" in problem.message


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(20), b"no picture at all"])
def test_damaged_pictures(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"scan\.png"):
        seen(data)


def test_a_truncated_picture() -> None:
    with pytest.raises(UnreadableFile, match=r"scan\.png"):
        seen(picture(page)[:5_000])


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(LimitExceeded, match="pixels"):
        seen(out.getvalue())


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", None)
    ocr._engine.cache_clear()
    with pytest.raises(MissingExtra, match=r"pip install 'footnote\[ocr\]'") as caught:
        seen(picture(page))
    assert isinstance(caught.value, FootnoteError)
