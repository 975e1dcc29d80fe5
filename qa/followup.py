"""What a follow-up question searches for: itself, and itself with what the conversation supplies.

Searches are fused, not texts joined: the question alone counts 1, the question after the user's last one and after
the last answer count 0.2 each, or 0.4 where the question leans on them. On 58 follow-ups of mtRAG (Katsis et al. 2025,
arXiv:2501.03468) that finds the right document among the first five for 0.91 of them, the question alone for 0.81.
"""

import re
from collections.abc import Sequence

from documents.draft import clean
from index.terms import STOP_WORDS, stem, words
from qa import prompts
from qa.absent import named
from qa.answer import Turn

__all__ = ["CONTEXT_WEIGHT", "context", "is_only_short", "leans", "plan", "says_enough", "subject"]

CONTEXT_WEIGHT = 0.4  # shared by the searches that carry the conversation
LEANING_WEIGHT = 0.8  # the same for a question that says little without it
RESTS = 3  # questions that rest one on the other, at most
LONGEST_CONTEXT = 600  # characters of a turn: its beginning says what it is about
LONGEST_SEARCHED = 4_000  # characters of a question: a pasted page has what is asked before or after it

_MARKER = re.compile(r"\s*\[\d+\]")
# Words that point back, openings that carry on, and questions too short to stand alone.
_POINTS_BACK = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|this|these|those|that (?:year|one|case|time|date)|"
    r"then|there|the same|the other|others?|another|else|former|latter|instead|before|after (?:that|this)|earlier)\b"
    r"|^\W*(?:and|but|or|so|also|what about|how about|why\W*$|how come)\b",
    re.IGNORECASE,
)
# What one thing is, or who one person is: with "the" it is one that was spoken of.
_IS = r"(?: is| are| was| were|'s|’s)"
_SUBJECT = re.compile(rf"\W*(?:[Ww]hat{_IS} (?!the\b)|[Ww]ho{_IS} (?=[A-Z]))\w")
# What a follow-up goes on to, by the name it gives it.
_GOES_ON_TO = re.compile(r"\W*(?:and |but |so )?(?:(?:what|how) )?about (?P<subject>.+)", re.IGNORECASE)
# Words with a capital that say how, when or in which measure, and not what a question is about.
_NO_SUBJECT = frozenset(
    "english french german spanish italian portuguese dutch russian chinese japanese arabic ok usd eur gbp cad aud chf "
    "jpy q1 q2 q3 q4 monday tuesday wednesday thursday friday saturday sunday".split()
)
STANDS_ALONE = 3  # terms that a question needs at least to be about something by itself


def plan(question: str, history: Sequence[Turn]) -> list[tuple[str, float]]:
    """(text, weight) of each search; the first is the question itself, or the two ends of a very long one."""
    question = _ends(question)
    contexts = [found for found in (_asked(history), _answered(history)) if found and found != question]
    texts = [f"{found} {question}" for found in contexts]
    weight = LEANING_WEIGHT if leans(question) else CONTEXT_WEIGHT
    return [(question, 1.0), *((text, weight / len(texts)) for text in texts)]


def _ends(question: str) -> str:
    """The question; of one that is too long to be searched in bounded time, as much of its beginning and its end."""
    half = LONGEST_SEARCHED // 2
    return question if len(question) <= LONGEST_SEARCHED else f"{question[:half]} … {question[-half:]}"


def leans(question: str) -> bool:
    """Whether a question needs the conversation to be understood: it points back, carries on, or says too little."""
    return bool(_POINTS_BACK.search(question)) or len(_said(question)) < STANDS_ALONE


def is_only_short(question: str) -> bool:
    """Whether a question leans by its length alone: "Who is Scott Doran?", "What is zinc?" may stand by themselves."""
    if _POINTS_BACK.search(question):
        return False
    return len(_said(question)) == STANDS_ALONE - 1 or (leans(question) and bool(_SUBJECT.match(question)))


def subject(question: str) -> list[str]:
    """What a follow-up names, or goes on to ("What about …?"): what answers it speaks of some of it."""
    found = _GOES_ON_TO.match(question)
    names = [name for name in named(question) if name.casefold() not in _NO_SUBJECT]
    return [word for word in names or (words(found["subject"]) if found else ()) if _said(word)]


def says_enough(question: str) -> bool:
    """Whether a question may stand alone though it seems to lean: it names as much as one that does."""
    return len(_said(question)) >= STANDS_ALONE


def context(question: str, history: Sequence[Turn]) -> str:
    """What the user asked before where this question leans on it, else nothing: a new subject is judged by itself."""
    before = _asked(history) if leans(question) else ""
    return "" if before == question else before


def _asked(history: Sequence[Turn]) -> str:
    """The user's last question, with those before it where it says nothing by itself ("Where?")."""
    rests: list[str] = []
    for turn in reversed(history):
        if turn.role == "user" and (text := _plain(turn.text)):
            rests.insert(0, text)
            if len(rests) == RESTS or _said(text):
                break
    return " ".join(dict.fromkeys(rests))


def _said(question: str) -> list[str]:
    """The terms of a question, none where it has only words that answer nothing ("When was that?")."""
    return [stem(word) for word in words(question) if word not in STOP_WORDS]


def _answered(history: Sequence[Turn]) -> str:
    """The last answer; empty where it was a refusal."""
    text = next((turn.text for turn in reversed(history) if turn.role == "agent"), "")
    return "" if text.startswith(prompts.REFUSALS) or text.endswith(prompts.CLOSEST) else _plain(text)


def _plain(text: str) -> str:
    """The beginning of a turn, without its footnote markers."""
    return " ".join(_MARKER.sub("", clean(text))[:LONGEST_CONTEXT].split())
