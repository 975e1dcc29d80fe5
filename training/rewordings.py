"""Ways to say a sentence otherwise that leave it true: as it stands, shortened, merged, introduced, in other forms."""

import re
from collections.abc import Callable

from training.places import DATE, MONTHS, NUMBER, WORDS, WRITTEN, Place, one, put

__all__ = ["TRUE"]

_WORTH = dict(zip(WORDS, (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 30, 40, 50), strict=True))


def _same(p: Place) -> str | None:
    return p.sentence


def _clause_dropped(p: Place) -> str | None:
    """Without an opening phrase, an aside between commas, or what follows the last comma."""
    s = p.sentence
    cuts = []
    opening = re.match(r"(?:In|On|At|During|After|By|Since|From|Under|For) [^,;“”\"()]{3,60}, (?=[a-zA-Z])", s)
    if opening and not re.search(r"\b(?:if|when|not|no)\b", opening[0]):
        rest = s[opening.end() :]
        cuts.append(rest[0].upper() + rest[1:])
    for aside in re.finditer(
        r", (?:which|who|where|including|such as|known as|also)\b[^,;“”\"]{5,80}, (?=[a-z])|\s\([^()]{3,80}\)", s
    ):
        cuts.append(s[: aside.start()] + (" " if aside[0].endswith(" ") else "") + s[aside.end() :])
    last = re.search(
        r", (?:which|who|where|including|such as|although|while|making|with|as well as)\b[^,;“”\"()]{5,120}[.!]$", s
    )
    if last and len(s[: last.start()].split()) >= 5:
        cuts.append(s[: last.start()] + ".")
    return p.rng.choice(cuts) if cuts else None


def _number_form(p: Place) -> str | None:
    """A number written another way: twelve for 12, 1.2 thousand for 1,200, per cent for %."""
    if re.search('[“"]', p.sentence):
        return None  # a quotation has to stay as it is
    changes = [(m, str(_WORTH[m[0]])) for m in WRITTEN.finditer(p.sentence)]
    months = "|".join(MONTHS)
    worth = {str(n): word for word, n in _WORTH.items()}
    for m in NUMBER.finditer(p.sentence):
        plain = m[0].replace(",", "")
        dated = re.search(rf"(?:{months})\s$", p.sentence[: m.start()]) or re.match(
            rf"\s(?:{months})", p.sentence[m.end() :]
        )
        if m[0] in worth and not dated and not re.match(r"\s?(?:%|°|[A-Z]|million|billion)", p.sentence[m.end() :]):
            changes.append((m, worth[m[0]]))
        if "," in m[0] and "." not in m[0]:
            changes.append((m, plain))
            if plain.endswith("00") and len(plain) < 7:
                changes.append((m, f"{int(plain) / 1000:g} thousand"))
    changes += [(m, " per cent") for m in re.finditer(r"(?<=\d)(?:%| percent\b)", p.sentence)]
    changes += [
        (m, {"million": "m", "billion": "bn"}[m[1]])
        for m in re.finditer(r"(?<=[$£€]\d)\s?(million|billion)", p.sentence)
    ]
    if not changes:
        return None
    match, new = p.rng.choice(changes)
    return put(match, p.sentence, new)


def _date_form(p: Place) -> str | None:
    match = one(DATE, p.sentence, p.rng)
    if match is None:
        return None
    day, month, year = match[1] or match[4], match[2] or match[3], match[5]
    forms = [f"{month} {day}" + (f", {year}" if year else ""), f"{day} {month}" + (f" {year}" if year else "")]
    forms += [f"{month[:3]}. {day}" + (f", {year}" if year else "")]
    forms += [f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}", f"{month} {year}"] if year else []
    return put(match, p.sentence, p.rng.choice([f for f in forms if f != match[0]]))


def _lowered(sentence: str) -> str:
    """The sentence as it goes on after other words: an opening word that is no name loses its capital."""
    openers = "The In It He She They This These A An At On His Her Its".split()
    return sentence[0].lower() + sentence[1:] if sentence.split()[0] in openers else sentence


def _merged(p: Place) -> str | None:
    if not p.following or len(p.sentence.split()) + len(p.following.split()) > 55 or "“" in p.sentence:
        return None
    rest = _lowered(p.following)
    return p.sentence.rstrip(".!?") + p.rng.choice((", and ", "; ")) + rest


def _pronoun(p: Place) -> str | None:
    """The title for a pronoun at the start; the checker is told the title, as it is of a citation."""
    match = re.match(r"(?:It|He|She) (?=[a-z])", p.sentence)
    return f"{p.title} {p.sentence[match.end() :]}" if match and p.title else None


def _introduced(p: Place) -> str | None:
    """As a language model would begin."""
    rest = _lowered(p.sentence)
    return p.rng.choice(("According to the document, ", "Yes, ", "The passage states that ", "Specifically, ")) + rest


TRUE: dict[str, Callable[[Place], str | None]] = {
    "the same": _same,
    "clause dropped": _clause_dropped,
    "number written otherwise": _number_form,
    "date written otherwise": _date_form,
    "two sentences merged": _merged,
    "title for a pronoun": _pronoun,
    "introduced": _introduced,
}
