"""The scores of one answer, by name: each metric applied to its JSON contract, and left out where it isn't defined."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eval import attribution
from eval import metrics as m
from eval.corpus import Corpus
from eval.dataset import Question
from eval.metrics import Span

__all__ = ["Json", "nearest", "scores", "scores_without_gold", "spans", "spoken"]

_MARKER = re.compile(r"\s*\[\d+\]")
Json = Mapping[str, Any]
"""An answer in the JSON form of its contract."""


def spoken(answer: Json) -> str:
    """The text of an answer without its markers; empty where it abstains."""
    if answer["status"] != "answered":
        return ""
    texts = [sentence["text"] for sentence in answer["sentences"]] or [answer["answer"]]
    return _MARKER.sub("", " ".join(texts))


def scores(question: Question, answer: Json, parts: Sequence[Sequence[Span]], corpus: Corpus) -> dict[str, float]:
    """Every score of an answer to a question that can be answered; `parts` are the spans of its evidence."""
    return {
        **_answers(question, answer),
        **_citations(answer, parts),
        **_documents(question, answer, corpus),
        **_passages(answer, parts, corpus),
        **scores_without_gold(answer),
    }


def scores_without_gold(answer: Json) -> dict[str, float]:
    """The scores of any answer: whether its sentences are supported, and what it cost."""
    return {**_grounded(answer), **_cost(answer)}


def spans(items: Sequence[Json]) -> list[Span]:
    """The spans of citations or passages."""
    return [(item["document_id"], item["start"], item["end"]) for item in items]


def nearest(parts: Sequence[Sequence[Span]], shown: Sequence[Span]) -> list[Span]:
    """One span for each part: of interchangeable ones the first that is shown, else the first."""
    return [next((g for g in part if any(m.overlaps(s, g) for s in shown)), part[0]) for part in parts if part]


def _answers(question: Question, answer: Json) -> dict[str, float]:
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


def _citations(answer: Json, parts: Sequence[Sequence[Span]]) -> dict[str, float]:
    cited = spans(answer["citations"])
    wanted = nearest(parts, cited)
    return _defined(
        {
            "citation_precision": m.citation_precision(cited, [span for part in parts for span in part]),
            "citation_recall": m.citation_recall(cited, wanted),
            "evidence_recall": m.evidence_recall(cited, wanted),
        }
    )


def _documents(question: Question, answer: Json, corpus: Corpus) -> dict[str, float]:
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


def _passages(answer: Json, parts: Sequence[Sequence[Span]], corpus: Corpus) -> dict[str, float]:
    ranked = spans(answer["passages"])
    gold = {passage for span in nearest(parts, ranked) for passage in corpus.passages_with(span)}
    return _defined(
        {
            **{f"passage_recall@{k}": m.recall_at(ranked, gold, k) for k in (1, 5, 10)},
            "passage_precision@5": m.precision_at(ranked, gold, 5),
            "passage_mrr": m.reciprocal_rank(ranked, gold),
            "passage_ndcg@10": m.ndcg(ranked, gold, 10),
            "passage_map": m.average_precision(ranked, gold),
            "evidence_in_passages@5": m.evidence_recall(ranked[:5], nearest(parts, ranked[:5])),
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
