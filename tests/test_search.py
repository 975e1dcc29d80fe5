"""Search against an oracle in NumPy that scores every passage, and questions of every awkward kind."""

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from library_support import document, opened, prose

from documents.errors import FootnoteError
from index import search as search_module
from index.encoder import HashEncoder
from index.library import Library
from index.records import Filter
from index.search import standardised
from index.terms import STOP_WORDS, stem, stems, words


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:  # type: ignore[misc]
    with opened(tmp_path_factory.mktemp("search")) as library:
        for n in range(30):
            folder = ("letters", "re[ports]", "notes*")[n % 3]
            kind = "md" if n % 2 else "txt"
            library.add(document(f"/{folder}/{n}.{kind}", prose(n, 12)), collection=("", "work")[n % 5 == 0])
        yield library


def bm25(library: Library, text: str) -> dict[int, float]:
    """Robertson's BM25 with k1 = 1.2, b = 0.75 over title, heading and body together, as SQLite documents it."""
    query = list(dict.fromkeys(stem(w) for w in words(text) if w not in STOP_WORDS))
    rows = library.store.passages(library.store.allowed(Filter()), 64)
    bags = {i: stems(f"{row.title} {row.heading} {row.text}").split() for i, row in rows.items()}
    mean = np.mean([len(bag) for bag in bags.values()])
    scores = {}
    for i, bag in bags.items():
        counts, score = Counter(bag), 0.0
        for term in query:
            n = sum(term in other for other in bags.values())
            idf = max(math.log((len(bags) - n + 0.5) / (n + 0.5)), 1e-6)
            tf = counts[term]
            score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(bag) / mean))
        if any(counts[term] for term in query):
            scores[i] = score
    return scores


def paired(library: Library, text: str) -> dict[int, float]:
    """The share of the text's neighbouring terms that stand side by side in a passage, by the idf of the commoner."""
    rows = library.store.passages(library.store.allowed(Filter()), 64)
    bags = [set(stems(f"{row.title} {row.heading} {row.text}").split()) for row in rows.values()]

    def idf(term: str) -> float:
        n = sum(term in bag for bag in bags)
        return math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))

    asked = [stem(w) for w in words(text) if w not in STOP_WORDS]
    weights = {(a, b): min(idf(a), idf(b)) for a, b in pairwise(asked)}
    shares = {}
    for i, row in rows.items():
        said = [stem(w) for w in words(row.text) if w not in STOP_WORDS]
        beside = list(pairwise(said))
        shares[i] = sum(w for pair, w in weights.items() if pair in beside) / (sum(weights.values()) or 1.0)
    return shares


def oracle(library: Library, queries: list[tuple[str, float]]) -> dict[int, tuple[float, float, float]]:
    """Passage -> (fused score, cosine, BM25), each the mean over the queries by weight; all passages are candidates."""
    rows = library.store.passages(library.store.allowed(Filter()), 64)
    total = np.zeros((3, len(rows)))
    for text, weight in queries:
        (vector,) = HashEncoder(64).encode_queries([text])
        cosines = np.array([row.vector @ vector for row in rows.values()])
        best = np.array([max(s @ vector for s in row.sentence_vectors) for row in rows.values()])
        found = bm25(library, text)
        lexical = np.array([found.get(i, 0.0) for i in rows])
        score = search_module.DENSE_WEIGHT * (best - best.mean()) / best.std()
        score += (lexical - lexical.mean()) / (lexical.std() or 1.0)
        shares = paired(library, text)
        score += search_module.PAIRS_WEIGHT * np.array([shares[i] for i in rows])
        total += weight / sum(w for _, w in queries) * np.stack([score, cosines, lexical])
    return {i: tuple(total[:, n]) for n, i in enumerate(rows)}


@pytest.mark.parametrize(
    "queries",
    [
        [("who met the amber of grove", 1.0)],
        [("number 3004", 1.0)],
        [("jade and kelp", 1.0), ("what about quartz?", 0.4), ("the heron", 0.4)],
    ],
)
def test_agrees_with_scoring_everything(
    library: Library, queries: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "CANDIDATES", 10_000)
    monkeypatch.setattr(search_module, "PAIRED", 10_000)
    expected = oracle(library, queries)
    result = library.search(queries, k=10_000)
    assert result.searched == tuple(text for text, _ in queries)
    assert {hit.passage_id for hit in result.hits} == set(expected)
    for hit in result.hits:
        score, cosine, lexical = expected[hit.passage_id]
        assert hit.score == pytest.approx(score, abs=1e-3)
        assert hit.cosine == pytest.approx(cosine, abs=1e-5)
        assert hit.bm25 == pytest.approx(lexical, abs=1e-6)
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)


def test_the_sentences_of_a_hit_carry_their_cosines(library: Library) -> None:
    question = "the heron met the iris"
    (vector,) = HashEncoder(64).encode_queries([question])
    for hit in library.search(question, k=3).hits:
        text = library.text(hit.document_id)
        assert text[hit.start : hit.end] == hit.text
        for sentence in hit.sentences:
            alone = HashEncoder(64)._vector(text[sentence.start : sentence.end])
            assert sentence.cosine == pytest.approx(float(alone @ vector), abs=2e-3)  # stored in float16


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (Filter(), lambda s, c: True),
        (Filter(collections=("work",)), lambda s, c: c == "work"),
        (Filter(collections=()), lambda s, c: False),
        (Filter(media_types=("text/markdown",)), lambda s, c: s.endswith(".md")),
        (Filter(path="/letters/*"), lambda s, c: s.startswith("/letters/")),
        (Filter(path="/re[[]ports]/*"), lambda s, c: s.startswith("/re[ports]/")),
        (Filter(path="/notes[*]/?.md"), lambda s, c: s.startswith("/notes*/") and len(s) == 12 and s.endswith("md")),
        (Filter(path="/letters/*", media_types=("text/plain",), collections=("work",)), lambda s, c: s in SOME),
    ],
)
def test_filters(library: Library, where: Filter, wanted) -> None:  # type: ignore[no-untyped-def]
    records = {r.id: r for r in library.documents()}
    expected = {i for i, r in records.items() if wanted(r.sources[0], r.collections[0] if r.collections else "")}
    everything = library.search("amber grove", k=10_000, where=where).hits
    assert {hit.document_id for hit in everything} == expected
    fewer = library.search("amber grove", k=2, where=where).hits
    assert len(fewer) == min(2, len(everything))  # a filter leaves no fewer than k where there are k


SOME = {"/letters/0.txt", "/letters/30.txt"}


def test_a_filter_by_documents(library: Library) -> None:
    chosen = tuple(sorted(r.id for r in library.documents())[:3])
    assert {h.document_id for h in library.search("amber", k=99, where=Filter(documents=chosen)).hits} == set(chosen)
    assert library.search("amber", where=Filter(documents=("no such id",))).hits == ()


def test_k(library: Library) -> None:
    assert len(library.search("amber", k=3).hits) == 3
    assert len(library.search("amber", k=10_000).hits) == library.store.count("passages")


def test_an_empty_library(tmp_path: Path) -> None:
    with opened(tmp_path) as empty:
        assert empty.search("amber").hits == ()
        assert empty.search("amber", where=Filter(path="*")).hits == ()
        assert all(finding.ok for finding in empty.doctor())


AWKWARD = [
    "", " ", "?", "who is it", "the the the", '"', '""', "'", "(", ")", "*", "amber*", "AND", "OR", "NOT",
    "amber AND", "NOT amber", "NEAR(amber grove)", "amber NEAR/2 grove", "title:amber", "body : amber", "^amber",
    "-amber", "amber -grove", "{title}: x", "a:b:c", '"amber grove', "amber; DROP TABLE passages", "\\", "%", "+",
    "x" * 50_000, "amber " * 8_000, "\u0000amber", "😀", "\u200b", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "مرحبا", "שלום", "ไทย", "東京 AND 大阪",
]  # fmt: skip


@pytest.mark.parametrize("question", AWKWARD)
def test_no_question_is_a_syntax_error(library: Library, question: str) -> None:
    try:
        result = library.search(question, k=5)
    except FootnoteError as error:
        pytest.fail(f"{error}")
    assert len(result.hits) == 5
    assert all(math.isfinite(hit.score) for hit in result.hits)


def test_a_question_of_ten_thousand_different_words(library: Library) -> None:
    assert library.search(" ".join(f"word{n}" for n in range(10_000)), k=1).hits


def test_a_question_of_stop_words_finds_them(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", "Amber grove."))
        library.add(document("who.txt", "Who are you?"))
        assert library.search("who are you", k=1).hits[0].bm25 > 0


def test_standardised_scores() -> None:
    # mean 2, standard deviation sqrt((1 + 0 + 1) / 3)
    scores = standardised(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
    assert scores[:, 0] == pytest.approx([-math.sqrt(1.5), 0.0, math.sqrt(1.5)])
    assert scores[:, 1].tolist() == [0.0, 0.0, 0.0]  # all equal: none stands out
    thrice = np.array([[0.1]] * 3)
    assert thrice.mean() != 0.1  # a rounded mean, which each would be a deviation away from
    assert standardised(thrice).ravel().tolist() == [0.0, 0.0, 0.0]


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    "queries",
    [
        [],
        [("amber", 0.0)],
        [("amber", 0.0), ("grove", 0.0)],
        [("amber", -1.0)],
        [("amber", 2.0), ("grove", -1.0)],
        [("amber", NAN)],
        [("amber", 1.0), ("grove", INFINITE)],
    ],
)
def test_queries_without_a_weight_are_refused(library: Library, queries: list[tuple[str, float]]) -> None:
    with pytest.raises(ValueError, match="needs a query, and weights of 0 or more"):
        library.search(queries)


@pytest.mark.parametrize("k", [0, -1])
def test_no_passages_are_not_searched_for(library: Library, k: int) -> None:
    with pytest.raises(ValueError, match=f"1 at least; k is {k}"):
        library.search("amber", k=k)


def test_a_query_without_weight_among_others_changes_nothing(library: Library) -> None:
    alone, both = library.search("amber"), library.search([("amber", 1.0), ("jade", 0.0)])
    assert [(h.passage_id, round(h.score, 4)) for h in both.hits] != []
    assert both.searched == ("amber", "jade")
    assert both.hits[0].passage_id == alone.hits[0].passage_id


def test_what_no_encoding_can_hold_is_cleaned_before_it_is_searched(library: Library) -> None:
    assert library.search("amber\ud800 grove\x00").searched == ("amber\ufffd grove",)
