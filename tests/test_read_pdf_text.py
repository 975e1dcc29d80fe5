"""PDF text in the order a person reads it: columns, page breaks, hyphens, lists, headings, running lines."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_support import PROSE, at, column, drawn, lines, read

from documents.readers.pdf_hyphen import Hyphens


def test_columns_are_read_one_after_the_other() -> None:
    def page(canvas: Any) -> None:
        at(canvas, "A title over both columns of this page", 50, 40, 18)
        column(canvas, "Left. " + PROSE, 50, 80, 230)
        column(canvas, "Right. " + PROSE, 315, 80, 230)
        column(canvas, "Below. " + PROSE, 50, 330, 495)

    document = read(drawn(page))
    assert lines(document) == [
        "A title over both columns of this page",
        ("Left. " + PROSE).strip(),
        ("Right. " + PROSE).strip(),
        ("Below. " + PROSE).strip(),
    ]


@given(st.permutations(range(4)))
@settings(max_examples=12, deadline=None)
def test_the_order_of_the_file_does_not_matter(order: list[int]) -> None:
    """The same page, drawn in any order, is the same text."""
    parts = [(50, 80, "Left top. "), (50, 300, "Left bottom. "), (315, 80, "Right top. "), (315, 300, "Right bottom. ")]

    def page(canvas: Any) -> None:
        for i in order:
            left, top, mark = parts[i]
            column(canvas, mark + PROSE, left, top, 230)

    assert [line.split(".")[0] for line in lines(read(drawn(page)))] == [mark.split(".")[0] for _, _, mark in parts]


def test_a_sentence_over_a_page_break_stays_one() -> None:
    words = (PROSE * 4).split()
    half = len(words) // 2 + 5

    def running(canvas: Any, number: int) -> None:
        at(canvas, "Annual report of the committee", 50, 25, 8)
        at(canvas, f"- {number} -", 290, 810, 8)

    def first(canvas: Any) -> None:
        running(canvas, 1)
        column(canvas, " ".join(words[:half]), 50, 60, 450)
        at(canvas, "1 Minutes are kept for ten years.", 50, 780, 7)

    def second(canvas: Any) -> None:
        running(canvas, 2)
        column(canvas, " ".join(words[half:]), 50, 60, 450)

    document = read(drawn(first, second))
    assert lines(document) == [
        "Annual report of the committee",
        (PROSE * 4).strip(),
        "1 Minutes are kept for ten years.",
    ]
    # Each page's places hold its own words and nothing of the other's.
    for number, expected in ((1, words[:half]), (2, words[half:])):
        spans = [p for p in document.places if p.number == number]
        said = " ".join(document.text[p.start : p.end] for p in spans)
        assert said.removeprefix("Annual report of the committee\n\n").startswith(" ".join(expected))
    ordered = sorted(document.places, key=lambda p: p.start)
    assert all(a.end <= b.start for a, b in pairwise(ordered))


def test_running_lines_and_page_numbers_are_left_out_and_other_numbers_kept() -> None:
    def page(number: int) -> Any:
        def draw(canvas: Any) -> None:
            at(canvas, "Handbook of procedures", 50, 25, 8)
            at(canvas, f"Page {number} of 5", 480, 25, 8)
            at(canvas, f"Invoice {70 + number * number}", 50, 50)
            column(canvas, f"Part {number}. " + PROSE, 50, 80, 450)
            at(canvas, str(number), 290, 810, 8)

        return draw

    text = read(drawn(*(page(n) for n in range(1, 6)))).text
    assert text.count("Handbook of procedures") == 1  # a letterhead is worth reading once
    assert not re.search(r"Page \d of 5", text)
    assert [f"Invoice {70 + n * n}" in text for n in range(1, 6)] == [True] * 5
    assert not re.search(r"^\d$", text, re.MULTILINE)
    assert text.count("the old library") == 5


def test_a_number_that_does_not_count_pages_stays() -> None:
    def page(value: str) -> Any:
        return lambda canvas: (at(canvas, value, 290, 810, 8), column(canvas, PROSE, 50, 80, 450))

    assert all(v in read(drawn(page("17"), page("4"), page("358"))).text for v in ("17", "4", "358"))


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("infor-", "mation", "infor"),  # nobody writes infor-mation
        ("Anglo-", "Saxon", "Anglo-"),
        ("self-", "employed", "self-"),
        ("decision-", "making", "decision-"),  # both halves are words of the document, the whole is not
        ("never-", "theless", "never"),  # the whole is
        ("long-", "term", "long-"),
        ("short-", "and", None),  # "short- and long-term"
        ("2019-", "20", "2019-"),
        ("in\u00ad", "deed", "in"),
        ("-", "dash", None),
    ],
)
def test_hyphens(before: str, after: str, joined: str | None) -> None:
    text = "The decision on making tea nevertheless was for the long term and well-known ."

    class Page:
        texts = "\n".join(text.split())

    assert Hyphens([Page()]).join(before, after) == joined  # type: ignore[list-item]


def test_hyphens_at_line_ends_are_joined() -> None:
    def page(canvas: Any) -> None:
        for i, line in enumerate(
            ["The commission asked for more infor-", "mation about the well-", "known case of 1952."]
        ):
            at(canvas, line, 50, 60 + 12 * i)

    document = read(drawn(page))
    assert document.text == "The commission asked for more information about the well-known case of 1952."
    boxes = [(w.start, w.end) for w in document.layout[0].words]
    assert (30, 35) in boxes and (35, 41) in boxes  # both halves of "information" keep their place on the page


def test_headings_lists_and_short_lines() -> None:
    def page(canvas: Any) -> None:
        at(canvas, "Rules of the house", 50, 40, 20, "Helvetica-Bold")
        at(canvas, "1 Guests", 50, 80, 14, "Helvetica-Bold")
        top = column(canvas, PROSE, 50, 105, 400)
        for item in ("knock before entering", "leave the keys at the desk", "be quiet after ten"):
            at(canvas, "\u2022", 60, top + 6)
            at(canvas, item, 75, top + 6)
            top += 12
        at(canvas, "2 Staff", 50, top + 30, 14, "Helvetica-Bold")
        column(canvas, PROSE, 50, top + 55, 400)
        for i, line in enumerate(["Anna Example", "12 River Road", "Oldtown"]):
            at(canvas, line, 50, top + 160 + 12 * i)

    document = read(drawn(page))
    assert [s.path for s in document.sections] == [
        ("Rules of the house",),
        ("Rules of the house", "1 Guests"),
        ("Rules of the house", "2 Staff"),
    ]
    assert document.title == "Rules of the house"
    assert "knock before entering\nleave the keys at the desk\nbe quiet after ten\n\n2 Staff" in document.text
    assert document.text.endswith("Anna Example\n12 River Road\nOldtown")


def test_what_a_receipt_comes_to_is_text_however_large() -> None:
    def draw(canvas: Any) -> None:
        at(canvas, "CORNER STORE", 60, 50, 16, "Helvetica-Bold")
        column(canvas, PROSE, 60, 90, 400)
        at(canvas, "TOTAL $821.14", 60, 190, 14, "Helvetica-Bold")
        column(canvas, PROSE, 60, 220, 400)
        at(canvas, "2 RESULTS FOR 2024", 60, 320, 14, "Helvetica-Bold")
        column(canvas, PROSE, 60, 350, 400)

    document = read(drawn(draw))
    assert [s.path[-1] for s in document.sections] == ["CORNER STORE", "2 RESULTS FOR 2024"]
    assert "TOTAL $821.14" in lines(document)


def test_figures_side_by_side_stay_with_what_they_count() -> None:
    def draw(canvas: Any) -> None:
        at(canvas, "Results", 60, 30, 32, "Helvetica-Bold")
        for left, figure, what in ((60, "$5.2M", "Revenue of the year"), (320, "87%", "Customers who renewed")):
            at(canvas, figure, left, 120, 40, "Helvetica-Bold")
            at(canvas, what, left, 170, 14)
        for i, item in enumerate(("Sales rose in Rome", "Costs fell in Ulm")):
            at(canvas, f"• {item}", 60, 250 + 24 * i, 18)

    document = read(drawn(draw))
    assert lines(document) == [
        "Results",
        "$5.2M",
        "Revenue of the year",
        "87%",
        "Customers who renewed",
        "Sales rose in Rome",
        "Costs fell in Ulm",
    ]
    assert [s.path for s in document.sections] == [("Results",)]  # items of a list are no headings, however large


def test_an_address_does_not_run_on_into_what_stands_under_the_table() -> None:
    def draw(canvas: Any) -> None:
        at(canvas, "Ann Lee", 60, 50)
        at(canvas, "12 High Street", 60, 65)
        for i, row in enumerate((("Item", "Number", "Price"), ("Chairs", "25", "$20"), ("Tables", "5", "$60"))):
            for left, cell in zip((60, 280, 430), row, strict=True):
                at(canvas, cell, left, 100 + 16 * i)
        at(canvas, "Payment terms: 30 days net", 60, 170)
        at(canvas, "IBAN: DE12 3456 7890", 60, 185)

    found = lines(read(drawn(draw)))
    assert {"Ann Lee", "12 High Street", "Payment terms: 30 days net", "IBAN: DE12 3456 7890"} <= set(found)


def test_bookmarks_give_the_levels() -> None:
    def page(canvas: Any) -> None:
        for i, (title, level) in enumerate([("Alpha", 0), ("Beta", 1), ("Gamma", 2)]):
            at(canvas, title, 50, 50 + 150 * i, 10, "Helvetica")
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level)
            column(canvas, PROSE, 50, 75 + 150 * i, 400)

    assert [s.path for s in read(drawn(page)).sections] == [("Alpha",), ("Alpha", "Beta"), ("Alpha", "Beta", "Gamma")]


def test_letters_of_many_scripts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

    said = ["\u59d4\u5458\u4f1a\u6bcf\u6708\u5f00\u4f1a\uff0c", "\u5e76\u4fdd\u5b58\u8bb0\u5f55\u5907\u7528\u3002"]

    def page(canvas: Any) -> None:
        for i, line in enumerate(said):
            at(canvas, line, 50, 50 + 16 * i, 12, "STSong-Light")

    document = read(drawn(page))
    assert document.text == "".join(said)
    assert len(document.layout[0].words) == len(document.text)  # a box for every character
