"""The chat's messages: what documents and models say stays text, and sentences keep their footnotes."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage, Step
from qa.web import cards, html, words
from qa.web.report import Line, report_html
from qa.web.words import counted

HOSTILE = st.text(st.sampled_from(list("<>\"'&;/=!-[]{}$`#\\ \n\tab1")) | st.characters(codec="utf-8"), max_size=80)
TAGS = {
    "div", "span", "p", "a", "ol", "ul", "li", "mark", "strong", "details", "summary", "button", "b", "q", "h3",
    "h4", "br",
}  # fmt: skip
ATTRIBUTES = {"class", "id", "href", "title", "role", "tabindex"}


class Skeleton(HTMLParser):
    """Collects tags, attributes and text the way a browser would."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.feed(str(markup))  # as plain text, or what is read from it would be escaped again
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def cite(number: int, quote: str, **changes: object) -> Citation:
    values = {
        "number": number, "document_id": "d1", "source": "/files/a.txt", "title": "A", "page": None,
        "heading": None, "start": 10, "end": 10 + len(quote), "quote": quote,
    }  # fmt: skip
    return Citation(**(values | changes))  # type: ignore[arg-type]


def one(text: str, *sentences: AnswerSentence, citations: tuple[Citation, ...] = (), **changes: object) -> Answer:
    values = {
        "question": text, "searched": (text,), "status": "answered", "answer": text, "confidence": 0.5,
        "model": text, "sentences": sentences, "citations": citations,
    }  # fmt: skip
    return Answer(**(values | changes))  # type: ignore[arg-type]


@given(HOSTILE)
def test_text_of_documents_questions_and_models_never_becomes_markup(text: str) -> None:
    source = cite(1, text, title=text, source=text, heading=text, place=text, answer_spans=((12, 15),))
    passage = RetrievedPassage("d1", text, 0, 500, None, 1.0, text, text, text, "before it " + text + " after")
    full = one(text, AnswerSentence(text, (1,), "partial"), citations=(source,), passages=(passage,), notes=(text,))
    none = one(text, status="not_in_documents", passages=(passage,))
    for markup in (html.question(text), html.answer(3, full), html.answer(1, none)):
        seen = Skeleton(markup)
        assert seen.tags <= TAGS
        assert set(seen.attributes) <= ATTRIBUTES
        assert all(
            re.fullmatch(r"#[cp]-[0-9]+-[0-9]+|#f-[0-9]+-[a-z_]+|#t-[0-9]+", link)
            for link in seen.attributes.get("href", [])
        )
        assert "\n" not in markup and "\r" not in markup  # a blank line would end the HTML block in Markdown


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs")), max_size=60))
def test_a_sentence_reads_as_it_was_written(text: str) -> None:
    seen = Skeleton(html.answer(1, one("q", AnswerSentence(text, (1,), "verbatim"), citations=(cite(1, text),))))
    assert text in seen.text


def test_chips_are_numbered_links_with_their_support() -> None:
    a, b = cite(1, "First."), cite(2, "Second.", document_id="d2")
    sentences = (
        AnswerSentence("First.", (1,), "verbatim"),
        AnswerSentence("Both, in short.", (2, 1), "supported"),
        AnswerSentence("Half.", (2,), "partial"),
        AnswerSentence("Invented.", (), "unsupported"),
    )
    markup = html.answer(7, one("q", *sentences, citations=(a, b)))
    chips = re.findall(r'<a class="fn-chip (\w+)" href="#([^"]+)"', markup)
    assert chips == [
        ("verbatim", "c-7-1"),
        ("supported", "c-7-2"),
        ("supported", "c-7-1"),
        ("partial", "c-7-2"),
    ]
    assert re.findall(r'<span class="fn-chip unsupported" title="([^"]+)"[^>]*>!', markup) == [
        "not supported by any source"
    ]
    assert re.findall(r'id="n-7-(\d)"', markup) == ["1", "2"]


def test_a_new_document_begins_a_new_paragraph() -> None:
    citations = (cite(1, "A."), cite(2, "B."), cite(3, "C.", document_id="d2"))
    sentences = tuple(AnswerSentence(c.quote, (c.number,), "verbatim") for c in citations)
    text = str(html.answer(1, one("q", *sentences, citations=citations))).partition("<ol")[0]
    assert text.count("<p>") == 2  # A and B of one document together, C of another apart


def test_words_that_answer_are_emphasised_inside_their_quote() -> None:
    quote = "It cost 214 million euros."  # starts at 10, so "214 million" is [18, 29)
    source = cite(1, quote, answer_spans=((18, 29),))
    markup = html.answer(1, one("q", AnswerSentence(quote, (1,), "verbatim"), citations=(source,)))
    assert "It cost <strong>214 million</strong> euros." in markup


def test_emphasis_of_overlapping_spans_keeps_every_character() -> None:
    assert words.emphasised("abcdef", 100, ((101, 103), (102, 105), (90, 101))) == (
        "<strong>a</strong><strong>bc</strong>def"
    )


def test_the_hover_card_shows_what_stands_around_the_quote() -> None:
    passage = RetrievedPassage(
        "d1", "/files/a.txt", 0, 33, None, 1.0, "A", None, None, "It rained. It cost a lot. We paid."
    )
    source = cite(1, "It cost a lot.", start=11, end=25)
    markup = html.answer(1, one("q", AnswerSentence("x", (1,), "supported"), citations=(source,), passages=(passage,)))
    assert "It rained. <mark>It cost a lot.</mark> We paid." in markup


def test_not_in_the_documents_is_a_card_without_chips() -> None:
    passage = RetrievedPassage("d1", "/files/a.txt", 5, 20, 4, 1.0, "The minutes", "Votes", None, "They voted.")
    found = one(
        "Who?",
        status="not_in_documents",
        answer="Nothing says who.",
        searched=("Who?", "who"),
        passages=(passage,),
    )
    markup = html.answer(2, found)
    assert "Not in the documents" in markup and "Nothing says who." in markup
    assert "<h4>Searched for</h4>" in markup and markup.count("<li><q>who</q></li>") == 2
    assert 'href="#p-2-1"' in markup and "page 4 · Votes" in markup
    assert "fn-chip" not in markup
    assert 'href="#f-2-should_answer"' in markup and 'href="#f-2-wrong"' not in markup


def test_a_scan_that_finds_nothing_is_not_told_that_nothing_was_searched() -> None:
    scanned = one(
        "No two documents were found to give different figures.", status="not_in_documents", model="comparison"
    )
    assert "looked at" in cards.silence(1, scanned) and "let through to search" not in cards.silence(1, scanned)
    limited = one("No document matches.", status="not_in_documents")
    assert "let through to search" in cards.silence(1, limited)


def test_what_the_checker_found_stands_hidden_beside_its_sentence() -> None:
    a, b = cite(1, "First."), cite(2, "Second.")
    sentences = (
        AnswerSentence("12 %.", (1,), "partial", ("the number 12 % is not in the source",)),
        AnswerSentence("Fine.", (1, 2), "supported", (), (2,)),
        AnswerSentence("First.", (1,), "verbatim"),
    )
    markup = html.answer(1, one("q", *sentences, citations=(a, b)))
    found = re.findall(r'<span class="fn-finding (\w+)"><b>[^<]+</b>(.*?)</span></span>', markup)
    assert found == [
        ("partial", "<span>the number 12 % is not in the source"),
        ("supported", "<span>[2] added by Footnote: the model gave no footnote here."),
    ]
    assert 'class="fn-chip supported added" href="#c-1-2"' in markup


def test_a_draft_is_said_to_be_unchecked() -> None:
    markup = html.draft((Step("search", 12.3), Step("read", 1500)), "It cost <b> 12")
    assert "fn-unchecked" in markup and "It cost &lt;b&gt; 12" in markup and "not yet checked" in markup
    assert "12 ms" in markup and "1.5 s" in markup and "fn-chip" not in markup


def test_a_chosen_verdict_is_marked_and_tests_are_offered_where_there_are_any() -> None:
    given = one("q", AnswerSentence("First.", (1,), "verbatim"), citations=(cite(1, "First."),))
    assert 'class="fn-judge wrong on" href="#f-3-wrong"' in html.answer(3, given, verdict="wrong")
    assert "#t-3" not in html.answer(3, given) and 'href="#t-3"' in html.answer(3, given, tests=True)


def test_an_empty_library_says_how_to_begin() -> None:
    assert "Add documents" in html.answer(1, one("Who?", status="nothing_indexed"))


def test_passages_that_hold_a_citation_are_not_listed_as_uncited() -> None:
    near = RetrievedPassage("d1", "a", 0, 12, None, 1.0)  # touches the quote at [10, 16)
    far = RetrievedPassage("d1", "a", 16, 40, None, 0.5)  # begins where the quote ends
    other = RetrievedPassage("d2", "b", 0, 40, None, 0.4)
    found = one("q", citations=(cite(1, "abcdef"),), passages=(near, far, other))
    assert cards.uncited(found) == [(2, far), (3, other)]


@pytest.mark.parametrize(("count", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12_345, "12,345 files")])
def test_things_are_counted_in_words(count: int, said: str) -> None:
    assert counted(count, "file") == said


def test_what_footnote_counts_is_not_said_to_be_a_models() -> None:
    counted_up = AnswerSentence("There are two.", (1,), "supported")
    for model, said in (("catalogue", "Counted by Footnote"), ("ollama:tiny", "Written by ollama:tiny")):
        answer = one("How many?", counted_up, citations=(cite(1, "Two."),), model=model)
        assert f"{said} from 1 document" in html.answer(1, answer)


def test_what_is_said_of_many_documents_stands_apart_from_what_is_said_of_one() -> None:
    cited = tuple(cite(n, "Two.", document_id=f"d{n}") for n in range(1, 6))
    said = (("There are five.", (1, 2, 3, 4, 5)), ("The first begins so.", (1,)), ("It goes on so.", (1,)))
    sentences = [AnswerSentence(text, numbers, "supported") for text, numbers in said]
    text = html.answer(1, one("How many?", *sentences, citations=cited)).partition("fn-notes")[0]
    assert [part.count("fn-words") for part in re.findall(r"<p>(.*?)</p>", text)] == [1, 2]


def test_a_report_folds_what_went_well() -> None:
    many = [Line(f"{n}.txt", "done", "added") for n in range(5)]
    mixed = report_html([*many, Line("old.txt", "unchanged", "already in the library"), Line("x", "failed", "no text")])
    assert "<summary>5 added, 1 already in the library</summary>" in mixed
    listed = mixed.partition("<details")[0]
    assert 'class="failed"' in listed and 'class="done"' not in listed and mixed.count("<li") == 7
    assert "<details" not in report_html(many[:3]) and "<details" not in report_html([*many, Line("y", "working")])
