"""PDFs that can't be read, or only in part: a clear error or a problem that names the pages."""

import io
import random
import threading
from typing import Any

import pytest
from pdf_support import PROSE, at, column, drawn, read

from documents.errors import FootnoteError, LimitExceeded, ProtectedFile, UnreadableFile
from documents.pages import page_image
from documents.readers import ocr, pdf


def prose(canvas: Any) -> None:
    column(canvas, PROSE, 50, 50, 450)


def blank(canvas: Any) -> None:
    canvas.rect(50, 50, 100, 100, fill=1)


def test_a_password_is_asked_for() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    with pytest.raises(ProtectedFile, match=r"test\.pdf.*password"):
        read(drawn(prose, encrypt=StandardEncryption("secret", strength=128)))


def test_an_empty_user_password_needs_none() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    assert "committee" in read(drawn(prose, encrypt=StandardEncryption("", "owner", strength=128))).text


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.4 nothing of the kind", bytes(range(256)) * 40])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"test\.pdf"):
        read(data)


def test_damage_anywhere_gives_an_error_of_ours_or_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    data = drawn(prose, prose, prose)
    rng = random.Random(7)
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(rng.choice((1, 5, 50))):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        cut = bytes(damaged[: rng.choice((len(data), rng.randrange(len(data))))])
        try:
            document = read(cut)
        except FootnoteError as error:
            assert "test.pdf" in str(error)
        else:
            for layout in document.layout:
                assert all(document.text[w.start : w.end].strip() for w in layout.words)


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 3)
    assert len(read(drawn(*[prose] * 3)).layout) == 3
    with pytest.raises(LimitExceeded, match="has 4 pages, at most 3"):
        read(drawn(*[prose] * 4))


def test_pages_without_text_are_named_with_the_command_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    document = read(drawn(prose, blank, prose, blank, blank))
    (problem,) = document.problems
    assert problem.kind == "no_text"
    assert "3 of 5 pages have no text (2, 4-5)" in problem.message
    assert "pip install 'footnote[ocr]'" in problem.message
    assert {p.number: p.method for p in document.places} == {1: "text", 2: "none", 3: "text", 4: "none", 5: "none"}
    assert [layout.number for layout in document.layout] == [1, 2, 3, 4, 5]


def test_a_page_of_absurd_size_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def poster(canvas: Any) -> None:
        canvas.setPageSize((14_400, 14_400))
        at(canvas, "A poster as large as a house", 100, 100, 200)

    data = drawn(poster)
    assert read(data).text == "A poster as large as a house"
    assert len(page_image(data, 1, width=100_000)) < 5_000_000


def test_garbled_text_is_reported() -> None:
    def private(canvas: Any) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont

        pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
        at(canvas, "\ue010\ue011\ue012\ue013 and two words", 50, 50, 10, "HeiseiMin-W3")

    document = read(drawn(private))
    assert [(p.kind, p.place) for p in document.problems] in ([("garbled", "page 1")], [("no_text", "page 1")])


def test_metadata() -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setTitle("The minutes")
    canvas.setAuthor("Ann Example")
    prose(canvas)
    canvas.save()
    document = read(out.getvalue())
    assert (document.title, document.author) == ("The minutes", "Ann Example")
    assert document.created is not None and document.created.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("D:20240131235959+01'00'", "2024-01-31T23:59:59+01:00"),
        ("D:20240131235959Z", "2024-01-31T23:59:59+00:00"),
        ("D:199812231952-0800", "1998-12-23T19:52:00-08:00"),
        ("D:2024", "2024-01-01T00:00:00"),
        ("D:20241345", None),
        ("yesterday", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    found = pdf._date(text)
    assert (found.isoformat() if found else None) == expected


def test_no_such_page() -> None:
    with pytest.raises(UnreadableFile, match="page 2"):
        page_image(drawn(prose), 2)


def test_many_threads_read_the_same() -> None:
    data = drawn(*[prose] * 8)
    expected = read(data).text
    found: list[str] = []

    def work() -> None:
        for _ in range(3):
            found.append(read(data).text)
            page_image(data, 1, width=300)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 12


def test_speed() -> None:
    """The floor is 20 pages a second of one process; measured 5 times that, so load on the machine doesn't fail it."""
    import time

    data = drawn(*[lambda c: [column(c, PROSE * 2, 50, 50 + 150 * i, 450) for i in range(3)]] * 40)
    read(data)
    start = time.process_time()
    read(data)
    assert 40 / (time.process_time() - start) > 20
