"""A question's misspelt words, read as words of the passages that it found all the same, or of others.

A word counts as misspelt when the library has no form of it and the reader's model knows neither it nor what it is made
of: names and words that are merely missing ("Portugal", "painted", "restated") are so left as they are. It is read as a
word of the passages that begins with the same letter and is one slip away, two where it is long; else as one anywhere
in the library that begins with the same two letters and is one slip away. A name is read as a name only ("Herve" not as
"here"). The answer says so. Of 377 words of other texts that our demo library lacks and the reader doesn't know,
one is read as another, of its own words with one slip 184 in 194 as they were meant, and none as another.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from index.library import Library
from index.scan import holds, mentions, words_from
from index.search import Hit
from index.terms import STOP_WORDS, stem, words

__all__ = ["respelt", "slips"]

SHORTEST = 5  # letters of a word that is read as another
LONG = 8  # letters from which two slips are allowed
PART = 4  # letters of a word that another is made of, at least
COMMON = 20_000  # of the reader's pieces, in their order by frequency: words are made of these
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = (
    "anti co counter de dis extra fore in inter ir micro mid mis multi non out over post pre re self semi sub super "
    "trans ultra un under up"
).split()
_BEHIND = (
    "able age al ance ant ary ation dom ee ence er ers ess est ful hood ible ic ical ics ier ies ify ish ism ist istic "
    "ists ity ive less like ling ly ment ments ness or ors ory ous ship ships some ster ty ward wards wise"
).split()
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    frozenset((x, y))
    for row, below in zip(_KEYS, (*_KEYS[1:], ""), strict=True)
    for i, x in enumerate(row)
    for y in row[i + 1 : i + 2] + below[max(0, i - 1) : i + 1]
}
_SOUNDS = ("aeiouy", "ck", "cs", "sz", "fv")
_ALIKE = _BESIDE | {frozenset((x, y)) for sound in _SOUNDS for x in sound for y in sound}


def respelt(question: str, hits: Iterable[Hit], library: Library) -> dict[str, str]:
    """The misspelt words of a question, each with what it is read as; empty where there are none."""
    given = _WORD.findall(question)
    unknown = [w for w in dict.fromkeys(given) if _is_unknown(w, library)]
    if not unknown:
        return {}
    found = Counter(w for hit in hits for w in _WORD.findall(f"{hit.title} {hit.heading} {hit.text}"))
    names = {w for w in given[1:] if w[0].isupper()} if any(w[0].islower() for w in given[1:]) else set()
    named = Counter({w: n for w, n in found.items() if w[0].isupper() and w.casefold() not in found})
    near = {w: _nearest(w, named if w in names else found) or _elsewhere(w, library, name=w in names) for w in unknown}
    return {word: read for word, read in near.items() if read}


def _is_unknown(word: str, library: Library) -> bool:
    low = word.casefold()
    return len(low) >= SHORTEST and low not in STOP_WORDS and not _is_english(low) and not holds(library, word)


def _is_english(word: str) -> bool:
    """Whether the reader's model knows a word, or one that it is made of: "restated", "hopeless", "bottleneck"."""
    known, common = _vocabulary()
    if word in known or stem(word) in known:
        return True
    before = (word.removeprefix(part) for part in _BEFORE if word.startswith(part))
    behind = (word.removesuffix(part) for part in _BEHIND if word.endswith(part))
    if any(len(rest) >= PART and rest in common for rest in (*before, *behind)):
        return True
    return any(word[:n] in common and word[n:] in common for n in range(PART, len(word) - PART + 1))


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """The whole words among the pieces that the reader's model knows, with their stems; and the more frequent ones."""
    given = json.loads(files("qa").joinpath("models", "tokenizer.json").read_text(encoding="utf-8"))
    pieces = [(piece, place) for piece, place in given["model"]["vocab"].items() if piece.isalpha()]
    known = frozenset(form for piece, _ in pieces for form in (piece, stem(piece)))
    return known, frozenset(piece for piece, place in pieces if place < COMMON)


def _nearest(word: str, found: Counter[str]) -> str | None:
    """The word with the fewest slips, then the most frequent; None where two slips lead to words of different kinds."""
    low, most = word.casefold(), 2 if len(word) >= LONG else 1
    near: dict[str, tuple[int, int]] = {}
    for other, count in found.items():
        made = other.casefold()
        if made[0] == low[0] and made != low and abs(len(made) - len(low)) <= most and _may_be(low, made):
            by = slips(low, made, most)
            if by <= most:
                near[other] = (by, -count)
    if not near:
        return None
    best = min(near, key=lambda other: near[other])
    ties = {stem(other.casefold()) for other in near if near[other][0] == near[best][0]}
    return best if near[best][0] == 1 or len(ties) == 1 else None


def _may_be(word: str, other: str) -> bool:
    """Whether one word may be slipped from another: nobody slips into an accent, or into a longer ending."""
    return (word.isascii() or not other.isascii()) and not (len(word) > len(other) + 1 and word.startswith(other))


def _elsewhere(word: str, library: Library, *, name: bool) -> str | None:
    """The word of the library whose stem is one slip away, the most frequent of several; None where there is none."""
    low = stem(words(word)[0])
    near = words_from(library, low[:2], max(SHORTEST - 1, len(low) - 1), len(low) + 1)
    close = [one for one in near if slips(low, one[0], 1) == 1]
    if not close:
        return None
    other, _ = min(close, key=lambda one: (-one[1], one[0]))
    said = (m.group() for mention in mentions(library, other) for m in _WORD.finditer(mention.passage.text))
    return next((w for w in said if _is_one_slip(word.casefold(), w.casefold()) and w[0].isupper() >= name), None)


def _is_one_slip(word: str, other: str) -> bool:
    return _may_be(word, other) and slips(word, other, 1) == 1


def slips(a: str, b: str, most: int) -> int:
    """How many letters were left out, added, changed or swapped with the next, or most + 1 if more than `most`.

    Optimal string alignment: Damerau's four slips (CACM 1964), no letter touched twice. A letter that is changed for
    one which neither sounds like it nor lies beside it on a keyboard counts as two: it rather makes another word.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + _changed(x, y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _changed(a: str, b: str) -> int:
    """The slips that make one letter of another."""
    return 0 if a == b else 1 if frozenset((a, b)) in _ALIKE else 2
