"""Windows that don't answer, for the reader's training: none holds what may be an answer, and mined ones come back."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from qa.reader import FOLDER, Reading, Window
from training.data import piece_of
from training.mine import KEPT, mined
from training.windows import WINDOW, Corpus, Item
from training.wrong import MINED, Place, Wrong, grown, key, read_mined

TOWER = (
    "The tower of Bell Rock is a sea mark. Its lamp was lit in 1811. Robert Stevenson built it of red granite. "
    "The engineer Stevenson also drew bridges. Seals rest on the rock. A helicopter lands there in calm weather."
)
BRIDGE = "The bridge at Annan is of red granite. It has three arches. A toll was paid there until 1820."
MILL = "The mill was built by a smith. It grinds oats."


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    pieces = [piece_of(text, tokenizer.encode(text, add_special_tokens=False)) for text in (TOWER, BRIDGE, MILL)]
    question, answer = "Who built the tower of Bell Rock?", "Robert Stevenson"
    first = len(encode(TOWER[: TOWER.index(answer)]))
    span = (first, first + len(encode(answer)))
    item = Item("made", question, encode(question), [], 0, (answer,), span, True, False, [1, 2])
    return Corpus([item], pieces, tokenizer, {})


@pytest.fixture(scope="module")
def item(corpus: Corpus) -> Item:
    return corpus.items[0]


def texts(corpus: Corpus, item: Item, wrong: Wrong, draws: int = 60) -> list[list[str]]:
    """The texts of the windows of each draw, without spaces."""
    found = []
    for seed in range(draws):
        made = list(islice(wrong.windows(item, random.Random(seed), 40), 3))
        assert all(
            e.part == WINDOW and not e.answerable and set(e.labels) == {0} and e.start == e.end == 0 for e in made
        )
        found.append([plain(corpus.tokenizer.decode(e.ids[e.sentences[0][0] : -1])) for e in made])
    return found


def plain(text: str) -> str:
    return text.lower().replace(" ", "")


def test_the_answer_and_what_shares_half_of_it_is_barred(corpus: Corpus, item: Item) -> None:
    assert Wrong(corpus, {}).barred(item, 0) == {2}  # "Stevenson" alone is half of the answer, not more
    assert Wrong(corpus, {}).barred(replace(item, answers=("the engineer Stevenson",)), 0) == {2, 3}
    assert Wrong(corpus, {}).barred(replace(item, answers=("the engineer Stevenson",)), 1) == set()


def test_a_window_stops_before_what_is_barred(corpus: Corpus) -> None:
    orders = {tuple(grown(corpus.pieces[0], 4, {2}, random.Random(seed))) for seed in range(20)}
    assert orders == {(4, 3, 5), (4, 5, 3)}
    assert grown(corpus.pieces[0], 1, {2}, random.Random(1)) == [1, 0]


def test_windows_beside_the_answer_are_drawn_and_never_hold_it(corpus: Corpus, item: Item) -> None:
    found = [text for draw in texts(corpus, item, Wrong(corpus, {})) for text in draw]
    assert not any("robertstevenson" in text for text in found)
    assert any(text in plain(TOWER) for text in found)
    assert any(text in plain(BRIDGE) for text in found)
    assert all(any(text in plain(p) for p in (TOWER, BRIDGE, MILL)) for text in found)  # each is one stretch


def test_mined_windows_come_first_as_often_as_said(corpus: Corpus, item: Item) -> None:
    plainly = Wrong(corpus, {})
    places = (Place(2, 1),)
    drawn = texts(corpus, item, Wrong(corpus, {plainly.key(item): places}), draws=400)
    first = sum("itgrindsoats" in draw[0] for draw in drawn)
    others = sum("itgrindsoats" in draw[0] for draw in texts(corpus, item, plainly, draws=400))
    assert first > 400 * (MINED - 0.1) > others


class Likes:
    """A reader that takes what holds a word for the answer."""

    name = "likes"

    def __init__(self, word: str) -> None:
        self.word = word

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        made = []
        for window in windows:
            scores = tuple(4.0 * (self.word in window.text[a:b]) for a, b in window.sentences)
            made.append(Reading(max(scores), scores, 0, 0, 1.0))
        return made


def test_the_highest_wrong_windows_are_kept_with_the_sentence_that_was_taken(corpus: Corpus, item: Item) -> None:
    row = mined(item, Wrong(corpus, {}), Likes("granite"))
    assert row["item"] == Wrong(corpus, {}).key(item)
    assert row["right"] == 8.5  # 4 + 4 + half of 1: its own sentence says granite
    found = row["wrong"]
    assert found[0] == {"passage": key(BRIDGE), "sentence": 0, "score": 8.5}
    assert len(found) <= KEPT
    assert all(w["score"] == 0.5 for w in found[1:])
    assert not any(w["passage"] == key(TOWER) and w["sentence"] == 2 for w in found)


def test_what_was_mined_is_read_back_without_passages_that_are_gone(corpus: Corpus, item: Item, tmp_path: Path) -> None:
    row = mined(item, Wrong(corpus, {}), Likes("granite"))
    row["wrong"].append({"passage": key("A passage of another share."), "sentence": 0, "score": 1.0})
    path = tmp_path / "mined.jsonl"
    path.write_text(json.dumps(row) + "\n")
    places = read_mined(path, corpus)[Wrong(corpus, {}).key(item)]
    assert places[0] == Place(1, 0)
    assert len(places) == len(row["wrong"]) - 1
