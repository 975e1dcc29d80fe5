"""PPTX: slides in their order, each a place; tables, charts, notes, comments and groups."""

from office_support import pptx, relations, shape

from documents.load import load_bytes
from documents.model import Document


def read(*slides: str, **extra: str) -> Document:
    return load_bytes(pptx(*slides, **extra), "talk.pptx")[0]


def test_slides_are_places_and_titles_headings() -> None:
    document = read(
        shape("Body one", "Body two") + shape("The deck", kind="ctrTitle") + shape("7", kind="sldNum"),
        shape("Costs", kind="title") + f"<p:grpSp>{shape('In a group')}</p:grpSp>",
    )
    assert document.text == "The deck\n\nBody one\nBody two\n\nCosts\n\nIn a group"
    assert document.title == "The deck"
    assert [(str(place), document.text[place.start : place.end][:8]) for place in document.places] == [
        ("slide 1", "The deck"),
        ("slide 2", "Costs\n\nI"),
    ]
    assert [section.path for section in document.sections] == [("The deck",), ("The deck", "Costs")]


def test_superscripts_are_no_digits_of_their_number() -> None:
    runs = "".join(
        f'<a:r><a:rPr baseline="{height}"/><a:t>{text}</a:t></a:r>'
        for text, height in (("5 m", 0), ("2", 30000), (", 10", 0), ("-3", 30000), (", CO", 0), ("2", -25000))
    )
    slide = f"<p:sp><p:txBody><a:p>{runs}</a:p></p:txBody></p:sp>"
    assert read(slide).text == "5 m^2, 10^-3, CO2"


def test_a_superscript_in_several_runs_is_one_number() -> None:
    runs = "".join(
        f'<a:r><a:rPr baseline="{height}"/><a:t>{text}</a:t></a:r>'
        for text, height in (("10", 0), ("-", 3), ("3", 3), (", said", 0), ("1", 3), (",", 3), ("2", 3), ("3", 3))
    )
    assert read(f"<p:sp><p:txBody><a:p>{runs}</a:p></p:txBody></p:sp>").text == "10^-3, said[1],[23]"


def test_tables() -> None:
    def row(*cells: str) -> str:
        return (
            "<a:tr>"
            + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{c}</a:t></a:r></a:p></a:txBody></a:tc>" for c in cells)
            + "</a:tr>"
        )

    table = (
        f'<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/>{row("Town", "Cost")}{row("Ulm", "3")}</a:tbl></p:graphicFrame>'
    )
    assert read(table).text == "Town | Cost\nTown: Ulm; Cost: 3"


def test_notes_comments_and_charts() -> None:
    def values(kind: str, *texts: str) -> str:
        return f"<c:{kind}>" + "".join(f"<c:pt><c:v>{text}</c:v></c:pt>" for text in texts) + f"</c:{kind}>"

    chart = (
        "<p:ROOT><c:chart><c:title><a:p><a:r><a:t>Costs</a:t></a:r></a:p></c:title>"
        f"<c:ser>{values('tx', 'Stone')}{values('cat', '1990', '1991')}{values('val', '3', '4')}</c:ser>"
        f"<c:ser>{values('tx', 'Wages')}{values('val', '5', '6')}</c:ser></c:chart></p:ROOT>"
    )
    document = read(
        shape("Title", kind="title") + '<p:graphicFrame><c:chart r:id="rc"/></p:graphicFrame>',
        ppt___slides____rels___s0__xml__rels=relations(
            rn="notesSlide ../n.xml", rk="comments ../k.xml", rc="chart ../c.xml"
        ),
        ppt___n__xml=f"<p:ROOT><p:cSld><p:spTree>{shape('Say this.', kind='body')}</p:spTree></p:cSld></p:ROOT>",
        ppt___k__xml='<p:ROOT><p:cm authorId="4" dt="2024-05-06"><p:text>Why?</p:text></p:cm></p:ROOT>',
        ppt___authors__xml='<p:ROOT><p:cmAuthor id="4" name="Ann Lee" initials="AL"/></p:ROOT>',
        ppt___c__xml=chart,
    )
    assert document.text.split("\n") == [
        "Title",
        "",
        "Costs",
        "Stone | Wages",
        "1990; Stone: 3; Wages: 5",
        "1991; Stone: 4; Wages: 6",
        "",
        "[Notes: Say this.]",
        "",
        "[Comment, author: Ann Lee (AL), time: 2024-05-06: Why?]",
    ]
