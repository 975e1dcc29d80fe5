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
from training.data import load, overlap
from training.groups import CLAIMS, SIZE, Groups, read_claims
from training.swap import Case, learn, swap
from training.windows import ALONE, SWAPPED, UNKNOWN, WINDOW, Corpus, Example

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
    return load(folder, plain_tokenizer(), ["made"])


def plain_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def drawn(corpus: Corpus, seed: int) -> list[tuple[Example, ...]]:
    return Groups(corpus, [], {"made": 1.0}).draw(seed)


def examples(corpus: Corpus) -> list[Example]:
    """Those of questions; claims are read alone."""
    return [e for seed in range(40) for group in drawn(corpus, seed) for e in group if e.part != ALONE]


def plain(text: str) -> str:
    return text.lower().replace(" ", "")


def test_the_span_is_the_answer_and_its_sentence_is_marked(corpus: Corpus) -> None:
    answers = {plain(q): plain(a) for q, _, a in QUESTIONS}
    found = [e for e in examples(corpus) if e.answerable]
    assert len(found) > 10 * len(QUESTIONS)  # a group is dropped where nothing could be made that doesn't answer
    for e in found:
        question = plain(corpus.tokenizer.decode(e.ids[1 : e.ids.index(102)]))
        assert plain(corpus.tokenizer.decode(e.ids[e.start : e.end + 1])) == answers[question]
        (gold,) = [s for s, label in zip(e.sentences, e.labels, strict=True) if label == 1]
        assert gold[0] <= e.start <= e.end < gold[1]


def test_an_unanswerable_example_marks_nothing(corpus: Corpus) -> None:
    found = [e for e in examples(corpus) if not e.answerable]
    assert len(found) > 100
    assert all(e.start == e.end == 0 and set(e.labels) == {0} for e in found)


def test_a_window_keeps_question_or_answer_but_not_both(corpus: Corpus) -> None:
    """Where both are there and it counts as unanswerable, the text around the answer was changed."""
    passages = [plain(corpus.tokenizer.decode(p.ids.tolist())) for p in corpus.pieces]
    kinds = set()
    for e in examples(corpus):
        question = plain(corpus.tokenizer.decode(e.ids[1 : e.ids.index(102)]))
        text = plain(corpus.tokenizer.decode(e.ids[e.sentences[0][0] : -1]))
        asked = next((plain(a) for q, _, a in QUESTIONS if plain(q) == question), None)
        if e.part == WINDOW:
            assert asked is not None
            assert (asked in text) == bool(e.answerable)
        elif asked is not None and asked in text:
            assert not any(text in passage for passage in passages)
            kinds.add("text")
        else:
            kinds.add("question")
    assert kinds == {"text", "question"}


def test_a_group_is_one_right_window_and_a_wrong_one(corpus: Corpus) -> None:
    groups = [g for seed in range(20) for g in drawn(corpus, seed) if g[0].part == WINDOW]
    assert groups
    for group in groups:
        assert [e.answerable for e in group] == [1] + [0] * (SIZE - 1)
        assert {e.part for e in group[1:]} <= {WINDOW, SWAPPED}


def test_claims_are_answered_when_supported(corpus: Corpus, tmp_path: Path) -> None:
    for source in CLAIMS:
        with gzip.open(tmp_path / f"{source}.jsonl.gz", "wt") as file:
            for label in ("supported", "refuted", "unknown"):
                row = {"claim": f"The tower is {label}.", "evidence": "The tower is high.", "label": label}
                file.write(json.dumps(row) + "\n")
    made = Groups(corpus, read_claims(tmp_path, corpus), {}).draw(1)
    assert all(e.part == ALONE and e.start == e.end == UNKNOWN for group in made for e in group)
    for e in (e for group in made for e in group):
        claim = corpus.tokenizer.decode(e.ids[1 : e.ids.index(102)])
        assert e.answerable == ("supported" in claim)
        assert e.labels == [e.answerable]


def test_the_losses_of_a_group_by_hand() -> None:
    """Windows of one sentence: right 2 + 1 and wrong 0 + 1, softmax 3 against 1; right and swapped 0.5, 2 above 0.5."""
    import math

    import torch

    from training.batches import collate
    from training.losses import ranking
    from training.model import Output

    kinds = [WINDOW, WINDOW, WINDOW, SWAPPED]
    types = [0, 0, 0, 1, 1, 1]
    rows = [
        Example([101, 5, 102, 102, 7, 102], types, [(4, 5)], [int(n % 2 == 0)], int(n % 2 == 0), 0, 0, part)
        for n, part in enumerate(kinds)
    ]
    batch = collate(rows)
    sentence = torch.zeros(4, batch.labels.shape[1])
    sentence[:, 0] = torch.tensor([1.0, 1.0, 1.0, 0.0])
    answerable, none = torch.tensor([2.0, 0.0, 2.0, 0.5]), torch.zeros(4, 16)
    found = ranking(Output(answerable, sentence, none, none), batch)
    assert found["ranking"].item() == pytest.approx((-3 + math.log(math.exp(3) + math.exp(1))) / 2, abs=1e-5)
    assert found["swapped"].item() == pytest.approx(0.5 * math.log(1 + math.exp(0.5 - 2)), abs=1e-5)


def test_values_are_dropped_in_training_only() -> None:
    import torch

    from training.model import DROP, Network, drop

    network = Network()
    row = torch.tensor([[101, 5, 102, 102, 7, 102]]), torch.tensor([[0, 0, 0, 1, 1, 1]]), torch.full((1, 1, 6), 1 / 6)
    assert not torch.equal(network(*row).start, network(*row).start)
    network.eval()
    assert torch.equal(network(*row).start, network(*row).start)
    dropped = drop(torch.ones(1000, 100))
    assert dropped.eq(0).float().mean().item() == pytest.approx(DROP, abs=0.01)
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.01)


def test_sentences_tile_the_text_of_the_row(corpus: Corpus) -> None:
    for e in examples(corpus):
        assert all(a < b for a, b in e.sentences)
        assert all(x[1] == y[0] for x, y in zip(e.sentences, e.sentences[1:], strict=False))
        assert e.sentences[-1][1] == len(e.ids) - 1
        assert set(e.labels) <= {0, 1, UNKNOWN}


def test_the_same_seed_gives_the_same_examples(corpus: Corpus) -> None:
    assert drawn(corpus, 3) == drawn(corpus, 3)
    assert drawn(corpus, 3) != drawn(corpus, 4)


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


def test_a_share_holds_whole_articles_and_lies_within_a_larger_one(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "made.jsonl.gz", "wt") as file:
        for n in range(400):
            passage = f"Article {n % 100} says in its part {n // 100} that {n} is a number."
            row = {"question": f"What is {n}?", "passage": passage, "answers": [], "title": f"Article {n % 100}",
                   "answer_start": None, "answerable": True}  # fmt: skip
            file.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "fever_claims.jsonl.gz", "wt") as file:
        for n in range(400):
            row = {"claim": f"The number {n} is odd.", "evidence": f"Proof {n % 100}.", "label": "refuted"}
            file.write(json.dumps(row) + "\n")
    for name in CLAIMS.keys() - {"fever_claims"}:
        gzip.open(tmp_path / f"{name}.jsonl.gz", "wt").close()
    tokenizer = plain_tokenizer()
    read = {share: load(tmp_path, tokenizer, ["made"], share) for share in (0.1, 0.3, 1.0)}
    asked = {share: {i.question for i in corpus.items} for share, corpus in read.items()}
    assert asked[0.1] < asked[0.3] < asked[1.0]
    assert len(asked[1.0]) == 400
    for share, low, high in ((0.1, 3, 20), (0.3, 18, 45)):  # of 100 articles: hardly ever outside, were it by chance
        assert len(asked[share]) % 4 == 0
        assert low < len(asked[share]) // 4 < high
        assert len(read[share].pieces) == len(asked[share])  # no passage of another article is left
        claims = read_claims(tmp_path, read[share], share)
        assert len(claims) % 4 == 0
        assert low < len(claims) // 4 < high
