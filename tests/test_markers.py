"""What a model writes becomes sentences and numbers: every way of citing, wherever the pieces of a stream end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.writer.markers import Said, links, said, says_nothing, visible


def cited(text: str, passages: int = 5) -> list[tuple[str, tuple[int, ...]]]:
    return [(s.text, s.numbers) for s in said(text, passages)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It cost 5 [1].", (1,)), ("It cost 5. [1]", (1,)), ("It cost 5.[1]", (1,)), ("It cost 5 [1]", (1,)),
        ("It cost 5 [1, 2].", (1, 2)), ("It cost 5 [1,2].", (1, 2)), ("It cost 5 [1; 2].", (1, 2)),
        ("It cost 5 [1 and 2].", (1, 2)), ("It cost 5 [1-3].", (1, 2, 3)), ("It cost 5 [1–3].", (1, 2, 3)),
        ("It cost 5 [1][2].", (1, 2)), ("It cost 5 [1] [2].", (1, 2)), ("It cost 5. [2][1]", (2, 1)),
        ("It cost 5 [^1].", (1,)), ("It cost 5 [^1, ^2].", (1, 2)), ("It cost 5 [[1]].", (1,)),
        ("It cost 5【1】.", (1,)), ("It cost 5 【2†source】.", (2,)), ("It cost 5 【3†a.txt】【1】.", (3, 1)),
        ("It cost 5 ［1］.", (1,)), ("It cost 5 [passage 2].", (2,)), ("It cost 5 [Passage 2, Passage 3].", (2, 3)),
        ("It cost 5 [Source: 2].", (2,)), ("It cost 5 [doc 4].", (4,)), ("It cost 5 [#4].", (4,)),
        ("It cost 5 [1/2].", (1, 2)), ("It cost 5 (1).", (1,)), ("It cost 5. (1)", (1,)),
        ("It cost 5 (passage 2).", (2,)),
        ("It cost 5 [1](http://a.example/b).", (1,)), ("It cost 5 [1, 1].", (1,)), ("It cost 5 [ 1 ].", (1,)),
    ],
)  # fmt: skip
def test_every_way_of_citing(text: str, numbers: tuple[int, ...]) -> None:
    found = cited(text)
    assert [n for _, n in found] == [numbers]
    assert found[0][0].startswith("It cost 5")
    assert not re.search(r"[\[\]【】［］†^]", found[0][0])


@pytest.mark.parametrize(
    "text",
    [
        "It rose in [2019].", "He came (2) times and left (3) behind.", "The set {1, 2} is small.", "See f(2) here.",
        "The law (1) says so and ends.", "In 1[st] place.", "Take a[0] there.",
    ],
)  # fmt: skip
def test_what_is_no_marker_stays(text: str) -> None:
    (found,) = said(text, 5)
    assert found == Said(text) or text == "Take a[0] there."


def test_round_brackets_are_no_markers_beside_square_ones_or_out_of_range() -> None:
    assert cited("It rose (2). It fell [1].") == [("It rose (2).", ()), ("It fell.", (1,))]
    assert cited("It rose (2). It fell (7).") == [("It rose (2).", ()), ("It fell (7).", ())]


def test_a_marker_goes_with_its_sentence() -> None:
    text = "One rose [1]. Two fell. [2] Three stood [3], they say. Four ran.\n[4] Five sat.\n- [5] Six lay."
    assert cited(text) == [
        ("One rose.", (1,)), ("Two fell.", (2,)), ("Three stood, they say.", (3,)), ("Four ran.", ()),
        ("Five sat.", (4,)), ("Six lay.", (5,)),
    ]  # fmt: skip


def test_markers_before_their_sentences() -> None:
    assert cited("[1] One rose. [2] Two fell.") == [("One rose.", (1,)), ("Two fell.", (2,))]
    assert cited("One rose.\n[1]\nTwo fell.\n[2, 3]") == [("One rose.", (1,)), ("Two fell.", (2, 3))]


def test_numbers_out_of_range_are_kept_apart_and_never_dropped() -> None:
    assert said("It rose [7]. It fell [1, 9]. It stood [0].", 3) == [
        Said("It rose.", (), (7,)), Said("It fell.", (1,), (9,)), Said("It stood.", (), (0,)),
    ]  # fmt: skip
    assert said("It rose [1-900].", 3)[0].wrong == (900,)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 9))
def test_in_range_or_wrong_nothing_else(numbers: list[int], passages: int) -> None:
    (found,) = said(f"It rose {''.join(f'[{n}]' for n in numbers)}.", passages)
    assert set(found.numbers) | set(found.wrong) == set(numbers)
    assert all(n <= passages for n in found.numbers)
    assert all(n > passages for n in found.wrong)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<think>The passage says [3].</think>Yes [1].", "Yes [1]."),
        ("<think>a</think><think>b</think>Yes.", "Yes."),
        ("Hm, so [2].</think>\nYes [1].", "Yes [1]."),
        ("<thinking>\n\nlong\n</thinking>\n\nYes.", "Yes."),
        ("<think>never ends, it goes on and on", ""),
        ("Yes\u200b [1]\u2060.\U000e0041", "Yes [1]."),
        ("<|im_start|>Yes.<|im_end|></s>", "Yes."),
    ],
)
def test_thoughts_and_what_is_hidden_are_not_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_of_a_stream_no_half_tag_is_shown() -> None:
    text = "<think>secret thought</think>It rose [1]. It fell [2]."
    shown = [visible(text[:n], done=False) for n in range(len(text) + 1)]
    assert not any("secret" in s or "think" in s or "<" in s for s in shown)
    assert shown[-1] == "It rose [1]. It fell [2]."


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("![logo](https://evil.example/p.png?q=1) It rose.", "logo (https://evil.example/p.png?q=1) It rose."),
        ("It [rose](http://evil.example).", "It rose (http://evil.example)."),
        ("It <b>rose</b> <img src=x onerror=alert(1)>.", "It ‹b>rose‹/b> ‹img src=x onerror=alert(1)>."),
        ("It rose <https://evil.example/a>.", "It rose https://evil.example/a."),
        ("Answer: It rose.", "It rose."),
        ("**The answer is:** It rose.", "It rose."),
        ("The answer is that it rose.", "The answer is that it rose."),
        ("**It** __rose__.", "It rose."), ("# It rose.", "It rose."), ("- It rose.", "It rose."),
        ("> It rose.", "It rose."),
    ],
)  # fmt: skip
def test_links_images_tags_and_emphasis_become_plain_text(text: str, plain: str) -> None:
    assert " ".join(s.text for s in said(text, 3)) == plain


def test_no_reference_definition_or_image_survives() -> None:
    found = " ".join(s.text for s in said("Look: ![x][y] now.\n\n[y]: https://evil.example/z.png", 3))
    assert "![" not in found
    assert "]:" not in found


@pytest.mark.parametrize(
    "text",
    [
        "NOT IN THE DOCUMENTS", "Not in the documents.", "The passages do not mention the cost.", "I don't know.",
        "The provided passages don't contain this information.", "Sorry, I cannot answer from these passages.",
        "The answer is not stated in the passages.", "None of the passages says this.",
        "This is not in the passages [1].",
        "Unfortunately, the documents do not provide the number of members.", "I could not find an answer.",
    ],
)  # fmt: skip
def test_saying_that_it_is_not_there(text: str) -> None:
    assert says_nothing(said(text, 3))


@pytest.mark.parametrize(
    "text",
    [
        "The minister did not mention the cost [1].", "It rose [1]. The passages do not say when.", "No [1].", "",
        "The documents were lost in the fire [2].", "Nobody knows [1].", "The report does not include 2019 [1].",
    ],
)  # fmt: skip
def test_saying_something(text: str) -> None:
    assert not says_nothing(said(text, 3))


def test_links_are_found_without_what_ends_the_sentence() -> None:
    text = "See https://a.example/b?c=d), www.b.example. or data:text/html,x and mailto:x@y.example!"
    assert links(text) == ["https://a.example/b?c=d", "www.b.example", "data:text/html,x", "mailto:x@y.example"]


@given(st.text(max_size=300), st.integers(0, 5))
def test_any_text_at_all(text: str, passages: int) -> None:
    for s in said(text, passages):
        assert s.text == " ".join(s.text.split())
        assert all(1 <= n <= passages for n in s.numbers)
        assert not set(s.numbers) & set(s.wrong)


def test_a_long_text_takes_no_long_time() -> None:
    for text in (
        "[" * 20_000,
        "![a](" * 5_000,
        "<think>" * 5_000,
        "(" * 20_000,
        "[1, " * 5_000,
        "**" * 10_000,
        "a]:" * 9_000,
    ):
        said(text, 3)
