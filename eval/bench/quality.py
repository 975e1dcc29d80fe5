"""What one reply of a system is worth, against a question's gold; pure. The same measures for every system.

Systems cut documents differently, so a passage of one may hold five times the words of another's: beside every figure
by passages stands one by words, that a person would read (the first 150) or a model would be given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from eval import metrics as m

__all__ = ["GLANCED", "SHOWN", "findable", "reply_scores", "shown_text"]

SHOWN, GLANCED = 150, 50  # words

Reply = Mapping[str, Any]
"""{"passages": [[file name, text], …] best first, "used": how many a model would get, "shown": an answer, if any}."""


def findable(answers: Sequence[str], gold_texts: Sequence[str]) -> bool:
    """Whether an accepted answer stands word for word in the documents: only then can text be searched for it."""
    return any(m.containment(text, answers) for text in gold_texts)


def shown_text(reply: Reply, most: int = SHOWN) -> str:
    """The first words that a person would see: of the answer, or of the passages where the system gives none."""
    shown = reply.get("shown")
    text = _joined(reply["passages"][: reply["used"]]) if shown is None else shown
    return " ".join(text.split()[:most])


def reply_scores(reply: Reply, gold: Sequence[str], answers: Sequence[str]) -> dict[str, float]:
    """The scores of a reply; those that compare words are left out where `answers` is empty, likewise `gold`.

    `document@k`: one of the first k passages is of a gold document. `answer@k`: an accepted answer stands in the text
    of the first k passages, `shown` in the first 150 words a person would see (`glanced`: the first 50), which are
    `words shown`, `given` in the passages that a model would be given, which are `words`. As `metrics.containment`.
    """
    passages = reply["passages"]
    given = _joined(passages[: reply["used"]])
    shown = shown_text(reply)
    scores: dict[str, float] = {"words": float(len(given.split())), "words shown": float(len(shown.split()))}
    if gold:
        scores |= {f"document@{k}": float(any(name in gold for name, _ in passages[:k])) for k in (1, 5)}
    if answers:
        texts = {f"answer@{k}": _joined(passages[:k]) for k in (1, 5)}
        texts |= {"glanced": shown_text(reply, GLANCED), "shown": shown, "given": given}
        scores |= {name: m.containment(text, answers) or 0.0 for name, text in texts.items()}
    return scores


def _joined(passages: Sequence[Sequence[str]]) -> str:
    return "\n\n".join(text for _, text in passages)
