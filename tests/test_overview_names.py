"""What "and" joins: one name or several things, by the library's own text; in comparisons and in what is mentioned."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_support import document, opened

from index.library import Library
from qa.chain import Options, ask
from qa.overview.names import Named, bonds, named, parted
from qa.overview.sides import Compared, compared
from qa.prompts import EACH

PLAIN = Options(reader="none", threshold=0.0)
TEXTS = {
    "grocers.md": "Marsh and Hollow opened in 1902. Marsh and Hollow sell tea. Marsh and Hollow pay well.",
    "rivals.md": "Tolliver opened in 1911. Tolliver sells coffee, and the Ministry of Roads and Inland Canals buys it.",
    "canals.md": "The Ministry of Roads and Inland Canals keeps the locks. Norway and Chile buy tea.",
    "chile.md": "Chile buys coffee. A ship for Chile leaves. The roads are closed.",
    "norway.md": "Norway sells fish. A ship for Norway leaves; Chile has none.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("names")) as library:
        for name, text in TEXTS.items():
            library.add(document(name, text))
        yield library


def test_a_name_is_what_mostly_stands_joined(library: Library) -> None:
    bond = bonds(library)
    assert bond("Marsh", "Hollow") == 1.0  # one passage has each, and it has both joined
    assert bond("Norway", "Chile") == 0.5  # joined in one passage of the two that have Norway
    assert bond("the Ministry of Roads", "Inland Canals and Tolliver") == 1.0  # "Inland Canals" in two, joined in both
    assert bond("Marsh", "Tolliver") == 0.0


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare Marsh and Hollow and Tolliver", ("Marsh and Hollow", "Tolliver")),
        ("Compare Tolliver and Marsh and Hollow", ("Tolliver", "Marsh and Hollow")),
        ("Compare Marsh and Hollow with Tolliver", ("Marsh and Hollow", "Tolliver")),
        ("Compare Marsh and Hollow to Tolliver", ("Marsh and Hollow", "Tolliver")),
        ("Marsh and Hollow vs Tolliver", ("Marsh and Hollow", "Tolliver")),
        ("How do Marsh and Hollow and Tolliver differ?", ("Marsh and Hollow", "Tolliver")),
        ("How does Marsh and Hollow differ from Tolliver?", ("Marsh and Hollow", "Tolliver")),
        ("Compare Marsh and Hollow", ("Marsh", "Hollow")),  # two are needed
        ("Compare Norway, Peru and Tolliver", ("Norway", "Peru", "Tolliver")),
        (
            "What is the difference between the Ministry of Roads and Inland Canals and Tolliver?",
            ("Ministry of Roads and Inland Canals", "Tolliver"),
        ),
    ],
)
def test_a_side_may_have_an_and_in_its_name(library: Library, question: str, sides: tuple[str, ...]) -> None:
    assert compared(question, bonds(library)) == Compared("sides", "", sides)


def test_a_topic_is_shared_by_names_with_an_and(library: Library) -> None:
    found = compared("Compare the prices of Marsh and Hollow and Tolliver", bonds(library))
    assert found == Compared("sides", "prices", ("Marsh and Hollow", "Tolliver"))


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("Marsh and Hollow", Named(("Marsh and Hollow",))),
        ("Marsh and Hollow and Tolliver", Named(("Marsh and Hollow", "Tolliver"))),
        ("Tolliver, Peru and the roads", Named(("Tolliver", "Peru", "roads"))),
        ("Peru or Chile", Named(("Peru", "Chile"), every=False)),
        ("Tolliver and what they sell", Named(("Tolliver and what they sell",))),
        ("ebb” and “flow", Named(("ebb", "flow"))),
    ],
)
def test_what_is_mentioned_is_told_apart(library: Library, mention: str, expected: Named) -> None:
    assert named(mention, bonds(library)) == expected


def test_documents_with_both_are_counted_wherever_both_stand(library: Library) -> None:
    answer = ask(
        library, "Which documents mention Tolliver and the Ministry of Roads and Inland Canals?", options=PLAIN
    )
    assert answer.sentences[0].text == "1 of 5 documents contains “Tolliver” and “Ministry of Roads and Inland Canals”."
    assert {c.source for c in answer.citations} == {"rivals.md"}
    assert EACH.format(each="“Tolliver” 1, “Ministry of Roads and Inland Canals” 2") in answer.notes
    apart = ask(library, "Which documents mention coffee and ships?", options=PLAIN)
    assert [(c.source, c.quote) for c in apart.citations] == [
        ("chile.md", "Chile buys coffee."),
        ("chile.md", "A ship for Chile leaves."),
    ]
    either = ask(library, "Which documents mention tea or fish?", options=PLAIN)
    assert {c.source for c in either.citations} == {"grocers.md", "canals.md", "norway.md"}


def test_words_in_quotation_marks_are_one_thing(library: Library) -> None:
    answer = ask(library, "Which documents mention “Norway and Chile”?", options=PLAIN)
    assert {c.source for c in answer.citations} == {"canals.md"}


@given(st.lists(st.sampled_from(["Ann", "Bo", "the Cat"]), min_size=1, max_size=6), st.floats(0, 1), st.integers(1, 8))
def test_parts_are_as_many_as_asked_and_lose_nothing(names: list[str], bond: float, least: int) -> None:
    text = " and ".join(names)
    parts = parted(text, lambda a, b: bond, least)
    assert " and ".join(parts) == text
    assert len(parts) == (len(names) if bond < 0.5 else min(least, len(names)))
