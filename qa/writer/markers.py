"""What a language model wrote -> plain sentences and the numbers of the passages each cites. Pure.

Models write their markers in many ways: [1], [1, 2], [1-3], [1][2], [^1], 【1†source】, [passage 1], before the full
stop or after it, at the head of a line, and some in round brackets. Numbers that stand for no passage are kept apart,
so that they can be reported. What a reader's program could take for a link, an image or a tag becomes plain text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.draft import clean
from documents.split import sentences

__all__ = ["Said", "links", "said", "says_nothing", "visible"]

MOST = 12  # passages that a range such as [1-9] may name; more is no citation
_THOUGHT = "think|thinking|thought|reasoning|reflection"
_THINKING = re.compile(rf"<({_THOUGHT})\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_BEFORE = re.compile(rf"\A(?:(?!<(?:{_THOUGHT})\b).)*?</(?:{_THOUGHT})\s*>", re.DOTALL | re.IGNORECASE)
_OPEN_TAG = re.compile(r"<[a-z/]{0,12}\Z", re.IGNORECASE)
_CONTROL = re.compile(r"<\|[^|<>\n]{0,40}\|>|</?s>|\[/?INST\]|<(?:start|end)_of_turn>")

_ONE = r"\^?\s{0,3}(?:(?:passages?|sources?|documents?|docs?|citations?|refs?|nos?\.?|#)\s{0,3}[.:#]?\s{0,3})?\d{1,3}"
_JOIN = r"\s{0,3}(?:,|;|/|&|\band\b|-|–|—)\s{0,3}"
_NUMBERS = rf"(?:see\s+)?{_ONE}(?:{_JOIN}{_ONE})*"
_SQUARE = re.compile(
    rf"[\[【［〔]{{1,3}}\s{{0,3}}({_NUMBERS})\s{{0,3}}(?:†[^\]】］〕\n]{{0,60}})?\s{{0,3}}[\]】］〕]{{1,3}}",
    re.IGNORECASE,
)
_ROUND = re.compile(rf"\(\s*({_NUMBERS})\s*\)(?=\s*(?:[.!?;,:]|\n|\Z|\())", re.IGNORECASE)
_ANY_ROUND = re.compile(r"\(\s*\d{1,3}\s*\)")
_RANGE = re.compile(r"(\d{1,3})\s*[-–—]\s*\^?\s*(\d{1,3})")

_ADDRESS = r"[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*"
_INLINE = re.compile(rf"!?\[([^\[\]\n]*)\]\(\s*<?({_ADDRESS})>?(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
_ANGLED = re.compile(r"<((?:[a-z][a-z0-9+.-]{1,20}:|www\.)[^\s<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.|\b(?:data|javascript|mailto|tel|file):)[^\s<>‹›\"“”]+", re.IGNORECASE
)

_LINE_HEAD = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|[-*•‣·][ \t]+|>[ \t]*|```\w*[ \t]*$)", re.MULTILINE)
_LABEL = re.compile(
    r"^[ \t*_#]*(?:the )?(?:short |final )?answer(?: is)?[*_]*:[*_]*[ \t]*", re.IGNORECASE | re.MULTILINE
)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")

# A model that says the passages don't answer; whole sentences only.
_SOURCE = r"(?:passages?|documents?|text|context|sources?|information)"
_LACKS = r"(?:say|state|mention|contain|provide|answer|give|specify|include|discuss|address|tell)"
_NOTHING = re.compile(
    r"^\W*(?:(?:answer|sorry|unfortunately|i(?:'m| am) sorry|i apologi[sz]e)\W+(?:but\W+)?)*"
    r"(?:not in the documents?"
    r"|(?:this|that|it|the answer|(?:the|this|that|such) information)?\s*(?:is|was)(?: not|n['’]t) "
    r"(?:stated |given |mentioned |found |provided |specified |available |answered )?"
    rf"(?:in|by|from) the (?:\w+ )?{_SOURCE}"
    rf"|(?:the|these|those|none of the|no) (?:given |provided |above )*{_SOURCE}\b.{{0,40}}?"
    rf"\b(?:do(?:es)?(?: not|n['’]t) (?:\w+ )?{_LACKS}|"
    r"(?:says?|mentions?|contains?|answers?|addresses) (?:nothing|no\b|it\b|this|that|the question))"
    r"|i (?:do not|don['’]t|could not|couldn['’]t|cannot|can['’]t|can not|am unable to|was unable to) "
    r"(?:know|find|answer|determine|say|tell|see))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence without its markers, the numbers of the passages it cites, and numbers that stand for none."""

    text: str
    numbers: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()


def visible(text: str, *, done: bool = True) -> str:
    """The text without what the model thought to itself; of one still being written, without a tag half begun."""
    if "</" in text:
        text = _THOUGHT_BEFORE.sub("", text)
    text = _THINKING.sub("", text)
    if not done:
        text = _OPEN_TAG.sub("", text)
    return clean(_CONTROL.sub("", text)).strip()


def said(text: str, passages: int) -> list[Said]:
    """The sentences of an answer whose prompt numbered its passages from 1 to `passages`."""
    plain, marks = _without_marks(_inert(_LABEL.sub("", visible(text))), passages)
    spans = [(s.start, s.end) for s in sentences(plain, 0, len(plain))]
    cited: list[list[int]] = [[] for _ in spans]
    first = bool(marks) and not plain[: marks[0][0]].strip() and bool(plain[marks[-1][0] :].strip(" .\n"))
    for at, numbers in marks:
        if (n := _owner(plain, spans, at, first=first)) is not None:
            cited[n] = list(dict.fromkeys([*cited[n], *numbers]))
    found = []
    for (start, end), numbers in zip(spans, cited, strict=True):
        right = tuple(n for n in numbers if 1 <= n <= passages)
        found.append(Said(" ".join(plain[start:end].split()), right, tuple(n for n in numbers if n not in right)))
    return [s for s in found if any(c.isalnum() for c in s.text)]


def says_nothing(found: Iterable[Said]) -> bool:
    """Whether all that a model said is that the passages don't answer the question."""
    texts = [s.text for s in found]
    return bool(texts) and all(_NOTHING.match(text) for text in texts)


def links(text: str) -> list[str]:
    """What looks like a web address in a text."""
    return [match.group().rstrip(".,;:!?)]}'’") for match in _LINK.finditer(text)]


def _inert(text: str) -> str:
    """The text with links, images, tags and emphasis as plain text; an address stays, to be seen and judged."""
    text = _INLINE.sub(lambda m: " ".join(p for p in (_label(m[1]), f"({m[2]})" if m[2] else "") if p), text)
    text = _TAG.sub("‹", _ANGLED.sub(r"\1", text)).replace("![", "[").replace("]:", "] :")
    text = _LINE_HEAD.sub("", text)
    return _EMPHASIS.sub(r"\2", text)


def _label(label: str) -> str:
    """A link's text; a bare number stays a marker."""
    return f"[{label}]" if re.fullmatch(_NUMBERS, label.strip(), re.IGNORECASE) else label


def _without_marks(text: str, passages: int) -> tuple[str, list[tuple[int, list[int]]]]:
    """The text without its markers, and where each stood in that text with its numbers."""
    pattern = _SQUARE
    if not _SQUARE.search(text) and _round_are_marks(text, passages):
        pattern = _ROUND
    parts: list[str] = []
    marks: list[tuple[int, list[int]]] = []
    at = length = 0
    for match in pattern.finditer(text):
        numbers = list(_numbers(match[1]))
        if not numbers:
            continue
        before = text[at : match.start()]
        if not before.endswith("\n"):
            before = before.rstrip(" ")
        parts.append(before)
        length += len(before)
        marks.append((length, numbers))
        at = match.end()
    return "".join([*parts, text[at:]]), marks


def _round_are_marks(text: str, passages: int) -> bool:
    """Whether (1) is how this answer cites: each such number ends a clause, and stands for a passage."""
    rounds = list(_ROUND.finditer(text))
    everywhere = len(_ANY_ROUND.findall(text))
    numbers = [n for match in rounds for n in _numbers(match[1])]
    return bool(rounds) and everywhere <= len(rounds) and all(1 <= n <= passages for n in numbers)


def _numbers(inside: str) -> Iterator[int]:
    """The numbers of a marker, a range in full; none of a range that is no citation."""
    at = 0
    for match in _RANGE.finditer(inside):
        yield from map(int, re.findall(r"\d+", inside[at : match.start()]))
        low, high = int(match[1]), int(match[2])
        yield from range(low, high + 1) if low < high <= low + MOST else (low, high)
        at = match.end()
    yield from map(int, re.findall(r"\d+", inside[at:]))


def _owner(text: str, spans: list[tuple[int, int]], at: int, *, first: bool) -> int | None:
    """Which sentence a marker at an offset belongs to: the one it ends or stands in; at a line's head, the next.

    `first` tells that this answer puts its markers before its sentences.
    """
    if not spans:
        return None
    line = text.rfind("\n", 0, at) + 1
    heads_line = not text[line:at].strip(' -*•"“(') and bool(text[at:].partition("\n")[0].strip(" .,;:"))
    if heads_line or (first and any(end == at for _, end in spans)):
        return next((n for n, (_, end) in enumerate(spans) if end > at), len(spans) - 1)
    before = [n for n, (start, _) in enumerate(spans) if start < at]
    return before[-1] if before else 0
