"""Which questions are about the library itself or the whole of it, and what they want; patterns only, nothing is read.

A search gives the best few passages, so it can't say what all documents hold or how many there are. These patterns
hold for a whole question, from its first word to its last, and for few nouns: "How many documents mention X?" is one,
"How many documents were leaked?" is a question that a document may answer.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from documents.errors import FilterError
from index.filters import day

__all__ = ["Wanted", "lists_everything", "wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of the whole library: a list of its documents, their number, or a summary of everything.

    Limits, where there are any: `types` as suffixes or media types, `since` and `until` as years, months or days, a
    `collection`, and `mention`, the words that the documents are to hold: one thing, if they are `literal`.
    """

    kind: Literal["list", "count", "summary"]
    types: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    collection: str | None = None
    mention: str | None = None
    literal: bool = False


_TYPES = {
    r"pdfs?(?: (?:files?|documents?))?": ("pdf",),
    r"(?:ms |microsoft )?word (?:files?|documents?)|docx(?: files?)?": ("docx", "odt", "rtf"),
    r"spreadsheets?|excel (?:files?|sheets?|documents?)|xlsx(?: files?)?": ("xlsx", "xlsm", "xlsb", "xls", "ods"),
    r"presentations?|slide ?decks?|power ?points?(?: files?| presentations?)?": ("pptx", "odp"),
    r"web ?pages?|html(?: (?:files?|documents?|pages?))?": ("html",),
    r"(?:plain )?text files?|txt files?": ("txt",),
    r"markdown(?: (?:files?|documents?))?": ("md",),
    r"e-?mails?|mails?": ("eml", "msg", "application/mbox"),
    r"images?|pictures?|photos?|scans?": ("image/*",),
    r"e-?books?|epubs?": ("epub",),
    r"csv(?: files?)?": ("csv",),
}
_TYPED = "|".join(_TYPES)
_ANY = r"documents?|docs?|files?|sources?"
_WRITINGS = "articles?|papers?|reports?|texts?|letters?|notes?|memos?|briefs?"
_THINGS = rf"(?:{_ANY}|{_TYPED})"
_OF_ALL = r"(?:all|each|every(?: single one)?)(?: of)?(?: (?:the|my|your|our|these|those|of (?:them|these|those)))?"
_THE = r"(?:the|my|your|our|these|those|this)"
_HERE = (
    r"(?:that |which )?(?:(?:are|is) )?(?:there|here|available|indexed|loaded|(?:do|can|did) (?:you|we|i) "
    r"(?:have|know|see|read|search|access|hold|use)(?: access to)?|(?:have|has) (?:you|we|i|been) (?:got|read|indexed|"
    r"added|uploaded|loaded)|(?:you|we|i) (?:have|know|hold)|(?:are |is )?(?:stored |indexed )?in (?:the|my|your|our|"
    r"this) (?:library|index|collection|database|knowledge base))"
)
_LIBRARY = r"(?:library|collection|index|knowledge base|corpus|document set)"
_PLEASE = r"^\W*(?:please |can you |could you |would you |i(?:'d| would) like (?:you )?to (?:see )?)?"
_END = r"(?: please)?\W*$"
_SHOW = r"(?:list|show|name|enumerate|give|tell)(?: me| us)?(?: (?:a|the) (?:full |complete )?list of)?"
_ASKS = (
    rf"(?:(?P<count>how many)|what|which|(?:{_SHOW}|find|are there(?: any)?|do any)(?: {_OF_ALL})?)(?: of)?(?: {_THE})?"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_MONTHS = "january february march april may june july august september october november december".split()
_WHEN = rf"(?:(?:{'|'.join(_MONTHS)}),? )?{_YEAR}(?:-\d\d){{0,2}}"
_BE = r"(?:(?:that |which )?(?:(?:are|is|were|was|do|does|did|have been) )?)"
_DATE = (
    rf"{_BE}(?:(?:dated|written|made|created|published|modified|changed|last changed|updated) )?"
    rf"(?P<relation>from|in|of|since|after|before|until|up to|between|dated)? ?(?P<first>{_WHEN})"
    rf"(?: (?:and|to|until) (?P<second>{_WHEN}))?(?: (?:on(?:wards?)?|or (?P<side>later|earlier)))?"
)
_MENTIONS = (
    rf"{_BE}(?:(?:explicitly |also |ever )?(?:mention(?:s|ed|ing)?|contain(?:s|ing)?|refer(?:s|red|ring)? to|"
    r"discuss(?:es|ed|ing)?|cit(?:e|es|ed|ing)|(?:talk|speak|write)(?:s|ing)? (?:about|of)|about|with|"
    r"deal(?:s|ing)? with|includ(?:e|es|ing)|use(?:s)?|name(?:s)?|hold(?:s)?|have|has))"
)
_WORDS = r"(?: the (?P<literal>words?|phrases?|names?|terms?|expressions?|strings?))?"
# Verbs that also ask for something a document tells ("Which files have errors?") need the words to be given as words.
_LOOSE = re.compile(r"\b(?:with|include|includes|including|use|uses|name|names|hold|holds|have|has)$", re.IGNORECASE)

_SUMMARY = (
    r"(?:summari[sz]e|sum up|condense|tl;?dr:?|(?:give|write|make|show)(?: me| us)? (?:a|an|the) "
    r"(?:(?:brief|short|quick|full) )?(?:summary|overview|outline|digest) (?:of|for)|"
    r"what is (?:a|the) (?:summary|gist) of)(?: for me)? "
    rf"(?:everything(?: (?:here|you have|there is|in (?:here|{_THE} {_LIBRARY})))?|it all|{_OF_ALL} {_THINGS}|{_THE} "
    rf"(?:whole |entire )?{_LIBRARY}|{_THE} (?:documents|files|sources|docs)|{_OF_ALL} (?:{_WRITINGS}))"
)
_ABOUT = (
    rf"what (?:are (?:{_OF_ALL} |{_THE} )?(?:documents|files|sources) about|is {_THE} {_LIBRARY} about|"
    rf"(?:topics|subjects|themes) (?:do|are covered (?:by|in)) (?:{_OF_ALL} |{_THE} )?(?:documents|files|sources|"
    rf"{_LIBRARY})(?: cover| deal with| discuss)?)"
)
_INVENTORY = (
    rf"(?:(?P<show>{_SHOW}) (?:{_OF_ALL} )?(?:{_THE} )?(?P<things>{_THINGS})(?: {_HERE})?"
    rf"|(?:what|which) (?:are )?(?:(?:all )?{_THE} )?(?P<what>{_THINGS}|{_WRITINGS}) {_HERE}"
    rf"|(?P<count>how many) (?:(?:different )?(?P<many>{_THINGS}) ?(?:{_HERE})?|(?P<written>{_WRITINGS}) {_HERE})"
    rf"|what(?: is|'s|’s) in {_THE} {_LIBRARY}|(?:show|list)(?: me)? {_THE} {_LIBRARY}"
    rf"|(?:what|which) do you have)"
)
_NO_SPAN = re.compile(
    r"^(?:that|how|why|whether|what|when|where|who|which|it|this|these|them|him|her|he|she|an?|any)\b"
)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(_PLEASE + pattern + _END, re.IGNORECASE)


_SUMMARIES = (_whole(_SUMMARY), _whole(_ABOUT))
_INVENTORIES = _whole(_INVENTORY)
_BY_DATE = _whole(rf"{_ASKS} (?P<things>{_THINGS}) {_DATE}")
_BY_TYPE = _whole(rf"{_ASKS} (?P<things>{_ANY}) {_BE}(?:(?:of type|in|as|an?) )?(?P<type>{_TYPED})(?: format)?")
_BY_COLLECTION = _whole(
    rf"{_ASKS} (?P<things>{_THINGS}) {_BE}in (?:the )?(?:collection (?P<after>[^?]+?)|(?P<before>[^?]+?) collection)"
)
_BY_MENTION = _whole(rf"{_ASKS} (?P<things>{_THINGS}|{_WRITINGS}) (?P<verb>{_MENTIONS}){_WORDS} (?P<mention>[^?]+?)")
_EVERY = re.compile(
    _PLEASE
    + r"(?:(?:list|name|give|show|enumerate|find|tell)(?: me| us)? (?:all|every|each)\b|(?:what|who) are all\b)",
    re.IGNORECASE,
)
_QUOTES = "\"'“”„‘’«»` "
LONGEST_MENTION = 12  # words
LONGEST = 300  # characters of such a question


def wanted(question: str) -> Wanted | None:
    """What a question asks of the whole library; None for one that passages of documents may answer."""
    question = question.replace("’", "'")
    if len(question) > LONGEST:
        return None
    if any(pattern.match(question) for pattern in _SUMMARIES):
        return Wanted("summary")
    if found := _INVENTORIES.match(question):
        things = found["things"] or found["what"] or found["many"] or ""
        return Wanted("count" if found["count"] else "list", types=_types(things))
    return _limited(question)


def lists_everything(question: str) -> bool:
    """Whether a question asks for all there is of something, which the best few passages may not hold."""
    return _EVERY.match(question) is not None


def _limited(question: str) -> Wanted | None:
    if found := _BY_DATE.match(question):
        try:
            since, until = _span(found)
        except FilterError:  # 31 February
            return None
        return Wanted(_kind(found), types=_types(found["things"]), since=since, until=until)
    if found := _BY_TYPE.match(question):
        return Wanted(_kind(found), types=_types(found["type"]))
    if found := _BY_COLLECTION.match(question):
        name = (found["after"] or found["before"]).strip(_QUOTES)
        return Wanted(_kind(found), types=_types(found["things"]), collection=name)
    found = _BY_MENTION.match(question)
    if found is None:
        return None
    mention, quoted = found["mention"].strip(_QUOTES), found["mention"][0] in _QUOTES
    literal = quoted and not set(_QUOTES) - {" ", "'"} & set(mention)
    if not quoted:
        mention = re.sub("^(?:the|any|an?|both) ", "", mention, flags=re.IGNORECASE)
    loose = _LOOSE.search(found["verb"]) and not (found["literal"] or quoted)
    too_long = len(mention.split()) > LONGEST_MENTION
    if not mention or loose or too_long or (not quoted and _NO_SPAN.match(mention)):
        return None
    return Wanted(_kind(found), types=_types(found["things"]), mention=mention, literal=literal)


def _kind(found: re.Match[str]) -> Literal["list", "count"]:
    return "count" if found["count"] else "list"


def _types(things: str) -> tuple[str, ...]:
    named = (types for pattern, types in _TYPES.items() if re.fullmatch(pattern, things, re.IGNORECASE))
    return next(named, ())


def _span(found: re.Match[str]) -> tuple[str | None, str | None]:
    """(since, until), both included, as parse_filter reads them: "2021", "2021-03" or "2021-03-31"."""
    first, relation = _day(found["first"]), (found["relation"] or "in").lower()
    day(first)
    side = (found["side"] or "").lower()
    if found["second"]:
        day(_day(found["second"]))
        return first, _day(found["second"])
    if relation == "after" or relation == "before":
        if relation == "after":
            return (day(first, last=True) + timedelta(days=1)).isoformat(), None
        return None, (day(first) - timedelta(days=1)).isoformat()
    if relation == "since" or side == "later":
        return first, None
    return (None, first) if relation in ("until", "up to") or side == "earlier" else (first, first)


def _day(text: str) -> str:
    month, _, year = text.replace(",", "").rpartition(" ")
    return f"{year}-{_MONTHS.index(month.lower()) + 1:02}" if month else year
