"""Fits the weights in qa/data/evidence.json: python -m training.evidence FOLDER [--stage first|read]

FOLDER holds train/ (squadshifts_wiki and qed_nq, as training/README.md describes them) and data/ (squad2-a,
chroma-chunking, and to check on, xquad-a and mtrag-human: docs.jsonl and qa.jsonl in each).

Stage "first" (words and vectors) is fitted on the two training sources, stage "read" (with the reader's logits) on
squad2-a, chroma-chunking and our own questions over the samples, which the reader never saw; both are checked on sets
they were not fitted on, and on each set they were fitted on with that one left out. Sentences
are ranked by a softmax over a question's candidates (the probability that the right one is chosen), confidence by a
logistic model; every set counts the same. An off-document question is one asked with its own documents left out.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.library import Library
from index.records import Filter
from qa import evidence, reading
from qa.followup import context, plan
from qa.reader import reader_named
from training.sets import DEMO, Question, collection, normal

__all__ = ["WEIGHTS", "examples", "figures", "fit_ranking", "main"]

WEIGHTS = Path(evidence.__file__).parent / "data" / "evidence.json"
FITTED_ON = {"first": ("squadshifts_wiki", "qed_nq"), "read": ("squad2-a", "chroma-chunking", "demo")}
CHECKED_ON = ("xquad-a", "mtrag-human", "squad2-a", "chroma-chunking")
QUESTIONS = 700  # of a set, at most
REFUSED = 0.055  # of the answerable questions, at the threshold


@dataclass(frozen=True, slots=True)
class Example:
    """One question as it was judged: features of its sentences, which hold the answer, features of the whole."""

    kind: str  # answerable, near (asked of its own documents, which don't answer), off
    sentences: np.ndarray
    right: np.ndarray
    whole: np.ndarray


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stage", choices=("first", "read"), default="read")
    options = parser.parse_args()
    names = dict.fromkeys((*FITTED_ON[options.stage], *CHECKED_ON))
    sets = {name: list(examples(options.folder, name, options.stage)) for name in names}
    fitted_on = [sets[name] for name in FITTED_ON[options.stage]]
    ranking = fit_ranking([e for s in fitted_on for e in s if e.kind == "answerable" and e.right.any()])
    confidence = _fit_confidence(fitted_on)
    fitted = json.loads(WEIGHTS.read_text())
    threshold = round(_threshold(confidence, fitted_on), 3)
    fitted[options.stage] = {"sentence": ranking, "confidence": confidence, "threshold": threshold}
    WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n")
    print(json.dumps(fitted[options.stage]))
    for name, seen in sets.items():
        print(name, json.dumps(figures(ranking, confidence, threshold, seen)))
    for name in FITTED_ON[options.stage]:
        rest = [sets[other] for other in FITTED_ON[options.stage] if other != name]
        ranking = fit_ranking([e for s in rest for e in s if e.kind == "answerable" and e.right.any()])
        confidence = _fit_confidence(rest)
        print(name, "left out", json.dumps(figures(ranking, confidence, _threshold(confidence, rest), sets[name])))


def _threshold(confidence: dict[str, Any], sets: Sequence[Sequence[Example]]) -> float:
    """The mean over the sets of what refuses REFUSED of a set's answerable questions."""
    return float(np.mean([np.quantile(_chance(confidence, s, "answerable"), REFUSED) for s in sets]))


def examples(folder: Path, name: str, stage: str) -> Iterator[Example]:
    """Every question of a set as the product judges it, answerable ones also asked without their documents."""
    documents, questions = collection(folder, name)
    random.Random(0).shuffle(questions)
    with tempfile.TemporaryDirectory() as scratch, Library.open(Path(scratch)) as library:
        for document in documents:
            library.add(document)
        ids = {document.source: document.id for document in documents}
        for question in questions[:QUESTIONS]:
            kind = "answerable" if question.answerable else "near"
            yield _example(library, question, kind, stage, None)
            own = {ids[source] for source in question.documents}
            others = tuple(i for i in ids.values() if i not in own)
            if question.answerable and others and name != DEMO:
                yield _example(library, question, "off", stage, Filter(documents=others))


def _example(library: Library, question: Question, kind: str, stage: str, where: Filter | None) -> Example:
    found = library.search(plan(question.text, question.history), k=10, where=where)
    before = context(question.text, question.history)
    first = evidence.judge(question.text, found.hits, found.rarity, before)
    asked = f"{before} {question.text}".strip()
    if stage == "first":
        own = set(evidence.terms(question.text))
        rarity = {t: v if t in own else evidence.CONTEXT * v for t, v in found.rarity.items()}
        said = evidence.hit_terms(found.hits)
        sentences = evidence.sentence_features(asked, found.hits, said, rarity)
        spans = [(hit.document_id, s.start, s.end) for hit in found.hits for s in hit.sentences]
        texts = [hit.text[s.start - hit.start : s.end - hit.start] for hit in found.hits for s in hit.sentences]
        sources = [hit.source for hit in found.hits for _ in hit.sentences]
        whole = evidence.confidence_features(asked, found.hits, said, first.evidence, rarity)
        assert len(spans) == len(sentences)
    else:
        read = reading.read(asked, first, reader_named("default"))
        sentences, whole = read.features, read.whole
        texts, sources = [e.text for e in read.evidence], [e.hit.source for e in read.evidence]
    answers = [normal(a) for a in question.answers if normal(a)]
    right = [
        source in question.documents and any(a in normal(text) or normal(text) in a for a in answers)
        for text, source in zip(texts, sources, strict=True)
    ]
    return Example(kind, sentences, np.array(right), whole)


def fit_ranking(examples: Sequence[Example], penalty: float = 1e-3) -> dict[str, Any]:
    """Weights that give the right sentences the most probability in a softmax over their question's."""
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    scale = np.concatenate([e.sentences for e in examples]).std(axis=0)
    scale[scale == 0] = 1.0

    def loss(weights: np.ndarray) -> float:
        total = 0.0
        for e in examples:
            scores = e.sentences / scale @ weights
            total += logsumexp(scores) - logsumexp(scores[e.right])
        return float(total / len(examples) + penalty * weights @ weights)

    weights = minimize(loss, np.ones(len(scale)), method="L-BFGS-B").x
    return _linear(weights, np.zeros(len(scale)), scale, 0.0)


def _fit_confidence(sets: Sequence[Sequence[Example]]) -> dict[str, Any]:
    """Logistic weights; answerable, near and off questions of a set share its weight equally."""
    from sklearn.linear_model import LogisticRegression

    examples = [e for s in sets for e in s]
    kinds = [{k: sum(e.kind == k for e in s) for k in {e.kind for e in s}} for s in sets]
    shares = [
        (0.5 if e.kind == "answerable" else 0.5 / (len(kinds[n]) - 1)) / kinds[n][e.kind]
        for n, s in enumerate(sets)
        for e in s
    ]
    features = np.stack([e.whole for e in examples])
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=10.0, max_iter=1000)
    weights = np.array(shares) * len(examples) / len(sets)
    model.fit((features - mean) / scale, [e.kind == "answerable" for e in examples], sample_weight=weights)
    return _linear(model.coef_[0], mean, scale, float(model.intercept_[0]))


def _linear(weights: np.ndarray, mean: np.ndarray, scale: np.ndarray, bias: float) -> dict[str, Any]:
    lists = {"weights": weights, "mean": mean, "scale": scale}
    return {**{name: np.round(values, 4).tolist() for name, values in lists.items()}, "bias": round(bias, 4)}


def _chance(model: dict[str, Any], examples: Sequence[Example], kind: str) -> np.ndarray:
    features = np.stack([e.whole for e in examples if e.kind == kind])
    logits = (features - model["mean"]) / np.array(model["scale"]) @ np.array(model["weights"]) + model["bias"]
    return np.asarray(1 / (1 + np.exp(-logits)))


def figures(
    ranking: dict[str, Any], confidence: dict[str, Any], threshold: float, examples: Sequence[Example]
) -> dict[str, float]:
    """How well sentences are ranked, answerable questions told from others, and how many of each are refused."""
    from sklearn.metrics import roc_auc_score

    best = []
    for e in (e for e in examples if e.kind == "answerable"):
        order = np.argsort(-(e.sentences / ranking["scale"] @ np.array(ranking["weights"])), kind="stable")
        best.append((e.right[order[0]], e.right[order[:3]].any()))
    yes = _chance(confidence, examples, "answerable")
    found = {"n": len(best), "best": np.mean([b for b, _ in best]), "best three": np.mean([t for _, t in best])}
    found["refused"] = (yes < threshold).mean()
    for kind in {e.kind for e in examples} - {"answerable"}:
        no = _chance(confidence, examples, kind)
        found[f"AUROC {kind}"] = roc_auc_score([1] * len(yes) + [0] * len(no), [*yes, *no])
        found[f"refused {kind}"] = (no < threshold).mean()
    return {name: round(float(value), 3) for name, value in found.items()}


if __name__ == "__main__":
    main()
