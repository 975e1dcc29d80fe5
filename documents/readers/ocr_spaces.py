"""Spaces that the OCR engine left out, found again in the picture: columns without ink wider than those in words."""

from itertools import pairwise
from typing import Any

from documents.readers.pdf_words import Box

__all__ = ["with_spaces"]

_NARROWEST = 0.17  # of the line's height: no word space is narrower
_TIMES = 2.2  # the usual gap between two letters of the line
_INK = 0.35  # of the way from the paper's brightness to the ink's
_SOLID = "\u3000"  # from here on, scripts are written without spaces


def with_spaces(pixels: Any, text: str, line: Box, boxes: list[Box]) -> tuple[str, list[Box]]:
    """The text with spaces where the line shows them, and a box for every character of it.

    `pixels` are (height, width, 3); `boxes` hold one box a character. Spaces of the engine's own stay.
    """
    gaps = _gaps(pixels, line)
    if not gaps:
        return text, boxes
    widths = sorted(right - left for left, right in gaps)
    least = max(_NARROWEST * (line[3] - line[1]), _TIMES * widths[len(widths) // 2])
    wide = [(left + right) / 2 for left, right in gaps if right - left >= least]
    out, places = [text[:1]], boxes[:1]
    for (before, last), (after, char) in pairwise(zip(boxes, text, strict=True)):
        middles = (before[0] + before[2]) / 2, (after[0] + after[2]) / 2
        if " " not in (last, char) and max(last, char) < _SOLID and any(middles[0] < x < middles[1] for x in wide):
            out.append(" ")
            places.append((before[2], line[1], after[0], line[3]))
        out.append(char)
        places.append(after)
    return "".join(out), places


def _gaps(pixels: Any, line: Box) -> list[tuple[int, int]]:
    """[left, right) of every stretch of columns without ink between the line's first and last ink."""
    import numpy as np

    left, top, right, bottom = (max(0, round(v)) for v in line)
    grey = pixels[top:bottom, left:right].mean(axis=2)
    if not grey.size:
        return []
    paper = float(np.median(grey))
    ink = max(float(grey.min()), float(grey.max()), key=lambda v: abs(v - paper))
    if abs(ink - paper) < 30:
        return []
    # The rows at the edges may show parts of the lines above and below.
    middle = grey[len(grey) // 8 : max(1, len(grey) - len(grey) // 8)]
    inked = (np.abs(middle - paper) > _INK * abs(ink - paper)).any(axis=0)
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    starts = [int(e) + 1 for e in edges if not inked[e + 1]]
    ends = [int(e) + 1 for e in edges if inked[e + 1]]
    if starts and ends and ends[0] < starts[0]:
        ends = ends[1:]  # the margin before the first ink
    return [(left + a, left + b) for a, b in zip(starts, ends, strict=False)]
