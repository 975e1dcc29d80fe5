"""A model of entailment from a folder: loaded and asked for real; names that nothing answers to are refused clearly."""

from pathlib import Path

import pytest

from documents.errors import ModelError
from qa.checker.check import check
from qa.checker.nli import load_entailment

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat sat on mat dog ran a".split()


def tiny(folder: Path, labels: dict[int, str]) -> Path:
    """A BERT of two layers with random weights and the given labels, saved as the hub's models are."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(0)
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, id2label=labels, label2id={label: n for n, label in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    "order", [("contradiction", "entailment", "neutral"), ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")]
)
def test_the_probability_is_that_of_the_label_which_means_entailment(tmp_path: Path, order: tuple[str, ...]) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = tiny(tmp_path / "nli", dict(enumerate(order)))
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    given = tokenizer("the cat sat on the mat", "a cat sat", return_tensors="pt")  # the source first, then the claim
    with torch.inference_mode():
        chances = model.eval()(**given).logits.softmax(dim=-1)[0]
    wanted = float(chances[[label.lower() for label in order].index("entailment")])
    assert load_entailment(str(folder))("a cat sat", "the cat sat on the mat") == pytest.approx(wanted, abs=1e-6)


def test_a_text_longer_than_the_model_reads_is_cut(tmp_path: Path) -> None:
    entailment = load_entailment(str(tiny(tmp_path / "nli", {0: "entailment", 1: "not_entailment"})))
    assert 0 <= entailment("a cat sat", "the cat sat on the mat " * 500) <= 1


def test_labels_that_name_no_entailment_are_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "mood", {0: "negative", 1: "positive"})
    with pytest.raises(ModelError, match="negative, positive"):
        load_entailment(str(folder))


def test_a_name_that_cannot_be_fetched_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match=r"nobody/no-such-model.*check the name and the connection"):
        load_entailment("nobody/no-such-model")


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no sequence classifier"):
        load_entailment(str(tmp_path))


def test_entailment_clears_what_is_missing_and_never_what_disagrees() -> None:
    source = "The company earned 12 % more in 2019 than in the year before, which its owners had not expected."
    free = "Its profits went up by more than anyone had thought."
    assert check(free, [source]).support == "unsupported"
    assert check(free, [source], claim=lambda sentence, text: 0.97).support == "supported"
    assert check(free, [source], claim=lambda sentence, text: 0.02).support == "unsupported"
    wrong = "The company earned 21 % more in 2019 than in the year before."
    assert check(wrong, [source], claim=lambda sentence, text: 0.99).support == "unsupported"
