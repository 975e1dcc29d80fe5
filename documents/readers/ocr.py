"""Text of scanned pages and images, by the extra `ocr` (RapidOCR: its models are inside the wheel).

Nothing here opens a connection or needs more than one thread. A line's box is divided over its words, so that a quote
can be marked on a scan as on any other page.
"""

import importlib.util
import io
import threading
import time
from collections.abc import Iterator
from functools import cache
from statistics import median
from typing import Any

from documents.draft import Draft
from documents.errors import LimitExceeded, MissingExtra, UnreadableFile
from documents.model import Problem
from documents.readers.ocr_spaces import with_spaces
from documents.readers.pdf_flow import write_pages
from documents.readers.pdf_words import Box, Page, Run, Word, pack, runs_of, split_words, turner

__all__ = ["INSTALL", "MAX_PIXELS", "Budget", "allow", "available", "frames", "read_image", "read_page"]

INSTALL = "install OCR: pip install 'footnote[ocr]'"
MAX_PIXELS = 12_000_000  # an A4 page at 300 dpi has 8.7 million
_MAX_FRAMES = 500
_SURE = 0.5  # the score from which a line is taken for text
_UNSURE = 0.75  # mean score below which a page may be upside down: upright ones have over 0.9
_FAINTEST = 24  # of 255: a page with less contrast is blank
_DPI = 96.0  # of an image that doesn't say: its size in points then suits a screen
_LOCK = threading.Lock()  # the engine keeps settings of the running call in itself


class Budget:
    """The time one file's OCR may take; what is left over when it ends is reported, not lost without a word."""

    def __init__(self) -> None:
        self._end = time.monotonic() + _seconds

    @property
    def spent(self) -> bool:
        """Whether no further page shall be read."""
        return time.monotonic() > self._end


_seconds = 40.0  # below the 60 that a file may take in all


def allow(seconds: float) -> None:
    """Sets how long OCR may take for one file; a worker sets a part of what the whole file may take."""
    global _seconds
    _seconds = seconds


def available() -> bool:
    """Whether the extra `ocr` is installed."""
    return importlib.util.find_spec("rapidocr_onnxruntime") is not None


@cache
def _engine() -> Any:
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as error:
        raise MissingExtra(f"reading scans and images needs OCR; {INSTALL}") from error
    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


def read_page(pixels: Any, number: int, width: float, height: float) -> Page:
    """The page seen in an array of pixels, (height, width, 3) BGR, as wide and high in points as given."""
    import numpy as np

    tall, wide = pixels.shape[:2]
    bare = int(pixels.max()) - int(pixels.min()) < _FAINTEST  # an empty page, as it is between chapters
    lines, turn = [] if bare else _lines(pixels), 0
    upright = sum(box[3] - box[1] <= 1.5 * (box[2] - box[0]) for _, box, _, _ in lines) >= 0.5 * len(lines)
    if lines and (not upright or _sureness(lines) < _UNSURE):
        # Lines that run up or down, or make no sense: read the page turned and keep the surest reading.
        tries = {t: _lines(np.ascontiguousarray(np.rot90(pixels, -t))) for t in ((2,) if upright else (1, 3))}
        tries |= {0: lines} if upright else {}
        turn = max(tries, key=lambda t: _sureness(tries[t]))
        lines = tries[turn]
    lines = [line for line in lines if line[2] >= _SURE]
    back = turner((4 - turn) % 4, *((tall, wide) if turn % 2 else (wide, tall)))
    across, down = width / wide, height / tall
    turned: list[Word] = []
    shown: list[Word] = []
    for text, box, glued in (word for line in lines for word in _words(line)):
        left, top, right, bottom = back(box)
        place = left * across, top * down, right * across, bottom * down
        shown.append(Word(text, *place, glued, False, len(shown)))
        turned.append(Word(text, *turner(turn, width, height)(place), glued, False, len(turned)))
    return pack(number, width, height, "ocr", shown, _levelled(runs_of(turned)) if turned else [], turn)


_Line = tuple[str, Box, float, list[Box]]  # text, box, score, a box for every character ([] where not known)


def _lines(pixels: Any) -> list[_Line]:
    """The lines of an image with their boxes in pixels, unsure ones too."""
    # The engine's own classifier turns upright lines upside down (one in six of a plain page): it stays unused.
    with _LOCK:
        found, _ = _engine()(pixels, use_cls=False, text_score=0.0, return_word_box=True)
    lines: list[_Line] = []
    for corners, text, score, *rest in found or []:
        line = _upright(corners)
        boxes = [_upright(c) for c in rest[0]] if len(rest) > 1 and "".join(rest[1]) == text else []
        if text and len(boxes) == len(text):
            text, boxes = with_spaces(pixels, text, line, boxes)
        else:
            boxes = []
        lines.append((text, line, float(score), boxes))
    return lines


def _sureness(lines: list[_Line]) -> float:
    """The mean score of all characters."""
    return sum(score * len(text) for text, _, score, _ in lines) / max(1, sum(len(text) for text, *_ in lines))


def _upright(corners: Any) -> Box:
    across, down = [float(c[0]) for c in corners], [float(c[1]) for c in corners]
    return min(across), min(down), max(across), max(down)


def _words(line: _Line) -> Iterator[tuple[str, Box, bool]]:
    """The words of a line, each with its part of the line's box."""
    text, (left, top, right, bottom), _, boxes = line
    each = (right - left) / max(1, len(text))
    for start, end, glued in split_words(text):
        if boxes:
            yield text[start:end], (boxes[start][0], top, boxes[end - 1][2], bottom), glued
        else:
            yield text[start:end], (left + start * each, top, left + end * each, bottom), glued


def _levelled(runs: list[Run]) -> list[Run]:
    """Runs whose heights differ only as boxes drawn around ink do, given one type size."""
    usual = median(run.size for run in runs)
    return [run._replace(size=usual) if 0.7 < run.size / usual < 1.4 else run for run in runs]


def read_image(data: bytes, name: str, draft: Draft) -> None:
    """Reads a picture's text into the draft, a page for each frame.

    Raises MissingExtra without the extra `ocr`, UnreadableFile where it is damaged, LimitExceeded where it has too many
    pixels or frames.
    """
    import numpy as np

    _engine()
    pages, budget = [], Budget()
    for number, (image, width, height) in enumerate(frames(data, name), 1):
        if budget.spent:
            pages.append(Page(number, width, height, "none"))
        else:
            pages.append(read_page(np.asarray(image)[:, :, ::-1], number, width, height))
    empty = [page.number for page in pages if not page.runs]
    if empty:
        why = " (it took too long; split the file)" if budget.spent else ""
        which = ", ".join(map(str, empty[:20]))
        draft.problems.append(
            Problem("no_text", f"OCR read no text in {len(empty)} of {len(pages)} pictures{why}", which)
        )
    write_pages(draft, pages)


def frames(data: bytes, name: str, only: int | None = None) -> Iterator[tuple[Any, float, float]]:
    """Each frame as an RGB image of at most MAX_PIXELS, upright, with its width and height in points.

    `only` gives frame number `only` (from 1) alone.
    """
    import warnings

    from PIL import Image, ImageOps, ImageSequence

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
        count = getattr(image, "n_frames", 1)
        if count > _MAX_FRAMES:
            raise LimitExceeded(f"{name}: has {count} frames, at most {_MAX_FRAMES} are read; split it")
        for number, frame in enumerate(ImageSequence.Iterator(image), 1):
            if only is not None and number != only:
                continue
            across, down = (float(d) if 30 <= float(d) <= 2400 else _DPI for d in image.info.get("dpi", (_DPI, _DPI)))
            frame = ImageOps.exif_transpose(frame)
            width, height = frame.width * 72 / across, frame.height * 72 / down
            if frame.width * frame.height > MAX_PIXELS:
                factor = (MAX_PIXELS / (frame.width * frame.height)) ** 0.5
                frame = frame.resize((max(1, int(frame.width * factor)), max(1, int(frame.height * factor))))
            yield _opaque(frame), width, height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LimitExceeded(f"{name}: the image has too many pixels to read safely; make it smaller") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableFile(f"{name}: not a readable image, it is damaged or cut short ({error})") from error


def _opaque(image: Any) -> Any:
    """An RGB image; what is transparent becomes white, as paper is."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        return paper.convert("RGB")
    return image.convert("RGB")
