"""A model of entailment from a folder: loaded and asked for real, by the check of what a language model wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import document, opened
from model_support import saying

pytest.importorskip("transformers")

import footnote
from documents.errors import ModelError
from index.library import Library
from qa.answer import Answer
from qa.chain import Options, ask
from qa.checker.check import check
from qa.checker.nli import Verdict, entailment_named
from qa.writer import generate

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat sat on mat dog ran a".split()
SOURCE = "The company earned 12 % more in 2019 than in the year before, which its owners had not expected."
BROUGHT = "The council brought the statue of the mayor to the old harbour in 2019."
MOVED = "The council moved the statue of the mayor to the old harbour in 2019."
SURE, CONTRARY = Verdict(0.97, 0.01), Verdict(0.01, 0.98)


def tiny(folder: Path, labels: dict[int, str], sure_of: int | None = None) -> Path:
    """A BERT of two layers with random weights and the given labels, saved as the hub's models are.

    With `sure_of` it always says that label.
    """
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
    model = BertForSequenceClassification(config)
    if sure_of is not None:
        with torch.no_grad():
            model.classifier.bias[sure_of] = 20.0
    model.save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.mark.parametrize(
    "order", [("contradiction", "entailment", "neutral"), ("ENTAILMENT", "NEUTRAL", "CONTRADICTION")]
)
def test_the_probabilities_are_those_of_the_labels_by_their_names(tmp_path: Path, order: tuple[str, ...]) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = tiny(tmp_path / "nli", dict(enumerate(order)))
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    given = tokenizer("the cat sat on the mat", "a cat sat", return_tensors="pt")  # the source first, then the claim
    with torch.inference_mode():
        chances = model.eval()(**given).logits.softmax(dim=-1)[0]
    verdict = entailment_named(str(folder))("a cat sat", "the cat sat on the mat")
    low = [label.lower() for label in order]
    assert verdict.entails == pytest.approx(float(chances[low.index("entailment")]), abs=1e-6)
    assert verdict.contradicts == pytest.approx(float(chances[low.index("contradiction")]), abs=1e-6)


def test_a_folder_that_sentence_transformers_saved_is_taken(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    plain = tiny(tmp_path / "nli", {0: "contradiction", 1: "entailment", 2: "neutral"})
    CrossEncoder(str(plain), device="cpu").save_pretrained(str(tmp_path / "saved"))
    asked = ("a cat sat", "the dog ran on the mat")
    saved, own = entailment_named(str(tmp_path / "saved"))(*asked), entailment_named(str(plain))(*asked)
    assert saved.entails == pytest.approx(own.entails, abs=1e-6)


def test_two_labels_say_nothing_of_contradiction_and_a_long_text_is_cut(tmp_path: Path) -> None:
    entailment = entailment_named(str(tiny(tmp_path / "nli", {0: "not_entailment", 1: "entailment"}, sure_of=1)))
    verdict = entailment("a cat sat", "the cat sat on the mat " * 500)
    assert verdict.entails > 0.99
    assert verdict.contradicts is None


def test_labels_that_name_no_entailment_are_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "mood", {0: "negative", 1: "positive"})
    with pytest.raises(ModelError, match="negative, positive"):
        entailment_named(str(folder))


def test_a_name_that_cannot_be_fetched_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"nobody/no-such-model.*check the name and the connection.*--nli none"):
        entailment_named("nobody/no-such-model")


def test_a_path_is_never_asked_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("index.hub.hub_reachable", lambda: bool(asked.append("asked")))
    for name in ("/no/such/folder", "./model", "no/such/folder"):
        with pytest.raises(ModelError, match="it is no folder"):
            entailment_named(name)
    assert asked == []
    with pytest.raises(ModelError):
        entailment_named("nobody/no-such-model")
    assert asked == ["asked"]


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no sequence classifier"):
        entailment_named(str(tmp_path))


def test_entailment_lifts_what_is_said_in_other_words_by_one_state() -> None:
    assert check(MOVED, [BROUGHT]).support == "partial"
    assert check(MOVED, [BROUGHT], claim=lambda s, t: SURE).support == "supported"
    assert check(MOVED, [BROUGHT], claim=lambda s, t: Verdict(0.5, 0.1)).support == "partial"
    far = "Its profits went up by more than anyone had thought."
    assert check(far, [SOURCE]).support == "unsupported"
    lifted = check(far, [SOURCE], claim=lambda s, t: SURE)
    assert lifted.support == "partial"
    assert lifted.findings == check(far, [SOURCE]).findings


@pytest.mark.parametrize(
    "wrong",
    [
        "The company earned 21 % more in 2019 than in the year before.",
        "The company earned 12 % more in 2018 than in the year before.",
        "The company earned more than 12 % more in 2019 than in the year before.",
        "The company earned 12 % less in 2019 than in the year before.",
        "The company earned 12 % more in 2019, which its owners had expected.",
        "Nokia earned 12 % more in 2019 than in the year before.",
        "The company “really” earned 12 % more in 2019 than in the year before.",
    ],
)
def test_entailment_never_overrules_a_number_name_quotation_or_negation(wrong: str) -> None:
    found = check(wrong, [SOURCE])
    assert found.support in ("partial", "unsupported")
    assert check(wrong, [SOURCE], claim=lambda s, t: Verdict(1.0, 0.0)) == found


def test_what_is_contradicted_is_partial_at_most_unless_it_is_word_for_word() -> None:
    said = "In 2019 the company earned 12 % more."
    assert check(said, [SOURCE]).support == "supported"
    found = check(said, [SOURCE], claim=lambda s, t: CONTRARY)
    assert found.support == "partial"
    assert found.findings == ("the entailment model finds that the source says otherwise",)
    assert check(SOURCE, [SOURCE], claim=lambda s, t: CONTRARY).support == "verbatim"
    far = "Its profits went up by more than anyone had thought."
    assert check(far, [SOURCE], claim=lambda s, t: CONTRARY).support == "unsupported"


def test_the_model_is_asked_once_with_the_title_and_the_spans_that_support_best() -> None:
    asked: list[tuple[str, str]] = []

    def claim(sentence: str, text: str) -> Verdict:
        asked.append((sentence, text))
        return SURE

    check(MOVED, ["Rain fell in the north.", BROUGHT, "A ferry sails twice a day."], claim=claim, context=["Harbours"])
    assert asked == [(MOVED, f"Harbours. {BROUGHT}")]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("nli")) as library:
        library.add(document("harbour.txt", f"{BROUGHT} A ferry sails twice a day."))
        yield library


def answered(library: Library, nli: str) -> Answer:
    options = Options(reader="none", threshold=0.0, llm=saying(f"{MOVED} [1]"), nli=nli)
    return ask(library, "What happened to the statue of the mayor in 2019?", options=options)


def test_what_a_language_model_wrote_is_held_against_the_model_in_the_folder(library: Library, tmp_path: Path) -> None:
    labels = {0: "contradiction", 1: "entailment", 2: "neutral"}
    assert answered(library, "none").sentences[0].support == "partial"
    folder = tiny(tmp_path / "sure", labels, sure_of=1)
    assert answered(library, str(folder)).sentences[0].support == "supported"
    folder = tiny(tmp_path / "contrary", labels, sure_of=0)
    found = answered(library, str(folder)).sentences[0]
    assert found.support == "partial"
    assert "the entailment model finds that the source says otherwise" in found.findings


def test_without_the_model_named_the_answer_comes_with_a_note(library: Library) -> None:
    answer = answered(library, "/no/such/folder")
    assert answer.sentences[0].support == "partial"
    assert any("checked without the entailment model" in note for note in answer.notes)


def test_each_sentence_costs_one_question_to_the_model(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def claim(sentence: str, text: str) -> Verdict:
        asked.append(sentence)
        return SURE

    monkeypatch.setattr(generate, "entailment_named", lambda name: claim)
    answered(library, "scripted")
    assert asked == [MOVED]


@pytest.mark.parametrize("command", [["ask", "Who?"], ["eval", "--limit", "1"], ["chat"], ["mcp"]], ids=lambda c: c[0])
def test_a_wrong_name_ends_the_command(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        footnote.main([*command, "--library", str(tmp_path / "none"), "--nli", "/no/such/folder"])
    assert ended.value.code == 1
    assert "'/no/such/folder'" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
