"""Which blocks of a PDF are headings, and how deep: the outline where the file has one, else type size and weight."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from documents.readers.amounts import states_amount
from documents.readers.pdf_layout import LARGER, Block
from documents.readers.pdf_words import Page, Run

__all__ = ["Headings", "Outline", "body_size"]

Outline = Mapping[int, Mapping[str, int]]
"""Page number -> plain title -> level, 1 the highest."""

_BULLET = re.compile(r"[-–—*•◦▪‣·●○]")  # squares and arrows adorn headings too
_LONGEST = 160  # characters
_DEEPEST = 6

Style = tuple[float, bool]


def plain(title: str) -> str:
    """A title as it is compared: letters and digits only, one case."""
    return "".join(re.findall(r"\w+", title.casefold()))


def body_size(pages: Iterable[Page]) -> float:
    """The type size most characters are set in, in points."""
    sizes: Counter[float] = Counter()
    for page in pages:
        lengths = [len(text) for text in page.texts.split("\n")]
        for run in page.runs:
            sizes[_round(run.size)] += sum(lengths[run.first : run.last])
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _round(size: float) -> float:
    return round(size * 2) / 2


class Headings:
    """The heading levels of one document, by the styles its pages use."""

    def __init__(self, pages: Sequence[Page], body: float, outline: Outline) -> None:
        self._body = body
        self._outline = outline
        self._levels = self._by_outline(pages) if outline else self._by_size(pages)
        self._deepest = max(self._levels.values(), default=0)
        letters: Counter[bool] = Counter()
        for page in pages:
            for run in page.runs:
                letters[run.bold] += run.last - run.first
        self._bold_body = letters[True] > letters[False]

    def level(self, block: Block, text: str) -> int | None:
        """The block's heading level, 1 and up; None where it is no heading."""
        if block.kind == "table" or block.aside or len(block.lines) > 4 or not 1 < len(text) <= _LONGEST:
            return None
        listed = self._outline.get(block.page.number, {}).get(plain(text))
        if listed is not None:
            return listed
        if not re.search(r"[^\W\d_]{2}", text) or text[-1] in ".,;:" or block.page.method == "ocr":
            return None
        bullet = block.kind == "item" and _BULLET.fullmatch(block.lines[0].words[0].text)
        if bullet or states_amount(text):
            return None
        style = self._style(block.size, block.bold)
        if style is None or (block.size <= LARGER * self._body and (block.tight or len(block.lines) > 2)):
            return None
        return self._levels.get(style) or min(self._deepest + 1, _DEEPEST)

    def _style(self, size: float, bold: bool) -> Style | None:
        if size > LARGER * self._body:
            return _round(size), bold
        return (0.0, True) if bold and not self._bold_body and size > 0.95 * self._body else None

    def _by_size(self, pages: Sequence[Page]) -> dict[Style, int]:
        styles = {
            style
            for page in pages
            for run in page.runs
            if not run.aslant and run.size > LARGER * self._body
            if re.search(r"[^\W\d_]{3}", _said(page, run)) and (style := self._style(run.size, run.bold))
        }
        levels: dict[Style, int] = {}
        above, level = 0.0, 0
        for size, bold in sorted(styles, reverse=True):
            if not level or size < 0.96 * above:
                above, level = size, level + 1
            levels[size, bold] = min(level, _DEEPEST)
        return levels

    def _by_outline(self, pages: Sequence[Page]) -> dict[Style, int]:
        seen: defaultdict[Style, Counter[int]] = defaultdict(Counter)
        for page in pages:
            titles = self._outline.get(page.number, {})
            for run in page.runs if titles else ():
                style, level = self._style(run.size, run.bold), titles.get(plain(_said(page, run)))
                if style and level:
                    seen[style][level] += 1
        return {style: levels.most_common(1)[0][0] for style, levels in seen.items()}


def _said(page: Page, run: Run) -> str:
    return " ".join(page.texts.split("\n")[run.first : run.last])
