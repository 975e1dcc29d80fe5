"""Comparisons: what is compared is known, each side has its own evidence, and documents that disagree are shown so."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import document, opened

from index.library import Library
from qa import prompts
from qa.answer import Answer
from qa.chain import Options, ask
from qa.overview.dates import dated
from qa.overview.sides import Compared, compared

PLAIN = Options(reader="none", threshold=0.0)
TEXTS = {
    "herald.md": "# The Herald on the ferry\n\nPublished on 3 May 1876\n\nIn 1874 the ferry carried 1,200 passengers. "
    "In 1875 the ferry carried 2,000 passengers. The crossing took 40 minutes.",
    "post.txt": "The Post on the ferry\n\nIn 1875 the ferry carried 3,100 passengers. The ferry sails at noon.",
    "lamp.txt": "The lighthouse lamp\n\nThe lamp burned 30 litres of oil every night. The keeper lit it at dusk.",
    "copy.txt": "A copy\n\nThe lamp burned 30 litres of oil every single night.",
    "rounded.txt": "Rounded\n\nIn 1874 the ferry carried about 1,200 passengers. The bell rang twice.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("comparison")) as library:
        for name, text in TEXTS.items():
            library.add(document(name, text))
        yield library


def sound(library: Library, answer: Answer) -> Answer:
    """The answer, held to the contract."""
    assert json.loads(json.dumps(answer.to_json())) == answer.to_json()
    assert answer.timings_ms.keys() >= {"encode", "search", "answer", "total"}
    assert bool(answer.citations) == bool(answer.sentences) == (answer.status == "answered")
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    spans = [(c.document_id, c.start, c.end) for c in answer.citations]
    assert len(spans) == len(set(spans))
    for c in answer.citations:
        assert library.text(c.document_id)[c.start : c.end] == c.quote
    assert all(s.citations for s in answer.sentences)
    return answer


@pytest.mark.parametrize(
    ("question", "topic", "sides"),
    [
        ("How did opioid deaths change between 2015 and 2016?", "opioid deaths", ("2015", "2016")),
        ("How have sales developed from May 2019 to 2021?", "sales", ("May 2019", "2021")),
        ("Compare opioid deaths in 2015 and 2016", "opioid deaths", ("2015", "2016")),
        ("What was the increase in deaths between 2015 and 2016?", "deaths", ("2015", "2016")),
        ("How does the population in 2010 compare to that in 2020?", "population", ("2010", "2020")),
        ("What is the difference between carfentanil and fentanyl?", "", ("carfentanil", "fentanyl")),
        ("How does Canada differ from Australia in police powers?", "police powers", ("Canada", "Australia")),
        ("Oregon vs. Portugal", "", ("Oregon", "Portugal")),
        ("Compare the policies of Canada and China", "policies", ("Canada", "China")),
    ],
)
def test_what_is_compared_is_known(question: str, topic: str, sides: tuple[str, ...]) -> None:
    assert compared(question) == Compared("sides", topic, sides)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What do the documents disagree on?", ""),
        ("What do the sources disagree about regarding the ferry?", "the ferry"),
        ("Do the articles agree on how many died?", "how many died"),
        ("Are there any contradictions between the documents on overdose deaths?", "overdose deaths"),
    ],
)
def test_a_question_for_disagreement_is_known(question: str, topic: str) -> None:
    assert compared(question) == Compared("disagree", topic)


@pytest.mark.parametrize(
    "question",
    [
        "How many people died between 2015 and 2016?",
        "What happened between Monday and Friday?",
        "Who disagreed with the minister?",
        "What do Canada and China disagree on?",
        "How did the war change the borders of the city and the country?",
        "Compare " + "x " * 500 + "and y",
        "",
    ],
)
def test_what_compares_nothing_is_left_alone(question: str) -> None:
    assert compared(question) is None


def test_each_year_is_quoted_with_its_document_and_day(library: Library) -> None:
    answer = sound(library, ask(library, "How did the ferry's passengers change between 1874 and 1875?", options=PLAIN))
    assert (answer.status, answer.model) == ("answered", "comparison")
    first, second = (n for n, s in enumerate(answer.sentences) if s.text.startswith("On “"))
    one = " ".join(s.text for s in answer.sentences[first:second])
    two = " ".join(s.text for s in answer.sentences[second:])
    assert "“1874”" in one
    assert "1,200 passengers" in one
    assert "2,000 passengers" not in one
    assert "“The Herald on the ferry”, 3 May 1876" in two
    assert "1,200 passengers" not in two


def test_documents_that_disagree_are_shown_to_disagree(library: Library) -> None:
    answer = sound(library, ask(library, "Compare the ferry's passengers in 1874 and 1875", options=PLAIN))
    said = next(s for s in answer.sentences if s.text.startswith("The documents give different figures"))
    quotes = {answer.citations[n - 1].quote for n in said.citations}
    assert {q[:7] for q in quotes} == {"In 1875"}
    assert any("2,000" in q for q in quotes)
    assert any("3,100" in q for q in quotes)


def test_only_what_disagrees_is_named_over_the_whole_library(library: Library) -> None:
    answer = sound(library, ask(library, "What do the documents disagree on?", options=PLAIN))
    assert {(c.source, c.quote) for c in answer.citations} == {
        ("herald.md", "In 1875 the ferry carried 2,000 passengers."),
        ("post.txt", "In 1875 the ferry carried 3,100 passengers."),
    }  # not 1,200 and about 1,200; not 30 litres twice; not 1874 and 1875
    assert answer.notes
    about = sound(library, ask(library, "What do the documents disagree on about the lamp's oil?", options=PLAIN))
    assert about.status == "not_in_documents"
    assert about.answer.startswith("No two documents were found to give different figures")


APART = {
    "years": ("In 2019 the mill sold 500 tonnes of flour.", "In 2020 the mill sold 620 tonnes of flour."),
    "a quarter and a year": (
        "In the first quarter of 2021 the mill sold 500 tonnes of flour.",
        "In 2021 the mill sold 2,100 tonnes of flour.",
    ),
    "months": ("The mill sold 50 tonnes of flour in March.", "The mill sold 70 tonnes of flour in April."),
    "years told before": (
        "This is about 2019. The mill sold 500 tonnes of flour.",
        "This is about 2020. The mill sold 620 tonnes of flour.",
    ),
    "years of the title": ("# Report 2019\n\nThe mill sold 500 tonnes.", "# Report 2020\n\nThe mill sold 620 tonnes."),
    "a span and a year": (
        "From 2018 to 2020 the mill sold 1,500 tonnes of flour.",
        "In 2020 the mill sold 620 tonnes of flour.",
    ),
    "rates": ("The mill grinds 30 tonnes of flour a day.", "The mill grinds 9,000 tonnes of flour a year."),
    "parts of other things": (
        "In 2020 the mill sold 60 per cent of its flour abroad.",
        "In 2020 the mill sold 12 per cent of its bran abroad.",
    ),
    "currencies": ("In 2020 the mill's flour cost $500.", "In 2020 the mill's flour cost €460."),
}


@pytest.mark.parametrize("pair", APART.values(), ids=APART)
def test_figures_of_other_times_or_units_do_not_disagree(tmp_path: Path, pair: tuple[str, str]) -> None:
    with opened(tmp_path) as library:
        for name, text in zip(("one.md", "two.md"), pair, strict=True):
            library.add(document(name, text))
        answer = ask(library, "What do the documents disagree on?", options=PLAIN)
    assert answer.status == "not_in_documents", answer.answer


def test_figures_of_one_time_disagree_however_it_is_said(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("one.md", "This is about 2020. The mill sold 500 tonnes of flour per day in March."))
        library.add(document("two.md", "In March 2020 the mill sold 620 tonnes of flour a day."))
        answer = ask(library, "What do the documents disagree on?", options=PLAIN)
    assert {c.source for c in answer.citations} == {"one.md", "two.md"}


def test_a_side_without_evidence_is_named(library: Library) -> None:
    answer = sound(library, ask(library, "How did the ferry's passengers change between 1874 and 1899?", options=PLAIN))
    assert prompts.NO_SIDE.format(side="1899") in answer.notes
    assert all("1899" not in s.text for s in answer.sentences)
    neither = sound(library, ask(library, "Compare submarines in 1911 and 1912", options=PLAIN))
    assert neither.status == "not_in_documents"
    assert "1911" in neither.answer
    assert "1912" in neither.answer


def test_documents_can_be_sides(library: Library) -> None:
    question = "Compare post.txt and lamp.txt"
    answer = sound(library, ask(library, question, options=PLAIN))
    assert {c.source for c in answer.citations} == {"post.txt", "lamp.txt"}


def test_the_day_of_a_document(library: Library) -> None:
    assert dated(library, library.record("herald.md").id) == "3 May 1876"
    assert dated(library, library.record("lamp.txt").id) is None


@pytest.mark.parametrize("name", ["xquad-a", "squad2-a"])
def test_ordinary_questions_are_left_alone(shared: Path, name: str) -> None:
    lines = (shared / "data" / name / "qa.jsonl").read_text().splitlines()
    taken = [q for q in (json.loads(line)["question"] for line in lines) if compared(q)]
    assert all("compare" in q for q in taken)
    assert len(taken) <= 2
