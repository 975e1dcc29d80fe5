"""Comments that readers pinned to the pages of a PDF; the caller holds the lock."""

import ctypes
from typing import Any

__all__ = ["comments"]

_MOST = 500  # annotations looked at on one page


def comments(page: Any) -> list[str]:
    """The texts of a pypdfium2 page's notes, free texts and marked passages, in the order of the file."""
    import pypdfium2.raw as pdfium

    kinds = {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_CARET,
    }
    found: dict[str, None] = {}
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        if pdfium.FPDFAnnot_GetSubtype(annotation) in kinds:
            size = pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
            buffer = (ctypes.c_ushort * (size // 2 + 1))()
            pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
            text = " ".join(bytes(buffer).decode("utf-16-le", "replace").replace("\x00", " ").split())
            if text:
                found[text] = None
        pdfium.FPDFPage_CloseAnnot(annotation)
    return list(found)
