"""What a question names and nothing quoted holds: a year, a number, a name.

A question about Ontario gets the nearest sentences, and those may be about Alberta. This sees it in plain words, where
a probability would hide it. On 612 answerable questions of XQuAD it speaks of 3 in 100, on the unanswerable ones of
our own set, which ask for such details, of 31 in 100 (docs/figures.md).
"""

import re
from collections.abc import Iterable

from index.terms import terms, words
from qa.answer import Answer

__all__ = ["absent", "lacking", "named"]

_WORD = re.compile(r"[\w'’-]*\w")
_POSSESSIVE = re.compile(r"['’]s?$")
_SENTENCE = re.compile(r"[.?!:;“\"(]\s*$")
_SMALL = frozenset(
    "a according after along an and any aside at before besides by can could despite did do does during for from had "
    "has have how i if in is it list many most name of on other over same should since some than that the there these "
    "this those to under until was were what when where which while who whom whose why will with would".split()
)
_ALIKE = 4  # letters that two forms of a name share: Japan, Japanese


def absent(answer: Answer) -> tuple[str, ...]:
    """The names and numbers of the question that no passage with a quote holds, nor its title, heading or place."""
    quoted = {(c.document_id, c.start) for c in answer.citations}
    passages = [
        p for p in answer.passages if any(d == p.document_id and p.start <= start < p.end for d, start in quoted)
    ]
    parts = [part for p in passages for part in (p.title, p.heading, p.source, p.place, p.text)]
    parts += [part for c in answer.citations for part in (c.title, c.heading, c.place, c.quote)]
    return lacking(named(answer.question), " ".join(part for part in parts if part))


def lacking(names: Iterable[str], text: str) -> tuple[str, ...]:
    """The names and numbers that a text has in no form: it has Japan where it says Japanese."""
    low, found = text.casefold(), set(terms(text))
    beginnings = {word[:_ALIKE] for word in words(text)}
    initials = "".join(word[0] for word in _WORD.findall(text) if word[0].isupper())

    def is_there(name: str) -> bool:
        if name.casefold() in low or ((parts := terms(name)) and found.issuperset(parts)):
            return True
        if name[0].isdigit():
            return False
        return name.casefold()[:_ALIKE] in beginnings or (name.isupper() and name in initials)

    return tuple(dict.fromkeys(name for name in names if not is_there(name)))


def named(question: str) -> list[str]:
    """Numbers, and words with a capital that is not due to a sentence's beginning."""
    named = []
    for match in _WORD.finditer(question):
        word = _POSSESSIVE.sub("", match.group())
        first = not question[: match.start()].strip() or _SENTENCE.search(question[: match.start()])
        if word.isdigit() or (word[:1].isupper() and not first and word.casefold() not in _SMALL):
            named.append(word)
    # Where every word has a capital, as in a title, capitals tell of no names.
    written = [m.group() for m in _WORD.finditer(question) if m.group()[0].isalpha()]
    titled = len(written) > 3 and sum(word[0].isupper() for word in written) > 0.7 * len(written)
    return [word for word in named if word.isdigit()] if titled else named
