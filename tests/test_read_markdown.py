"""Markdown: blocks and headings as rendered, tables with their columns' names, footnotes beside their text."""

from datetime import datetime

import pytest

from documents.load import load_bytes
from documents.model import Document


def read(text: str) -> Document:
    return load_bytes(text.encode(), "notes.md")[0]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One *two*\n**three** `four`.", "One two three four."),
        ("One  \ntwo", "One\ntwo"),
        ("- a\n  - b\n- c", "a\nb\nc"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("[link](http://x) ![picture](y.png)", "link picture"),
        ("```py\nif x:\n    y\n```", "if x:\n    y"),
        ("> quoted\n> words", "quoted words"),
        ("a <b>bold</b> word\n\n<div>block <p>inner</p></div>", "a bold word\n\nblock\n\ninner"),
        ("before\n\n<!-- hidden -->\n\nafter", "before\n\nafter"),
        ("| | Food |\n|-|-|\n| Leaves | Ash |", "Food\nLeaves; Food: Ash"),
        ("| A | B |\n|-|-|\n| 1 | 2 |\n| | 4 |", "A | B\nA: 1; B: 2\nB: 4"),
        (
            "Said[^1] and done.\n\nNext.\n\n[^1]: By whom\n    it was.",
            "Said and done.\n[Footnote: By whom it was.]\n\nNext.",
        ),
    ],
)
def test_blocks(markdown: str, text: str) -> None:
    assert read(markdown).text == text


def test_headings_and_front_matter() -> None:
    document = read('---\ntitle: "The title"\nauthor: Ann\ndate: 2024-05-06\n---\n# One\n\nx\n\nTwo\n---\n\ny\n')
    assert (document.title, document.author, document.created) == ("The title", "Ann", datetime(2024, 5, 6))
    assert [section.path for section in document.sections] == [("One",), ("One", "Two")]
    assert document.text == "One\n\nx\n\nTwo\n\ny"


def test_title_falls_back_to_the_first_heading_of_level_1() -> None:
    assert read("Some words.\n\n## Two\n\nx\n\n# One\n\ny").title == "One"
    assert read("Some words.").title == "notes"


def test_notes_of_headings_and_cells_stand_under_them() -> None:
    document = read(
        "# Costs[^a] {#costs .wide}\n\n| A | B |\n|-|-|\n| 1[^b] | 2 |\n\nLast[^b].\n\n[^a]: In euros.\n[^b]: About.\n"
    )
    assert document.text == "Costs\n\n[Footnote: In euros.]\n\nA | B\nA: 1; B: 2\n[Footnote: About.]\n\nLast."
    assert document.title == "Costs"


@pytest.mark.parametrize("authors", ["\n  - Ann Lee\n  - 'Bo Ray'", ' [Ann Lee, "Bo Ray"]', " Ann Lee, Bo Ray"])
def test_several_authors(authors: str) -> None:
    assert read(f"---\nauthors:{authors}\ntitle: T\n---\nx").author == "Ann Lee, Bo Ray"


def test_notes_that_nothing_names_stand_at_the_end_in_their_order() -> None:
    notes = "\n".join(f"[^{name}]: Note {name}." for name in "qwertyuiop")
    assert read(f"Text.\n\n{notes}").text.split("\n\n")[1:] == [f"[Footnote: Note {name}.]" for name in "qwertyuiop"]
