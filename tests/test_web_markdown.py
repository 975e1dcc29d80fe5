"""Copied answers: what is pasted as Markdown shows the same words, with one footnote a citation."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.answer import Answer, AnswerSentence, Citation
from qa.web.markdown import answer_markdown, plain

PRINTABLE = st.text(
    st.sampled_from(list("ab1. -+*_`#>[]()!<>&|~^$\\")) | st.characters(codec="ascii", min_codepoint=32)
)


@given(PRINTABLE)
@example("-")
@example("---")
@example("- - -")
@example("+")
@example("1.")
@example("2) two")
@example("===")
def test_markdown_shows_the_text_as_it_was(text: str) -> None:
    tokens = MarkdownIt().parse(plain(text))
    shown = "".join(child.content for token in tokens for child in token.children or [])
    assert shown == " ".join(text.split())
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}


def test_every_citation_becomes_a_footnote_with_its_quote_and_span() -> None:
    source = Citation(1, "d", "/f/m.txt", "Minutes", 3, "Votes", 12, 33, "They voted [31 to 12].", None)
    sentences = (
        AnswerSentence("They voted [31 to 12].", (1,), "verbatim"),
        AnswerSentence("Odd.", (), "unsupported"),
    )
    found = Answer("How?", ("How?",), "answered", "…", 0.9, "m", sentences, (source,))
    assert answer_markdown(found) == (
        "**How?**\n\n"
        "They voted \\[31 to 12\\].[^1] Odd. *(unsupported)*\n\n"
        "[^1]: Minutes, page 3, Votes. “They voted \\[31 to 12\\].” (/f/m.txt, characters 12 to 33)\n"
    )


def test_an_answer_that_found_nothing_has_no_footnotes() -> None:
    found = Answer("Who?", ("Who?",), "not_in_documents", "Nothing says who.", 0.1, "m")
    assert not re.search(r"\[\^", answer_markdown(found))
