"""What speaks against an answer: negations, opposites, names and kinds, by hand."""

import pytest

from qa.doubt import kind_missing, names_missing, turned


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Who did not sign the treaty?", "Ann signed the treaty.", True),
        ("Who did not sign the treaty?", "Bob never signed the treaty.", False),
        ("Who signed the treaty?", "Bob never signed the treaty.", False),  # the reader's business
        ("Why didn’t prices fall?", "Prices fell in May.", True),
        ("By how much did prices rise?", "The fall in prices was two percent.", True),
        ("By how much did prices rise?", "Prices rose by two percent.", False),
        ("By how much did prices rise?", "Prices rise in May and fall in June.", False),  # has both
        ("When did it open?", "It opened in 1932.", False),
    ],
)
def test_turned(question: str, sentence: str, expected: bool) -> None:
    assert turned(question, sentence) is expected


def test_names_missing_by_hand() -> None:
    question = "How many people did Alberta and Toronto count in 2016?"
    assert names_missing(question, "Deaths", "In 2016 Alberta counted 200.") == pytest.approx(1 / 3)  # Toronto
    assert names_missing(question, "Alberta and Toronto, 2016") == 0.0
    assert names_missing(question, "", "") == 1.0
    assert names_missing("How many people died?", "") == 0.0


def test_kind_missing() -> None:
    assert kind_missing("How many died?", "Many people died.")
    assert not kind_missing("How many died?", "Twelve people died.")
    assert not kind_missing("Why did they die?", "Many people died.")
