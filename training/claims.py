"""Sentences to check a checker by: true ones, reworded by rule, and the same with one thing made wrong.

Rules only, made apart from the checker's own reading of text, so that the two don't share their blind spots: a change
is made by plain patterns here, whatever the checker would call it. Nothing is changed where the change might leave the
sentence true (two names joined by "and" are not exchanged, a number is not rounded).
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.falsehoods import FALSE
from training.places import NAME, Place
from training.rewordings import TRUE

__all__ = ["FALSE", "TRUE", "Item", "items"]

_PROSE = re.compile(r"[“\"A-Z].*[a-z].*[.!?][”\"]?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence, the spans it cites, what was done to it, and whether the spans still say it."""

    kind: str
    sentence: str
    spans: tuple[str, ...]
    true: bool
    context: tuple[str, ...] = ()
    document: str = ""


def items(documents: Sequence[tuple[str, str]], seed: int = 0, each: int = 150) -> Iterator[Item]:
    """Up to `each` items a kind from (title, text) documents; spans are the sentence alone or its paragraph."""
    rng = random.Random(seed)
    places = list(_places(documents, rng))
    for true, kinds in ((True, TRUE), (False, FALSE)):
        for kind, change in kinds.items():
            rng.shuffle(places)
            made = 0
            for document, place in places:
                if made == each:
                    break
                sentence = change(place)
                if sentence is None or (sentence == place.sentence and kind != "the same"):
                    continue
                made += 1
                alone = rng.random() < 0.4 and kind != "two sentences merged"
                span = place.sentence if alone else place.passage
                yield Item(kind, sentence, (span,), true, (place.title,), document)


def _places(documents: Sequence[tuple[str, str]], rng: random.Random) -> Iterator[tuple[str, Place]]:
    """Each sentence of prose of a middling length, with its document's title."""
    from documents.split import sentences

    names = sorted({n for _, text in documents for n in NAME.findall(text)})
    words = sorted({w for _, text in documents for w in re.findall(r"(?<=[a-z] )[a-z]{5,}\b", text)})
    for title, text in documents:
        for block in re.split(r"\n\s*\n", text):
            said = [block[s.start : s.end] for s in sentences(block, 0, len(block))]
            for n, sentence in enumerate(said):
                if not (6 <= len(sentence.split()) <= 45 and _PROSE.fullmatch(sentence)):
                    continue
                passage = " ".join(said[max(0, n - 2) : n + 4])
                following = said[n + 1] if n + 1 < len(said) and _PROSE.fullmatch(said[n + 1]) else ""
                yield title, Place(sentence, passage, title, following, names, words, rng)
