"""Tables of PDFs: one line a row, the names of the columns with the cells where a first row gives them."""

from typing import Any

from pdf_support import PROSE, at, column, drawn, lines, read


def grid(canvas: Any, rows: list[list[str]], lefts: list[float], top: float, pitch: float = 16) -> None:
    for i, row in enumerate(rows):
        for left, cell in zip(lefts, row, strict=True):
            at(canvas, cell, left, top + pitch * i)


SALES = [
    ["Region", "Orders", "Revenue"],
    ["North", "120", "$4,000"],
    ["South", "85", "$2,750"],
    ["Overseas territories", "7", "$310"],
]


def test_a_row_is_a_line_with_its_column_names() -> None:
    def page(canvas: Any) -> None:
        column(canvas, PROSE, 50, 50, 450)
        grid(canvas, SALES, [50, 200, 300], 150)
        column(canvas, PROSE, 50, 260, 450)

    assert lines(read(drawn(page))) == [
        PROSE.strip(),
        "Region | Orders | Revenue",
        "Region: North; Orders: 120; Revenue: $4,000",
        "Region: South; Orders: 85; Revenue: $2,750",
        "Region: Overseas territories; Orders: 7; Revenue: $310",
        PROSE.strip(),
    ]


def test_cells_without_a_header_are_kept_apart() -> None:
    def page(canvas: Any) -> None:
        grid(canvas, SALES[1:], [50, 200, 300], 150)

    assert lines(read(drawn(page))) == [
        "North | 120 | $4,000",
        "South | 85 | $2,750",
        "Overseas territories | 7 | $310",
    ]


def test_pairs_are_names_and_values() -> None:
    pairs = [
        ["Name:", "Universal Goods"],
        ["Contact", "Ann Example"],
        ["Customer ID:", "C-98765"],
        ["Terms", "30 days"],
    ]

    def page(canvas: Any) -> None:
        grid(canvas, pairs, [50, 200], 150)

    assert lines(read(drawn(page))) == [
        "Name: Universal Goods",
        "Contact: Ann Example",
        "Customer ID: C-98765",
        "Terms: 30 days",
    ]


def test_the_words_of_a_cell_keep_their_boxes() -> None:
    def page(canvas: Any) -> None:
        grid(canvas, SALES, [50, 200, 300], 150)

    document = read(drawn(page))
    found = {document.text[w.start : w.end]: w for w in document.layout[0].words}
    assert abs(found["$2,750"].left - 300) < 1
    assert abs((found["$2,750"].top + found["$2,750"].bottom) / 2 - (150 + 2 * 16 + 6)) < 3


def test_a_table_of_contents_loses_its_dots() -> None:
    def page(canvas: Any) -> None:
        for i, (title, number) in enumerate([("Introduction", "1"), ("Method", "14"), ("Results", "27")]):
            at(canvas, f"{title} {'. ' * (60 - len(title))}{number}", 50, 50 + 16 * i)

    assert lines(read(drawn(page))) == ["Introduction: 1", "Method: 14", "Results: 27"]
