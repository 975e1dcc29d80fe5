"""A follow-up question, rewritten by the language model so that it stands alone: one short call, or none.

Only questions that lean on the conversation are rewritten. A rewriting that brings in what the conversation does not
hold is not used: the search goes on as it would without a model, and a note says so.
"""

import threading
from collections.abc import Sequence

from documents.errors import MissingExtra, ModelError
from index.terms import terms
from qa import prompts
from qa.answer import Turn
from qa.followup import leans
from qa.writer.fencing import neutral
from qa.writer.generate import Writer
from qa.writer.llm import Model, model_of
from qa.writer.markers import visible
from qa.writer.stream import Limits, is_set, stream

__all__ = ["REWRITE_WEIGHT", "rewritten"]

# Of the search for the rewritten question, against 1 for the question itself. On 58 follow-ups of mtRAG, rewritten by
# people, no weight found more in the first five documents than the fused search alone (0.91), and more than this lost.
REWRITE_WEIGHT = 0.5
TURNS = 4  # of the conversation that the model sees, the last ones
LONGEST_TURN = 500  # characters of each
LONGEST = 400  # characters of a rewritten question
SECONDS = 20.0
KNOWN = 0.7  # the share of its terms that a rewriting must have from the conversation


def rewritten(
    writer: Writer, question: str, history: Sequence[Turn], halt: threading.Event | None = None
) -> tuple[str | None, tuple[str, ...]]:
    """The question by itself, and what must be noted where the model was asked and did not give it.

    (None, ()) where there is nothing to rewrite, or the model is too small for it. `halt` ends it.
    """
    if not history or not leans(question):
        return None, ()
    name = writer.llm if isinstance(writer.llm, str) else type(writer.llm).__name__
    try:
        model = model_of(writer.llm, writer.base_url)
        name = model.name
        return (None, ()) if model.small else (_asked(model, writer.limits, question, history, halt), ())
    except (ModelError, MissingExtra) as error:
        return None, (prompts.NO_REWRITE.format(name=name, reason=str(error).rstrip(".")),)


def _asked(model: Model, limits: Limits, question: str, history: Sequence[Turn], halt: threading.Event | None) -> str:
    from langchain_core.messages import HumanMessage, SystemMessage

    turns = "\n".join(
        f"{turn.role}: {' '.join(neutral(turn.text)[:LONGEST_TURN].split())}" for turn in history[-TURNS:]
    )
    messages = [
        SystemMessage(prompts.REWRITE),
        HumanMessage(prompts.REWRITE_USER.format(turns=turns, question=neutral(question))),
    ]
    short = Limits(min(limits.first, SECONDS), min(limits.total, SECONDS), 8 * LONGEST)
    text = visible("".join(stream(model.chat, messages, short, says_end=model.says_end, halt=halt)))
    if is_set(halt):
        raise ModelError("it was stopped")
    line = next((line for line in text.splitlines() if line.strip()), "")
    found = line.rpartition("estion:")[2].strip(" \"'“”*")
    if not found or len(found) > LONGEST:
        raise ModelError("it wrote no question")
    said = set(terms(" ".join([question, *(turn.text for turn in history)])))
    used = terms(found)
    if sum(term in said for term in used) < KNOWN * len(used):
        raise ModelError("what it wrote is about something else")
    return found
