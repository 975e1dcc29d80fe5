"""Words divided at a line's end: whether the hyphen belongs to the word, decided by the document's own words."""

import re
from collections.abc import Iterable

from documents.readers.pdf_words import Page

__all__ = ["Hyphens"]

_HYPHENS = "-\u2010\u00ad"
_BEFORE = re.compile(f"([^\\W\\d_]+)[{_HYPHENS}]$")
_AFTER = re.compile(r"[^\W_]+")
# Parts that keep their hyphen in English even where the whole is rare.
_KEEPING = frozenset("self non ex well anti all cross quasi semi half co multi low high long short so".split())
_SUSPENDED = frozenset("and or to und oder bis et ou y o e ed och og en of".split())


class Hyphens:
    """Joins the halves of divided words as the rest of the document spells them."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._known: set[str] = set()
        for page in pages:
            halved = False
            for text in page.texts.lower().split("\n"):
                divided = text[-1:] in _HYPHENS
                if not halved and not divided:
                    self._known.add(text.strip(".,;:!?()[]\"'“”‘’«»"))
                halved = divided

    def join(self, before: str, after: str, divided: bool = False) -> str | None:
        """How `before`, the last word of a line, ends when `after` follows: None to set a space between.

        `divided` tells that the file's own typesetting marked the hyphen as one that divides.
        """
        if before.endswith("\u00ad"):
            return before[:-1]
        stem, head = _BEFORE.search(before), _AFTER.match(after)
        if not stem or not head:
            return before if re.search(rf"\w[{_HYPHENS}]$", before) and after[:1].isdigit() else None
        first, second = stem[1].lower(), head[0].lower()
        if second in _SUSPENDED and first + second not in self._known:
            return None
        if not after[0].islower() or not self._drops(first, second):
            return before
        return before[:-1]

    def _drops(self, first: str, second: str) -> bool:
        if first + second in self._known:
            return True
        if f"{first}-{second}" in self._known or first in _KEEPING:
            return False
        return not (min(len(first), len(second)) >= 4 and first in self._known and second in self._known)
