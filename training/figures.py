"""The figures of docs/figures.md that have a target: python -m training.figures FOLDER [--write docs/figures.md]

FOLDER holds data/ (xquad-a, squad2-a, chroma-chunking, mtrag-human), as for training.evidence. Everything is measured
with what ships: the product's own chain by `eval`, the sentences as training.evidence describes them, and searches.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

from eval.dataset import Question
from eval.run import Ready, evaluate, prepared
from eval.runfile import Run
from qa.followup import plan
from training.evidence import WEIGHTS, examples, figures

__all__ = ["main"]

BEGIN = "<!-- figures: made by `python -m training.figures FOLDER --write docs/figures.md`, not by hand -->"
END = "<!-- end of figures -->"
FIRST = 5  # documents among which a follow-up's is looked for
ROUNDS = 2000  # of the bootstrap


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what was aimed at, and whether it was reached; `least` is None for one without a target."""

    name: str
    value: float
    said: str
    least: float | None = None
    most: float | None = None

    def line(self) -> str:
        """The row of a table."""
        aim = f"at least {self.least}" if self.least is not None else f"at most {self.most}" if self.most else ""
        met = self.value >= self.least if self.least is not None else self.most is None or self.value <= self.most
        return f"| {self.name} | {self.said} | {aim} | {'' if not aim else 'yes' if met else '**no**'} |"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    options = parser.parse_args()
    rows = [*_answers(options.folder), *_sentences(options.folder), *_followups(options.folder)]
    table = "\n".join(["| figure | measured | target | met |", "|---|---|---|---|", *(row.line() for row in rows)])
    print(table)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        options.write.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


def _run(folder: Path, name: str) -> Run:
    return evaluate(folder / "data" / name / "docs.jsonl", folder / "data" / name / "qa.jsonl")


def _answers(folder: Path) -> list[Row]:
    """Whole answers, as `footnote eval` judges them."""
    xquad, squad, chroma = (_run(folder, name) for name in ("xquad-a", "squad2-a", "chroma-chunking"))
    return [
        _metric(xquad, "accuracy", "XQuAD: an answer's quotes hold the answer", 0.93),
        _metric(xquad, "document_recall@5", "XQuAD: the right document among five", 0.99),
        _metric(xquad, "passage_ndcg@10", "XQuAD: nDCG@10 of the passages", 0.98),
        _metric(xquad, "citation_precision", "XQuAD: citations that overlap the evidence"),
        _refused(xquad, "XQuAD: answerable questions refused"),
        _metric(squad, "accuracy", "SQuAD 2.0: answered rightly, or refused where there is no answer"),
        _refused(squad, "SQuAD 2.0: answerable questions refused"),
        _metric(squad, "abstention_recall", "SQuAD 2.0: unanswerable near-topic questions refused"),
        _metric(chroma, "evidence_in_passages@5", "Chroma: evidence characters in the five retrieved passages", 0.85),
        _refused(chroma, "Chroma: answerable questions refused"),
    ]


def _metric(run: Run, key: str, name: str, least: float | None = None) -> Row:
    found = run.metrics[key]
    assert found.value is not None, f"{key} has no value on {run.settings['questions']}"
    interval = f" ({found.low:.3f} to {found.high:.3f})" if found.low is not None and found.high is not None else ""
    return Row(name, found.value, f"{found.value:.3f}{interval}", least)


def _refused(run: Run, name: str) -> Row:
    """The share of answerable questions that got no answer; at most one in ten may."""
    asked = [result for result in run.questions if result.answerable]
    share = sum(not result.answered for result in asked) / len(asked)
    return Row(name, share, f"{share:.3f}", most=0.10)


def _sentences(folder: Path) -> list[Row]:
    """The ranking of sentences, and the confidence, with the weights that ship."""
    rows = []
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))["read"]
    for name, label, aims in (("xquad-a", "XQuAD", (0.82, 0.95, 0.90)), ("squad2-a", "SQuAD 2.0", (None, None, 0.90))):
        seen = list(examples(folder, name, "read"))
        found = figures(shipped["sentence"], shipped["confidence"], shipped["threshold"], seen)
        kinds = (
            ("best", "the best sentence holds the answer", aims[0]),
            ("best three", "one of the best three does", aims[1]),
            ("AUROC off", "AUROC of the confidence, asked without their document", aims[2]),
            ("AUROC near", "the same against near-topic questions", None),
        )
        rows += [Row(f"{label}: {said}", found[k], f"{found[k]:.3f}", aim) for k, said, aim in kinds if k in found]
    return rows


def _followups(folder: Path) -> list[Row]:
    """The right document among the first five, for turns that have turns before them."""
    data = folder / "data" / "mtrag-human"
    with prepared(data / "docs.jsonl", data / "qa.jsonl") as ready:
        asked = [q for q in ready.questions if q.answerable and q.history]
        alone = [_found(ready, [(q.question, 1.0)], q) for q in asked]
        fused = [_found(ready, plan(q.question, q.history), q) for q in asked]
    n, gain = len(asked), (sum(fused) - sum(alone)) / len(asked)
    rng = random.Random(0)
    gains = sorted(sum(fused[i] - alone[i] for i in rng.choices(range(n), k=n)) / n for _ in range(ROUNDS))
    said = f"{100 * gain:+.1f} points ({100 * gains[ROUNDS // 40]:+.1f} to {100 * gains[-ROUNDS // 40]:+.1f})"
    return [
        Row(
            f"mtRAG, {n} follow-ups searched alone: right document among five", sum(alone) / n, f"{sum(alone) / n:.3f}"
        ),
        Row("mtRAG, searched with the conversation: the same", sum(fused) / n, f"{sum(fused) / n:.3f}"),
        Row("mtRAG: gain by the conversation", gain, said, 0.08),
    ]


def _found(ready: Ready, searches: list[tuple[str, float]], question: Question) -> bool:
    """Whether one of the first five documents is the right one, as `footnote eval` counts."""
    hits = ready.library.search(searches, k=10).hits
    first = list(dict.fromkeys(ready.corpus.name_of(hit.document_id) for hit in hits))[:FIRST]
    return any(name in ready.corpus.gold_names(question) for name in first)


if __name__ == "__main__":
    main()
