"""PDFs that the tests write themselves, so that every word's place is known."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from documents.draft import Draft
from documents.model import Document

pytest.importorskip("reportlab", reason="reportlab writes the PDFs of these tests")

A4 = (595.0, 842.0)
PROSE = (
    "The committee met on the first Monday of every month and kept a written record of what it had heard. "
    "Members who could not attend sent their remarks beforehand, and the secretary read them aloud. "
    "Nothing was decided until everybody had spoken, which made the evenings long and the decisions short. "
    "In the third year the rooms became too small and the meetings moved to the old library by the river. "
)


def drawn(*pages: Callable[[Any], None], size: tuple[float, float] = A4, **settings: Any) -> bytes:
    """A PDF with one page for each function, which draws on a reportlab canvas."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1, **settings)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def column(
    canvas: Any, text: str, left: float, top: float, width: float, size: float = 10, font: str = "Helvetica"
) -> float:
    """Sets text in lines of at most `width` points, `top` points below the page's top; returns the next line's top."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    canvas.setFont(font, size)
    line: list[str] = []
    for word in [*text.split(), None]:
        if word is not None and stringWidth(" ".join([*line, word]), font, size) <= width:
            line.append(word)
            continue
        canvas.drawString(left, canvas._pagesize[1] - top - size, " ".join(line))
        top += 1.2 * size
        line = [word or ""]
    return top


def at(canvas: Any, text: str, left: float, top: float, size: float = 10, font: str = "Helvetica") -> None:
    """One line of text, its type's top `top` points below the page's top."""
    canvas.setFont(font, size)
    canvas.drawString(left, canvas._pagesize[1] - top - size, text)


def read(data: bytes) -> Document:
    """The document the reader makes of a PDF."""
    from documents.readers.pdf import read_pdf

    draft = Draft()
    read_pdf(data, "test.pdf", draft)
    return draft.finish(id="", source="test.pdf", media_type="application/pdf", size=len(data), fallback_title="test")


def lines(document: Document) -> Sequence[str]:
    """The document's lines, blank ones left out."""
    return [line for line in document.text.split("\n") if line]
