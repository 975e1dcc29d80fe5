"""The words a search counts: folded, stemmed, without stop words; the same folding as the lexical index.

Stems are Porter's (Porter 1980, "An algorithm for suffix stripping"), made here on both sides: SQLite's own stemmer
follows a later edition and would not know our stem of "technology".
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

__all__ = ["STOP_WORDS", "stem", "stems", "terms", "words"]

# Function words and the words that questions are made of: they match everywhere and answer nothing. Negations and
# quantities stay, since they do carry an answer.
STOP_WORDS = frozenset(
    """a about am an and any are as at be been being but by can could did do does doing done for from had has have
    having he her hers him his how i if in into is it its itself just let me might my of on or our ours shall she
    should so some such than that the their theirs them then there these they this those to too upon us was we were
    what when where whether which who whom whose why will with would you your yours please tell say says said
    according also d ll m re s t ve""".split()
)

_SHORTEST = 3  # letters: what is shorter has no ending to lose (as, us)

_NO_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_KANA_MARKS = "\u3099\u309a"  # they make another letter (ka, ga), as no accent does
_TOKEN = re.compile(f"[{_NO_SPACES}]|[^\\W_{_NO_SPACES}]+")
_ASCII = re.compile("[a-z0-9]+")  # the same of a text that is ASCII in small letters, a third faster


def words(text: str) -> list[str]:
    """Every word of the text in order: no diacritics, lower case, characters of unspaced scripts one by one."""
    if text.isascii():
        return _ASCII.findall(text.lower())
    text = unicodedata.normalize("NFKD", text)
    for mark in set(text).difference(_KANA_MARKS):
        if unicodedata.combining(mark):  # a text has few kinds of them
            text = text.replace(mark, "")
    text = unicodedata.normalize("NFC", text)  # or Korean would be left in halves of syllables
    return _TOKEN.findall(text.casefold())


def terms(text: str) -> list[str]:
    """The stems of the words that are not stop words, in order; of all words where only stop words are there."""
    found = words(text)
    return [stem(w) for w in found if w not in STOP_WORDS] or [stem(w) for w in found]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Porter's stem of a lower-case word."""
    stemmed: str = _stemmer().stemWord(word) if len(word) >= _SHORTEST else word
    return stemmed


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("porter", 0)


def stems(text: str) -> str:
    """The text as the lexical index is given it: every word's stem, so that the index stems and folds as we do."""
    return " ".join(map(stem, words(text)))
