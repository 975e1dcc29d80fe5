"""Sentences held against a source: what agrees passes, what says otherwise is found and named."""

import pytest

from qa.checker.check import attribute, check

SOURCE = (
    "In 2019 the company earned 12 % more than in 2018, and 1,200 people worked for it in Berlin. Anna Smith, its "
    "director, did not sign the agreement with Rome on 3 March 2020. The vaccine may cause fever in some patients."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2019 the company earned twelve per cent more than in 2018.",
        "1.2 thousand people worked for it in Berlin.",
        "Anna Smith did not sign the agreement on March 3, 2020.",
        "According to the document, 1,200 people worked in Berlin.",
        "Its director is Anna Smith.",
    ],
)
def test_the_same_in_other_words_is_supported(sentence: str) -> None:
    assert check(sentence, [SOURCE]).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("In 2019 the company earned 21 % more than in 2018.", "21 %"),
        ("In 2018 the company earned 12 % more than in 2019.", "2018"),
        ("1,200 people worked for it in Bonn.", "Bonn"),
        ("1,200,000 people worked for it in Berlin.", "1,200,000"),
        ("Anna Smith signed the agreement on March 3, 2020.", "not"),
        ("Anna Smith did not sign the agreement on 3 May 2020.", "3 May 2020"),
        ("The vaccine causes fever in some patients.", "may"),
        ("The vaccine may cause fever in all patients.", "all"),
        ("The vaccine may cause headaches in some patients.", "headaches"),
        ("The company earned 12 million more in 2019.", "12 million"),
    ],
)
def test_what_says_otherwise_is_found_and_named(sentence: str, found: str) -> None:
    result = check(sentence, [SOURCE])
    assert result.support in ("partial", "unsupported")
    assert any(found in finding for finding in result.findings)


def test_a_copy_is_verbatim_and_attributed() -> None:
    sentence = "In 2019 the company earned 12 % more than in 2018, and 1,200 people worked for it in Berlin."
    assert check(sentence, [SOURCE]).support == "verbatim"
    assert attribute(sentence, ["Something else was said here about trees.", SOURCE]) == (1,)
