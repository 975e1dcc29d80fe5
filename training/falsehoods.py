"""Ways to make one thing in a sentence wrong, by plain patterns; none where the sentence might stay true."""

import re
from collections.abc import Callable

from training.places import DATE, MONTHS, NAME, NUMBER, WORDS, WRITTEN, Place, one, put

__all__ = ["FALSE"]

_YEAR = re.compile(r"(?<![\w.,$€£/–-])(?:1[4-9]\d\d|20[0-2]\d)(?![\w/–-]|[.,:]\d)")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|had|will|would|can|could|should|does|did|must)\b(?! (?:not|n't|never|no|only))(?= [a-z])"
)
_NOT = re.compile(
    r"\b(?:(is|are|was|were|has|had|have|will|would|can|could|should|must) not (?!only)|(did|does|do) not )"
)
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


def _number(p: Place) -> str | None:
    match = one(NUMBER, p.sentence, p.rng)
    if match is None or _YEAR.fullmatch(match[0]):
        return None
    digits = [i for i, c in enumerate(match[0]) if c.isdigit()]
    at = p.rng.choice(digits)
    others = [d for d in "123456789" if d != match[0][at]]
    return put(match, p.sentence, match[0][:at] + p.rng.choice(others) + match[0][at + 1 :])


def _written_number(p: Place) -> str | None:
    match = one(WRITTEN, p.sentence, p.rng)
    return put(match, p.sentence, p.rng.choice([w for w in WORDS if w != match[0]])) if match else None


def _number_near(p: Place) -> str | None:
    """A number put in the place of another from the passage."""
    match = one(NUMBER, p.sentence, p.rng)
    others = sorted(set(NUMBER.findall(p.passage)) - set(NUMBER.findall(p.sentence)))
    return put(match, p.sentence, p.rng.choice(others)) if match and others else None


def _year(p: Place) -> str | None:
    match = one(_YEAR, p.sentence, p.rng)
    return put(match, p.sentence, str(int(match[0]) + p.rng.choice((-10, -2, -1, 1, 2, 10)))) if match else None


def _date(p: Place) -> str | None:
    match = one(DATE, p.sentence, p.rng)
    if match is None:
        return None
    month = match[2] or match[3]
    other = p.rng.choice([m for m in MONTHS if m != month])
    day = match[1] or match[4]
    if p.rng.random() < 0.5:
        return put(match, p.sentence, match[0].replace(month, other))
    return put(match, p.sentence, match[0].replace(day, str(int(day) % 28 + 1), 1))


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
    match = one(NAME, p.sentence, p.rng)
    if match is None:
        return None
    size = len(match[0].split())
    others = [n for n in p.names if len(n.split()) == size and n not in p.passage]
    return put(match, p.sentence, p.rng.choice(others)) if others else None


def _name_near(p: Place) -> str | None:
    """A name put in the place of another from the passage."""
    match = one(NAME, p.sentence, p.rng)
    others = [n for n in sorted(set(NAME.findall(p.passage))) if n not in p.sentence and n not in p.title]
    if match is None or not others:
        return None
    other = p.rng.choice(others)
    alike = {word[:4] for word in other.split()} & {word[:4] for word in match[0].split()}  # Canada, Canadian
    return None if alike else put(match, p.sentence, other)


def _negation(p: Place) -> str | None:
    denied = one(_NOT, p.sentence, p.rng)
    if denied:
        return put(denied, p.sentence, f"{denied[1] or denied[2]} ")
    match = one(_AUXILIARY, p.sentence, p.rng)
    return put(match, p.sentence, f"{match[0]} not") if match else None


def _pairs(listed: str) -> Callable[[Place], str | None]:
    """A change by a list of pairs "from to", the case of the first letter kept."""
    pairs = [tuple(word.replace("_", " ") for word in pair.split()) for pair in listed.split("|")]

    def change(p: Place) -> str | None:
        found = [(m, b) for a, b in pairs for m in re.finditer(rf"(?<![\w-]){a}(?![\w-])", p.sentence)]
        if not found:
            return None
        match, new = p.rng.choice(found)
        return put(match, p.sentence, new)

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
    return put(match, p.sentence, new)


def _word(p: Place) -> str | None:
    """A word put in the place of another that ends alike."""
    match = one(re.compile(r"(?<=[a-z,] )[a-z]{5,}\b"), p.sentence, p.rng)
    if match is None:
        return None
    others = [w for w in p.words if w[-2:] == match[0][-2:] and w[:4] != match[0][:4] and w not in p.passage]
    return put(match, p.sentence, p.rng.choice(others)) if others else None


FALSE: dict[str, Callable[[Place], str | None]] = {
    "number": _number,
    "number, written out": _written_number,
    "number of another thing": _number_near,
    "two numbers exchanged": lambda p: _exchange(NUMBER, p),
    "year": _year,
    "two years exchanged": lambda p: _exchange(_YEAR, p),
    "day or month": _date,
    "unit or scale": _unit,
    "name": _name,
    "name from near by": _name_near,
    "two names exchanged": lambda p: _exchange(NAME, p),
    "negation": _negation,
    "opposite word": _pairs(_ANTONYMS),
    "all, some, none": _pairs(_QUANTITIES),
    "more, less": _pairs(_COMPARED),
    "may, must, will": _pairs(_MODALS),
    "another word": _word,
}
