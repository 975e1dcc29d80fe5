"""Plain text: wrapped paragraphs are joined, what has meant line breaks keeps them, headings are found with care."""

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.load import load_bytes
from documents.model import Document
from documents.readers.text_table import apart, grid_of

PROSE = (
    "The committee met on Tuesday and heard three reports about the harbour. It agreed to repair the northern wall "
    "before winter, and to ask the county for a grant. Two members wished to wait for a second estimate, which the "
    "engineer expects in May. The chair thanked everyone and closed the meeting at nine."
)


def read(text: str, name: str = "notes.txt") -> Document:
    return load_bytes(text.encode(), name)[0]


def headings(document: Document) -> list[tuple[str, ...]]:
    return [section.path for section in document.sections if section.path]


@pytest.mark.parametrize("width", [60, 72, 80, 100])
def test_paragraphs_wrapped_by_an_editor_are_joined(width: int) -> None:
    text = "\n\n".join(textwrap.fill(PROSE, width) for _ in range(3))
    assert read(text).text == "\n\n".join([PROSE] * 3)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PROSE.split()), min_size=30, max_size=200), st.integers(50, 100))
def test_wrapping_is_undone_whatever_the_words(words: list[str], width: int) -> None:
    paragraph = " ".join(words).replace(".", "")
    text = "\n\n".join([textwrap.fill(paragraph, width)] * 3)
    assert read(text).text == "\n\n".join([paragraph] * 3)


def test_a_short_note_with_one_wrapped_paragraph() -> None:
    wrapped = textwrap.fill(PROSE[:150].rsplit(" ", 1)[0], 76)
    note = f"Dear Ann\n\n{wrapped}\n\nYours\nBob\n\nBread\nMilk\nButter\nOats\nTea"
    assert read(note).text.split("\n\n")[1] == wrapped.replace("\n", " ")


def test_long_lines_that_go_on_with_no_small_letter_stay() -> None:
    rows = [f"{n} {'Harbour wall northern part ' * 2}Repair {n}" for n in range(4)]
    assert read("\n".join([*"abcdefghijklmnop", *rows])).text.split("\n")[-4:] == rows


def test_a_word_hyphenated_at_the_break_keeps_its_hyphen() -> None:
    wrapped = textwrap.fill(PROSE.replace("three reports", "well-founded reports"), 70, break_on_hyphens=True)
    assert "well- founded" not in read(wrapped + "\n\n" + wrapped).text


def test_a_word_divided_at_the_break_is_whole_again_where_the_text_has_it_whole() -> None:
    prose = f"{PROSE} It was well-founded, they say."
    divided = [
        "The engineer whom the county sent told us that all the north-",
        "ern side still stands though it is old, and that it is well-",
        "founded as they had said before, if only in a rather half-",
        "hearted way, and that it may wait.",
    ]
    text = "\n\n".join([*[textwrap.fill(prose, 62)] * 3, "\n".join(divided)])
    assert read(text).text.split("\n\n")[-1] == (
        "The engineer whom the county sent told us that all the northern side still stands though it is old, and that "
        "it is well-founded as they had said before, if only in a rather half-hearted way, and that it may wait."
    )


@pytest.mark.parametrize(
    "stamp", ["2024-05-06 10:00:{:02}", "[05/05/2024, 10:00:{:02}]", "10:{:02}", "May  6 10:00:{:02}"]
)
def test_a_log_keeps_its_lines(stamp: str) -> None:
    log = [f"{stamp.format(n)} The server at the harbour was started on port {n + 10}" for n in range(20)]
    assert read("\n".join(log)).text.split("\n") == [" ".join(line.split()) for line in log]


def test_a_long_text_without_a_blank_line_is_read_in_time() -> None:
    start = time.monotonic()
    text = read(textwrap.fill(" ".join(["harbour"] * 200_000), 72)).text
    assert len(text) == 8 * 200_000 - 1
    assert time.monotonic() - start < 20  # 0.5 s; it grew with the square


def test_verse_addresses_and_lists_keep_their_lines() -> None:
    verse = "How doth the little busy bee\nImprove each shining hour\nAnd gather honey all the day\nFrom every flower"
    address = "John Smith\n12 High Street\nLondon"
    items = "1. Bread\n2. Milk that is\n   fresh\n- Butter\n* Oats"
    text = f"{textwrap.fill(PROSE, 72)}\n\n{verse}\n\n{address}\n\n{items}\n\n{textwrap.fill(PROSE, 72)}"
    blocks = read(text).text.split("\n\n")
    assert blocks == [PROSE, verse, address, "1. Bread\n2. Milk that is fresh\nButter\nOats", PROSE]


def test_paragraphs_on_lines_of_their_own() -> None:
    assert read(f"{PROSE}\n{PROSE}").text == f"{PROSE}\n\n{PROSE}"


def test_headings_that_stand_out() -> None:
    document = read(f"Harbour report\n\n{PROSE}\n\nRepairs\n\n{PROSE}\n\n2.1 Costs of the wall\n\n{PROSE}\n")
    assert document.title == "Harbour report"
    assert headings(document) == [
        ("Harbour report",),
        ("Harbour report", "Repairs"),
        ("Harbour report", "Repairs", "2.1 Costs of the wall"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Total 821",
        "GRAND TOTAL EUR 1.250,00",
        "Amount due 45 USD",
        "Summe 45,00 EUR",
        "Net income 12%",
        "Deposit USD 5,000",
        "Member discount (15%) -$84.00",
        "Rent: USD 2,500 per month",
        "Points earned: 821",
        "Headcount 3,247",
    ],
)
def test_a_line_that_states_an_amount_is_no_heading(line: str) -> None:
    assert headings(read(f"Harbour report\n\n{PROSE}\n\n{line}\n\n{PROSE}")) == [("Harbour report",)]


@pytest.mark.parametrize(
    "line",
    [
        "2 RESULTS FOR 2024",
        "CHAPTER 4",
        "World War 2",
        "Total results 2024",
        "Chapter 3: 1914",
        "Part 2: 1990–2000",
        "Profit rises to $5.2 million",
        "Grants above $1,000",
        "Revenue up 12%",
        "Section 12 Payment of 500 EUR",
        "4.25 Further costs",
    ],
)
def test_a_heading_may_hold_a_figure(line: str) -> None:
    assert headings(read(f"Harbour report\n\n{PROSE}\n\n{line}\n\n{PROSE}"))[1:] == [("Harbour report", line)]


def test_a_title_between_two_lines() -> None:
    document = read(f"======\nReport\n======\n\n{PROSE}\n\n-----\nParts\n-----\n{PROSE}\n\n-----\nall {PROSE}\n-----")
    assert headings(document) == [("Report",), ("Report", "Parts")]
    assert document.text.endswith(f"-----\nall {PROSE}\n-----")


def test_marked_headings() -> None:
    document = read(
        f"Report\n======\n\n{PROSE}\n\nParts\n-----\n{PROSE}\n\n== Costs ==\n{PROSE}\n\n = = = Wall = = =\n{PROSE}"
    )
    assert headings(document) == [
        ("Report",),
        ("Report", "Parts"),
        ("Report", "Costs"),
        ("Report", "Costs", "Wall"),
    ]
    assert "=" not in document.text


def test_chapters() -> None:
    document = read(f"CHAPTER I.\nDown the Hole\n\n{PROSE}\n\nCHAPTER II.\n\n{PROSE}\n")
    assert headings(document) == [("CHAPTER I. Down the Hole",), ("CHAPTER II.",)]


@pytest.mark.parametrize(
    "line",
    [
        "They said it would rain.",
        "Article 5 applies to harbours.",
        "Is this the end?",
        "click to play the film",
        "Click to play video: 'Sources speak'",
        "WATCH ABOVE: A report about the harbour",
        "Published Sunday, Jun. 18, 2017 7:19PM EDT",
        "“A quote by itself”",
        "- a list item",
        "see https://example.org/page",
        "12 + 14 = 26 %",
        "The harbour wall, which was built in the year of the great storm and never mended since, is old and weak",
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    document = read(f"{PROSE}\n\n{line}\n\n{PROSE}")
    assert headings(document) == []


def test_a_short_line_before_nothing_like_prose_is_no_heading() -> None:
    assert headings(read(f"{PROSE}\n\nOttawa, Canada\n\nThe Globe")) == []


def test_the_five_real_documents(shared) -> None:
    from documents.load import load

    titles = [load(path)[0].title for path in sorted((shared / "corpus").glob("*.txt"))]
    assert titles == [
        "000_08797a5c4e323728",
        "001_a99eeebe80ac4235",
        "Chinese government to work with Canada on stopping flow of fentanyl",
        "China won’t stop flood of fentanyl into Canada, sources say",
        "Fifth Law Enforcement Roundtable on Drugs",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "Name\tRoom\nAnn Lee\t12\nBob\t14",
        "| Name    | Room |\n|---------|-----:|\n| Ann Lee | 12   |\n| Bob     | 14   |",
        "+---------+------+\n| Name    | Room |\n+---------+------+\n| Ann Lee | 12   |\n| Bob     | 14   |",
        " Name    | Room \n---------+------\n Ann Lee | 12\n Bob     | 14",
        "┌─────────┬──────┐\n│ Name    │ Room │\n├─────────┼──────┤\n│ Ann Lee │ 12   │\n│ Bob     │ 14   │",
        "Name     Room\n-------  ----\nAnn Lee  12\nBob      14",
        "=======  ====\nName     Room\n=======  ====\nAnn Lee  12\nBob      14\n=======  ====",
    ],
)
def test_tables_drawn_with_tabs_bars_or_rulers(table: str) -> None:
    document = read(f"{PROSE}\n\n{table}\n\n{PROSE}")
    assert document.text.split("\n\n")[1] == "Name | Room\nName: Ann Lee; Room: 12\nName: Bob; Room: 14"


def test_a_cell_of_several_lines_in_a_table_with_rules_between_its_rows() -> None:
    rule = "+------+---------+----+"
    table = [rule, "| Name | Text    | No |", rule, "| Ann  | It goes | 1  |", "|      | on.     |    |", rule]
    table += ["| Bob  | Short.  | 2  |", rule]
    assert read("\n".join(table)).text.split("\n")[1:] == [
        "Name: Ann; Text: It goes on.; No: 1",
        "Name: Bob; Text: Short.; No: 2",
    ]


def lines_of(text: str) -> list[str]:
    return read(text).text.split("\n")


def test_the_rows_over_a_total_stay_rows() -> None:
    rule = "+-------+-----+"
    table = [rule, "| Item  | Qty |", rule, "| Apple | 1   |", "| Pear  | 2   |", rule, "| Total | 3   |", rule]
    rows = ["Item | Qty", "Item: Apple; Qty: 1", "Item: Pear; Qty: 2", "Item: Total; Qty: 3"]
    assert lines_of("\n".join(table)) == rows


def test_a_row_with_an_empty_cell_over_a_total_stays_a_row() -> None:
    rule = "+-------+-----+------+"
    rows = ["| Apple | 1   | ripe |", "| Pear  | 2   |      |", rule, "| Total | 3   |      |"]
    assert lines_of("\n".join([rule, "| Item  | Qty | Note |", rule, *rows, rule])) == [
        "Item | Qty | Note",
        "Item: Apple; Qty: 1; Note: ripe",
        "Item: Pear; Qty: 2",
        "Item: Total; Qty: 3",
    ]


def test_one_row_with_two_full_lines_leaves_the_others_whole() -> None:
    rule = "+-----+---------+"
    rows = ["| Ann | It goes |", "|     | on.     |", rule, "| Bob | Short.  |", "| Cid | Brief.  |", rule]
    assert lines_of("\n".join([rule, "| Who | Text    |", rule, *rows])) == [
        "Who | Text",
        "Who: Ann; Text: It goes on.",
        "Who: Bob; Text: Short.",
        "Who: Cid; Text: Brief.",
    ]


def test_a_table_over_a_ruler_ends_before_a_line_that_its_columns_would_cut() -> None:
    ruler = "Name     Room\n-------  ----\n"
    source = "Source: the Ministry of rooms."
    assert read(f"{ruler}Ann Lee  12\n{source}").text == f"Name | Room\nName: Ann Lee; Room: 12\n\n{source}"
    assert lines_of(f"{ruler}Ann Lee  12\n{source}\n\nx") == [
        "Name | Room",
        "Name: Ann Lee; Room: 12",
        "",
        source,
        "",
        "x",
    ]
    two = f"{ruler}Ann Lee  12\nThe second table:\n{ruler}Bob      14"
    assert read(two).text == (
        "Name | Room\nName: Ann Lee; Room: 12\n\nThe second table:\n\nName | Room\nName: Bob; Room: 14"
    )


@pytest.mark.parametrize(
    ("names", "row"), [("Name     Room", "Alexandria Long  12"), ("All the rooms of us", "Ann Lee  12")]
)
def test_what_a_ruler_would_cut_at_once_is_no_table(names: str, row: str) -> None:
    plain = " ".join(read(f"x\n{names}\n-------  ----\n{row}\nBob      13").text.split())
    assert all(" ".join(line.split()) in plain for line in (names, row, "Bob 13"))
    assert "Bob; " not in plain


def test_a_row_by_tabs_with_an_empty_last_cell_is_no_end_of_its_table() -> None:
    assert lines_of("Name\tRoom\tNote\nAnn\t12\tnew\nBob\t13\t\nCid\tyes\tfoo\nDan\tno\tbar") == [
        "Name | Room | Note",
        "Name: Ann; Room: 12; Note: new",
        "Name: Bob; Room: 13",
        "Name: Cid; Room: yes; Note: foo",
        "Name: Dan; Room: no; Note: bar",
    ]


@pytest.mark.parametrize("line", ["|" + "-" * 10**6 + " done", "-" * 10**6 + " done", "--|" * 10**6 + " done"])
def test_a_line_that_is_almost_a_rule_is_read_at_once(line: str) -> None:
    """With the square of its length it would take hours: 20,000 characters took 3.7 s."""
    assert grid_of([line, line]) is None
    assert apart([line, "x"]) == [[line, "x"]]


def test_lines_around_a_table_and_lines_that_are_none() -> None:
    text = "The query gave\n a | b\n---+---\n 1 | 2\n(1 row)\n\ncat x | sort\ncat y | sort\n\n1.\tBread\n2.\tMilk"
    assert read(text).text == (
        "The query gave\n\na | b\na: 1; b: 2\n\n(1 row)\n\ncat x | sort\ncat y | sort\n\n1. Bread\n2. Milk"
    )
    assert read("Name:\tAnn\nPhone:\t555 12").text == "Name: Ann\nPhone: 555 12"


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab |+-=\t\\│─:", max_size=20), max_size=12))
def test_no_letter_of_a_drawn_table_is_lost(drawn: list[str]) -> None:
    text = "x\n" + "\n".join(drawn)
    plain = read(text).text
    assert all(plain.count(letter) >= text.count(letter) for letter in "ab")
