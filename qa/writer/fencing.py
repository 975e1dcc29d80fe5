"""The prompt: passages fenced as data, cut to what the model can take. Pure, but for the fence, which is random.

What a passage could use to break out is taken from it before a model sees it: hidden characters, the control tokens of
chat templates, tags, and [7], which would look like a citation. Citations are quoted from the stored text, never from
here.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from documents.draft import clean
from index.search import Hit
from qa import prompts

__all__ = ["BRIEF", "FULL", "Prompt", "Style", "fenced", "neutral", "tokens"]

LONGEST_TITLE = 120  # characters
SHORTEST = 200  # characters of a passage cut at the end of the budget; less says too little
_TAG = re.compile(r"<(?=[|/!?A-Za-z])|(?<=\|)>")
_TEMPLATE = re.compile(r"\[(?=/?(?:INST|SYS\w*|AVAILABLE_TOOLS|TOOL_\w+)\])", re.IGNORECASE)
_NUMBER = re.compile(r"[\[【［]\s*(\^?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*)\s*[\]】］]")


@dataclass(frozen=True, slots=True)
class Style:
    """The words of a prompt, and how many passages it holds at most."""

    system: str
    passage: str
    user: str
    most: int


FULL = Style(prompts.SYSTEM, prompts.PASSAGE, prompts.USER, 40)
BRIEF = Style(prompts.BRIEF_SYSTEM, prompts.BRIEF_PASSAGE, prompts.BRIEF_USER, 3)  # for models that copy long orders


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system message, a user message, the passages in it (number n is hits[n - 1]), and the fence around them."""

    system: str
    user: str
    hits: tuple[Hit, ...]
    fence: str

    @property
    def text(self) -> str:
        """All that is sent, for a person to read."""
        return f"[system]\n{self.system}\n\n[user]\n{self.user}"

    def unfenced(self, text: str) -> str:
        """What a model wrote without the fence, which some repeat."""
        return re.sub(rf"<{{1,2}}/?(?:passage-)?{self.fence}[^<>\n]*>{{0,2}}", "", text)


def neutral(text: str) -> str:
    """A text that a model may read as data: nothing hidden, no tag, no control token, no number that looks cited."""
    text = _TEMPLATE.sub("(", _TAG.sub(lambda m: "‹" if m.group() == "<" else "›", clean(text)))
    return _NUMBER.sub(r"{\1}", text)


def tokens(text: str) -> int:
    """About how many tokens a text has, rather too many: three bytes each, where English has four."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


def fenced(question: str, hits: Sequence[Hit], budget: int, style: Style = FULL) -> Prompt:
    """The prompt for a question with as many passages as `budget` tokens hold, the last cut by whole sentences."""
    fence = secrets.token_hex(8)
    question = neutral(question)
    system = style.system.format(fence=fence, not_there=prompts.NOT_THERE)
    left = 3 * (budget - tokens(system) - tokens(question) - tokens(style.user))
    shown: list[str] = []
    kept: list[Hit] = []
    for hit in hits[: style.most]:
        number = len(kept) + 1
        title = '"' + " ".join(neutral(hit.title or hit.source).replace('"', "'").split())[:LONGEST_TITLE] + '"'
        around = style.passage.format(fence=fence, number=number, title=title, text="")
        room = left - len(around.encode())
        text = _cut(hit, room if kept else max(room, SHORTEST))
        if not text:
            break
        block = style.passage.format(fence=fence, number=number, title=title, text=text)
        left -= len(block.encode("utf-8", "replace"))
        shown.append(block)
        kept.append(hit)
    return Prompt(system, style.user.format(passages="\n".join(shown), question=question), tuple(kept), fence)


def _cut(hit: Hit, room: int) -> str:
    """The passage, or its best run of whole sentences that `room` bytes hold; empty where that says too little."""
    whole = neutral(hit.text)
    if len(whole.encode("utf-8", "replace")) <= room:
        return whole
    if room < SHORTEST or not hit.sentences:
        return ""
    best = max(range(len(hit.sentences)), key=lambda n: hit.sentences[n].cosine)
    first = last = best
    text = _words(hit, first, last)
    if len(text.encode("utf-8", "replace")) > room:
        return text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    while True:
        grown = [(a, b) for a, b in ((first - 1, last), (first, last + 1)) if a >= 0 and b < len(hit.sentences)]
        fitting = [(a, b) for a, b in grown if len(_words(hit, a, b).encode("utf-8", "replace")) <= room]
        if not fitting:
            return text
        first, last = fitting[0]
        text = _words(hit, first, last)


def _words(hit: Hit, first: int, last: int) -> str:
    return neutral(hit.text[hit.sentences[first].start - hit.start : hit.sentences[last].end - hit.start])
