"""The source panel: what is marked is what was quoted, checked at that moment, inside the text around it."""

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_support import BRIDGE, COST, TRAM, answered, citation, document, small_library

from documents.draft import Draft
from index.library import Library
from qa.web.session import Ref, Session
from qa.web.source import around, panel, passage_html

WORDS = st.text(st.sampled_from(list("abc <>&\"'.é")), min_size=1, max_size=40)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


def opened(library: Library, *quotes: str, ref: str = "c-1-1") -> Session:
    session = Session().answered("What?", answered(library, "What?", *quotes))
    return session.opening(Ref.parse(ref))


def marked(markup: str) -> str:
    """The text inside <mark>, as a browser would show it; blocks of it are joined by a blank line."""
    paragraphs = re.findall(r"<(p|h\d)>(.*?)</\1>", markup)
    parts = ["".join(re.findall(r"<mark[^>]*>(.*?)</mark>", body)) for _, body in paragraphs]
    text = "\n\n".join(part for part in parts if part)
    return unescape(re.sub(r"<(?!br)[^>]+>", "", text).replace("<br>", "\n"))


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_the_marked_text_is_the_quote(blocks: list[str], data: st.DataObject) -> None:
    text = document("a.txt", "Title", *blocks)
    start = data.draw(st.integers(0, len(text.text) - 1))
    end = data.draw(st.integers(start + 1, len(text.text)))
    shown = marked(passage_html(text, (start, end), ((start + 1, end - 1),)))
    assert shown.split("\n\n") == ([line for line in text.text[start:end].split("\n") if line] or [""])


def test_a_long_document_is_cut_at_whole_blocks_around_the_quote() -> None:
    text = document("long.txt", "Long", *(f"Paragraph {n} " + "x" * 90 for n in range(200)))
    start = text.text.index("Paragraph 100")
    low, high = around(text, start, start + 13, reach=500)
    shown = text.text[low:high]
    assert shown.startswith("Paragraph ") and shown.endswith("x")
    assert "Paragraph 100 " in shown and 900 < len(shown) < 1500
    assert passage_html(text, (start, start + 13)).count('<p class="fn-more">…</p>') == 2


def test_pages_are_announced_where_they_begin() -> None:
    draft = Draft()
    for number in (1, 2):
        with draft.place("page", number):
            draft.block(f"Words of page {number}.")
    text = draft.finish(id="0", source="a.pdf", media_type="x", size=1, fallback_title="A")
    start = text.text.index("Words of page 2")
    assert passage_html(text, (start, start + 5)) == (
        '<p class="fn-place">Page 1</p><p>Words of page 1.</p>'
        '<p class="fn-place">Page 2</p><p><mark class="cited">Words</mark> of page 2.</p>'
    )


def test_an_open_footnote_shows_its_document_and_says_it_was_checked(library: Library) -> None:
    markup = panel(library, opened(library, TRAM, BRIDGE, ref="c-1-2"))
    assert "<h2>Bridge report</h2>" in markup and "Checked just now" in markup
    assert marked(markup) == BRIDGE
    assert re.findall(r'class="fn-tab( on)?" href="#([^"]+)"', markup) == [("", "c-1-1"), (" on", "c-1-2")]


def test_a_removed_document_is_said_to_be_gone_and_its_old_words_stay(library: Library) -> None:
    session = opened(library, COST)
    library.remove(citation(library, 1, COST).document_id)
    markup = panel(library, session)
    assert "can no longer be checked" in markup and "no longer in the library" in markup
    assert f'<p class="fn-gone">{COST}</p>' in markup and "<mark" not in markup


def test_a_quote_that_is_not_at_its_span_is_not_shown_as_checked(library: Library) -> None:
    found = answered(library, "What?", COST)
    moved = citation(library, 1, COST, start=3)
    session = Session().answered("What?", answered(library, "What?", COST))
    false = type(found)(**{f: getattr(found, f) for f in found.__slots__} | {"citations": (moved,)})
    markup = panel(library, Session().answered("What?", false))
    assert "can no longer be checked" in markup
    assert "Checked just now" in panel(library, session)


def test_a_retrieved_passage_opens_without_claiming_to_be_cited(library: Library) -> None:
    markup = panel(library, opened(library, TRAM, ref="p-1-1"))
    assert "not cited in the answer" in markup and 'mark class="close"' in markup and "Checked just now" not in markup


@pytest.mark.parametrize("ref", ["c-1-9", "c-9-1", "c-0-1", "p-1-0", "p-1-99"])
def test_a_reference_to_nothing_opens_nothing(library: Library, ref: str) -> None:
    assert panel(library, opened(library, TRAM, ref=ref)) == ""


@pytest.mark.parametrize("text", ["", "c-1", "x-1-1", "c-1-1 ", "c--1-1", "c-1-1<script>", "c-1-" + "9" * 30])
def test_only_references_are_read_as_references(text: str) -> None:
    assert Ref.parse(text) is None
