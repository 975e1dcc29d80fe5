"""Where a sentence goes on though sentencex ends it: behind initials, titles, numbers, measures, names of works.

Found by reading the ends behind abbreviations in 18 MB of text, where 55 of 134,470 were wrong before units and
references were added to the list; a sentence that is cut there ("… said B.C.") is useless as a quotation. What stands
before decides, and whether the next word opens sentences; what can't be told ("in the U.S. Brown …") stays an end.
"""

import re

__all__ = ["goes_on"]

SEEN = 60  # characters on either side that can matter
_OPENERS = frozenset(
    "a about according after again all also although among an and another any are as at because before besides "
    "between both but by can could despite did do does during each earlier either even eventually every few finally "
    "first for four from furthermore given had has have he hence her here his how however i if in indeed initially "
    "instead is it its itself last later many may meanwhile more moreover most much my nearly neither nevertheless "
    "new no nobody none nonetheless nor not nothing now of often on once one only or other others otherwise our "
    "over perhaps previously recently second several shall she should similarly since so some sometimes soon still "
    "subsequently such than that the their then there therefore these they this those though three through "
    "throughout thus to today together two under unlike until upon was we were what whatever when whenever where "
    "whereas whether which while who whose why will with within without would yes yesterday yet you your".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_NAME, _NUMBER = re.compile(r"[^\W\d_a-z]"), re.compile(r"\d")
_MEASURED = re.compile(r"[\da-z]|No\.")
_CALLED = re.compile(r"[\d(+a-z]|No\.")
# A time's zone, or its day where that begins no sentence ("8 a.m. Monday to Friday", not "8 a.m. Monday was …").
_ZONE = re.compile(
    r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T)\b|(?:Eastern|Central|Mountain|Pacific|Greenwich) |"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?(?:[.,;)–-]|\s*$|\s(?:[–-]|(?:to|through|and|or|at|in|until|by|for)\b))"
)
# What stands before the end, and what behind it where the sentence goes on.
_GOES_ON = {
    **dict.fromkeys(("mr.", "mrs.", "ms.", "messrs."), _NAME),
    **dict.fromkeys(
        "abs. approx. arts. ca. ch. chap. cl. cls. dir. eq. eqs. fig. figs. no. nos. nr. p. par. para. pars. pp. sec. "
        "secs. tab. tbl. ver.".split(),
        _NUMBER,
    ),
    **dict.fromkeys(
        "acc. acct. amt. avg. conf. dept. dia. ed. eds. est. excl. hrs. incl. inv. lb. lbs. max. min. mins. mos. oz. "
        "pcs. pop. proc. qty. ref. refs. temp. vol. vols. wks. wt. yrs.".split(),
        _MEASURED,
    ),
    **dict.fromkeys(("tel.", "ext."), _CALLED),
    **dict.fromkeys(("a.m.", "p.m."), _ZONE),
}
# Behind a number these are its unit, and a figure behind them opens a sentence ("It took 5 mins. 20 people left."),
# unless it counts what is left in a smaller unit ("5 lbs. 3 oz.").
_UNITS = frozenset("arts. hrs. lb. lbs. max. min. mins. mos. oz. pcs. tab. wks. yrs.".split())
_SMALLER = {
    **dict.fromkeys(("lb.", "lbs."), re.compile(r"[\d.,]+ oz\b")),
    **dict.fromkeys(("hrs.", "min.", "mins."), re.compile(r"[\d.,]+ (?:min|sec)")),
    **dict.fromkeys(("mos.", "wks.", "yrs."), re.compile(r"[\d.,]+ (?:mo|w(?:ee)?k|day)s?\b")),
}
_INITIAL = re.compile(r"[A-Z]\.(?!\S)")
_INITIALS = re.compile(r"(?:[A-Z]\.){2,}")
# Behind a number ("44 B.C."), "a" ("a Ph.D.") or a word of place, initials end a sentence more often than they begin a
# name.
_PLACES = frozenset("across around from in inside into near outside through throughout to within".split())
_SMALL = re.compile(r"[a-z]+\b(?![.(:])")
_CITED = re.compile(r"\d\]$")
_SECTION = re.compile(r"\d+(?:\.\d+)+\.")
# No sentence begins so: it is the next cell of a table's row ("Question: Who pays?; Answer: You."), or half a word.
_MIDDLE = re.compile(r"(?<!\])\s*[;:,|](?=\s)|(?<=\S)-\w")


def goes_on(text: str, start: int, at: int, language: str = "en") -> bool:
    """Whether the sentence that begins at `start` goes on at `at`, where the splitter would end it."""
    if _MIDDLE.match(text, at):
        return True
    words = text[max(start, at - SEEN) : at].split()
    last = words[-1].lstrip("([\"“‘'") if words else ""
    behind = text[at : at + SEEN].lstrip()
    if last.lower() in _UNITS and _NUMBER.match(behind) and words[-2:-1] and words[-2][-1].isdigit():
        smaller = _SMALLER.get(last.lower())
        return smaller is not None and smaller.match(behind) is not None
    if more := _GOES_ON.get(last.lower()):
        return more.match(behind) is not None
    if _SECTION.fullmatch(last) or _CITED.search(last):  # "section 4.2. and article 5", "Lee et al. [12] and others"
        return _SMALL.match(behind) is not None
    if last[-1:] in ("!", "?"):  # of a work's title, "Airplane! with …"; who writes without capitals ends sentences so
        return (
            last[-2:-1].isalnum()
            and text[start : start + SEEN].lstrip()[:1].isupper()
            and _SMALL.match(behind) is not None
        )
    if not last[-2:-1].isupper():
        return False
    if _INITIAL.fullmatch(last):  # E. T.
        return _INITIAL.match(behind) is not None
    return language == "en" and _INITIALS.fullmatch(last) is not None and _named(words[:-1], behind)


def _named(before: list[str], behind: str) -> bool:
    """Whether initials belong to the name behind them: "said B.C. Health Minister", "the U.S. Sixth Army"."""
    word = _WORD.match(behind)
    if not word or not word.group()[0].isupper() or word.group().lower() in _OPENERS:
        return False
    near = [w.lower().rstrip(",") for w in before[-2:]]
    if near[-1:] == ["the"]:
        return not _PLACES & set(near)
    return not near or (near[-1] not in _PLACES | {"a", "an"} and not near[-1].isdigit())
