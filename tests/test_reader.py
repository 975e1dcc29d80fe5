"""What the reader promises whatever it is asked: spans in the text, a score for each sentence, no crash."""

import string
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.onnx_reader import TOKENS, pack
from qa.reader import NOTHING, Reader, Window, load_reader

SENTENCES = (
    "The bridge was opened in 1932 by the mayor.",
    "It is 134 metres high and carries eight lanes of traffic.",
    "Painters need about 30,000 litres of paint for one coat.",
)


@cache
def reader() -> Reader:
    return load_reader()


def window(*sentences: str, title: str = "Harbour bridge", between: str = " ") -> Window:
    spans, text = [], ""
    for sentence in sentences:
        text += between if text else ""
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence
    return Window(title, text, tuple(spans))


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("When was the bridge opened?", 0, "1932"),
        ("How high is the bridge?", 1, "134"),
        ("How much paint is needed for one coat?", 2, "30,000"),
    ],
)
def test_finds_the_sentence_and_the_words(question: str, sentence: int, answer: str) -> None:
    (reading,) = reader().read(question, [window(*SENTENCES)])
    assert max(range(3), key=lambda i: reading.sentences[i]) == sentence
    assert answer in window(*SENTENCES).text[reading.start : reading.end]


def test_a_window_that_answers_scores_above_one_that_does_not() -> None:
    other = window("Bread rises because yeast gives off gas.", "Salt slows the yeast down.", title="Baking")
    yes, no = reader().read("When was the bridge opened?", [window(*SENTENCES), other])
    assert yes.answerable > no.answerable
    assert yes.span > no.span


def test_windows_read_together_read_as_alone() -> None:
    """To the last bit: an answer's confidence doesn't hang on what else was found."""
    windows = [window(*SENTENCES[: n + 1]) for n in range(3)]
    together = reader().read("How high is the bridge?", windows)
    assert together == [reader().read("How high is the bridge?", [w])[0] for w in windows]


def test_a_long_text_is_read_to_its_end() -> None:
    """100,000 characters: the answer in the last sentence is found, and every sentence has its score."""
    filler = ["The committee met again and talked about nothing of note."] * 1700
    long = window(*filler, SENTENCES[0])
    assert len(long.text) > 90_000
    (reading,) = reader().read("When was the bridge opened?", [long])
    assert len(reading.sentences) == 1701
    assert NOTHING not in reading.sentences
    assert reading.sentences.index(max(reading.sentences)) == 1700
    assert long.text[reading.start : reading.end].strip(".") in SENTENCES[0]


def test_a_sentence_longer_than_a_row_is_read_in_pieces() -> None:
    text = "and so on " * 400 + "the bridge was opened in 1932"
    (reading,) = reader().read("When was the bridge opened?", [Window("", text, ((0, len(text)),))])
    assert "1932" in text[reading.start : reading.end]


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_no_question_reads_nothing(question: str) -> None:
    (reading,) = reader().read(question, [window(*SENTENCES)])
    assert reading.answerable == reading.span == NOTHING
    assert reading.sentences == (NOTHING,) * 3
    assert reading.start == reading.end == 0


def test_no_text_reads_nothing() -> None:
    empty, blank = reader().read("When?", [Window("A title", "", ()), Window("", "  ", ((0, 2),))])
    assert empty.answerable == blank.answerable == NOTHING
    assert (empty.sentences, blank.sentences) == ((), (NOTHING,))
    assert reader().read("When?", []) == []


@pytest.mark.parametrize("word", ["1932", "\ud800", "橋", "мост", "🙂", "ปี", "x" * 5000])
def test_one_word_of_any_script(word: str) -> None:
    (reading,) = reader().read("When was it opened? 何年?", [Window(word, word, ((0, len(word)),))])
    assert 0 <= reading.start <= reading.end <= len(word)
    assert len(reading.sentences) == 1


ANY = st.text(
    alphabet=st.one_of(st.sampled_from(string.ascii_letters + string.digits + " .,-'\n\t"), st.characters()),
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(question=ANY, title=ANY, sentences=st.lists(ANY, max_size=5))
def test_spans_lie_within_one_sentence_and_hold_no_outer_space(question: str, title: str, sentences: list[str]) -> None:
    given_window = window(*sentences, title=title, between=" \n")
    (reading,) = reader().read(question, [given_window])
    assert len(reading.sentences) == len(given_window.sentences)
    assert 0 <= reading.start <= reading.end <= len(given_window.text)
    quote = given_window.text[reading.start : reading.end]
    assert quote == quote.strip()
    if quote:
        assert any(a <= reading.start and reading.end <= b for a, b in given_window.sentences)


@given(
    st.lists(st.integers(1000, 2000), max_size=40), st.lists(st.integers(1000, 2000), max_size=16), st.integers(0, 400)
)
def test_a_row_never_outgrows_the_network(question: list[int], title: list[int], size: int) -> None:
    ids, types, offset = pack(question, title, list(range(3000, 3000 + size)))
    assert len(ids) == len(types) <= TOKENS
    assert ids[offset : offset + 1] in ([3000], [102])
    assert types.count(0) == len(question) + 2
