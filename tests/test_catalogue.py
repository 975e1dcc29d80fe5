"""Questions over the whole library: which ones they are, and that what is counted is counted by hand as well."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import document, opened

from index.library import Library
from index.records import Filter
from index.scan import mentions
from qa import prompts
from qa.answer import Answer
from qa.chain import Options, ask, build_chain
from qa.overview.wanted import Wanted, lists_everything, wanted

ROOT = Path(__file__).resolve().parents[1]
PLAIN = Options(reader="none", threshold=0.0)
TEXTS = {
    "ferry.md": "# The ferry\n\nThe WHO praised the ferry line. Nobody knows who paid for the ferries. Open.",
    "lamp.txt": "The lamp\n\nWho lit it? The keeper of the ferry lit the lamp every night.",
    "notes.html": "<html><title>Notes</title><body><h2>Carfentanil seizures</h2><p>One kilogram.</p></body></html>",
    "birds.txt": "Herons\n\nHerons stand in the river. The ice river line is closed.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("catalogue")) as library:
        for name, text in TEXTS.items():
            library.add(document(name, text), collection="Birds" if name == "birds.txt" else "")
        yield library


def sound(library: Library, answer: Answer) -> Answer:
    """The answer, held to the contract."""
    assert json.loads(json.dumps(answer.to_json())) == answer.to_json()
    assert answer.timings_ms.keys() >= {"encode", "search", "answer", "total"}
    assert bool(answer.citations) == bool(answer.sentences) == (answer.status == "answered")
    for number, c in enumerate(answer.citations, 1):
        text = library.text(c.document_id)
        assert (c.number, text[c.start : c.end]) == (number, c.quote)
        assert all(c.start <= a < b <= c.end for a, b in c.answer_spans)
    for s in answer.sentences:
        assert s.citations
        assert s.support != "verbatim" or s.text == answer.citations[s.citations[0] - 1].quote
    return answer


def sources(answer: Answer) -> set[str]:
    return {c.source for c in answer.citations}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What documents are there?", Wanted("list")),
        ("please list all my files", Wanted("list")),
        ("Which documents do you have access to?", Wanted("list")),
        ("What's in my library?", Wanted("list")),
        ("How many documents are there?", Wanted("count")),
        ("How many PDFs do I have?", Wanted("count", types=("pdf",))),
        ("How many documents are PDFs?", Wanted("count", types=("pdf",))),
        ("How many documents are from 2021?", Wanted("count", since="2021", until="2021")),
        ("List all documents since March 2019", Wanted("list", since="2019-03")),
        ("How many files were created before March 2019?", Wanted("count", until="2019-02-28")),
        ("Which documents were changed after 2019?", Wanted("list", since="2020-01-01")),
        ("Which documents are dated between 2019 and 2021-05?", Wanted("list", since="2019", until="2021-05")),
        ("Which documents are from 2019 or later?", Wanted("list", since="2019")),
        ("Which documents are in the collection “Old letters”?", Wanted("list", collection="Old letters")),
        ("Which documents mention the dark web?", Wanted("list", mention="dark web")),
        ("How many PDFs contain the word “ferry”?", Wanted("count", types=("pdf",), mention="ferry", literal=True)),
        ('Are there any documents about "the river"?', Wanted("list", mention="the river", literal=True)),
        ("Which documents mention “ebb” and “flow”?", Wanted("list", mention="ebb” and “flow")),
        ("Which documents mention WHO?", Wanted("list", mention="WHO")),
        ("Summarise everything.", Wanted("summary")),
        ("Can you give me an overview of the library?", Wanted("summary")),
        ("What are the documents about?", Wanted("summary")),
    ],
)
def test_a_question_over_the_whole_library_is_known(question: str, expected: Wanted) -> None:
    assert wanted(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many people died in 2015?",
        "List the members of the committee",
        "How many documents were leaked?",
        "Which documents have errors?",
        "What documents are needed to apply for a visa?",
        "List the documents needed for a visa",
        "Which document says that Lai was returned?",
        "How many reports were published in 2016?",
        "How many sources did the newspaper cite?",
        "Which sources told the newspaper about the fight?",
        "Which documents mention how he died?",
        "Which documents mention it?",
        "What is the report about?",
        "Summarise the agreement",
        "How many files did the police seize in 2016?",
        "Which documents are from 2021-02-31?",
        "which documents mention " + "ferry " * 5_000,
        "",
    ],
)
def test_a_question_that_documents_answer_is_left_alone(question: str) -> None:
    assert wanted(question) is None


def test_none_of_our_own_questions_is_taken_for_one() -> None:
    lines = (ROOT / "eval" / "sets" / "demo.jsonl").read_text().splitlines()
    assert len(lines) > 100
    assert [q for q in (json.loads(line)["question"] for line in lines) if wanted(q)] == []


@pytest.mark.parametrize("name", ["xquad-a", "squad2-a", "mtrag-human", "chroma-chunking"])
def test_no_question_of_the_measured_sets_is_taken_for_one(shared: Path, name: str) -> None:
    lines = (shared / "data" / name / "qa.jsonl").read_text().splitlines()
    assert [q for q in (json.loads(line)["question"] for line in lines) if wanted(q)] == []


def test_documents_are_counted_and_listed(library: Library) -> None:
    answer = sound(library, ask(library, "How many documents are there?", options=PLAIN))
    assert (answer.status, answer.model, answer.sentences[0].text) == (
        "answered",
        "catalogue",
        "There are 4 documents.",
    )
    assert sources(answer) == set(TEXTS)
    quotes = {c.source: c.quote for c in answer.citations}
    assert quotes["ferry.md"] == "The ferry"  # the title, where the text has it
    assert "notes.html" in next(s.text for s in answer.sentences[1:] if s.text.startswith("Notes"))


def test_words_are_looked_for_in_every_document(library: Library) -> None:
    answer = sound(library, ask(library, "How many documents mention the ferry?", options=PLAIN))
    assert answer.sentences[0].text == "2 of 4 documents contain “ferry”."  # "ferries" counts as well
    quotes = {c.source: c for c in answer.citations}
    assert quotes.keys() == {"ferry.md", "lamp.txt"}
    lamp = quotes["lamp.txt"]
    assert lamp.quote == "The keeper of the ferry lit the lamp every night."
    assert [library.text(lamp.document_id)[a:b] for a, b in lamp.answer_spans] == ["ferry"]
    assert answer.notes[0] == prompts.SCANNED_WORDS.format(total=4)


def test_words_in_capitals_are_taken_by_the_letter(library: Library) -> None:
    who = sound(library, ask(library, "Which documents mention WHO?", options=PLAIN))
    assert sources(who) == {"ferry.md"}
    assert who.citations[0].quote == "The WHO praised the ferry line."
    assert {m.document_id for m in mentions(library, "who")} == {library.record(n).id for n in ("ferry.md", "lamp.txt")}


def test_a_heading_alone_is_found_and_cited(library: Library) -> None:
    answer = sound(library, ask(library, "Which documents mention carfentanil?", options=PLAIN))
    assert answer.sentences[0].text == "1 of 4 documents contains “carfentanil”."
    assert [(c.source, c.quote) for c in answer.citations] == [("notes.html", "Carfentanil seizures")]


def test_words_that_stand_apart_are_told_from_a_phrase(library: Library) -> None:
    answer = sound(library, ask(library, "Which documents mention the river herons?", options=PLAIN))
    assert answer.sentences[0].text == "1 of 4 documents holds in one passage all the words of “river herons”."
    assert answer.citations[0].quote == "Herons stand in the river."


def test_what_no_document_has_is_said_to_be_nowhere(library: Library) -> None:
    answer = sound(library, ask(library, "Which documents mention submarines?", options=PLAIN))
    assert answer.status == "not_in_documents"
    assert answer.answer.startswith("None of 4 documents contain “submarines”.")
    assert answer.passages, "the closest are shown"


def test_types_and_collections_and_limits_narrow_the_count(library: Library) -> None:
    html = sound(library, ask(library, "How many documents are web pages?", options=PLAIN))
    assert html.sentences[0].text == "1 of 4 documents is of the type .html."
    birds = sound(library, ask(library, "Which documents are in the birds collection?", options=PLAIN))
    assert sources(birds) == {"birds.txt"}
    where = Filter(collections=("Birds",))
    limited = build_chain(library, PLAIN).invoke({"question": "How many documents mention the ferry?", "where": where})
    assert limited.answer.startswith("None of 1 documents contain “ferry”.")
    none = ask(library, "Which PDFs mention the ferry?", options=PLAIN)
    assert (none.status, none.citations) == ("not_in_documents", ())


def test_a_summary_of_everything_is_declined_and_the_beginnings_are_shown(library: Library) -> None:
    answer = sound(library, ask(library, "Summarise all documents", options=PLAIN))
    assert answer.notes[0] == prompts.NO_SUMMARY.format(total=4)
    assert {s.support for s in answer.sentences[1:]} == {"verbatim"}
    assert sources(answer) == set(TEXTS)


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as many:
        for n in range(33):
            many.add(document(f"{n:02}.txt", f"Heading {n}\n\nThe ferry number {n} sails."))
        answer = sound(many, ask(many, "Which documents mention the ferry?", options=PLAIN))
    assert answer.sentences[0].text == "33 of 33 documents contain “ferry”."
    assert len(answer.citations) == len(answer.sentences[0].citations) == 30
    assert answer.answer.splitlines()[0].endswith(" [4] [5] and 25 more below")
    assert prompts.FIRST_SHOWN.format(shown=30, found=33) in answer.notes


def test_an_empty_library_and_one_sentence(tmp_path: Path) -> None:
    with opened(tmp_path) as bare:
        assert ask(bare, "How many documents are there?", options=PLAIN).status == "nothing_indexed"
        bare.add(document("one.txt", "Only this."))
        assert ask(bare, "How many documents are there?", options=PLAIN).answer.startswith("There is one document. [1]")


def test_an_answer_to_all_of_something_says_that_there_may_be_more(library: Library) -> None:
    assert lists_everything("List all ferries")
    assert not lists_everything("List the ferries")
    assert prompts.PERHAPS_NOT_ALL in ask(library, "List all ferries that the WHO praised", options=PLAIN).notes
    assert prompts.PERHAPS_NOT_ALL not in ask(library, "Who praised the ferry line?", options=PLAIN).notes
