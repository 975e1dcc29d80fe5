"""The figures of a reader, and what one gains over another on the same questions, by hand."""

import numpy as np
import pytest

from training.evidence import Example
from training.validate import AUROC, Looked, _figures, _gains, auroc


def looked(kind: str, right: list[bool], scores: list[float], top: float) -> Looked:
    """A question with a sentence and its words in each of two windows; the right sentence's words are right."""
    features = np.array([[score, 0.0, 0.0, 0.0] for score in scores])
    words = np.array([[float(r), float(r)] for r in right])
    return Looked(Example(kind, features, np.array(right), np.zeros(5)), np.array([0, 1]), words, np.zeros(2), top, 9.0)


BEFORE = [
    looked("answerable", [True, False], [0.0, 1.0], top=1.0),  # the wrong one first
    looked("answerable", [True, False], [1.0, 0.0], top=3.0),
    looked("near", [False, False], [0.0, 0.0], top=2.0),
]
AFTER = [
    looked("answerable", [True, False], [1.0, 0.0], top=3.0),
    looked("answerable", [True, False], [1.0, 0.0], top=3.0),
    looked("near", [False, False], [0.0, 0.0], top=2.0),
]


def figure(text: str) -> float:
    return float(text.split(" ")[0])


def test_the_figures_of_a_reader_by_hand() -> None:
    found = dict(_figures(BEFORE, halves=False))
    assert found["questions"] == "2 answerable, 1 not"
    assert figure(found["best sentence"]) == 0.5
    assert figure(found["best three"]) == 1.0
    assert figure(found["F1, words of the window that ranks first"]) == 0.5
    assert figure(found["F1, words of a window that holds the answer"]) == 1.0
    assert figure(found[AUROC]) == 0.5  # 1 is below 2, 3 above
    assert found["ms, median and 95th percentile"] == "9 9"


def test_what_another_reader_gains_is_taken_question_by_question() -> None:
    found = dict(_gains(BEFORE, AFTER, halves=False))
    assert found["best sentence"] == "0.500 [0.000, 1.000]"
    assert found["best three"] == "0.000 [0.000, 0.000]"  # equal on each question, so nothing is left to chance
    assert figure(found[AUROC]) == 0.5
    assert all(text == "0.000 [0.000, 0.000]" for text in dict(_gains(AFTER, AFTER, halves=False)).values())


def test_ties_count_half() -> None:
    assert auroc(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == pytest.approx((0.5 + 1 + 1 + 1) / 4)
