"""What a question names and nothing quoted holds is said; forms of one name are the same name."""

import pytest

from qa import prompts
from qa.absent import absent
from qa.answer import Answer, Citation, RetrievedPassage
from qa.notes import absent_notes

TEXT = (
    "In 2020 the British Columbia Ferry Corporation carried 1,200 cars. It was founded by Anna Lind. Nobody complained."
)
QUOTE = "It was founded by Anna Lind."


def answer(question: str, status: str = "answered") -> Answer:
    start = TEXT.index(QUOTE)
    return Answer(
        question, (question,), status, QUOTE, 0.9, "extractive",  # type: ignore[arg-type]
        citations=(Citation(1, "d", "ferries.txt", "Ferries of Norway", None, "Boats", start, start + 28, QUOTE),),
        passages=(
            RetrievedPassage("d", "ferries.txt", 0, len(TEXT), None, 1.0, "Ferries of Norway", "Boats", None, TEXT),
            RetrievedPassage("e", "else.txt", 0, 9, None, 1.0, "Other", None, None, "Ontario."),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who founded the Ontario ferries?", ("Ontario",)),  # held by a passage that nothing was quoted from
        ("Who founded it in 2018?", ("2018",)),
        ("Who founded the BCFC with Anna Lind?", ()),  # initials
        ("How many cars were there in 2020?", ()),
        ("Did the Norwegian ferries carry 1,200 cars?", ()),  # the title, and another form of its name
        ("Ontario is what?", ()),  # a first word has its capital anyway
        ("Who Founded The Ontario Ferry Company?", ()),  # and so has every word of a title
        ("Who was it? Bergen's founder, or Lind's?", ()),
        ("Was it Bergen’s or Oslo's, or Bergen's again?", ("Bergen", "Oslo")),
        ("谁创立了它？", ()),
    ],
)
def test_absent(question: str, names: tuple[str, ...]) -> None:
    assert absent(answer(question)) == names


def test_the_note() -> None:
    assert absent_notes(answer("Who founded it in 2018 in Ontario?")) == (
        prompts.ABSENT.format(names="“2018” or “Ontario”"),
    )
    assert absent_notes(answer("Who founded it?")) == ()
    assert absent_notes(answer("Who founded it in 2018?", "not_in_documents")) == ()
