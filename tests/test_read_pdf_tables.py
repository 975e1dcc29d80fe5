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


def test_what_the_columns_come_to_is_a_row_of_its_own() -> None:
    def page(canvas: Any) -> None:
        items = [["Item", "Quantity", "Price", "Sum"], ["Pens", "2", "$1.00", "$2.00"], ["Ink", "3", "$6.00", "$18.00"]]
        grid(canvas, items, [50, 250, 330, 420], 100, pitch=13)
        grid(canvas, [["Subtotal", "$20.00"], ["Total due:", "$22.00"]], [330, 420], 100 + 3 * 13, pitch=13)

    assert lines(read(drawn(page)))[2:] == [
        "Item: Ink; Quantity: 3; Price: $6.00; Sum: $18.00",
        "Subtotal: $20.00",
        "Total due: $22.00",
    ]


def test_the_second_line_of_a_cell_stays_with_it() -> None:
    def page(canvas: Any) -> None:
        grid(
            canvas,
            [["Ann", "17 Quay Street", "12"], ["", "Port Hollow", ""], ["Bo", "3 Mill Lane", "4"]],
            [50, 150, 300],
            100,
            13,
        )

    assert lines(read(drawn(page))) == ["Ann | 17 Quay Street Port Hollow | 12", "Bo | 3 Mill Lane | 4"]


def test_two_tables_side_by_side_are_read_each_by_itself() -> None:
    left = [["Name:", "Harbour Trading"], ["Contact:", "Ann Low"], ["Address:", "17 Quay Street"], ["", "Port Hollow"]]
    right = [["Billing:", "Net 30"], ["Terms:", "Corporate"], ["Commission:", "10%"]]

    def page(canvas: Any) -> None:
        grid(canvas, left, [50, 130], 100, 13)
        grid(canvas, right, [330, 430], 106, 13)  # half a line lower

    assert lines(read(drawn(page))) == [
        "Name: Harbour Trading",
        "Contact: Ann Low",
        "Address: 17 Quay Street Port Hollow",
        "Billing: Net 30",
        "Terms: Corporate",
        "Commission: 10%",
    ]


def test_labels_in_one_row_have_their_values() -> None:
    rows = [
        ["Order:", "2024-12", "Place:", "Downtown"],
        ["Kind:", "Large", "Region:", "North"],
        ["By:", "Bo", "For:", "Ann"],
    ]

    def page(canvas: Any) -> None:
        grid(canvas, rows, [50, 130, 330, 430], 100)

    assert lines(read(drawn(page)))[0] == "Order: 2024-12 | Place: Downtown"


def test_years_name_columns_of_figures() -> None:
    rows = [["", "2019", "2020"], ["Revenue", "1,200", "1,300"], ["Commission", "(120)", "(130)"]]

    def page(canvas: Any) -> None:
        grid(canvas, rows, [50, 250, 330], 100)

    def other(canvas: Any) -> None:
        grid(
            canvas,
            [["Year", "2019", "2020"], ["Opened", "1901", "1902"], ["Closed", "1911", "1912"]],
            [50, 250, 330],
            100,
        )

    assert lines(read(drawn(page, other))) == [
        "2019 | 2020",
        "Revenue; 2019: 1,200; 2020: 1,300",
        "Commission; 2019: (120); 2020: (130)",
        "Year | 2019 | 2020",
        "Opened | 1901 | 1902",
        "Closed | 1911 | 1912",
    ]


def test_a_table_is_not_cut_within_its_first_row() -> None:
    """The last gap that all rows leave free is crossed by the last cell of a table's first row."""
    first = [["Order:", "2024-12-5678", "Place:", "Downtown"], ["Kind:", "Premium", "Region:", "NORTH"]]
    months = [["Month", "Shows", "Gross", "Net", "Share"], ["May 2024", "48", "$12,500.00", "$11,250.00", "85%"]]
    agents = [
        ["Agent", "Area", "Region", "From / To", "Commission %"],
        ["Ann Low", "Quay", "NORTH", "12/20 - 12/31", "100%"],
    ]

    def page(canvas: Any) -> None:
        grid(canvas, first, [50, 150, 350, 450], 50)
        at(canvas, "Totals", 50, 90, 12, "Helvetica-Bold")
        grid(canvas, months, [50, 150, 230, 330, 430], 110)
        at(canvas, "Agents who represent the house abroad and at home", 50, 150, 12, "Helvetica-Bold")
        grid(canvas, agents, [50, 140, 220, 280, 390], 170)

    assert lines(read(drawn(page)))[-2:] == [
        "Agent | Area | Region | From / To | Commission %",
        "Agent: Ann Low; Area: Quay; Region: NORTH; From / To: 12/20 - 12/31; Commission %: 100%",
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
