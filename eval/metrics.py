"""How good one answer and one ranking are: pure functions, each citing its source and stating its convention.

Conventions shared by all. A metric returns None where it isn't defined (no gold, nothing to judge): such questions are
left out of its mean, and the n beside the mean says so; it is never counted as 0 or 1. An item that is repeated in a
ranking counts once, where it first stands. Relevance is yes or no. Spans are [start, end) of one document. Nothing
here reads a file, and nothing of the other rooms is imported.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Collection, Hashable, Sequence

__all__ = [
    "Span",
    "average_precision",
    "citation_precision",
    "citation_recall",
    "containment",
    "evidence_recall",
    "exact_match",
    "ndcg",
    "normalise",
    "overlaps",
    "precision_at",
    "recall_at",
    "reciprocal_rank",
    "rouge_l",
    "rouge_l_recall",
    "success_at",
    "token_f1",
]

Span = tuple[str, int, int]
"""(document, start, end)."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MARKS = re.compile(r"[\W_]+")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
# Thai, Lao, Tibetan, Burmese, Khmer, kana and ideographs: scripts that put no space between words.
_UNSPACED = re.compile("[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")


def normalise(text: str) -> str:
    """Lower case, no ASCII punctuation, no English articles, runs of white space as one space.

    The SQuAD evaluation script (Rajpurkar et al. 2016, arXiv:1606.05250), step by step.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, accepted: Sequence[str]) -> float:
    """1.0 where the normalised answer equals one of the accepted ones; the best over `accepted`.

    SQuAD 2.0 (Rajpurkar et al. 2018, arXiv:1806.03822): accepted answers of which nothing is left when normalised don't
    count, and with nothing accepted the empty answer is the right one.
    """
    return float(normalise(answer) in _golds(accepted))


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """Harmonic mean of token precision and recall, tokens counted as a bag; the best over `accepted`.

    SQuAD 2.0: what is accepted as in `exact_match`; where either side is empty, 1.0 if both are and 0.0 otherwise.
    """
    return max(_f1(normalise(answer).split(), gold.split()) for gold in _golds(accepted))


def _golds(accepted: Sequence[str]) -> list[str]:
    return [gold for gold in map(normalise, accepted) if gold] or [""]


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    if not answer or not gold:
        return float(not answer and not gold)
    return _harmonic((Counter(answer) & Counter(gold)).total(), len(answer), len(gold))


def _harmonic(common: int, answer: int, gold: int) -> float:
    # 2PR / (P + R) with P = common / answer and R = common / gold.
    return 2 * common / (answer + gold)


def containment(answer: str, accepted: Sequence[str]) -> float | None:
    """1.0 where an accepted answer stands in the answer as whole words, else 0.0.

    The "accuracy" of Mallen et al. 2023, arXiv:2212.10511, and others, but by words in the place of substrings, so that
    "4" isn't found in "1945". Compared twice, SQuAD-normalised ("U.S." is "US") and with every mark as a space ("24" is
    in "24-yard", "Manning" in "Manning's"). Scripts that put no space between words match by substring. None without
    an accepted answer that has a word.
    """
    golds = [gold for gold in accepted if normalise(gold)]
    if not golds:
        return None
    views = [(view(answer), [view(gold) for gold in golds]) for view in (normalise, _words)]
    return float(any(_stands_in(gold, text) for text, wanted in views for gold in wanted if gold))


def _words(text: str) -> str:
    """Letters and digits, lower case, without English articles; everything else is a space."""
    return " ".join(_ARTICLES.sub(" ", _MARKS.sub(" ", text.lower())).split())


def _stands_in(gold: str, text: str) -> bool:
    return gold in text if _UNSPACED.search(gold) else f" {gold} " in f" {text} "


def rouge_l(answer: str, accepted: Sequence[str]) -> float | None:
    """F-measure (beta 1) of the longest common subsequence of tokens; the best over `accepted`.

    ROUGE-L at sentence level (Lin 2004, aclanthology.org/W04-1013) on SQuAD-normalised tokens, without stemming. None
    without an accepted answer that has a token; 0.0 for an empty answer.
    """
    return _best_subsequence(answer, accepted, recall=False)


def rouge_l_recall(answer: str, accepted: Sequence[str]) -> float | None:
    """Share of an accepted answer's tokens that stand in the answer in the same order; otherwise as `rouge_l`."""
    return _best_subsequence(answer, accepted, recall=True)


def _best_subsequence(answer: str, accepted: Sequence[str], *, recall: bool) -> float | None:
    golds = [tokens for tokens in (normalise(gold).split() for gold in accepted) if tokens]
    if not golds:
        return None
    tokens = normalise(answer).split()
    common = [_longest_common_subsequence(tokens, gold) for gold in golds]
    if recall:
        return max(c / len(gold) for c, gold in zip(common, golds, strict=True))
    return max(_harmonic(c, len(tokens), len(gold)) for c, gold in zip(common, golds, strict=True))


def _longest_common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        diagonal = 0
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], diagonal + 1 if a == b else max(row[j], row[j - 1])
    return row[-1]


def _distinct(ranked: Sequence[Hashable]) -> list[Hashable]:
    return list(dict.fromkeys(ranked))


def recall_at(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float | None:
    """Share of the gold items among the first k distinct ranked ones; None without gold."""
    wanted = set(gold)
    return len(wanted & set(_distinct(ranked)[:k])) / len(wanted) if wanted else None


def success_at(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float | None:
    """1.0 where any gold item is among the first k distinct ranked ones (trec_eval's success_k); None without gold.

    The figure to read where the gold items say the same, so that one of them is enough.
    """
    found = recall_at(ranked, gold, k)
    return None if found is None else float(found > 0)


def precision_at(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float | None:
    """Gold items among the first k distinct ranked ones, over k (trec_eval's P_k); None without gold.

    A ranking shorter than k is not excused: the denominator stays k.
    """
    wanted = set(gold)
    return len(wanted & set(_distinct(ranked)[:k])) / k if wanted else None


def reciprocal_rank(ranked: Sequence[Hashable], gold: Collection[Hashable]) -> float | None:
    """1 / rank of the first gold item, 0.0 where none is ranked, None without gold; its mean is MRR."""
    wanted = set(gold)
    if not wanted:
        return None
    return next((1 / rank for rank, item in enumerate(_distinct(ranked), 1) if item in wanted), 0.0)


def ndcg(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int = 10) -> float | None:
    """Discounted gain 1 / log2(rank + 1) of gold items in the first k, over the best order's; None without gold.

    Järvelin and Kekäläinen 2002 with binary gains, as trec_eval's ndcg_cut_k.
    """
    wanted = set(gold)
    if not wanted:
        return None
    found = sum(1 / math.log2(rank + 1) for rank, item in enumerate(_distinct(ranked)[:k], 1) if item in wanted)
    return found / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(wanted)) + 1))


def average_precision(ranked: Sequence[Hashable], gold: Collection[Hashable]) -> float | None:
    """Mean, over all gold items, of the precision at each one's rank; unranked ones add 0 (trec_eval's map).

    None without gold; its mean over questions is MAP.
    """
    wanted = set(gold)
    if not wanted:
        return None
    found, total = 0, 0.0
    for rank, item in enumerate(_distinct(ranked), 1):
        if item in wanted:
            found += 1
            total += found / rank
    return total / len(wanted)


def overlaps(left: Span, right: Span, share: float = 0.5) -> bool:
    """Whether two spans of one document have in common at least `share` of the shorter one."""
    common = min(left[2], right[2]) - max(left[1], right[1])
    shorter = min(left[2] - left[1], right[2] - right[1])
    return left[0] == right[0] and common > 0 and common >= share * shorter


def citation_precision(cited: Sequence[Span], gold: Sequence[Span]) -> float | None:
    """Share of the citations that overlap gold evidence; None without citations or without gold.

    ALCE's citation precision (Gao et al. 2023, arXiv:2305.14627) with gold spans in the place of its judge model.
    """
    if not cited or not gold:
        return None
    return sum(any(overlaps(c, g) for g in gold) for c in cited) / len(cited)


def citation_recall(cited: Sequence[Span], gold: Sequence[Span]) -> float | None:
    """Share of the gold evidence spans that some citation overlaps; None without gold, 0.0 without citations."""
    if not gold:
        return None
    return sum(any(overlaps(c, g) for c in cited) for g in gold) / len(gold)


def evidence_recall(shown: Sequence[Span], gold: Sequence[Span]) -> float | None:
    """Share of the gold evidence's characters that stand in the spans shown; None without gold characters.

    Characters counted once however often they are shown (Chroma 2024, "Evaluating Chunking Strategies for
    Retrieval", by characters in the place of tokens).
    """
    wanted = _union(gold)
    total = sum(end - start for _, start, end in wanted)
    if not total:
        return None
    have = _union(shown)
    common = sum(max(0, min(w[2], h[2]) - max(w[1], h[1])) for w in wanted for h in have if w[0] == h[0])
    return common / total


def _union(spans: Sequence[Span]) -> list[Span]:
    """The same characters as disjoint spans."""
    merged: list[Span] = []
    for document, start, end in sorted(span for span in spans if span[2] > span[1]):
        last = merged[-1] if merged else None
        if last and last[0] == document and start <= last[2]:
            merged[-1] = (document, last[1], max(last[2], end))
        else:
            merged.append((document, start, end))
    return merged
