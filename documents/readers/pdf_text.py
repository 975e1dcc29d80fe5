"""The words of one PDF page with their boxes and type sizes; the only file that reads pdfium's text.

Coordinates are points from the top left corner of the page as it is shown: rotation and crop box are applied here, and
words outside the crop box are left out.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from documents.readers.pdf_words import DIVIDED, WORD, Box, Page, Run, Word, pack, runs_of, turner

__all__ = ["page_words"]

_LIGATURES = {0xFB00 + i: s for i, s in enumerate(("ff", "fi", "fl", "ffi", "ffl", "ft", "st"))}
# Bullets of the Symbol and Wingdings fonts live in the private use area; what else lives there can't be read.
_BULLETS = {0xF0A7: "▪", 0xF0B7: "•", 0xF0A8: "◦", 0xF0D8: "▸", 0xF0FC: "✓", 0xF076: "❖", 0xF02D: "-", 0x84: "▪"}
_TRANSLATE = _LIGATURES | _BULLETS
# Dots that lead the eye from a title to its page number.
_LEADERS = re.compile(r"(?:[.·…]\s?){5,}(?=\s|[\divx]|$)")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")

_MAX_CHARACTERS = 500_000  # a page; a wall poster has 50,000


def page_words(page: Any, number: int) -> Page:
    """Reads one pypdfium2 page; the caller holds the lock and closes the page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        count = min(textpage.count_chars(), _MAX_CHARACTERS)
        if count <= 0:
            return Page(number, width, height, "none")
        text = _LEADERS.sub(lambda dots: " " * len(dots[0]), _text(pdfium, textpage, count))
        words = _words(pdfium, page, textpage, text)
        if not words:
            return Page(number, width, height, "none")
        runs, turn = _styled(pdfium, page, textpage, words, width, height)
    finally:
        textpage.close()
    visible = sum(not c.isspace() for c in text)
    unreadable = sum(len(_UNREADABLE.findall(w.text)) for w, _, _ in words) / max(1, visible)
    return pack(number, width, height, "text", [w for w, _, _ in words], runs, turn, unreadable)


def _text(pdfium: Any, textpage: Any, count: int) -> str:
    """The page's characters, one for every index that pdfium counts in."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
    text = bytes(buffer)[: 2 * (written - 1)].decode("utf-16-le", "surrogatepass")
    if len(text) == count and not re.search("[\ud800-\udfff]", text):
        return text
    # Some characters are left out of pdfium's text or take two units there: ask for each, so that indexes agree.
    codes = (pdfium.FPDFText_GetUnicode(textpage, i) for i in range(count))
    return "".join(chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else "\ufffd" for c in codes)


def _words(pdfium: Any, page: Any, textpage: Any, text: str) -> list[tuple[Word, int, int]]:
    """Words as shown, with the index of their first character and that of the character after the last."""
    # One C call for the first and one for the last character of a word; ctypes with plain addresses halves their cost.
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    box_of = prototype(ctypes.cast(pdfium.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0)
    handle = ctypes.cast(textpage.raw, ctypes.c_void_p).value
    rects = (ctypes.c_float * 8)()
    first, last = ctypes.addressof(rects), ctypes.addressof(rects) + 16
    place = _shower(page)
    width, height = page.get_size()
    words: list[tuple[Word, int, int]] = []
    seen: set[tuple[str, int, int]] = set()
    before = -1
    for match in WORD.finditer(text):
        start, end = match.span()
        raw = match.group()
        divided = raw[-1] == DIVIDED
        if divided and len(raw) > 1:
            raw = raw[:-1] + "-"
        if not box_of(handle, start, first) or not box_of(handle, end - 1, last):
            continue
        left, top, right, bottom = place(*_union(*rects))
        if right <= 0 or bottom <= 0 or left >= width or top >= height:
            continue
        key = (raw, round(left), round(top))
        if key in seen:  # text printed twice for the look of bold or of a shadow
            continue
        seen.add(key)
        raw = raw.translate(_TRANSLATE) if not raw.isascii() else raw
        glued = start == before and text[start - 1] != DIVIDED
        words.append((Word(raw, left, top, right, bottom, glued, divided, len(words)), start, end))
        before = end
    return words


def _union(
    left: float, top: float, right: float, bottom: float, left2: float, top2: float, right2: float, bottom2: float
) -> Box:
    """The box around two FS_RECTF: left, top, right, bottom, with y upwards."""
    # Written out: min and max take three times as long, and this is asked of every word.
    return (
        left if left < left2 else left2,
        top if top > top2 else top2,
        right if right > right2 else right2,
        bottom if bottom < bottom2 else bottom2,
    )


def _shower(page: Any) -> Callable[[float, float, float, float], Box]:
    """From pdfium's canvas (left, top, right, bottom, y upwards) to points from the shown page's top left."""
    left, bottom, right, top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        return lambda x0, y1, x1, y0: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
    if rotation == 180:
        return lambda x0, y1, x1, y0: (right - x1, y0 - bottom, right - x0, y1 - bottom)
    if rotation == 270:
        return lambda x0, y1, x1, y0: (top - y1, right - x1, top - y0, right - x0)
    return lambda x0, y1, x1, y0: (x0 - left, top - y1, x1 - left, top - y0)


def _styled(
    pdfium: Any, page: Any, textpage: Any, words: list[tuple[Word, int, int]], width: float, height: float
) -> tuple[list[Run], int]:
    """Runs with type size and weight, and the quarter turns clockwise that set most of the page upright."""
    plain = [w for w, _, _ in words]
    rotation = page.get_rotation() // 90
    runs = [_style(pdfium, textpage, words, run, rotation) for run in runs_of(plain)]
    quarters: Counter[int] = Counter()
    for run, quarter in runs:
        quarters[quarter] += sum(len(w.text) for w in plain[run.first : run.last])
    turn = quarters.most_common(1)[0][0]
    if turn:
        place = turner(turn, width, height)
        turned = [Word(w.text, *place(w[1:5]), *w[5:]) for w in plain]
        runs = [_style(pdfium, textpage, words, run, rotation) for run in runs_of(turned)]
    return _gather([run._replace(aslant=quarter != turn) for run, quarter in runs]), turn


def _style(pdfium: Any, textpage: Any, words: list[tuple[Word, int, int]], run: Run, rotation: int) -> tuple[Run, int]:
    """The run with its size and weight, and the quarter turns clockwise that would set it upright."""
    middle = words[(run.first + run.last) // 2][1]
    matrix = pdfium.FS_MATRIX()
    size = pdfium.FPDFText_GetFontSize(textpage, middle)
    quarter = 0
    if pdfium.FPDFText_GetMatrix(textpage, middle, matrix):
        size *= math.hypot(matrix.c, matrix.d)
        # Angle 90: the text runs upwards. Page rotation is clockwise, so it takes away from that.
        quarter = (round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) - rotation) % 4
    bold = all(_bold(pdfium, textpage, words[i][1]) for i in {run.first, (run.first + run.last) // 2, run.last - 1})
    return run._replace(size=round(size, 1) or run.bottom - run.top, bold=bold), quarter


def _bold(pdfium: Any, textpage: Any, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(textpage, index, name, 128, flags)
    return bool(flags.value & 1 << 18 or _BOLD.search(name.value))


_BOLD = re.compile(rb"bold|black|heavy|semib|demi|CMBX|(?:^|[-+,])B(?:d|old)?(?:$|[-,MT])", re.IGNORECASE)


def _gather(runs: list[Run]) -> list[Run]:
    """Neighbouring runs aslant (a stamp up the margin, a watermark) become one."""
    gathered: list[Run] = []
    for run in runs:
        previous = gathered[-1] if gathered else None
        if previous and run.aslant and previous.aslant and previous.last == run.first:
            gathered[-1] = previous._replace(
                last=run.last,
                left=min(previous.left, run.left),
                top=min(previous.top, run.top),
                right=max(previous.right, run.right),
                bottom=max(previous.bottom, run.bottom),
            )
        else:
            gathered.append(run)
    return gathered
