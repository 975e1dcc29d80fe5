"""How examples are made for the reader's training: labels and spans that are true, changes that change."""

import gzip
import json
import random
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("onnx", reason="training needs the onnx package")

from tokenizers import Tokenizer

from qa.reader import FOLDER
from training.data import UNKNOWN, Corpus, Example, load, overlap
from training.swap import Case, learn, swap

PASSAGES = [
    (
        "The lighthouse on Bell Rock was built by Robert Stevenson between 1807 and 1810. It stands 35 metres high. "
        "Its light can be seen from 56 kilometres away. The tower has been unmanned since 1988."
    ),
    (
        "Robert Louis was the grandson of the engineer. He wrote Treasure Island while at Braemar in 1881. "
        "The book was first printed as a serial."
    ),
]
QUESTIONS = [
    ("Who built the lighthouse on Bell Rock?", 0, "Robert Stevenson"),
    ("How high does the lighthouse stand?", 0, "35 metres"),
    ("Since when has the tower been unmanned?", 0, "1988"),
    ("Where did he write Treasure Island?", 1, "Braemar"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder: Path = tmp_path_factory.mktemp("train")
    with gzip.open(folder / "made.jsonl.gz", "wt") as file:
        for question, number, answer in QUESTIONS:
            passage = PASSAGES[number]
            row = {
                "question": question, "passage": passage, "answers": [answer], "title": "Bell Rock",
                "answer_start": passage.index(answer), "answerable": True,
            }  # fmt: skip
            file.write(json.dumps(row) + "\n")
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return load(folder, tokenizer, {"made": (1.0, 1.0)})


def examples(corpus: Corpus) -> list[Example]:
    return [e for seed in range(40) for e in corpus.examples(seed, {"made": (1.0, 1.0)})]


def plain(text: str) -> str:
    return text.lower().replace(" ", "")


def test_the_span_is_the_answer_and_its_sentence_is_marked(corpus: Corpus) -> None:
    answers = {plain(q): plain(a) for q, _, a in QUESTIONS}
    found = [e for e in examples(corpus) if e.answerable]
    assert len(found) == 40 * len(QUESTIONS)
    for e in found:
        question = plain(corpus.tokenizer.decode(e.ids[1 : e.ids.index(102)]))
        assert plain(corpus.tokenizer.decode(e.ids[e.start : e.end + 1])) == answers[question]
        (gold,) = [s for s, label in zip(e.sentences, e.labels, strict=True) if label == 1]
        assert gold[0] <= e.start <= e.end < gold[1]


def test_an_unanswerable_example_marks_nothing(corpus: Corpus) -> None:
    found = [e for e in examples(corpus) if not e.answerable]
    assert len(found) > 100
    assert all(e.start == e.end == 0 and set(e.labels) == {0} for e in found)


def test_an_unanswerable_example_keeps_question_or_answer_but_not_both(corpus: Corpus) -> None:
    for e in examples(corpus):
        question = plain(corpus.tokenizer.decode(e.ids[1 : e.ids.index(102)]))
        text = plain(corpus.tokenizer.decode(e.ids[e.ids.index(102) :]))
        asked = next((plain(a) for q, _, a in QUESTIONS if plain(q) == question), None)
        if asked is not None:
            assert (asked in text) == bool(e.answerable)


def test_sentences_tile_the_text_of_the_row(corpus: Corpus) -> None:
    for e in examples(corpus):
        assert all(a < b for a, b in e.sentences)
        assert all(x[1] == y[0] for x, y in zip(e.sentences, e.sentences[1:], strict=False))
        assert e.sentences[-1][1] == len(e.ids) - 1
        assert set(e.labels) <= {0, 1, UNKNOWN}


def test_the_same_seed_gives_the_same_examples(corpus: Corpus) -> None:
    rates = {"made": (1.0, 1.0)}
    assert corpus.examples(3, rates) == corpus.examples(3, rates)
    assert corpus.examples(3, rates) != corpus.examples(4, rates)


def test_overlap_counts_passages_that_share_thirteen_words(corpus: Corpus) -> None:
    assert overlap(corpus, [PASSAGES[0].upper()]) == 1
    assert overlap(corpus, ["the lighthouse on bell rock was built by robert stevenson between 1807 and"]) == 1  # 13
    assert overlap(corpus, ["the lighthouse on bell rock was built by robert stevenson between 1807"]) == 0  # 12


def test_a_swapped_question_is_another_question_and_never_names_the_answer() -> None:
    question = "When was the first lighthouse of 1807 on Bell Rock built?"
    case = Case(PASSAGES[0], PASSAGES[1], "1810", learn([q for q, _, _ in QUESTIONS]))
    made = {swap(question, case, random.Random(n)) for n in range(200)} - {None}
    assert len(made) > 4
    assert question not in made
    assert not any("1810" in m for m in made if m)
    assert "When was the last lighthouse of 1807 on Bell Rock built?" in made
    assert "When was the first lighthouse of 1881 on Bell Rock built?" in made


def test_a_question_with_nothing_to_change_is_left_alone() -> None:
    assert swap("Why?", Case(PASSAGES[0], PASSAGES[1], "", {}), random.Random(1)) is None


def test_a_word_is_swapped_only_for_one_that_may_follow_the_word_before_it() -> None:
    case = Case("a hammer, a kettle and a tower", "", "", learn(["who lifts the hammer", "the kettle", "a tower"]))
    made = {swap("Where is the boiler?", case, random.Random(n)) for n in range(60)} - {None}
    assert made == {
        "Where is the hammer?",
        "Where isn't the boiler?",
    }  # a kettle is no -er, no question says "the tower"


def test_the_rate_rises_stays_and_falls() -> None:
    from training.train import WARM, rate

    assert rate(WARM // 2, 0.0, 0.5) == 0.5
    assert rate(3 * WARM, 0.3, 0.5) == 1.0
    assert rate(3 * WARM, 0.75, 0.5) == 0.5  # half of the falling part is left
    assert rate(3 * WARM, 1.0, 0.5) == 0.0
