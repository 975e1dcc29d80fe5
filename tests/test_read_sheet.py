"""Sheets and CSV: every cell with its column's name, rows and sheets as places, odd claims cheap."""

import io
import time
import zipfile
from datetime import date, datetime, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import numbers

from documents.errors import UnreadableFile
from documents.load import load_bytes
from documents.model import Document
from documents.readers.ooxml import Package
from documents.readers.sheet_extras import Extras
from documents.split import split


def book(**sheets: list[list[object]]) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return workbook


def read(workbook: Workbook) -> Document:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return load_bytes(buffer.getvalue(), "book.xlsx")[0]


def rows_of(document: Document) -> dict[int | None, str]:
    return {p.number: document.text[p.start : p.end] for p in document.places if p.kind == "row"}


def test_rows_name_their_columns_and_know_their_place() -> None:
    document = read(book(Costs=[["Town", "Year", "Cost"], ["Ulm", 1990, 3.5], ["Bonn", 1991, 4.0]], Empty=[]))
    assert document.text.split("\n") == [
        "Costs",
        "",
        "Town | Year | Cost",
        "Town: Ulm; Year: 1990; Cost: 3.5",
        "Town: Bonn; Year: 1991; Cost: 4",
    ]
    assert rows_of(document) == {
        1: "Town | Year | Cost",
        2: "Town: Ulm; Year: 1990; Cost: 3.5",
        3: "Town: Bonn; Year: 1991; Cost: 4",
    }
    assert [(p.kind, p.place) for p in document.problems] == [("empty_sheet", "Empty")]
    sheet = document.places[0]
    assert (str(sheet), sheet.number, document.text[sheet.start : sheet.end]) == ("sheet Costs", 1, document.text)


def test_values_as_people_write_them() -> None:
    workbook = book(Sheet1=[["Kind", "Value", "Note"]])
    sheet = workbook.active
    cells = [
        (5.0, "General", "5"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567890123.0, "General", "1234567890123"),
        (0.155, "0.0%", "15.5%"),
        (True, "General", "TRUE"),
        (date(2024, 5, 6), "yyyy-mm-dd", "2024-05-06"),
        (datetime(2024, 5, 6, 7, 8), "yyyy-mm-dd h:mm", "2024-05-06 07:08:00"),
        (datetime(2024, 5, 6, 7, 8), numbers.FORMAT_DATE_XLSX14, "2024-05-06"),
        (datetime(2024, 5, 1), "mmm-yy", "May 2024"),
        (timedelta(hours=26, minutes=5), "[h]:mm", "26:05:00"),
        (1234.5, "#,##0.00\\ [$€-407]", "1234.5 €"),
        (-500, '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', "-$500"),
        (5, "_-[$CHF]* #,##0.00_-;-[$CHF]* #,##0.00_-", "5 CHF"),
        (7, '0.0"kg"', "7 kg"),
        (1500000, '0.0,,"M"', "1500000"),
        (1234, "00000", "01234"),
        (3, '0" of the members"', "3"),
        (3, '"Q"0', "Q3"),
        (12, '"A"0000', "A0012"),
        (-12, '"A"0000', "-A0012"),
        (2024, '"FY"0', "FY2024"),
        (7, '"No "0', "No 7"),
        (12.5, '"A"0000', "A12.5"),
        (5, '"EUR "#,##0', "5 EUR"),
        (5, "[$AED ]#,##0", "5 AED"),
    ]
    for value, shown, _ in cells:
        sheet.append(["x", value, "y"])
        sheet.cell(sheet.max_row, 2).number_format = shown
    lines = read(workbook).text.split("\n")[1:]
    assert lines == [f"Kind: x; Value: {text}; Note: y" for _, _, text in cells]


def test_months_and_years_name_columns_beside_an_empty_corner() -> None:
    assert read(book(Sheet1=[[None, 2022, 2023], ["Sales", 10, 20], ["Costs", 5, 6]])).text.split("\n")[1:] == [
        "Sales; 2022: 10; 2023: 20",
        "Costs; 2022: 5; 2023: 6",
    ]
    assert read(book(Sheet1=[[2022, 2023], [10, 20], [5, 6]])).text.split("\n")[1] == "10: 20"


def test_formulas_that_nobody_counted_are_told() -> None:
    document = read(book(Sheet1=[["Town", "Cost", "Tax"], ["Ulm", 1, 2], ["Sum", "=SUM(B2:B2)", "=SUM(C2:C2)"]]))
    (problem,) = document.problems
    assert problem.place == "Sheet1" and "formulas without a stored result (2)" in problem.message


@pytest.mark.parametrize("cells", ["<c " * 10**6, "<c><f/>" + " " * 10**6, "<c><f " * 10**6, "<c><f>" * 10**6])
def test_cells_without_an_end_are_searched_at_once(cells: str) -> None:
    """With the square of their length it would take hours."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sheet.xml", f"<sheetData>{cells}")
    assert Extras.of(Package(buffer.getvalue(), "book.xlsx"), "sheet.xml") == Extras()


def test_titles_gaps_and_several_tables() -> None:
    rows: list[list[object]] = [
        ["Harbour costs"],
        [],
        ["Town", "Cost"],
        ["Ulm", 3],
        [],
        ["Bonn", 4],
        [],
        ["Name", "Born", "Died"],
        ["Ann", 1900, 1980],
    ]
    assert read(book(Sheet1=rows)).text.split("\n") == [
        "Harbour costs",
        "",
        "Town | Cost",
        "Town: Ulm; Cost: 3",
        "",
        "Town: Bonn; Cost: 4",
        "",
        "Name | Born | Died",
        "Name: Ann; Born: 1900; Died: 1980",
    ]


def test_years_name_columns_too() -> None:
    text = read(book(Sheet1=[["Town", 2022, 2023], ["Ulm", 3, 4], ["Bonn", 5, 6]])).text
    assert "Town: Ulm; 2022: 3; 2023: 4" in text


def test_figures_without_names_and_pairs() -> None:
    assert read(book(Sheet1=[[1, 2, 3], [4, 5, 6]])).text == "1 | 2 | 3\n4 | 5 | 6"
    assert read(book(Sheet1=[["Name", "Ann"], ["Town", "Ulm"]])).text == "Name: Ann\nTown: Ulm"


def test_merged_cells() -> None:
    workbook = book(Sheet1=[["Town", "Cost", None], [None, "Stone", "Wages"], ["Ulm", 3, 4], [None, 5, 6]])
    workbook.active.merge_cells("B1:C1")
    workbook.active.merge_cells("A3:A4")
    assert read(workbook).text.split("\n")[2:] == [
        "Town: Ulm; Cost / Stone: 3; Cost / Wages: 4",
        "Town: Ulm; Cost / Stone: 5; Cost / Wages: 6",
    ]


def test_comments_name_their_cell_and_author() -> None:
    workbook = book(Sheet1=[["Town", "Cost"], ["Ulm", 3]])
    workbook.active["B2"].comment = Comment("Really so much?", "Ann Lee")
    document = read(workbook)
    assert document.text.endswith("Town: Ulm; Cost: 3\n\n[Comment on B2 by Ann Lee: Really so much?]")
    assert document.places[-1].number == 2


def test_a_sheet_that_claims_a_million_columns_is_cheap() -> None:
    workbook = book(Sheet1=[["Town", "Cost"], ["Ulm", 3]])
    workbook.active.cell(1_048_576, 16_384, "far away")
    started = time.monotonic()
    document = read(workbook)
    assert time.monotonic() - started < 5
    assert document.text.endswith("far away")
    assert document.places[-1].number == 1_048_576


def test_truncated_workbooks() -> None:
    buffer = io.BytesIO()
    book(Sheet1=[["a", "b"]]).save(buffer)
    with pytest.raises(UnreadableFile, match="book"):
        load_bytes(buffer.getvalue()[:-300], "book.xlsx")
    with pytest.raises(UnreadableFile, match="old"):
        load_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    lines = ["Town,Cost,Note", 'Ulm,3,"well, yes"', "Bonn,4,no"]
    text = "\n".join(line.replace(",", delimiter).replace(f"well{delimiter}", "well,") for line in lines)
    document = load_bytes(text.encode(), "costs.csv")[0]
    assert document.text.split("\n")[1:] == ["Town: Ulm; Cost: 3; Note: well, yes", "Town: Bonn; Cost: 4; Note: no"]
    assert sorted(number or 0 for number in rows_of(document)) == [1, 2, 3]


def test_ragged_rows_and_line_breaks_in_cells() -> None:
    document = load_bytes(b'Town,Cost,Note\nUlm\nBonn,4,"two\nlines",extra\n', "costs.csv")[0]
    assert document.text.split("\n")[1:] == ["Town: Ulm", "Town: Bonn; Cost: 4; Note: two lines; extra"]


def test_the_line_that_tells_excel_the_delimiter_is_no_row() -> None:
    (document,) = load_bytes(b"sep=;\r\nTown;Year;Cost, net\r\nUlm;1990;3\r\n", "costs.csv")
    assert rows_of(document) == {2: "Town | Year | Cost, net", 3: "Town: Ulm; Year: 1990; Cost, net: 3"}


def test_questions_and_answers_in_cells_are_cut_into_whole_sentences() -> None:
    rows = 'id,question,answer\n1,Who pays?,"You do, in May. We remind you."\n2,When?,Soon.\n'
    (document,) = load_bytes(rows.encode(), "faq.csv")
    assert [document.text[s.start : s.end] for p in split(document) for s in p.sentences] == [
        "id | question | answer",
        "id: 1; question: Who pays?; answer: You do, in May.",
        "We remind you.",
        "id: 2; question: When?; answer: Soon.",
    ]
