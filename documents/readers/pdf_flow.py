"""Pages of positioned words to canonical text: paragraphs joined over columns and pages, headings, tables, places.

Every word keeps its page and its box. Nothing here knows pdfium or an OCR engine: both give the same pages.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from documents.draft import Draft, clean
from documents.model import PageLayout, Place, WordBox
from documents.readers.pdf_grid import Cells
from documents.readers.pdf_headings import Headings, Outline, body_size
from documents.readers.pdf_hyphen import Hyphens
from documents.readers.pdf_layout import Block, blocks_of
from documents.readers.pdf_running import running_runs
from documents.readers.pdf_words import Page, Word
from documents.readers.table import header_rows, is_figure

__all__ = ["write_pages"]

_CLOSED = re.compile(r"[.!?:;。！？：；…][\"'”’»)\]]*$")
_CAPTION = re.compile(r"(?:Figure|Fig\.?|Table|Chart|Abbildung|Abb\.|Tabelle|Tableau)\s*\d")
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡§¶]{1,3})[\s.)]*[^\W\d]")
_BULLET = re.compile(r"[-–—*•◦▪‣·●○■□▸✓❖]")
_PAGE_NUMBER = re.compile(r"(?i)\W*(?:page|seite|p\.)?\W*\d+(?:\W*(?:of|von|/|sur|de)?\W*\d+)?\W*")
_FEW_WORDS = 8
_PATIENCE = 12  # blocks that may stand between the halves of one paragraph: notes, captions, tables


class _Text:
    """One block's text while it is put together, and which word stands where in it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[tuple[int, int, Page, int]] = []

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def word(self, page: Page, word: Word, text: str) -> None:
        start = self.length
        self.put(text)
        self.spans.append((start, self.length, page, word.at))

    def __str__(self) -> str:
        return "".join(self.parts)


def write_pages(draft: Draft, pages: Sequence[Page], outline: Outline | None = None) -> None:
    """Writes all pages to the draft: text, headings, page places, and a layout for every page.

    `outline` gives headings by page number and plain title, where the file lists them.
    """
    flow = _Flow(draft, pages, outline or {})
    dropped: dict[str, None] = {}
    for page, running in zip(pages, running_runs(pages, flow.body), strict=True):
        texts = page.texts.split("\n")
        said = {run: " ".join(texts[run.first : run.last]) for run in page.runs if run in running}
        said = {run: text for run, text in said.items() if not _PAGE_NUMBER.fullmatch(text)}
        kept = blocks_of(page, [run for run in page.runs if run not in running], flow.body)
        blocks = _with_notes(kept, flow.body)
        if page is pages[0]:
            # The first page's letterhead is worth reading once; its footer stands aside so as to part no sentence.
            middle = 0.5 * page.extent[1]
            head = blocks_of(page, [run for run in said if run.top < middle], flow.body)
            foot = blocks_of(page, [run for run in said if run.top >= middle], flow.body)
            blocks = [*head, *blocks, *(replace(block, aside=True) for block in foot)]
        else:
            dropped.update(dict.fromkeys(said.values()))
        for block in blocks:
            flow.add(block)
    flow.finish(pages)
    draft.title = draft.title or flow.title or None
    if dropped:
        draft.extra["running_lines"] = "\n".join(list(dropped)[:20])


def _with_notes(blocks: Sequence[Block], body: float) -> list[Block]:
    """The blocks, footnotes set aside; what stands above them is then the last of its column."""
    marked = [replace(block, aside=True) if _is_note(block, body) else block for block in blocks]
    for i in range(len(marked) - 1, 0, -1):
        if marked[i].aside and marked[i].last and not marked[i].first:
            marked[i - 1] = replace(marked[i - 1], last=True)
    return marked


def _is_note(block: Block, body: float) -> bool:
    """A footnote: small type in the lower half of its page, opened by its mark."""
    if block.kind == "table" or block.size > 0.93 * body or block.lines[0].top < 0.5 * block.page.extent[1]:
        return False
    return _NOTE.match(" ".join(word.text for word in block.lines[0].words[:3])) is not None


class _Flow:
    """Takes blocks in reading order, holds back what may go on, and writes what is whole."""

    def __init__(self, draft: Draft, pages: Sequence[Page], outline: Outline) -> None:
        self.body = body_size(pages)
        self._draft = draft
        self._headings = Headings(pages, self.body, outline)
        self._hyphens = Hyphens(pages)
        self._largest = 0.0
        self.title = ""
        self._open: list[Block] = []
        self._waiting: list[Block] = []
        self._boxes: defaultdict[int, list[WordBox]] = defaultdict(list)
        self._runs: list[list[int]] = []  # page number, start, end

    def add(self, block: Block) -> None:
        """The next block in reading order."""
        if self._open:
            text = self._lines([block]) if block.kind != "table" else _Text()
            stands_aside = block.kind == "table" or block.aside or _CAPTION.match(str(text))
            if stands_aside and len(self._waiting) < _PATIENCE:
                self._waiting.append(block)
                return
            if not stands_aside and self._goes_on(self._open[-1], block, str(text)):
                self._open.append(block)
                if not self._may_go_on(block):
                    self._flush()
                return
            self._flush()
        self._write(block)

    def finish(self, pages: Sequence[Page]) -> None:
        """Writes what is held back, then the places and layouts."""
        self._flush()
        end = 0
        places = {page.number: page.method for page in pages}
        spans: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, start, stop in self._runs:
            spans[number].append((start, stop))
        for page in pages:
            found = spans.get(page.number) or [(end, end)]
            for start, stop in found:
                method = places[page.number] if stop > start else "none"
                self._draft.stand(Place("page", start, stop, page.number, None, method))
            end = found[-1][1]
            words = tuple(sorted(self._boxes[page.number], key=lambda w: w.start))
            self._draft.page(PageLayout(page.number, page.width, page.height, words))

    def _flush(self) -> None:
        blocks, self._open = self._open, []
        waiting, self._waiting = self._waiting, []
        if blocks:
            self._emit(self._lines(blocks), tight=blocks[0].tight)
        for block in waiting:
            self._write(block, hold=False)

    def _write(self, block: Block, hold: bool = True) -> None:
        if block.kind == "table":
            self._write_table(block)
            return
        text = self._lines([block])
        level = self._headings.level(block, str(text))
        if level is not None:
            if block.page.number == 1 and block.size > self._largest:
                self._largest, self.title = block.size, str(text)
            self._note(text, self._draft.heading(str(text), level))
        elif hold and not block.aside and self._may_go_on(block):
            self._open = [block]
        else:
            self._emit(text, tight=block.tight)

    def _may_go_on(self, block: Block) -> bool:
        """Whether the block's paragraph may go on in the next column or page."""
        return block.last and not _CLOSED.search(block.lines[-1].words[-1].text)

    def _goes_on(self, before: Block, block: Block, text: str) -> bool:
        if not block.first or block.kind == "item" or block.bold != before.bold:
            return False
        if abs(block.size - before.size) > 0.08 * before.size or self._headings.level(block, text) is not None:
            return False
        first = next((c for c in text if c.isalnum()), "")
        # One line of few words fills its own column, and is a line of an address or form.
        prose = len(before.lines) > 1 or len(before.lines[-1].words) >= _FEW_WORDS
        cut = (before.full and prose) or before.lines[-1].words[-1].text[-1] in "-\u00ad,"
        return first.islower() or (cut and not (first.isupper() and block.indented))

    def _lines(self, blocks: Iterable[Block]) -> _Text:
        """The words of all lines, hyphens at line ends resolved."""
        out = _Text()
        held: tuple[Page, Word, str] | None = None
        for block in blocks:
            for line in block.lines:
                words = line.words
                if block.kind == "item" and line is block.lines[0] and _BULLET.fullmatch(words[0].text):
                    words = words[1:]
                for i, word in enumerate(words):
                    text = _canonical(word.text)
                    if not text:
                        continue
                    if held:
                        last, gap = held[2], "" if word.glued else " "
                        joined = self._hyphens.join(last, text) if i == 0 or held[1].divided else None
                        if joined is not None:
                            last, gap = joined, ""
                        elif i == 0 and _solid(last[-1]) and _solid(text[0]):
                            gap = ""
                        out.word(held[0], held[1], last)
                        out.put(gap)
                    held = block.page, word, text
        if held:
            out.word(*held)
        return out

    def _write_table(self, block: Block) -> None:
        names = _names(block)
        tight = False
        for i, row in enumerate(block.rows):
            out = _Text()
            filled = [cell for cell in row if cell]
            total = len(filled) == 2 < len(row) and _is_total(row, names if i else [])
            pair = total or len(filled) == len(row) == 2
            for name, cell in zip(names if i and names and not total else [""] * len(row), row, strict=True):
                if not cell:
                    continue
                if out.length:
                    plain = total or not (i and names)
                    told = plain and (pair or str(out).endswith(":"))
                    out.put(_between(str(out)) if told else " | " if plain else "; ")
                if name:
                    out.put(f"{name}: ")
                for j, word in enumerate(cell):
                    out.put("" if j == 0 or word.glued else " ")
                    out.word(block.page, word, _canonical(word.text))
            tight = self._emit(out, tight) or tight

    def _emit(self, text: _Text, tight: bool) -> bool:
        said = str(text)
        if not said.strip():
            return False
        self._note(text, self._draft.line(said) if tight and self._draft.position else self._draft.block(said))
        return True

    def _note(self, text: _Text, span: tuple[int, int] | None) -> None:
        """Keeps the boxes and pages of the words just written."""
        if span is None:
            return
        start, end = span
        if end - start != text.length:
            raise AssertionError(f"the text of a block changed while it was written: {str(text)[:80]!r}")
        for first, last, page, index in text.spans:
            left, top, right, bottom = page.box(index)
            box = WordBox(start + first, start + last, round(left, 1), round(top, 1), round(right, 1), round(bottom, 1))
            self._boxes[page.number].append(box)
            if self._runs and self._runs[-1][0] == page.number:
                self._runs[-1][2] = start + last
            else:
                self._runs.append([page.number, start + first, start + last])


def _is_total(row: Cells, names: Sequence[str]) -> bool:
    """Whether a row of two cells says what the columns above it come to: "Total due" and a figure."""
    texts = [" ".join(word.text for word in cell) for cell in row]
    label, figure = (text for text in texts if text)
    return bool(names) and texts[-1] == figure and is_figure(figure) and not is_figure(label)


def _between(name: str) -> str:
    """What parts a name from its value."""
    return " " if name.endswith(":") else ": "


def _canonical(text: str) -> str:
    """A word's canonical characters; no space, so that its length holds."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(clean(unicodedata.normalize("NFC", text)).split())


def _solid(char: str) -> bool:
    return "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uff60"


def _names(block: Block) -> list[str]:
    """The names of a table's columns, [] where its first row doesn't clearly hold them."""
    rows = [[" ".join(_canonical(w.text) for w in cell) for cell in row] for row in block.rows]
    labels = sum(cell.endswith(":") for cell in rows[0])
    if header_rows(rows) != 1 or 2 * labels >= len(rows[0]):
        return []
    return rows[0]
