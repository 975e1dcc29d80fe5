"""Subtitles, books, JSON, XML, code, rich text and OpenDocument: readable lines, with their places."""

import json
from xml.sax.saxutils import escape

import pytest
from office_support import package

from documents.errors import ProtectedFile, UnreadableFile
from documents.load import load_bytes
from documents.model import Document


def read(data: bytes | str, name: str) -> Document:
    return load_bytes(data.encode() if isinstance(data, str) else data, name)[0]


def places(document: Document) -> dict[str, str]:
    return {str(place): document.text[place.start : place.end] for place in document.places}


def test_subtitles_join_cues_into_sentences() -> None:
    document = read(
        "WEBVTT\n\nNOTE a comment\n\nintro\n00:01.000 --> 00:03.000 align:left\n<v Ann>The wall was\n\n"
        "00:03.000 --> 00:05.500\n<v Ann>built <i>in</i> 1990 &amp; mended.\n\n"
        "01:00:06.000 --> 01:00:07.000\n<v Bo>Was it?\n",
        "talk.vtt",
    )
    assert document.text == "Ann: The wall was built in 1990 & mended.\n\nBo: Was it?"
    assert places(document) == {
        "cue 00:00:01–00:00:03": "Ann: The wall was",
        "cue 00:00:03–00:00:05": "built in 1990 & mended.",
        "cue 01:00:06–01:00:07": "Bo: Was it?",
    }


def test_subrip_and_pauses() -> None:
    cues = "1\n00:00:01,000 --> 00:00:02,000\nOne ended.\n\n2\n00:00:09,000 --> 00:00:10,000\n{\\an8}Two\nlines.\n"
    assert read(cues.replace("\n", "\r\n"), "film.srt").text == "One ended.\n\nTwo lines."
    with pytest.raises(UnreadableFile, match="no subtitle cue"):
        read("1\nno time here\n", "film.srt")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": {"c": "x", "d": None}}, "a: 1\nb.c: x"),
        ({"towns": [{"name": "Ulm", "cost": 3.5}, {"name": "Bonn"}]}, "towns: name: Ulm; cost: 3.5\ntowns: name: Bonn"),
        ([{"q": "Why?", "n": {"k": True}}, {"q": "How?"}], "q: Why?\nn.k: true\nq: How?"),
        ({"tags": ["a", "b"]}, "tags: a, b"),
        ({"name": "é"}, "name: é"),
    ],
)
def test_json(value: object, text: str) -> None:
    assert read(json.dumps(value), "data.json").text == text


def test_json_lines_and_their_faults() -> None:
    document = read('{"id": 1, "text": "One."}\n\n{broken\n{"id": 2}\n', "rows.jsonl")
    assert places(document) == {"row 1": "id: 1\ntext: One.", "row 4": "id: 2"}
    assert [(p.kind, p.place) for p in document.problems] == [("other", "row 3")]
    with pytest.raises(UnreadableFile, match="no valid line"):
        read("{broken\n", "rows.jsonl")


def test_notebooks() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Costs\n", "\n", "Of the wall."]},
        {"cell_type": "code", "source": "for x in y:\n    print(x)"},
    ]
    document = read(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}), "costs.ipynb")
    assert document.text == "Costs\n\nOf the wall.\n\nfor x in y:\n    print(x)"
    assert document.title == "Costs"


def test_xml_of_an_article() -> None:
    xml = """<article><body><sec><title>The wall</title><p>It is <italic>very</italic> old<xref>1</xref> and
    <named-content>holds</named-content>.</p><fig><caption>Seen <x>from</x> the sea</caption></fig>
    <table><tbody><tr><th>Year</th><th>Cost</th></tr><tr><td>1990</td><td>3 <b>EUR</b></td></tr></tbody></table>
    </sec></body></article>"""
    document = read(xml, "article.xml")
    assert "It is very old1 and holds." in document.text
    assert "Seen from the sea" in document.text
    assert "Year: 1990; Cost: 3 EUR" in document.text
    assert [section.path for section in document.sections if section.path] == [("The wall",)]


def test_xml() -> None:
    xml = """<?xml version="1.0"?><harbour xmlns="urn:x"><wall id="7"><year>1990</year><cost unit="EUR">3</cost></wall>
        <wall><year>1991</year></wall><section><title>Notes</title><p>Words <b>and</b> more.</p></section></harbour>"""
    document = read(xml, "wall.xml")
    assert document.text == "wall id: 7\nyear: 1990\ncost: 3\n\nyear: 1991\n\nNotes\n\nWords and more."
    assert document.sections[-1].path[-1] == "Notes"


def test_feeds_hold_html() -> None:
    html = escape("<p>The wall was <b>mended</b>.</p><p>It cost 3 million.</p>")
    item = f"<item><title>Wall</title><description>{html}</description></item>"
    feed = f"<?xml version='1.0'?><rss><channel>{item}</channel></rss>"
    assert "The wall was mended.\n\nIt cost 3 million." in read(feed, "feed.rss").text


def test_code_keeps_its_lines() -> None:
    document = read("def f(x):\n\treturn x\n\n\n# done\n", "f.py")
    assert document.text == "def f(x):\n    return x\n\n# done"
    assert places(document) == {"line 1": "def f(x):", "line 2": "    return x", "line 5": "# done"}


def test_rich_text() -> None:
    document = read(
        r"{\rtf1\ansi{\info{\title The wall}{\author Ann}}{\pard\outlinelevel0 Costs\par}{\pard It cost 3 \'80.\par}"
        r"{\trowd\cellx1\cellx2 Town\cell Cost\cell\row Ulm\cell 3\cell\row}\pard After.\par}",
        "wall.rtf",
    )
    assert document.text == "Costs\n\nIt cost 3 €.\n\nTown | Cost\nTown: Ulm; Cost: 3\n\nAfter."
    assert (document.title, document.author, document.sections[0].path) == ("The wall", "Ann", ("Costs",))


def test_an_empty_list_says_nothing() -> None:
    assert read('{"name": "Ann", "roles": [], "town": "Ulm"}', "data.json").text == "name: Ann\ntown: Ulm"


def test_rtf_footnotes_and_what_nobody_sees() -> None:
    (document,) = load_bytes(
        rb"{\rtf1\ansi It cost 3{\super\chftn}{\footnote\pard\plain {\super\chftn} Without \{tax\}.\par Mostly.} euros"
        rb"{\v in secret}{\rtlch\deleted\revauthdel1 and 4}.\par Next {\v0 word}.\par}",
        "wall.rtf",
    )
    assert document.text == "It cost 3 euros.\n[Footnote: Without {tax}. Mostly.]\n\nNext word."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"Before \v secret\v0  and after.\par Second paragraph.\par", "Before and after.\n\nSecond paragraph."),
        (r"{\fonttbl{\f0 Arial;}}\f0 Before \v secret\v0  and after.\par", "Before and after."),
        (r"{\b Shown \v secret\v0  shown too.}", "Shown shown too."),
        (r"One{\v a {\b b\'80 \{c\u8364?\tab} d\line e} two.", "One two."),  # groups inside are hidden with theirs
        (r"One \v a{\v0 two }b\plain three.", "One two three."),  # what a group switches on ends with it
        (r"One\deleted gone\deleted0\par Two\v-\v0 {\viewkind4 .}", "One\n\nTwo."),
        (r"{\trowd\cellx1\cellx2 \v a\cell b\cell\v0\row\v c\v0 Ulm\cell 3\cell\row}", "Ulm: 3"),
        (r"A {\v x\\}b.\par \\v c.", "A b.\n\n\\v c."),
        (r"One{\pict\bin3 {{{} two{\v x} three.}}", "One two three."),  # braces among a picture's bytes are none
        (r"One{\v a}\bin-9  two\bin999999999  three", "One two three"),
    ],
)
def test_rtf_loses_hidden_text_and_no_other(source: str, text: str) -> None:
    assert read(rf"{{\rtf1\ansi {source}}}", "wall.rtf").text == text


def test_rtf_footnotes_in_a_table_stand_below_it() -> None:
    row = r"{\trowd\cellx1\cellx2\pard\intbl Tax{\super 1{\footnote Since\par 2019.}}\cell 5\cell\row}"
    document = read(rf"{{\rtf1\ansi {row}{row.replace('2019', '2020')}\pard After{{\footnote\xe}}.\par}}", "tax.rtf")
    assert document.text == "Tax1: 5\nTax1: 5\n[Footnote: Since 2019.]\n[Footnote: Since 2020.]\n\nAfter."


CONTENT = """<office:document-content xmlns:office="urn:o" xmlns:text="urn:t" xmlns:table="urn:b" xmlns:style="urn:s"
  xmlns:fo="urn:f"><office:automatic-styles><text:list-style style:name="L"><text:list-level-style-number text:level="1"
  style:num-format="1"/><text:list-level-style-bullet text:level="2"/></text:list-style></office:automatic-styles>
  <office:body><office:text>{}</office:text></office:body></office:document-content>"""


def odt(body: str, manifest: str = "<m/>") -> bytes:
    mimetype = "application/vnd.oasis.opendocument.text"
    return package({"mimetype": mimetype, "content.xml": CONTENT.format(body), "META-INF/manifest.xml": manifest})


def test_opendocument_text() -> None:
    body = """<text:h text:outline-level="1">Wall</text:h><text:p>It<text:s text:c="2"/>stood<text:note
      text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Until 1990.</text:p>
      </text:note-body></text:note><text:line-break/>there.</text:p><text:list text:style-name="L"><text:list-item>
      <text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item></text:list></text:list-item><text:list-item>
      <text:p>c</text:p></text:list-item></text:list><table:table><table:table-header-rows><table:table-row>
      <table:table-cell><text:p>Town</text:p></table:table-cell><table:table-cell><text:p>Cost</text:p></table:table-cell></table:table-row>
      </table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Ulm</text:p>
      </table:table-cell><table:table-cell><text:p>3</text:p></table:table-cell></table:table-row><table:table-row>
      <table:covered-table-cell/><table:table-cell><text:p>4</text:p></table:table-cell></table:table-row></table:table>"""
    assert read(odt(body), "wall.odt").text.split("\n\n") == [
        "Wall",
        "It stood\nthere.\n[Footnote: Until 1990.]",
        "1. a\nb\n2. c",
        "Town | Cost\nTown: Ulm; Cost: 3\nTown: Ulm; Cost: 4",
    ]


def test_a_locked_opendocument() -> None:
    with pytest.raises(ProtectedFile, match=r"wall\.odt"):
        read(odt("<text:p>x</text:p>", "<m><encryption-data/></m>"), "wall.odt")


def epub(**more: str) -> bytes:
    opf = """<package xmlns:dc="urn:dc"><metadata><dc:title>The Wall</dc:title><dc:creator>Ann</dc:creator>
      <dc:creator>Bo</dc:creator></metadata>
      <manifest><item id="a" href="a.xhtml"/>
      <item id="b" href="text/b%20b.xhtml"/>
      <item id="n" href="nav.xhtml" properties="nav"/></manifest>
      <spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""
    return package(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<c><rootfile full-path="in/book.opf"/></c>',
            "in/book.opf": opf,
            "in/a.xhtml": "<html><body><p>Last words.</p></body></html>",
            "in/text/b b.xhtml": "<html><body><h1>One</h1><p>First words.</p></body></html>",
            "in/nav.xhtml": '<html><body><nav><a href="a.xhtml">The end</a></nav></body></html>',
            **more,
        }
    )


def test_books_in_the_order_of_the_spine() -> None:
    document = read(epub(), "wall.epub")
    assert document.text == "One\n\nFirst words.\n\nLast words."
    assert places(document) == {"chapter One": "One\n\nFirst words.", "chapter The end": "Last words."}
    assert (document.title, document.author) == ("The Wall", "Ann, Bo")


def test_books_locked_by_their_shop() -> None:
    lock = {"META-INF/encryption.xml": '<e><CipherReference URI="in/a.xhtml"/></e>'}
    with pytest.raises(ProtectedFile, match="DRM"):
        read(epub(**lock), "wall.epub")
