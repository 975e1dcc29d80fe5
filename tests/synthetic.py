"""Answers, results and runs made up for tests of what is done with them."""

import random
from typing import Any

from eval.judge import Failure, Stage
from eval.runfile import Run
from eval.summary import Result, summarise


def answer_json(
    *quotes: tuple[str, int, int, str],
    passages: tuple[tuple[str, int, int, str], ...] = (),
    text: str | None = None,
    status: str | None = None,
    confidence: float = 0.8,
) -> dict[str, Any]:
    """An answer in its contract, from (document, start, end, quote) citations and passages of the same form."""
    said = " ".join(quote for *_, quote in quotes) if text is None else text
    return {
        "question": "?",
        "searched": ["?"],
        "status": status or ("answered" if quotes or text else "not_in_documents"),
        "answer": said,
        "confidence": confidence,
        "model": "extractive",
        "sentences": [{"text": said, "citations": [1], "support": "verbatim"}] if said else [],
        "citations": [
            {"number": n, "document_id": d, "source": d, "title": d, "page": None, "heading": None, "start": s,
             "end": e, "quote": q, "place": None, "answer_spans": []}
            for n, (d, s, e, q) in enumerate(quotes, 1)
        ],
        "passages": [
            {"document_id": d, "source": d, "start": s, "end": e, "page": None, "score": 1.0, "title": d,
             "heading": None, "place": None, "text": t}
            for d, s, e, t in passages
        ],
        "timings_ms": {"total": 5.0},
        "notes": [],
    }  # fmt: skip


def result(
    id: str = "q1",
    *,
    answerable: bool = True,
    answered: bool = True,
    right: bool = True,
    would_be_right: bool | None = None,
    confidence: float = 0.8,
    kind: str = "",
    document: str = "d",
    question: str = "What?",
    quote: str = "It is so.",
    scores: dict[str, float] | None = None,
) -> Result:
    """One judged question."""
    reached: Stage | None = ("answered" if right else "chosen") if answerable else None
    failure: Failure | None = None if right else "answering" if answerable and answered else "abstaining"
    return Result(
        id=id,
        question=question,
        kind=kind,
        answerable=answerable,
        answers=("so",) if answerable else (),
        doc_ids=(document,),
        evidence=(quote,) if answerable else (),
        answer=answer_json(*([(document, 0, len(quote), quote)] if answered else []), confidence=confidence)
        | {"question": question},
        right=right,
        would_be_right=(right and answerable) if would_be_right is None else would_be_right,
        reached=reached,
        failure=failure,
        milliseconds=10.0,
        scores=scores or {},
    )


def run_of(*results: Result) -> Run:
    """A run with these results."""
    settings = {
        "questions": "made-up.jsonl",
        "seed": 0,
        "library": {"documents": 3, "passages": 9},
        "date": "2026-01-01",
    }
    return Run(settings, summarise(results), results)


def random_run(n: int, share_right: float, seed: int = 0) -> Run:
    """A run of n questions over eight documents, one in five unanswerable."""
    rng = random.Random(seed)
    results = []
    for i in range(n):
        answerable, right = i % 5 != 0, rng.random() < share_right
        confidence = min(1.0, max(0.0, rng.gauss(0.75 if answerable and right else 0.4, 0.2)))
        results.append(
            result(
                f"q{i}",
                answerable=answerable,
                answered=answerable or not right,
                right=right,
                confidence=confidence,
                kind=("fact", "number", "list")[i % 3],
                document=f"d{i % 8}",
                question=f"What is the number {i}?",
                scores={"containment": float(right), "token_f1": 0.4, "citation_precision": float(right)}
                if answerable
                else {},
            )
        )
    return run_of(*results)
