"""Sentences to check a checker by: true ones, reworded by rule, and the same with one thing made wrong.

Rules only, made apart from the checker's own reading of text, so that the two don't share their blind spots: a change
is made by plain patterns here, whatever the checker would call it. Nothing is changed where the change might leave the
sentence true (two names joined by "and" are not exchanged, a number is not rounded).
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["FALSE", "TRUE", "Item", "items"]

_NAME = re.compile(r"(?<=[a-z,;] )(?:[A-Z][a-z]+|[A-Z]{2,})(?: (?:of |the |de )?[A-Z][a-z]+)*(?![\w'’-])")
_NUMBER = re.compile(r"(?<![\w.,$€£/–-])\d{1,3}(?:,\d{3})*(?:\.\d+)?(?![\w/–-]|[.,:]\d|(?:st|nd|rd|th)\b)")
_YEAR = re.compile(r"(?<![\w.,$€£/–-])(?:1[4-9]\d\d|20[0-2]\d)(?![\w/–-]|[.,:]\d)")
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}}) ({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)}) (\d{{1,2}}))(?:,? ((?:1|2)\d\d\d))?(?![\w–-])"
)
_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split()
_WORTH = dict(zip(_WORDS, (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20, 30, 40, 50), strict=True))
_WRITTEN = re.compile(rf"(?<![\w-])(?:{'|'.join(_WORDS)})\b(?![- ](?:and|hundred|thousand|million|one|two)|-\w)")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|had|will|would|can|could|should|does|did|must)\b(?! (?:not|n't|never|no|only))(?= [a-z])"
)
_NOT = re.compile(
    r"\b(?:(is|are|was|were|has|had|have|will|would|can|could|should|must) not (?!only)|(did|does|do) not )"
)
_PROSE = re.compile(r"[“\"A-Z].*[a-z].*[.!?][”\"]?", re.DOTALL)
_UNITS = (
    "million billion|billion million|thousand million|percent million|kilometres metres|kilometers meters|km m"
    "|kg g|miles kilometres|miles feet|feet miles|meters feet|metres feet|inches feet|years months|days weeks"
    "|hours minutes|minutes seconds|weeks months|months weeks|dollars euros|pounds dollars|tons pounds"
    "|centuries decades|degrees percent"
)
_ANTONYMS = (
    "increase decrease|increased decreased|increases decreases|higher lower|highest lowest|larger smaller"
    "|largest smallest|before after|after before|first last|north south|south north|east west|western eastern"
    "|northern southern|early late|old new|won lost|rose fell|began ended|accepted rejected|allowed prohibited"
    "|supported opposed|major minor|public private|strong weak|positive negative|above below|inside outside"
    "|created destroyed|built demolished|gained lost|success failure|rich poor|older younger|best worst"
    "|long short|majority minority|include exclude|included excluded|common rare|internal external"
    "|possible impossible|legal illegal|similar different|hot cold|male female|men women|buy sell|start end"
    "|started ended|opened closed|high low|large small|great small"
)
_QUANTITIES = (
    "all some|some all|most few|many few|every no|several no|few many|both neither|always never|often rarely"
    "|usually rarely|none all"
)
_COMPARED = (
    "more less|less more|most least|least most|fewer more|greater smaller|better worse|at_least at_most"
    "|more_than less_than"
)
_MODALS = "may must|must may|might will|could must|should may|can must|will may|required allowed"


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence, the spans it cites, what was done to it, and whether the spans still say it."""

    kind: str
    sentence: str
    spans: tuple[str, ...]
    true: bool
    context: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a document with what stands around it, the document's title, and names of other documents."""

    sentence: str
    passage: str
    title: str
    following: str
    names: Sequence[str]
    words: Sequence[str]
    rng: random.Random


def _one(pattern: re.Pattern[str], text: str, rng: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return rng.choice(found) if found else None


def _put(match: re.Match[str], text: str, new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _number(p: Place) -> str | None:
    match = _one(_NUMBER, p.sentence, p.rng)
    if match is None or _YEAR.fullmatch(match[0]):
        return None
    digits = [i for i, c in enumerate(match[0]) if c.isdigit()]
    at = p.rng.choice(digits)
    others = [d for d in "123456789" if d != match[0][at]]
    return _put(match, p.sentence, match[0][:at] + p.rng.choice(others) + match[0][at + 1 :])


def _written_number(p: Place) -> str | None:
    match = _one(_WRITTEN, p.sentence, p.rng)
    return _put(match, p.sentence, p.rng.choice([w for w in _WORDS if w != match[0]])) if match else None


def _number_near(p: Place) -> str | None:
    """A number put in the place of another from the passage."""
    match = _one(_NUMBER, p.sentence, p.rng)
    others = sorted(set(_NUMBER.findall(p.passage)) - set(_NUMBER.findall(p.sentence)))
    return _put(match, p.sentence, p.rng.choice(others)) if match and others else None


def _year(p: Place) -> str | None:
    match = _one(_YEAR, p.sentence, p.rng)
    return _put(match, p.sentence, str(int(match[0]) + p.rng.choice((-10, -2, -1, 1, 2, 10)))) if match else None


def _date(p: Place) -> str | None:
    match = _one(_DATE, p.sentence, p.rng)
    if match is None:
        return None
    month = match[2] or match[3]
    other = p.rng.choice([m for m in _MONTHS if m != month])
    day = match[1] or match[4]
    if p.rng.random() < 0.5:
        return _put(match, p.sentence, match[0].replace(month, other))
    return _put(match, p.sentence, match[0].replace(day, str(int(day) % 28 + 1), 1))


def _exchange(pattern: re.Pattern[str], p: Place) -> str | None:
    """Two finds of the sentence exchanged, where they aren't two of a list."""
    found = list(pattern.finditer(p.sentence))
    pairs = [
        (a, b)
        for n, a in enumerate(found)
        for b in found[n + 1 :]
        if a[0] != b[0] and a[0] not in b[0] and b[0] not in a[0]
        and not re.fullmatch(r"(?:,| and| or| the| &|[^a-z]*,)*\s*", p.sentence[a.end() : b.start()])
        and len(re.findall(r"\w+", p.sentence[a.end() : b.start()])) >= 2
    ]  # fmt: skip
    if not pairs:
        return None
    a, b = p.rng.choice(pairs)
    s = p.sentence
    return s[: a.start()] + b[0] + s[a.end() : b.start()] + a[0] + s[b.end() :]


def _name(p: Place) -> str | None:
    match = _one(_NAME, p.sentence, p.rng)
    if match is None:
        return None
    size = len(match[0].split())
    others = [n for n in p.names if len(n.split()) == size and n not in p.passage]
    return _put(match, p.sentence, p.rng.choice(others)) if others else None


def _name_near(p: Place) -> str | None:
    """A name put in the place of another from the passage."""
    match = _one(_NAME, p.sentence, p.rng)
    others = [n for n in sorted(set(_NAME.findall(p.passage))) if n not in p.sentence and n not in p.title]
    if match is None or not others:
        return None
    other = p.rng.choice(others)
    alike = {word[:4] for word in other.split()} & {word[:4] for word in match[0].split()}  # Canada, Canadian
    return None if alike else _put(match, p.sentence, other)


def _negation(p: Place) -> str | None:
    denied = _one(_NOT, p.sentence, p.rng)
    if denied:
        return _put(denied, p.sentence, f"{denied[1] or denied[2]} ")
    match = _one(_AUXILIARY, p.sentence, p.rng)
    return _put(match, p.sentence, f"{match[0]} not") if match else None


def _pairs(listed: str) -> Callable[[Place], str | None]:
    """A change by a list of pairs "from to", the case of the first letter kept."""
    pairs = [tuple(word.replace("_", " ") for word in pair.split()) for pair in listed.split("|")]

    def change(p: Place) -> str | None:
        found = [(m, b) for a, b in pairs for m in re.finditer(rf"(?<![\w-]){a}(?![\w-])", p.sentence)]
        if not found:
            return None
        match, new = p.rng.choice(found)
        return _put(match, p.sentence, new)

    return change


def _unit(p: Place) -> str | None:
    found = []
    for pair in _UNITS.split("|"):
        a, b = pair.split()
        found += [(m, b) for m in re.finditer(rf"(?<=\d)[ -]{a}\b|(?<=\d\d)%", p.sentence)]
    symbols = [
        (m, {"$": "€", "€": "$", "£": "$", "%": " million"}[m[0]])
        for m in re.finditer(r"[$€£](?=\d)|(?<=\d)%", p.sentence)
    ]
    found = [(m, (" " if m[0][0] == " " else "-") + b) for m, b in found if m[0] != "%"] + symbols
    if not found:
        return None
    match, new = p.rng.choice(found)
    return _put(match, p.sentence, new)


def _word(p: Place) -> str | None:
    """A word put in the place of another that ends alike."""
    match = _one(re.compile(r"(?<=[a-z,] )[a-z]{5,}\b"), p.sentence, p.rng)
    if match is None:
        return None
    others = [w for w in p.words if w[-2:] == match[0][-2:] and w[:4] != match[0][:4] and w not in p.passage]
    return _put(match, p.sentence, p.rng.choice(others)) if others else None


FALSE: dict[str, Callable[[Place], str | None]] = {
    "number": _number,
    "number, written out": _written_number,
    "number of another thing": _number_near,
    "two numbers exchanged": lambda p: _exchange(_NUMBER, p),
    "year": _year,
    "two years exchanged": lambda p: _exchange(_YEAR, p),
    "day or month": _date,
    "unit or scale": _unit,
    "name": _name,
    "name from near by": _name_near,
    "two names exchanged": lambda p: _exchange(_NAME, p),
    "negation": _negation,
    "opposite word": _pairs(_ANTONYMS),
    "all, some, none": _pairs(_QUANTITIES),
    "more, less": _pairs(_COMPARED),
    "may, must, will": _pairs(_MODALS),
    "another word": _word,
}


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
    changes = [(m, str(_WORTH[m[0]])) for m in _WRITTEN.finditer(p.sentence)]
    months = "|".join(_MONTHS)
    worth = {str(n): word for word, n in _WORTH.items()}
    for m in _NUMBER.finditer(p.sentence):
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
    return _put(match, p.sentence, new)


def _date_form(p: Place) -> str | None:
    match = _one(_DATE, p.sentence, p.rng)
    if match is None:
        return None
    day, month, year = match[1] or match[4], match[2] or match[3], match[5]
    forms = [f"{month} {day}" + (f", {year}" if year else ""), f"{day} {month}" + (f" {year}" if year else "")]
    forms += [f"{month[:3]}. {day}" + (f", {year}" if year else "")]
    forms += [f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}", f"{month} {year}"] if year else []
    return _put(match, p.sentence, p.rng.choice([f for f in forms if f != match[0]]))


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


def items(documents: Sequence[tuple[str, str]], seed: int = 0, each: int = 150) -> Iterator[Item]:
    """Up to `each` items a kind from (title, text) documents; spans are the sentence alone or its paragraph."""
    from documents.split import sentences

    rng = random.Random(seed)
    names = sorted({n for _, text in documents for n in _NAME.findall(text)})
    words = sorted({w for _, text in documents for w in re.findall(r"(?<=[a-z] )[a-z]{5,}\b", text)})
    places: list[tuple[str, Place]] = []
    for title, text in documents:
        for block in re.split(r"\n\s*\n", text):
            said = [block[s.start : s.end] for s in sentences(block, 0, len(block))]
            for n, sentence in enumerate(said):
                if not (6 <= len(sentence.split()) <= 45 and _PROSE.fullmatch(sentence)):
                    continue
                passage = " ".join(said[max(0, n - 2) : n + 4])
                following = said[n + 1] if n + 1 < len(said) and _PROSE.fullmatch(said[n + 1]) else ""
                places.append((title, Place(sentence, passage, title, following, names, words, rng)))
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
                alone = rng.random() < 0.4 and kind not in ("two sentences merged",)
                span = place.sentence if alone else place.passage
                yield Item(kind, sentence, (span,), true, (place.title,), document)
