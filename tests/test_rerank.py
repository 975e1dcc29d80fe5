"""A cross-encoder orders what was retrieved: a tiny one made here, and one by a script whose order is known."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from answer_support import hit
from library_support import document, opened

from documents.errors import ModelError
from index.library import Library
from index.search import SearchResult
from qa import retrieve
from qa.chain import Options, ask, events
from qa.rerank import WIDER, rerank, reranker_named

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"when was the bridge opened in 1932 it is high".split()]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


class ByLength:
    """Longer passages first."""

    name = "by length"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def score(self, question: str, passages: Sequence[str]) -> np.ndarray:
        self.asked.append((question, len(passages)))
        return np.array([float(len(p)) for p in passages])


def made(folder: Path, labels: int) -> Path:
    """A BERT of one layer for pairs, with random weights, saved as any model is."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    BertTokenizer(vocab={word: n for n, word in enumerate(WORDS)}, model_max_length=64).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, initializer_range=1.0, num_labels=labels,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_scores_become_the_hits_own_and_equal_ones_keep_their_order() -> None:
    hits = tuple(hit(text, document=str(n), passage=n) for n, text in enumerate(("bb", "a", "dddd", "cc")))
    result = rerank("q", SearchResult(hits, ("q",), {}, {}), ByLength(), keep=3)
    assert [h.passage_id for h in result.hits] == [2, 0, 3]  # lengths 4, 2, 2 and 1, behind titles of one length
    scores = [h.score for h in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[1] == 2
    assert rerank("q", SearchResult((), ("q",), {}, {}), ByLength(), keep=3).hits == ()


def test_a_folder_scores_as_its_model_does(tmp_path: Path) -> None:
    import torch
    from transformers import BertForSequenceClassification, BertTokenizer

    reranker = reranker_named(str(made(tmp_path, 1)))
    texts = ["the bridge was opened in 1932", "it is high", "the bridge is high"]
    scores = reranker.score("when was the bridge opened", texts)
    model, tokenizer = BertForSequenceClassification.from_pretrained(tmp_path), BertTokenizer.from_pretrained(tmp_path)
    pairs = tokenizer(["when was the bridge opened"] * 3, texts, padding=True, return_tensors="pt")
    with torch.inference_mode():
        expected = model.eval()(**pairs).logits[:, 0].numpy()
    assert scores == pytest.approx(expected, abs=1e-4)  # logits, not squeezed into 0 to 1
    assert len({round(float(s), 3) for s in scores}) == 3


@pytest.mark.parametrize("name", ["/no/such/folder", "nobody-at-all/no-such-model"])
def test_what_cannot_be_loaded_says_what_to_do(name: str) -> None:
    with pytest.raises(ModelError, match=r"reranker: .*can't be loaded.*--reranker none"):
        reranker_named(name)


def test_a_model_of_several_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 scores"):
        reranker_named(str(made(tmp_path, 3)))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("rerank")) as library:
        for n in range(40):
            library.add(document(f"{n}.txt", f"The ferry number {n} sails {'very ' * n}far."))
        yield library


def test_the_chain_reads_more_and_keeps_the_best(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    reranker = ByLength()
    monkeypatch.setattr(retrieve, "reranker_named", lambda name: reranker)
    options = Options(passages=5, reader="none", threshold=0.0, reranker="by length")
    answer = ask(library, "How far does the ferry sail?", options=options)
    assert reranker.asked == [("How far does the ferry sail?", WIDER * 5)]
    assert len(answer.passages) == 5
    scores = [p.score for p in answer.passages]
    assert scores == sorted(scores, reverse=True)
    assert answer.timings_ms["rerank"] >= 0


def test_without_its_model_the_answer_comes_with_a_note(library: Library) -> None:
    options = Options(passages=5, reader="none", threshold=0.0, reranker="/no/such/folder")
    *_, answer = events(library, {"question": "How far does the ferry sail?"}, options)
    assert answer.status == "answered"  # type: ignore[union-attr]
    assert len(answer.passages) == 5  # type: ignore[union-attr]
    assert "without the reranker" in answer.notes[0]  # type: ignore[union-attr]
