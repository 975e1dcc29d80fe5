"""One question, its gold and its answer -> scores, and where it went wrong; nothing is asked or searched here.

An answer is right when it contains an accepted answer (`metrics.containment`). Where all accepted answers are long
(over 12 tokens) wording differs, and it is right when its citations hold half of the evidence's characters, or, without
evidence, when it holds half of an accepted answer in order (`metrics.rouge_l_recall`). Without accepted answers the
citations decide alone. An unanswerable question is right when it isn't answered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eval import attribution
from eval import metrics as m
from eval.corpus import Corpus
from eval.dataset import Question
from eval.metrics import Span

__all__ = ["FAILURES", "STAGES", "Failure", "Judgement", "Stage", "judge", "spoken"]

Stage = Literal["nothing", "read", "retrieved", "chosen", "answered"]
Failure = Literal["reading", "retrieval", "ranking", "answering", "abstaining"]
STAGES: tuple[Stage, ...] = ("nothing", "read", "retrieved", "chosen", "answered")
FAILURES: tuple[Failure, ...] = ("reading", "retrieval", "ranking", "answering", "abstaining")

_LONG = 12  # tokens
_MARKER = re.compile(r"\s*\[\d+\]")
Json = Mapping[str, Any]
"""An answer in the JSON form of its contract."""


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


def spoken(answer: Json) -> str:
    """The text of an answer without its markers; empty where it abstains."""
    if answer["status"] != "answered":
        return ""
    texts = [sentence["text"] for sentence in answer["sentences"]] or [answer["answer"]]
    return _MARKER.sub("", " ".join(texts))


def judge(question: Question, answer: Json, forced: Json, corpus: Corpus) -> Judgement:
    """Scores an answer; `forced` is what is said when abstaining isn't allowed (the same answer if it didn't)."""
    answered = answer["status"] == "answered"
    if not question.answerable:
        return Judgement(
            right=not answered,
            would_be_right=False,
            scores={**_grounded(answer), **_cost(answer)},
            reached=None,
            failure="abstaining" if answered else None,
        )
    parts = corpus.parts(question)
    right = answered and _is_right(question, answer, parts, corpus)
    would_be_right = right if answered else _is_right(question, forced, parts, corpus)
    reached = _reached(question, forced, parts, corpus, right)
    scores = {
        **_answer_scores(question, answer),
        **_citation_scores(answer, parts),
        **_document_scores(question, answer, corpus),
        **_passage_scores(answer, parts, corpus),
        **_grounded(answer),
        **_cost(answer),
    }
    return Judgement(right, would_be_right, scores, reached, _failure(reached, answered, would_be_right))


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


def _spans(items: Sequence[Json]) -> list[Span]:
    return [(item["document_id"], item["start"], item["end"]) for item in items]


def _nearest(parts: Sequence[Sequence[Span]], shown: Sequence[Span]) -> list[Span]:
    """One span for each part: of interchangeable ones the first that is shown, else the first."""
    return [next((g for g in part if any(m.overlaps(s, g) for s in shown)), part[0]) for part in parts if part]


def _is_right(question: Question, answer: Json, parts: Sequence[Sequence[Span]], corpus: Corpus) -> bool:
    text = spoken(answer)
    if m.containment(text, question.answers):
        return True
    if question.answers and not _all_long(question.answers):
        return False
    cited = _spans(answer["citations"])
    held = m.evidence_recall(cited, _nearest(parts, cited))
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
    return bool(parts) and m.citation_recall(_spans(items), _nearest(parts, _spans(items))) == 1.0


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


def _answer_scores(question: Question, answer: Json) -> dict[str, float]:
    if not question.answers:
        return {}
    text = spoken(answer)
    found = {
        "containment": m.containment(text, question.answers),
        "exact_match": m.exact_match(text, question.answers),
        "token_f1": m.token_f1(text, question.answers),
        "rouge_l": m.rouge_l(text, question.answers),
    }
    if question.answer_parts:
        held = [m.containment(text, part) or 0.0 for part in question.answer_parts]
        found["parts_answered"] = sum(held) / len(held)
    short = _short_answer(answer)
    if short is not None:
        found["short_exact_match"] = m.exact_match(short, question.answers)
        found["short_token_f1"] = m.token_f1(short, question.answers)
    return _defined(found)


def _short_answer(answer: Json) -> str | None:
    """The words that answer, where the first citation marks them; "" when abstaining, None when nothing is marked."""
    if answer["status"] != "answered":
        return ""
    for citation in answer["citations"]:
        for start, end in citation.get("answer_spans") or ():
            quote: str = citation["quote"]
            return quote[start - citation["start"] : end - citation["start"]]
    return None


def _citation_scores(answer: Json, parts: Sequence[Sequence[Span]]) -> dict[str, float]:
    cited = _spans(answer["citations"])
    nearest = _nearest(parts, cited)
    return _defined(
        {
            "citation_precision": m.citation_precision(cited, [span for part in parts for span in part]),
            "citation_recall": m.citation_recall(cited, nearest),
            "evidence_recall": m.evidence_recall(cited, nearest),
        }
    )


def _document_scores(question: Question, answer: Json, corpus: Corpus) -> dict[str, float]:
    gold = corpus.gold_names(question)
    ranked = [corpus.name_of(passage["document_id"]) for passage in answer["passages"]]
    return _defined(
        {
            **{f"document_success@{k}": m.success_at(ranked, gold, k) for k in (1, 5)},
            **{f"document_recall@{k}": m.recall_at(ranked, gold, k) for k in (1, 5)},
            "document_mrr": m.reciprocal_rank(ranked, gold),
            "document_ndcg@10": m.ndcg(ranked, gold, 10),
            "document_map": m.average_precision(ranked, gold),
        }
    )


def _passage_scores(answer: Json, parts: Sequence[Sequence[Span]], corpus: Corpus) -> dict[str, float]:
    ranked = _spans(answer["passages"])
    gold = {passage for span in _nearest(parts, ranked) for passage in corpus.passages_with(span)}
    return _defined(
        {
            **{f"passage_recall@{k}": m.recall_at(ranked, gold, k) for k in (1, 5, 10)},
            "passage_precision@5": m.precision_at(ranked, gold, 5),
            "passage_mrr": m.reciprocal_rank(ranked, gold),
            "passage_ndcg@10": m.ndcg(ranked, gold, 10),
            "passage_map": m.average_precision(ranked, gold),
            "evidence_in_passages@5": m.evidence_recall(ranked[:5], _nearest(parts, ranked[:5])),
        }
    )


def _grounded(answer: Json) -> dict[str, float]:
    """Share of the sentences said that their citations support; nothing where nothing is said."""
    said = answer["sentences"] if answer["status"] == "answered" else ()
    kept = sum(sentence["support"] in ("verbatim", "supported") for sentence in said)
    return {"groundedness": kept / len(said), **_checked(answer)} if said else {}


def _checked(answer: Json) -> dict[str, float]:
    """Citation precision and recall by the checker, of a language model's answers: quotes support themselves."""
    if all(sentence["support"] == "verbatim" for sentence in answer["sentences"]):
        return {}
    from qa.checker.check import check

    def supports(text: str, quotes: Sequence[str]) -> bool:
        return check(text, quotes).support in ("verbatim", "supported")

    quotes = {citation["number"]: citation["quote"] for citation in answer["citations"]}
    cited = [
        attribution.Cited(sentence["text"], tuple(quotes[n] for n in sentence["citations"]))
        for sentence in answer["sentences"]
    ]
    return _defined(
        {
            "checked_citation_precision": attribution.precision(cited, supports),
            "checked_citation_recall": attribution.recall(cited, supports),
        }
    )


def _cost(answer: Json) -> dict[str, float]:
    """The tokens that a language model counted for this question, where one was asked."""
    usage = answer.get("usage") or {}
    return {f"tokens_{way}": float(usage[name]) for way, name in (("in", "input"), ("out", "output")) if name in usage}


def _defined(found: Mapping[str, float | None]) -> dict[str, float]:
    return {name: value for name, value in found.items() if value is not None}
