"""One question, its gold and its answer -> whether it is right, and where it went wrong; nothing is asked here.

An answer is right when it contains an accepted answer (`metrics.containment`). Where all accepted answers are long
(over 12 tokens) wording differs, and it is right when its citations hold half of the evidence's characters, or, without
evidence, when it holds half of an accepted answer in order (`metrics.rouge_l_recall`). Without accepted answers the
citations decide alone. An unanswerable question is right when it isn't answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval import metrics as m
from eval.corpus import Corpus
from eval.dataset import Question
from eval.metrics import Span
from eval.scores import Json, nearest, scores, scores_without_gold, spans, spoken

__all__ = ["FAILURES", "STAGES", "Failure", "Judgement", "Stage", "judge"]

Stage = Literal["nothing", "read", "retrieved", "chosen", "answered"]
Failure = Literal["reading", "retrieval", "ranking", "answering", "abstaining"]
STAGES: tuple[Stage, ...] = ("nothing", "read", "retrieved", "chosen", "answered")
FAILURES: tuple[Failure, ...] = ("reading", "retrieval", "ranking", "answering", "abstaining")

_LONG = 12  # tokens


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one question.

    `would_be_right` is what an answerer that never abstains would have got; `reached` the last stage the gold answer
    got to (None for unanswerable questions); `failure` where a wrong one was lost.
    """

    right: bool
    would_be_right: bool
    scores: dict[str, float]
    reached: Stage | None
    failure: Failure | None


def judge(question: Question, answer: Json, forced: Json, corpus: Corpus) -> Judgement:
    """Scores an answer; `forced` is what is said when abstaining isn't allowed (the same answer if it didn't)."""
    answered = answer["status"] == "answered"
    if not question.answerable:
        return Judgement(
            right=not answered,
            would_be_right=False,
            scores=scores_without_gold(answer),
            reached=None,
            failure="abstaining" if answered else None,
        )
    parts = corpus.parts(question)
    right = answered and _is_right(question, answer, parts, corpus)
    would_be_right = right if answered else _is_right(question, forced, parts, corpus)
    reached = _reached(question, forced, parts, corpus, right)
    found = scores(question, answer, parts, corpus)
    return Judgement(right, would_be_right, found, reached, _failure(reached, answered, would_be_right))


def _failure(reached: Stage, answered: bool, would_be_right: bool) -> Failure | None:
    if reached == "answered":
        return None
    if not answered and would_be_right:
        return "abstaining"
    lost: dict[Stage, Failure] = {
        "nothing": "reading",
        "read": "retrieval",
        "retrieved": "ranking",
        "chosen": "answering",
    }
    return lost[reached] if answered or reached != "chosen" else "abstaining"


def _is_right(question: Question, answer: Json, parts: Sequence[Sequence[Span]], corpus: Corpus) -> bool:
    text = spoken(answer)
    if m.containment(text, question.answers):
        return True
    if question.answers and not _all_long(question.answers):
        return False
    cited = spans(answer["citations"])
    held = m.evidence_recall(cited, nearest(parts, cited))
    if held is not None:
        return held >= 0.5
    if question.answers:
        return (m.rouge_l_recall(text, question.answers) or 0.0) >= 0.5
    gold = corpus.gold_names(question)
    return any(corpus.name_of(document) in gold for document, _, _ in cited)


def _all_long(answers: Sequence[str]) -> bool:
    return all(len(m.normalise(answer).split()) > _LONG for answer in answers)


def _reached(question: Question, forced: Json, parts: Sequence[Sequence[Span]], corpus: Corpus, right: bool) -> Stage:
    """The last stage at which the gold answer was still there; each stage implies the ones before."""
    if right:
        return "answered"
    cited, passages = forced["citations"], forced["passages"]
    if _covers(cited, parts) or m.containment(" ".join(c["quote"] for c in cited), question.answers):
        return "chosen"
    if _covers(passages, parts) or (not any(parts) and _in_gold_passages(question, passages, corpus)):
        return "retrieved"
    return "read" if _was_read(question, parts, corpus) else "nothing"


def _covers(items: Sequence[Json], parts: Sequence[Sequence[Span]]) -> bool:
    """Whether every part of the evidence overlaps an item."""
    return bool(parts) and m.citation_recall(spans(items), nearest(parts, spans(items))) == 1.0


def _in_gold_passages(question: Question, passages: Sequence[Json], corpus: Corpus) -> bool:
    gold = corpus.gold_names(question)
    held = [p for p in passages if not gold or corpus.name_of(p["document_id"]) in gold]
    if not question.answers or _all_long(question.answers):
        return bool(held)  # no words to look for: the right document is all there is to see
    return any(m.containment(p.get("text", ""), question.answers) for p in held)


def _was_read(question: Question, parts: Sequence[Sequence[Span]], corpus: Corpus) -> bool:
    if any(parts) or not question.doc_ids:
        return True
    texts = corpus.gold_texts(question)
    if not question.answers or _all_long(question.answers):
        return bool(texts)
    return any(m.containment(text, question.answers) for text in texts)
