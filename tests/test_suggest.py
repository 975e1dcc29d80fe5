"""Questions to go on with: a sentence asked back by hand, nothing quoted or asked comes again, all can be answered."""

from pathlib import Path

import pytest
from library_support import document, opened

from qa.answer import Answer, RetrievedPassage
from qa.chain import ask
from qa.suggest import proposals, suggestions

SENTENCES = (
    ("The first trams will run in December 2028.", "When will the first trams run?"),
    ("The harbour bridge was opened in 1931.", "When was the harbour bridge opened?"),
    ("The observatory was founded in 1887 by the astronomer Ilse Brandt.", "Who founded the observatory?"),
    ("The ferry was late because the wind had turned.", "Why was the ferry late?"),
    ("The tram line will cost 214 million euros.", "How much will the tram line cost?"),
    (
        "Thirty-one members voted for the line and twelve against.",
        "How many members voted for the line and twelve against?",
    ),
    ("Mara Lindqvist said it was ambitious.", "What did Mara Lindqvist say?"),
)  # fmt: skip


@pytest.mark.parametrize(("sentence", "question"), SENTENCES)
def test_a_sentence_is_asked_back(sentence: str, question: str) -> None:
    made = list(proposals(f"It rained. {sentence} So it was."))
    assert question in {m.question for m in made}
    assert all(f"It rained. {sentence} So it was."[m.start : m.end] in sentence for m in made)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("We asked Ilse Brandt, the astronomer of the town.", "Who is Ilse Brandt?"),
        ("We asked Ilse Brandt, the town's former Health Minister.", "Who is Ilse Brandt?"),
        ("We asked Ilse Brandt, who was seldom wrong.", "Who is Ilse Brandt?"),
        ("Later Ilse Brandt was a well-known painter.", "Who was Ilse Brandt?"),
        ("We asked Harbour Affairs, the office on the quay.", "What is said about Harbour Affairs?"),
        ("Later Fort Amber was the seat of the council.", "What is said about Fort Amber?"),
        ("We asked Harbour Affairs, the minister's office.", "What is said about Harbour Affairs?"),
    ],
)
def test_who_is_asked_of_persons_only(text: str, question: str) -> None:
    assert [m.question for m in proposals(text)] == [question]


@pytest.mark.parametrize(
    "text",
    [
        "We met the Old Settlers, who were kind.",
        "We saw Amber Beach. During the storm, the captain slept.",
        "We asked the Minister of Harbour Affairs, a former sailor.",
    ],
)
def test_who_is_not_asked_of_parts_of_names(text: str) -> None:
    assert not [m.question for m in proposals(text) if "During" in m.question or m.question.startswith("Who")]


@pytest.mark.parametrize(
    "text", ["", "It was opened in 1931.", "They were late because of rain.", "文" * 400, "a b " * 5000]
)
def test_what_names_nothing_is_not_asked_about(text: str) -> None:
    assert list(proposals(text)) == []


def test_a_plural_that_opens_a_sentence_is_no_name() -> None:
    (first, *_) = proposals("Precursors are cheap because few precursors are banned.")
    assert first.question == "Why are precursors cheap?"


def test_what_was_quoted_or_asked_is_not_suggested(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", " ".join(sentence for sentence, _ in SENTENCES)))
        answer = ask(library, "When was the harbour bridge opened?")
        assert "1931" in answer.answer
        found = suggestions(library, answer, ["Who founded the observatory?"], n=9)
        assert found and len(found) == len(set(found))
        assert not {"When was the harbour bridge opened?", "Who founded the observatory?"} & set(found)
        assert set(found) <= {question for _, question in SENTENCES} | {"What happened in December 2028?"}


def test_what_the_library_does_not_answer_is_not_suggested(tmp_path: Path) -> None:
    passage = RetrievedPassage("gone", "b.txt", 0, 43, None, 1.0, text="The zeppelin was opened in 1931. More here.")
    with opened(tmp_path) as library:
        library.add(document("a.txt", "Bread is baked daily."))
        answer = Answer("Q?", ("Q?",), "not_in_documents", "", 0.0, "extractive", passages=(passage,))
        assert suggestions(library, answer) == []
