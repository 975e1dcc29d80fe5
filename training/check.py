"""Fits the limits in qa/data/check.json and prints how well sentences are checked: python -m training.check FOLDER

FOLDER holds data/ (squad2-a, chroma-chunking, xquad-a, mtrag-human: docs.jsonl and qa.jsonl in each), corpus/ (text
files) and train/ (begin_wow, fever_symmetric, fever_claims, snli_counterfactual: claims with their evidence and
whether it supports them). Sentences to check by are made on the fly (training/claims.py).

Fitted on half of begin_wow and on fever_symmetric; the rules were worked out on squad2-a, chroma-chunking, samples of
the claims and mtrag-human. xquad-a and corpus were kept for the report.

    --encoder    with the built-in encoder's cosines too (minutes)
    --keep       report by the limits that are there, fit nothing
"""

import argparse
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import qa
from documents.split import sentences
from qa.checker import check as checker
from qa.checker.aligning import align
from qa.checker.compared import compare
from qa.checker.wording import joined, wording
from training.claims import FALSE, TRUE, Item, items

__all__ = ["main"]

LIMITS = Path(qa.__file__).parent / "data" / "check.json"
KEPT = ("verbatim", "supported")
STATES = ("verbatim", "supported", "partial", "unsupported")
EACH = 250  # sentences a kind and set, at most
CLAIMS = 1500  # of a source of claims


@dataclass(frozen=True, slots=True)
class Looked:
    """What a limit is fitted by: whether the claim is supported, how much was found, how much the source holds."""

    true: bool
    findings: int
    share: float
    close: float = 0.0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--encoder", action="store_true")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    similarity = _cosines() if options.encoder else None
    begin = _claims(options.folder, "begin_wow")
    fitting = [begin[::2], _claims(options.folder, "fever_symmetric")]
    if not options.keep:
        _fit(fitting, similarity)
    for name in ("squad2-a", "chroma-chunking", "xquad-a", "corpus"):
        _report(f"{name}, made by rule", list(items(_documents(options.folder, name), each=EACH)), similarity)
    for name in ("fever_claims", "snli_counterfactual"):
        _report(name, _claims(options.folder, name), similarity)
    _report("begin_wow, the half not fitted on", begin[1::2], similarity)
    _report("mtrag-human, answers by people", list(_answers(options.folder)), similarity)
    _attribution(begin[1::2])


def _documents(folder: Path, name: str) -> list[tuple[str, str]]:
    if name == "corpus":
        return [(path.stem, path.read_text(encoding="utf-8")) for path in sorted((folder / name).glob("0*.txt"))]
    rows = (json.loads(line) for line in (folder / "data" / name / "docs.jsonl").open(encoding="utf-8"))
    return [(row["title"], row["text"]) for row in rows]


def _claims(folder: Path, name: str) -> list[Item]:
    """Claims with their evidence; the kind is the label."""
    with gzip.open(folder / "train" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    random.Random(0).shuffle(rows)
    return [Item(r["label"], r["claim"], (r["evidence"],), r["label"] == "supported") for r in rows[:CLAIMS]]


def _answers(folder: Path) -> Iterator[Item]:
    """The sentences of the answers that people wrote, with the passages they wrote them from."""
    base = folder / "data" / "mtrag-human"
    documents = {row["id"]: row for row in map(json.loads, (base / "docs.jsonl").open(encoding="utf-8"))}
    for row in map(json.loads, (base / "qa.jsonl").open(encoding="utf-8")):
        if row["answerable"] and row["doc_ids"]:
            cited = [documents[i] for i in row["doc_ids"]]
            for s in sentences(row["answers"][0], 0, len(row["answers"][0])):
                text = row["answers"][0][s.start : s.end]
                titles = tuple(d["title"] for d in cited)
                yield Item("written by a person", text, tuple(d["text"] for d in cited), True, titles)


def _cosines() -> checker.Similarity:
    from index.encoder import default_encoder

    encoder = default_encoder()

    def similarity(sentence: str, texts: Sequence[str]) -> list[float]:
        vectors = encoder.encode_queries([sentence, *texts])
        return [float(value) for value in vectors[1:] @ vectors[0]]

    return similarity


def _look(item: Item, similarity: checker.Similarity | None) -> Looked:
    alignment = align(wording(item.sentence).tokens, joined(map(wording, item.spans)))
    found = compare(alignment, item.spans, item.sentence)
    close = 0.0
    if similarity is not None and not found:
        close = max(similarity(item.sentence, [*_pieces(item.spans)][: checker.COMPARED]), default=0.0)
    return Looked(item.true, len(found), checker.coverage(alignment), close)


def _pieces(spans: Iterable[str]) -> Iterator[str]:
    for span in spans:
        yield from (span[s.start : s.end] for s in sentences(span, 0, len(span)))


def _fit(sets: Sequence[Sequence[Item]], similarity: checker.Similarity | None) -> None:
    """The least coverage at which most true claims are kept and most others not; what a cosine is worth beside it."""
    fitted = json.loads(LIMITS.read_text(encoding="utf-8"))
    looked = [[_look(item, similarity) for item in part] for part in sets]

    def kept(limit: float, part: Sequence[Looked], true: bool) -> float:
        return float(np.mean([not x.findings and x.share >= limit for x in part if x.true == true]))

    grid = np.arange(0.5, 1.0, 0.05)
    worth = [np.mean([kept(limit, part, True) - kept(limit, part, False) for part in looked]) for limit in grid]
    fitted["thresholds"]["supported"] = round(float(grid[int(np.argmax(worth))]), 2)
    low = [np.quantile([x.share for x in part if x.true], 0.05) for part in looked]
    fitted["thresholds"]["partial"] = round(float(np.mean(low)), 2)
    if similarity is not None:
        from sklearn.linear_model import LogisticRegression

        clean = [x for part in looked for x in part if not x.findings]
        features = np.array([(x.share, x.close) for x in clean])
        model = LogisticRegression(C=100, class_weight="balanced").fit(features, [x.true for x in clean])
        limit = fitted["thresholds"]["supported"]
        near = [x.close for x in clean if abs(x.share - limit) < 0.1]
        fitted["thresholds"]["similarity"] = round(float(model.coef_[0][1] / model.coef_[0][0]), 2)
        fitted["thresholds"]["close"] = round(float(np.median(near)), 2)
    LIMITS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    checker.thresholds.cache_clear()
    print("limits", json.dumps(fitted["thresholds"]))


def _report(title: str, made: Sequence[Item], similarity: checker.Similarity | None) -> None:
    """Per kind: n, the share wrong with its interval, the states; then precision and recall of each state."""
    states: dict[tuple[bool, str], Counter[str]] = defaultdict(Counter)
    spent: list[float] = []
    for item in made:
        began = time.process_time()
        found = checker.check(item.sentence, item.spans, context=item.context, similarity=similarity)
        spent.append(time.process_time() - began)
        states[item.true, item.kind][found.support] += 1
    print(
        f"\n## {title}\n\n| sentences | n | wrongly judged (95 %) | {' | '.join(STATES)} |\n|---|---|---|{'---|' * 4}"
    )
    order = [*TRUE, *FALSE]
    rows = sorted(states, key=lambda key: (not key[0], order.index(key[1]) if key[1] in order else 99))
    for true, kind in rows:
        _row(f"{'true' if true else 'false'}: {kind}", true, states[true, kind])
    for true in (True, False):
        total = sum((states[key] for key in rows if key[0] == true), Counter())
        if total and sum(key[0] == true for key in rows) > 1:
            _row(f"**all {'true' if true else 'false'}**", true, total)
    _precision(states)
    middle, high = (1000 * np.quantile(spent, q) for q in (0.5, 0.95))
    print(f"\n{middle:.1f} ms a sentence (median, CPU time), 95th percentile {high:.1f} ms")


def _row(name: str, true: bool, states: Counter[str]) -> None:
    n = states.total()
    kept = sum(states[state] for state in KEPT)
    wrong = n - kept if true else kept
    counts = " | ".join(str(states[state]) for state in STATES)
    print(f"| {name} | {n} | {_share(wrong, n)} | {counts} |")


def _precision(states: dict[tuple[bool, str], Counter[str]]) -> None:
    """Of each state, the share that is right: true for verbatim and supported, false for the others."""
    true = sum((count for (is_true, _), count in states.items() if is_true), Counter[str]())
    false = sum((count for (is_true, _), count in states.items() if not is_true), Counter[str]())
    if not true or not false:
        return
    print("\n| state | precision (95 %) | recall (95 %) |\n|---|---|---|")
    for state in STATES:
        right, other = (true, false) if state in KEPT else (false, true)
        if right[state] + other[state]:
            precision = _share(right[state], right[state] + other[state])
            print(f"| {state} | {precision} | {_share(right[state], right.total())} |")


def _attribution(made: Sequence[Item]) -> None:
    """How often a citation would be added, and how often rightly."""
    added = [item.true for item in made if checker.attribute(item.sentence, item.spans)]
    true = sum(item.true for item in made)
    print(f"\nattributed: precision {_share(sum(added), len(added))}, recall {_share(sum(added), true)}")


def _share(k: int, n: int) -> str:
    """k of n per cent, with Wilson's interval (Wilson 1927)."""
    if not n:
        return "none"
    z, p = 1.96, k / n
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    return f"{100 * p:.1f} % ({100 * max(0.0, low):.1f}-{100 * high:.1f})"


if __name__ == "__main__":
    main()
