"""What holds of every check, whatever the text: no crash, a copy is verbatim, more sources never weaken a claim."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.checker.agreeing import agree
from qa.checker.check import Check, attribute, check
from qa.checker.facts import facts

ORDER = ("unsupported", "partial", "supported", "verbatim")
WORDS = (
    "Alice Bob Rome Berlin sold bought 12 21 1,200 per cent % million not never may must all some in 2019 2020 March "
    "3 three the of and to , . the company people increased decreased “quoted” £5 kg 7 km NATO U.S. won't 北京 Москва"
).split()
TEXT = st.text(max_size=80)
PROSE = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
SETTINGS = settings(max_examples=150, deadline=None)


@SETTINGS
@given(st.one_of(TEXT, PROSE), st.lists(st.one_of(TEXT, PROSE), max_size=3))
@example("SOURCE", [""])  # a word that claims nothing and isn't there
@example("apples pears plums cherries figs", ["Apples. Pears. Plums. Cherries. Figs."])  # more than three sentences
def test_nothing_raises_and_states_are_known(sentence: str, spans: list[str]) -> None:
    result = check(sentence, spans)
    assert isinstance(result, Check)
    assert result.support in ORDER
    assert (result.support in ("supported", "verbatim")) == (not result.findings)
    assert all(0 <= n < len(spans) for n in attribute(sentence, spans))


@SETTINGS
@given(st.one_of(TEXT, PROSE))
def test_a_copy_is_verbatim(sentence: str) -> None:
    assert check(sentence, [sentence]).support == "verbatim"


@SETTINGS
@given(PROSE, st.lists(PROSE, min_size=1, max_size=3), PROSE)
def test_another_span_never_weakens_the_support(sentence: str, spans: list[str], more: str) -> None:
    before, after = check(sentence, spans), check(sentence, [*spans, more])
    assert ORDER.index(after.support) >= ORDER.index(before.support)


@SETTINGS
@given(st.one_of(TEXT, PROSE))
def test_facts_stand_in_order_within_the_text_and_agree_with_themselves(text: str) -> None:
    found = facts(text)
    assert all(0 <= fact.start < fact.end <= len(text) for fact in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(agree(fact, fact) for fact in found)


@SETTINGS
@given(st.integers(2, 999_999), st.integers(2, 999_999))
def test_numbers_agree_when_they_are_equal_and_only_then(a: int, b: int) -> None:
    source = f"They counted {b:,} birds on the island."
    supported = check(f"They counted {a} birds on the island.", [source]).support in ("supported", "verbatim")
    assert supported == (a == b)


def test_a_long_sentence_and_a_long_line_end_in_bounded_time() -> None:
    line = "The count of birds rose to 1,200 in March 2019, and was not repeated. " * 3_000
    assert check("The count rose to 1,300 in 2019.", [line]).support == "unsupported"
    assert check(" ".join(f"bird{n}" for n in range(3_000)), ["a bird sang"]).support == "unsupported"
