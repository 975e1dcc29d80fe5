"""What was filled into a PDF form is text of its page, with a box; comments are read and labelled."""

from typing import Any

from pdf_support import at, drawn, read


def test_filled_fields_are_read() -> None:
    def page(canvas: Any) -> None:
        at(canvas, "Name of the applicant", 50, 50)
        canvas.acroForm.textfield(
            name="applicant", value="Ann Example", x=200, y=780, width=200, height=18, fontSize=10
        )

    document = read(drawn(page))
    assert "Name of the applicant" in document.text
    assert "Ann Example" in document.text
    assert "Example" in {document.text[w.start : w.end] for w in document.layout[0].words}


def test_comments_are_read_after_the_text() -> None:
    def first(canvas: Any) -> None:
        at(canvas, "The plan of the year.", 50, 50)

    def second(canvas: Any) -> None:
        at(canvas, "The costs of the plan.", 50, 50)
        canvas.textAnnotation("Is this figure still right?", (100, 700, 120, 720))

    document = read(drawn(first, second))
    assert document.text.split("\n\n") == [
        "The plan of the year.",
        "The costs of the plan.",
        "Comment on page 2: Is this figure still right?",
    ]
    start = document.text.index("Comment")
    assert [p.number for p in document.places if p.start <= start < p.end] == [2]
