"""An encoder by name: tiny sentence-transformers models made here, of two kinds of pooling and with prompts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from library_support import document, unwell

from documents.errors import EncoderError, EncoderMismatch
from index.encoder import HashEncoder, PassageText, built_in, encoder_named
from index.library import Library
from index.onnx_encoder import OnnxEncoder, built_in_name
from index.reencode import reencode
from index.transformer_encoder import SentenceTransformerEncoder

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:?"
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{c}" for c in LETTERS)]
PASSAGE = PassageText("Ferry", "The ferry sails. It costs 3 euros.", ((0, 16), (17, 34)))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def tiny(folder: Path, pooling: str, prompts: dict[str, str] | None = None, seed: int = 1) -> Path:
    """A BERT of one layer with random weights, which reads letter by letter, saved as sentence-transformers does."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    bert = folder / "bert"
    BertTokenizer(vocab={word: n for n, word in enumerate(VOCABULARY)}, model_max_length=128).save_pretrained(bert)
    torch.manual_seed(seed)
    BertModel(
        BertConfig(
            vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=128, initializer_range=1.0,
        )
    ).save_pretrained(bert)  # fmt: skip
    modules = [Transformer(str(bert)), Pooling(16, pooling), Normalize()]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def mean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("mean"), "mean")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prompts = {"query": "query: ", "passage": "passage: "}
    return tiny(tmp_path_factory.mktemp("first"), "cls", prompts, seed=2)


def oracle(folder: Path, text: str) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(text, prompt="")


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_a_folder_encodes_as_sentence_transformers_does(mean: Path) -> None:
    encoder = encoder_named(str(mean))
    assert encoder.dimension == 16
    ((_, found),) = encoder.encode_passages([PASSAGE])
    assert cosine(found.passage, oracle(mean, f"Ferry. {PASSAGE.text}")) > 0.999
    assert cosine(encoder.encode_queries(["sails?"])[0], oracle(mean, "sails?")) > 0.999
    assert found.sentences.shape == (2, 16)
    assert np.allclose(np.linalg.norm(found.sentences, axis=1), 1, atol=1e-3)


def test_prompts_go_in_front_and_sentences_of_another_pooling_are_encoded_alone(first: Path) -> None:
    encoder = encoder_named(str(first))
    ((_, found),) = encoder.encode_passages([PASSAGE])
    assert cosine(found.passage, oracle(first, f"passage: Ferry. {PASSAGE.text}")) > 0.999
    assert cosine(found.sentences[1], oracle(first, "passage: It costs 3 euros.")) > 0.999
    assert cosine(encoder.encode_queries(["sails?"])[0], oracle(first, "query: sails?")) > 0.999


def test_a_name_tells_weights_apart(mean: Path, first: Path, tmp_path: Path) -> None:
    name = encoder_named(str(mean)).name
    assert name.startswith(f"{mean}@")
    assert encoder_named(name).name == name, "as a library records it"
    other = tiny(tmp_path, "mean", seed=3)
    assert encoder_named(str(other)).name.rpartition("@")[2] != name.rpartition("@")[2]
    assert encoder_named(str(first)).name != name
    assert built_in("default")
    assert built_in(built_in_name())
    assert not built_in(name)
    assert isinstance(encoder_named("hash-8"), HashEncoder)
    assert isinstance(encoder_named(built_in_name()), OnnxEncoder)
    assert encoder_named("all-MiniLM-L6-v2").name == "all-MiniLM-L6-v2@53aa51172d14", "in full precision"


def test_a_library_opens_with_the_encoder_it_was_made_with(mean: Path, first: Path, tmp_path: Path) -> None:
    with Library.open(tmp_path, encoder=encoder_named(str(mean))) as library:
        library.add(document("a.md", "# The ferry\n\nThe ferry sails at noon. It costs 3 euros."))
    with Library.open(tmp_path) as library:
        assert library.encoder.name.startswith(f"{mean}@")
        assert library.search("noon").hits[0].source == "a.md"
    with Library.open(tmp_path, encoder=encoder_named(str(first))) as library:
        with pytest.raises(EncoderMismatch, match="footnote reencode --encoder NAME"):
            library.search("noon")
    with Library.open(tmp_path) as library:
        assert reencode(library, encoder_named(str(first))) == 1
        assert unwell(library) == []
        assert library.search("noon").hits
    with Library.open(tmp_path) as library:
        assert library.encoder.name.startswith(f"{first}@")


@pytest.mark.parametrize("name", ["/no/such/folder", "nobody-at-all/no-such-model"])
def test_what_cannot_be_loaded_says_what_to_do(name: str) -> None:
    with pytest.raises(EncoderError, match=r"can't be loaded.*Give a folder.*hub can be reached.*--encoder default"):
        SentenceTransformerEncoder(name)


def test_a_model_without_words_of_its_own_is_refused(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "ferry": 1}, unk_token="[UNK]"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)], device="cpu").save(str(tmp_path))
    with pytest.raises(EncoderError, match="a transformer"):
        encoder_named(str(tmp_path))
