"""HTML: structure is kept, boilerplate is not, and a small page loses nothing that can be seen."""

from datetime import UTC, datetime

import pytest

from documents.load import load_bytes
from documents.model import Document


def read(body: str, head: str = "", name: str = "page.html") -> Document:
    return load_bytes(f"<html lang='en'><head>{head}</head><body>{body}</body></html>".encode(), name)[0]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n  two<br>three</p><p>four", "One two\nthree\n\nfour"),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>", "a\nb\nc"),
        ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("<dl><dt>Term</dt><dd>What it means.</dd></dl>", "Term: What it means."),
        ("<div>loose <p>inside</p> tail</div>", "loose\n\ninside\n\ntail"),
        ("<pre>if x:\n    y = 1</pre>", "if x:\n    y = 1"),
        ("<p>E=mc<sup>2</sup>, H<sub>2</sub>O, the 1<sup>st</sup></p>", "E=mc^2, H2O, the 1st"),
        ("<p>As said<sup><a href='#n'>3</a></sup>.</p>", "As said[3]."),
        ("<p>a<span style='display:none'>b</span><script>c</script><b hidden>d</b>e</p>", "ae"),
        ("<p><input type=checkbox checked> tea <input type=checkbox> milk</p>", "[x] tea [ ] milk"),
        ("<p>caf&eacute; &amp; cr&egrave;me</p>", "café & crème"),
        ("<table><tr><td><p>laid</p></td></tr><tr><td>out</td></tr></table>", "laid\n\nout"),
    ],
)
def test_blocks(html: str, text: str) -> None:
    assert read(html).text == text


def test_headings_give_paths() -> None:
    document = read("<h1>A</h1><p>x</p><h3>B</h3><p>y</p><h2>C</h2><p>z</p>")
    assert [section.path for section in document.sections] == [("A",), ("A", "B"), ("A", "C")]


def test_tables_name_their_columns() -> None:
    table = """<table><caption>Sales</caption><thead>
        <tr><th rowspan=2>Region</th><th colspan=2>2023</th></tr><tr><th>Q1</th><th>Q2</th></tr></thead>
        <tr><th>North</th><td>10</td><td>20</td></tr><tr><td>South</td><td colspan=2>none</td></tr></table>"""
    assert read(table).text.split("\n") == [
        "Sales",
        "Region | 2023",
        "Region | Q1 | Q2",
        "Region: North; 2023 / Q1: 10; 2023 / Q2: 20",
        "Region: South; 2023 / Q1: none; 2023 / Q2: none",
    ]


def test_a_table_of_pairs_has_no_header() -> None:
    assert read("<table><tr><td>Name</td><td>Bob</td></tr><tr><td>Town</td><td>Ulm</td></tr></table>").text == (
        "Name: Bob\nTown: Ulm"
    )


def test_what_the_head_says() -> None:
    document = read(
        "<p>Words.</p>",
        "<title>Plain</title><meta property='og:title' content='The title'><meta name=author content='Ann Lee'>"
        "<meta property='article:published_time' content='2024-05-06T07:08:09+00:00'>",
    )
    assert (document.title, document.author, document.language) == ("The title", "Ann Lee", "en")
    assert document.created == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


STORY = "".join(
    f"<p>Paragraph {i} of the story says that the harbour wall was repaired in {1990 + i}, at a cost of {i} million, "
    "and that nobody was hurt while the work went on through the winter.</p>"
    for i in range(8)
)
SITE = f"""<nav><ul><li><a href=/>Home</a><li><a href=/news>News</a><li><a href=/sport>Sport</a></ul></nav>
<main><article><h1>Harbour wall repaired</h1><p>By Ann Lee</p>{STORY}
<h2><a href="#costs">Costs</a></h2><ul><li>Stone: 3 million</li><li>Wages: 2 million</li></ul>
<table><tr><th>Year<th>Cost</tr><tr><td>1991<td>1</tr></table></article></main>
<aside class=related><a href=/1>Ten things about piers</a> <a href=/2>Why boats float</a></aside>
<footer>Copyright 2024 <a href=/terms>Terms of use</a></footer>"""


def test_menus_and_footers_stay_out_and_the_story_stays_whole() -> None:
    text = read(SITE).text
    for left_out in ("Home", "Sport", "Ten things", "Terms of use"):
        assert left_out not in text
    for kept in (
        "Harbour wall repaired",
        "Paragraph 0",
        "Paragraph 7",
        "Costs",
        "Stone: 3 million",
        "Year: 1991; Cost: 1",
    ):
        assert kept in text


def test_headings_that_link_to_themselves_stay_headings() -> None:
    page = SITE.replace("<h1>Harbour wall repaired</h1>", "<h1><a href='#top'>Harbour wall repaired</a></h1>")
    assert [section.path for section in read(page).sections] == [
        ("Harbour wall repaired",),
        ("Harbour wall repaired", "Costs"),
    ]


def test_a_small_page_keeps_what_can_be_seen() -> None:
    body = "<header><a href=/>Acme</a></header><h1>Opening hours</h1><p>Mo–Fr 9–17</p><p>Call 555 0100.</p>"
    text = read(body).text
    assert all(words in text for words in ("Opening hours", "Mo–Fr 9–17", "Call 555 0100."))


def test_encodings_that_pages_declare() -> None:
    page = "<html><head><meta charset='windows-1251'></head><body><p>Шум моря</p></body></html>"
    assert load_bytes(page.encode("cp1251"), "sea.html")[0].text == "Шум моря"
