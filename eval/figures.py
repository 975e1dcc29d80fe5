"""The figures of a run: their names in JSON, what a reader sees, and their order; data only."""

from collections.abc import Mapping

__all__ = ["FIGURES"]

FIGURES: Mapping[str, Mapping[str, str]] = {
    "Answers": {
        "accuracy": "Right: answered rightly, or rightly not answered",
        "containment": "The answer holds an accepted answer",
        "parts_answered": "Parts given, of answers with several",
        "exact_match": "Exact match of the whole answer (SQuAD)",
        "token_f1": "Token F1 of the whole answer (SQuAD)",
        "short_exact_match": "Exact match of the words marked in the quote",
        "short_token_f1": "Token F1 of the words marked in the quote",
        "rouge_l": "ROUGE-L of the whole answer",
    },
    "Citations": {
        "citation_precision": "Citations that overlap the evidence",
        "citation_recall": "Parts of the evidence that are cited",
        "evidence_recall": "Characters of the evidence that are cited",
        "groundedness": "Sentences supported by what they cite",
        "checked_citation_precision": "Citations that their sentence needs, by the checker",
        "checked_citation_recall": "Sentences that their citations support, by the checker",
    },
    "Documents retrieved": {
        "document_success@1": "A right document comes first",
        "document_success@5": "A right document is among five",
        "document_recall@1": "Recall@1",
        "document_recall@5": "Recall@5",
        "document_mrr": "MRR",
        "document_ndcg@10": "nDCG@10",
        "document_map": "MAP",
    },
    "Passages retrieved": {
        "passage_recall@1": "Recall@1",
        "passage_recall@5": "Recall@5",
        "passage_recall@10": "Recall@10",
        "passage_precision@5": "Precision@5",
        "passage_mrr": "MRR",
        "passage_ndcg@10": "nDCG@10",
        "passage_map": "MAP",
        "evidence_in_passages@5": "Characters of the evidence in five passages",
    },
    "Knowing when it knows": {
        "answered": "Questions answered",
        "accuracy_when_answered": "Right, of those answered",
        "abstention_precision": "Unanswerable, of those not answered",
        "abstention_recall": "Not answered, of the unanswerable",
        "abstention_auroc": "AUROC of confidence, answerable against not",
        "aurc": "AURC (less is better)",
        "augrc": "AUGRC (less is better)",
        "coverage_at_1%_risk": "Coverage at 1 % risk",
        "coverage_at_5%_risk": "Coverage at 5 % risk",
        "ece": "Calibration error, ECE (less is better)",
        "crag_score": "CRAG score (-1 to 1)",
    },
    "Language model, tokens a question": {
        "tokens_in": "Given to it",
        "tokens_out": "Written by it",
    },
    "Time, ms": {
        "latency_p50": "Half of the answers within",
        "latency_p95": "95 % within",
        "latency_p99": "99 % within",
    },
}
"""Group -> name of the metric -> its label."""
