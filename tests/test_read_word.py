"""DOCX: headings with their numbers, lists, tables, notes and comments beside their paragraph."""

from datetime import UTC, datetime

import pytest
from office_support import docx, p

from documents.errors import UnreadableFile
from documents.load import load_bytes
from documents.model import Document

STYLES = """
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/>
  <w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/><w:pPr><w:outlineLvl w:val="1"/>
  <w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Mine"><w:name w:val="My Heading"/><w:basedOn w:val="H1"/></w:style>"""
NUMBERING = """
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>"""
RAISED = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{}</w:t></w:r>'


def read(body: str, **parts: str) -> Document:
    return load_bytes(docx(body, **parts), "report.docx")[0]


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def listed(level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="2"/></w:numPr>'


def test_headings_under_a_title_with_their_numbers() -> None:
    body = (
        p("Harbour", style("T"))
        + p("Wall", style("H1"))
        + p("x")
        + p("Stone", style("H2"))
        + p("y")
        + p("z", style("Mine"))
    )
    document = read(body, styles=STYLES, numbering=NUMBERING)
    assert [section.path for section in document.sections] == [
        ("Harbour",),
        ("Harbour", "1. Wall"),
        ("Harbour", "1. Wall", "1.1 Stone"),
        ("Harbour", "2. z"),
    ]
    assert (document.title, document.author) == ("Harbour", "Ann Lee")
    assert document.created == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_lists() -> None:
    body = p("a", listed(0)) + p("b", listed(1)) + p("c", listed(1)) + p("d", listed(0)) + p("After.")
    assert read(body, numbering=NUMBERING).text == "a\n(iii) b\n(iv) c\nd\n\nAfter."


def test_outline_level_without_a_style() -> None:
    assert read(p("Top", '<w:outlineLvl w:val="0"/>') + p("x")).sections[0].path == ("Top",)


def test_notes_and_comments_stand_beside_their_paragraph() -> None:
    body = (
        "<w:p><w:r><w:t>Said</w:t><w:footnoteReference w:id='2'/><w:t> so</w:t><w:commentReference w:id='5'/>"
        "<w:endnoteReference w:id='3'/></w:r></w:p>" + p("Next.")
    )
    document = read(
        body,
        footnotes=f"<w:footnote w:id='0' w:type='separator'>{p('-')}</w:footnote>"
        f"<w:footnote w:id='2'>{p('By Bo.')}</w:footnote>",
        endnotes=f"<w:endnote w:id='3'>{p('In 1990.')}</w:endnote>",
        comments=f"<w:comment w:id='5' w:author='Ann'>{p('Sure?')}</w:comment>",
    )
    assert document.text == "Said so\n[Footnote: By Bo.]\n[Comment by Ann: Sure?]\n[Endnote: In 1990.]\n\nNext."


def test_a_footnote_whose_mark_its_author_set() -> None:
    mark = "</w:t><w:footnoteReference w:customMarkFollows='1' w:id='{0}'/><w:t>{0}"
    notes = "".join(f"<w:footnote w:id='{i}'>{p(f'Note {i}.')}</w:footnote>" for i in (1, 2))
    marks = "".join(RAISED.format(mark.format(i)) for i in (1, 2))
    document = read(f"<w:p><w:r><w:t>Said</w:t></w:r>{marks}</w:p>", footnotes=notes)
    assert document.text == "Said[1][2]\n[Footnote: Note 1.]\n[Footnote: Note 2.]"


def test_tables_with_merged_cells() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    table = f"""<w:tbl>
      <w:tr><w:trPr><w:tblHeader/></w:trPr>{cell("Town")}{cell("Cost", '<w:gridSpan w:val="2"/>')}</w:tr>
      <w:tr><w:trPr><w:tblHeader/></w:trPr>{cell("")}{cell("1990")}{cell("1991")}</w:tr>
      <w:tr>{cell("Ulm", '<w:vMerge w:val="restart"/>')}{cell("1")}{cell("2")}</w:tr>
      <w:tr>{cell("", "<w:vMerge/>")}{cell("3")}{cell("4")}</w:tr></w:tbl>"""
    assert read(table).text.split("\n") == [
        "Town | Cost",
        "1990 | 1991",
        "Town: Ulm; Cost / 1990: 1; Cost / 1991: 2",
        "Town: Ulm; Cost / 1990: 3; Cost / 1991: 4",
    ]


def test_a_cell_across_all_columns_is_said_once() -> None:
    across = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    rows = [[p("Town"), p("Cost")], [across + p("North")], [p("Ulm"), p("3")]]
    table = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    assert read(f"<w:tbl>{table}</w:tbl>").text == "Town | Cost\nNorth\nTown: Ulm; Cost: 3"


def test_a_table_of_one_column_is_a_frame() -> None:
    assert read(f"<w:tbl><w:tr><w:tc>{p('First.')}{p('Second.')}</w:tc></w:tr></w:tbl>").text == "First.\n\nSecond."


@pytest.mark.parametrize(
    ("inline", "text"),
    [
        ("<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>", "new"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type='page'/><w:t>d</w:t></w:r>", "a b\nc d"),
        ("<w:r><w:t>well</w:t><w:noBreakHyphen/><w:t>known</w:t></w:r>", "well-known"),
        ("<w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>", "link"),
        ("<w:r><w:instrText>PAGE</w:instrText><w:t>7</w:t></w:r>", "7"),
        (
            "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr><w:sdtContent><w:r>"
            "<w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> done</w:t></w:r>",
            "[x] done",
        ),
        ("<w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r>", "a"),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>shown</w:t></w:r>", "shown"),
        (f"<w:r><w:t>10</w:t></w:r>{RAISED.format('-3')}<w:r><w:t> m</w:t></w:r>{RAISED.format('2')}", "10^-3 m^2"),
        (
            f"<w:r><w:t>the report</w:t></w:r>{RAISED.format('4')}<w:r><w:t>, 5</w:t></w:r>{RAISED.format('th')}",
            "the report[4], 5th",
        ),
        # One superscript in several runs is one number; what else stands in them ends it, and is kept.
        (f"<w:r><w:t>10</w:t></w:r>{RAISED.format('-')}<w:proofErr/>{RAISED.format('3')}", "10^-3"),
        (f"<w:r><w:t>x</w:t></w:r>{RAISED.format('1')}{RAISED.format('2')}", "x^12"),
        (f"<w:r><w:t>10</w:t></w:r>{RAISED.format('</w:t><w:noBreakHyphen/><w:t>3')}", "10^-3"),
        (f"<w:r><w:t>said</w:t></w:r>{''.join(map(RAISED.format, ('1', ',', '2', '3')))}", "said[1],[23]"),
        (f"<w:r><w:t>said</w:t></w:r>{RAISED.format('1</w:t><w:br/><w:t>2')}", "said[1]\n[2]"),
        (f"<w:r><w:t>said</w:t></w:r>{2 * ('<w:hyperlink>' + RAISED.format('1') + '</w:hyperlink>')}", "said[1][1]"),
        (
            "<w:sym w:font='Wingdings' w:char='F0FE'/><w:r><w:t> 5 </w:t><w:sym w:font='Symbol' w:char='F06D'/>"
            "<w:t>m</w:t></w:r>",
            "[x] 5 μm",
        ),
        (
            "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
            "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
            "<m:rad><m:deg/><m:e><m:r><m:t>3</m:t></m:r></m:e></m:rad></m:oMath>",
            "(a+b)/2x^2√3",
        ),
        ("<w:r><w:t>x=</w:t></w:r><m:oMath><m:r><m:t>y</m:t></m:r></m:oMath>", "x=y"),
        (
            "<w:r><w:t>Out.</w:t><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p><w:r><w:t>In the box."
            "</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r>"
            "<w:t>Again.</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            "Out.\n\nIn the box.",
        ),
    ],
)
def test_inline_content(inline: str, text: str) -> None:
    assert read(f"<w:p>{inline}</w:p>").text == text


def test_margins_come_once_at_the_end() -> None:
    assert (
        read(p("Body."), header=p("Top line"), footer=p("Page 1")).text
        == "Body.\n\n[Header: Top line]\n\n[Footer: Page 1]"
    )


def test_damaged_parts_are_named() -> None:
    with pytest.raises(UnreadableFile, match=r"report\.docx.*document\.xml"):
        read("<w:p>")
