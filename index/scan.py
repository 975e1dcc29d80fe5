"""Looks through every document of a library for words, instead of searching for the best few passages.

The full-text index holds every word of every passage, so nothing is missed and no text is read but what is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.library import Library
from index.records import Filter, PassageRow
from index.search import Hit, SentenceHit, rarity
from index.terms import STOP_WORDS, stem, words

__all__ = ["Mention", "everything", "holds", "mentions", "opening", "passages_with", "rarity_of", "words_from"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A document that has the words: its first such passage, and how many there are.

    `place` says where: in its text, in a heading or its title alone, or with other words between them ("apart").
    """

    document_id: str
    passage: Hit
    passages: int
    place: str


def mentions(library: Library, phrase: str, where: Filter | None = None) -> list[Mention]:
    """Every document with the words of `phrase` one after the other, in any of their forms; else with all of them.

    Words in capitals (WHO, UN) stand so in the text. Where no document has the phrase, those are given that have its
    words (stop words aside) together in one passage.
    """
    asked = words(phrase)
    exact = [word for word in phrase.split() if word.isupper() and word.isalpha() and len(word) > 1]
    bare = [word for word in asked if word not in STOP_WORDS]
    store = library.store
    with store.snapshot():
        found: dict[str, tuple[int, int, str]] = {}
        for column in ("body", "heading", "title"):
            for i, first, count in store.mentioning(
                asked, where, column=column, exact=exact if column == "body" else ()
            ):
                found.setdefault(i, (first, count, "text" if column == "body" else column))
        if not found and len(bare) > 1:
            for i, first, count in store.mentioning(bare, where, phrase=False, exact=exact):
                found[i] = (first, count, "apart")
        rows = _rows(library, [first for first, _, _ in found.values()])
    return [Mention(i, rows[first], count, place) for i, (first, count, place) in found.items() if first in rows]


def passages_with(library: Library, phrase: str) -> int:
    """How many passages have the words of `phrase` one after the other, in any of their forms."""
    with library.store.snapshot():
        return sum(count for _, _, count in library.store.mentioning(words(phrase)))


def holds(library: Library, word: str) -> bool:
    """Whether the library has a word in any of its forms, in a text, a heading or a title; so it has one of no sign."""
    with library.store.snapshot():
        return all(library.store.frequencies(map(stem, words(word))).values())


def words_from(library: Library, prefix: str, shortest: int, longest: int) -> list[tuple[str, int]]:
    """(stem, in how many passages it occurs) of all the library's stems that begin so and have so many letters."""
    with library.store.snapshot():
        return library.store.stems_from(prefix, shortest, longest)


def opening(library: Library, documents: Sequence[str]) -> dict[str, Hit]:
    """The first passage of each of these documents."""
    store = library.store
    with store.snapshot():
        firsts = {i: first for i in documents if (first := store.opening(i)) is not None}
        rows = _rows(library, list(firsts.values()))
    return {i: rows[first] for i, first in firsts.items() if first in rows}


def _rows(library: Library, ids: Sequence[int]) -> dict[int, Hit]:
    """Passages as hits that no search has scored."""
    found: dict[int, Hit] = {}
    for begin in range(0, len(ids), 500):  # SQLite takes so many parameters at once, and more
        rows = library.store.passages(ids[begin : begin + 500], library.store.dimension)
        found.update({i: _hit(row) for i, row in rows.items()})
    return found


def _hit(row: PassageRow) -> Hit:
    sentences = tuple(SentenceHit(start, end, 0.0) for start, end in row.spans)
    return Hit(
        row.id,
        row.document_id,
        row.source,
        row.title,
        row.heading,
        row.start,
        row.end,
        row.text,
        0.0,
        0.0,
        0.0,
        sentences,
    )


def everything(library: Library, where: Filter | None = None, most: int = 3_000) -> list[Hit] | None:
    """Every passage in the order of the library, unscored; None where there are more than `most`."""
    store = library.store
    with store.snapshot():
        ids = sorted(store.allowed(where or Filter(), most + 1))
        if len(ids) > most:
            return None
        rows = _rows(library, ids)
    return [rows[i] for i in ids if i in rows]


def rarity_of(library: Library, terms: Iterable[str]) -> dict[str, float]:
    """The inverse document frequency of terms, over the library's passages."""
    store = library.store
    with store.snapshot():
        return rarity(store.frequencies(terms), store.count("passages"))
