"""Which questions compare, and what with what: two times, two things or two documents; or the documents themselves.

Patterns only, and each holds for a whole question: nothing here searches.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.overview.names import Bond, apart, parted

__all__ = ["Compared", "compared"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared: `topic` (empty where only the sides are named) of each of the `sides`.

    With kind "disagree" there are no sides: every document is one.
    """

    kind: Literal["sides", "disagree"]
    topic: str
    sides: tuple[str, ...] = ()


_PLEASE = r"^\W*(?:please |can you |could you |would you )?"
_END = r"\W*$"
_AND = r"(?:and|with|to|against|versus|vs\.?)"
_CHANGE = (
    r"(?:chang|differ|develop|evolv|ris|fall|fell|rose|increas|decreas|declin|drop|grow|grew|var(?:y|ied)|compar)\w*"
)
_BETWEEN = r"(?:between|from) (?P<a>.+?) (?:and|to|until) (?P<b>.+?)"
_ON = r"(?: (?:in terms of|on|regarding|with regard to|concerning|as to|when it comes to|about|in|for) (?P<topic>.+?))?"
_DOCUMENTS = (
    r"(?:(?:all )?(?:the|my|your|these|those|our) )?(?:documents|sources|articles|reports|files|texts|papers|briefs)"
)
_ABOUT = (
    r"(?: (?:on|about|over|regarding|concerning|as to|with regard to|when it comes to)"
    r"(?: (?:about|regarding|concerning))?(?: (?P<topic>.+?))?)?"
)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_TIME = (
    rf"(?:the )?(?:year )?(?:(?:early|late|mid|spring|summer|autumn|fall|winter|{_MONTH}|q[1-4]),?[ -])?"
    r"(?:1\d|20)\d\d(?:s|-\d\d)?"
)
_TIMES = rf"(?P<a>{_TIME}|{_MONTH}) (?:and|to|until|with|versus|vs\.?) (?P<b>{_TIME})"
_MORE = (
    r"(?:more|fewer|less|most|fewest|least|higher|highest|lower|lowest|larger|largest|smaller|smallest|bigger|biggest|"
    r"greater|greatest|longer|older|stronger|better|worse)"
)

_DISAGREE = tuple(
    re.compile(_PLEASE + pattern + _END, re.IGNORECASE)
    for pattern in (
        r"(?:what|where|how|on what|about what|in what|which points)(?: (?:points|things|facts|figures))? do "
        rf"{_DOCUMENTS} (?:disagree|differ|contradict (?:each other|one another)|conflict){_ABOUT}",
        rf"(?:do|are) {_DOCUMENTS} (?:agree|disagree|consistent|in agreement|contradict (?:each other|one another)|"
        rf"contradictory){_ABOUT}",
        r"(?:are|is) there (?:any |a )?(?:disagreements?|contradictions?|conflicts?|inconsistenc(?:y|ies)) "
        rf"(?:between|among|in|across) {_DOCUMENTS}{_ABOUT}",
    )
)
_SIDES = tuple(
    re.compile(_PLEASE + pattern + _END, re.IGNORECASE)
    for pattern in (
        rf"how (?:much )?(?:did|has|have|do|does|had) (?P<topic>.+?) {_CHANGE} (?:between|from) {_TIMES}",
        rf"how (?:much )?(?:did|do|does) (?P<topic>.+?) (?:differ|vary|compare) {_BETWEEN}",
        rf"(?:what|how big|how large) (?:is|was|were|are) the (?:change|difference|increase|decrease|growth|rise|fall|"
        rf"drop)s? (?:in|of) (?P<topic>.+?) (?:between|from) {_TIMES}",
        rf"(?:compare|contrast) (?P<topic>.+?) (?:in|of|for|during|between) {_TIMES}",
        rf"(?:what is |what are |what's )?(?:a |the )?comparison (?:of|between) (?P<a>.+?) {_AND} (?P<b>.+?){_ON}",
        rf"(?:compare|contrast) (?P<a>.+?) {_AND} (?P<b>.+?){_ON}",
        r"(?:what|which) (?:is|are|was|were) the (?:main |key |biggest |most important )?differences? "
        r"in (?P<topic>.+?) between (?P<a>.+?) and (?P<b>.+?)",
        r"(?:what|which) (?:is|are|was|were) the (?:main |key |biggest |most important )?differences? "
        rf"between (?P<a>.+?) and (?P<b>.+?){_ON}",
        rf"how (?:do|does|did|is|are) (?P<a>.+?) (?:differ(?:ent)? from|compare (?:to|with)) (?P<b>.+?){_ON}",
        rf"how (?:do|did|are) (?P<a>.+?) and (?P<b>.+?) (?:differ(?:ent)?|compare){_ON}",
        rf"(?P<topic>how (?:many|much) .+?) in (?P<a>{_TIME}),? and "
        rf"(?:how (?:many|much)(?: \w+){{0,4}}? )?(?:in )?(?P<b>{_TIME})",
        rf"(?:which|who|what)(?: \w+){{0,2}} (?:has|had|have|is|was|are|were|saw|got|gave|took) (?:the )?{_MORE}"
        r"(?P<topic>(?: \w+){0,8})[,:?] (?P<a>.+?) or (?P<b>.+?)",
        r"(?P<a>\w\S*(?: \S+){0,6}) (?:vs\.?|versus) (?P<b>\S+(?: \S+){0,6})",
    )
)
_OF = re.compile(r"^(?P<topic>.+?) (?:in|of|for|by|during|at) (?P<side>.+)$", re.IGNORECASE)
_OFFICE = re.compile(r"[A-Z][\w'’-]* (?:of|for) (?:the )?[A-Z]")  # Bank of England: a name, no topic and its side
_STRONG = re.compile(r" (?:with|against|versus|vs\.?) ", re.IGNORECASE)
_WEAK = re.compile(r" to ", re.IGNORECASE)
_THAT = re.compile(r"^(?:that|those|the one|the ones) (?:in|of|for|by|during|at) ", re.IGNORECASE)
_BARE_MONTH = re.compile(_MONTH, re.IGNORECASE)
_YEAR = re.compile(r"(?:1\d|20)\d\d$")
_ARTICLE = re.compile(r"^(?:the|an?|both) (?=\w)", re.IGNORECASE)
LONGEST = 300  # characters of such a question


def compared(question: str, bond: Bond = apart) -> Compared | None:
    """What a question compares; None where it compares nothing.

    `bond` tells what is one name though it holds an "and".
    """
    if len(question) > LONGEST:
        return None
    for pattern in _DISAGREE:
        if found := pattern.match(question):
            return Compared("disagree", (found["topic"] or "").strip())
    for pattern in _SIDES:
        if found := pattern.match(question):
            return _sides(found.groupdict().get("topic") or "", _parts(question, found, bond))
    return None


def _parts(question: str, found: re.Match[str], bond: Bond) -> Sequence[str]:
    """The sides as they stand in the question: apart at "with" or "versus", else at each "and" that isn't in a name."""
    between = question[found.end("a") : found.start("b")]
    if not re.fullmatch(rf" {_AND} ", between, re.IGNORECASE):
        return found["a"], found["b"]
    both = question[found.start("a") : found.end("b")]
    if len(strong := _STRONG.split(both)) == 2:
        return strong
    if len(parts := parted(both, bond)) == 1 and len(weak := _WEAK.split(both)) == 2:
        return weak
    return parts if len(parts) > 1 else parted(both, bond, least=2)


def _sides(topic: str, parts: Sequence[str]) -> Compared | None:
    """The sides as they are searched: "deaths in 2015" and "2016" are both about deaths."""
    first, *rest = _with_year(parts)
    if rest and rest[-1].casefold() in ("that", "those") and topic:  # "… compare to that in 2020"
        rest[-1], topic = topic, ""
    elif rest and any(c.isdigit() for c in topic):  # "… with what they seized in 2016": a part of the side
        rest[-1], topic = f"{rest[-1]} in {topic}", ""
    first, rest = _bare(first), [_bare(_THAT.sub("", part)) for part in rest]
    shared = _OF.match(first)
    if not topic and shared and not _OFFICE.search(first) and not any(map(_OF.match, rest)):
        topic, first = shared["topic"], _bare(shared["side"])
    sides = tuple({side.casefold(): side for side in (first, *rest) if side}.values())
    return Compared("sides", _bare(topic), sides) if len(sides) > 1 else None


def _with_year(parts: Sequence[str]) -> Sequence[str]:
    """The parts, a month without a year being of the year of the last one: "June and October 2016"."""
    year = _YEAR.search(parts[-1])
    return [f"{part} {year[0]}" if year and _BARE_MONTH.fullmatch(part) else part for part in parts]


def _bare(text: str) -> str:
    return _ARTICLE.sub("", text.strip(" \"'“”‘’,"))
