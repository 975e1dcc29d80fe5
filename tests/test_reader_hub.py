"""Any extractive question-answering model reads windows: a folder's, with the spans that its logits say."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from documents.errors import ModelError
from qa.hub_reader import SOFTEN, HubReader, load_hub_reader
from qa.reader import NOTHING, Window, reader_named

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"when was the bridge opened in 1932 it is high what . ?".split(),
]
TEXT = "It is high. The bridge was opened in 1932."
WINDOW = Window("Bridge", TEXT, ((0, 11), (12, 42)))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with random weights, saved as any model is."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizer

    made = tmp_path_factory.mktemp("tiny")
    numbers = {word: n for n, word in enumerate(WORDS)}
    BertTokenizer(vocab=numbers, model_max_length=64).save_pretrained(made)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, initializer_range=1.0,
    )  # fmt: skip
    BertForQuestionAnswering(config).save_pretrained(made)
    return made


def wanting(model: HubReader, monkeypatch: pytest.MonkeyPatch, start: str, end: str, null: float = 0.0) -> HubReader:
    """The reader with logits of 5 and 7 for two words, `null` twice for no answer, and -9 for all else."""
    import torch

    vocabulary = model._tokenizer.get_vocab()

    class Output:
        start_logits: Any
        end_logits: Any

    def answer(**batch: Any) -> Output:
        ids, output = batch["input_ids"], Output()
        output.start_logits = torch.where(ids == vocabulary[start], 5.0, -9.0)
        output.end_logits = torch.where(ids == vocabulary[end], 7.0, -9.0)
        output.start_logits[:, 0] = output.end_logits[:, 0] = null
        return output

    monkeypatch.setattr(model, "_model", answer)
    return model


def test_the_span_is_the_one_the_logits_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = wanting(load_hub_reader(str(folder)), monkeypatch, "in", "1932", null=1.0)
    (reading,) = reader.read("When was the bridge opened?", [WINDOW])
    assert TEXT[reading.start : reading.end] == "in 1932"
    assert reading.span == 5 + 7 - 2
    assert reading.sentences == ((-9 - 9 - 2) / SOFTEN, 10 / SOFTEN)  # the first holds neither word
    assert reading.answerable == 10 / SOFTEN


def test_a_word_of_the_title_is_no_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = wanting(load_hub_reader(str(folder)), monkeypatch, "bridge", "bridge")
    (reading,) = reader.read("What was opened?", [WINDOW])
    assert TEXT[reading.start : reading.end] == "bridge"
    (bare,) = reader.read("What was opened?", [Window("Bridge", "It is high.", ((0, 11),))])
    assert bare.span == -18  # nothing but what all other words have


def test_what_ends_before_it_starts_is_no_span(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = wanting(load_hub_reader(str(folder)), monkeypatch, "1932", "opened")
    (reading,) = reader.read("When?", [WINDOW])
    assert reading.span == max(5 - 9, 7 - 9)


def test_real_logits_agree_with_the_model(folder: Path) -> None:
    """One window by hand: the pair in one row, the best legal pair of tokens within a sentence."""
    import torch

    reader = load_hub_reader(str(folder))
    question = "When was it opened?"
    row = reader._tokenizer(question, "Bridge. " + TEXT, return_tensors="pt", return_offsets_mapping=True)
    offsets = row.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        output = reader._model(**row)
    start, end = output.start_logits[0].tolist(), output.end_logits[0].tolist()
    kinds = row["token_type_ids"][0].tolist()
    best = max(
        start[i] + end[j] - start[0] - end[0]
        for low, high in WINDOW.sentences
        for i, (a, _) in enumerate(offsets)
        for j, (_, b) in enumerate(offsets)
        if kinds[i] == kinds[j] == 1 and i <= j and low + 8 <= a and offsets[i][1] > a and b <= high + 8 and b > 0
    )
    (reading,) = reader.read(question, [WINDOW])
    assert reading.span == pytest.approx(best, abs=1e-4)


def test_long_texts_no_text_and_other_scripts(folder: Path) -> None:
    reader = load_hub_reader(str(folder))
    long = "the bridge is high . " * 400
    windows = [Window("", long, ((0, 4000), (4000, len(long)))), Window("", "", ()), Window("", "東京 は", ((0, 4),))]
    for reading, window in zip(reader.read("when? " * 300 + "bridge" * 999, windows), windows, strict=True):
        assert len(reading.sentences) == len(window.sentences)
        assert 0 <= reading.start <= reading.end <= len(window.text)
    assert reader.read("", [WINDOW])[0].answerable == NOTHING
    assert reader.read("when?", []) == []


def test_a_piece_far_into_a_long_text_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = wanting(load_hub_reader(str(folder)), monkeypatch, "1932", "1932")
    text = "the bridge is high . " * 60 + "opened in 1932 ."
    (reading,) = reader.read("when?", [Window("", text, ((0, 1260), (1260, len(text))))])
    assert text[reading.start : reading.end] == "1932"


def test_a_setting_names_it_by_folder(folder: Path) -> None:
    assert isinstance(reader_named(str(folder)), HubReader)


def test_a_name_that_cannot_be_fetched(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"'someone/no-such-model' is no folder.*--reader default or none"):
        reader_named("someone/no-such-model")


def test_a_folder_that_holds_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no extractive question-answering model.*config.json"):
        load_hub_reader(str(tmp_path))


def test_a_model_that_was_not_trained_to_answer(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer, BertConfig, BertModel

    BertModel(BertConfig.from_pretrained(folder)).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"not trained to answer questions.*qa_outputs"):
        load_hub_reader(str(tmp_path))
