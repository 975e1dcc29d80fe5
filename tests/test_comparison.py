"""Comparisons: what is compared is known, each side has its own evidence, and documents that disagree are shown so."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from library_support import document, opened

from index.library import Library
from qa import prompts
from qa.answer import Answer
from qa.chain import Options, ask
from qa.overview.dates import dated, day_of
from qa.overview.periods import Period
from qa.overview.relative import told
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
        ("How did sales change between June and October 2016?", "sales", ("June 2016", "October 2016")),
        ("How many people died in 2015 and 2016?", "How many people died", ("2015", "2016")),
        ("How much was sold in 2015, and how much was it in 2020?", "How much was sold", ("2015", "2020")),
        ("Which province had more deaths, Ontario or Alberta?", "deaths", ("Ontario", "Alberta")),
        ("Which is stronger: tea or coffee?", "", ("tea", "coffee")),
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
        "Which had more, and why?",
        "How many people live in Spain and Portugal?",
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
    "last year of other days": (
        "3 May 2020\n\nLast year the mill sold 500 tonnes of flour.",
        "3 May 2021\n\nLast year the mill sold 620 tonnes of flour.",
    ),
    "last year and the year of its day": (
        "3 May 2020\n\nLast year the mill sold 500 tonnes of flour.",
        "In 2020 the mill sold 620 tonnes of flour.",
    ),
    "last year of a day that isn't known": (
        "Last year the mill sold 500 tonnes of flour.",
        "In 2020 the mill sold 620 tonnes of flour.",
    ),
    "a year told by the sentence before": (
        "Last year was wet. The mill sold 500 tonnes of flour.",
        "In 2020 the mill sold 620 tonnes of flour.",
    ),
    "last month": (
        "Published on May 3, 2020.\n\nLast month the mill sold 50 tonnes of flour.",
        "In May 2020 the mill sold 70 tonnes of flour.",
    ),
    "so far": (
        "3 May 2020\n\nSo far this year the mill sold 100 tonnes of flour.",
        "3 June 2020\n\nSo far this year the mill sold 120 tonnes of flour.",
    ),
    "so far and a whole year": (
        "3 May 2020\n\nSo far in 2020 the mill sold 100 tonnes of flour.",
        "In 2020 the mill sold 620 tonnes of flour.",
    ),
    "the year before": (
        "The mill burned in 2021. The year before, it sold 500 tonnes of flour.",
        "In 2021 the mill sold 620 tonnes of flour.",
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


@pytest.mark.parametrize(
    "text",
    [
        "3 May 2021\n\nLast year the mill sold 620 tonnes of flour.",
        "2020-12-03\n\nThe mill sold 620 tonnes of flour this year.",
        "Published on May 3, 2022.\n\nTwo years ago the mill sold 620 tonnes of flour.",
        "3 May 2021\n\nLast year was wet. The mill sold 620 tonnes of flour.",
        "The mill burned in 2021. The year before, it sold 620 tonnes of flour.",
    ],
)
def test_a_year_that_is_counted_from_another_is_that_year(tmp_path: Path, text: str) -> None:
    with opened(tmp_path) as library:
        library.add(document("one.md", "In 2020 the mill sold 500 tonnes of flour."))
        library.add(document("two.md", text))
        answer = ask(library, "What do the documents disagree on?", options=PLAIN)
    assert {c.source for c in answer.citations} == {"one.md", "two.md"}


def test_a_title_tells_no_day(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("one.md", "# Mills Today\n\nThe mill sold 500 tonnes of flour."))
        library.add(document("two.md", "# The mill\n\nThe mill sold 620 tonnes of flour."))
        answer = ask(library, "What do the documents disagree on?", options=PLAIN)
    assert {c.source for c in answer.citations} == {"one.md", "two.md"}


def test_last_year_is_quoted_for_the_year_that_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("one.md", "# One\n\nPublished on 3 March 2019\n\nLast year the mill sold 500 tonnes."))
        library.add(document("two.md", "# Two\n\nPublished on 3 March 2021\n\nLast year the mill sold 620 tonnes."))
        library.add(document("old.md", "# Old\n\nIn 2018 it rained.\n\nLast year the mill sold 700 tonnes."))
        answer = sound(library, ask(library, "How did the mill's sales change between 2018 and 2020?", options=PLAIN))
    first, second = (n for n, s in enumerate(answer.sentences) if s.text.startswith("On “"))
    one, two = (" ".join(s.text for s in part) for part in (answer.sentences[first:second], answer.sentences[second:]))
    assert "500" in one
    assert "620" in two
    assert not any(other in one for other in ("620", "700"))
    assert not any(other in two for other in ("500", "700"))


SAID_ON = date(2021, 1, 15)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Last year 500 died.", {(2020, "")}),
        ("Next year 500 will.", {(2022, "")}),
        ("Last month 500 died.", {(2020, "month 12")}),
        ("Thirteen died 14 months ago.", {(2019, "month 11")}),
        ("Last week 500 died.", {(2021, "week 1")}),
        ("Two weeks ago 500 died.", {(2020, "week 53")}),
        ("Last June 500 died.", {(2020, "month 6")}),
        ("Next January 500 will.", {(2022, "month 1")}),
        ("500 died last January.", {(2020, "month 1")}),
        ("500 died this March.", {(2021, "month 3")}),
        ("500 died yesterday.", {(2021, "month 1")}),
        ("500 died earlier this year.", {(2021, " by 2021-01-15")}),
        ("500 died so far.", {(None, " by 2021-01-15")}),
        ("500 in 2016, up from 300 the year before.", {(2016, ""), (2015, "")}),
        ("500 in 2016, up from 300 two years earlier.", {(2016, ""), (2014, "")}),
        ("500 the year before.", None),
        ("500 in May 2016, up from 300 the month before.", None),
        ("500 died in the last year of the war.", set()),
        ("500 died in May last year.", {(2020, "month 5")}),
        ("This may cost 500.", set()),
        ("Twenty-five years ago 500 died.", None),
        ("500 died 1.5 years ago.", None),
        ("500 in 2016, up from 300 twenty-five years earlier.", None),
        ("It is up to date.", set()),
    ],
)
def test_a_time_is_counted_from_the_day_or_year_it_is_told_from(text: str, found: set[Period] | None) -> None:
    assert told(text, SAID_ON) == found


def test_without_a_day_nothing_is_counted() -> None:
    assert told("Last year 500 died.", None) is None
    assert told("500 died.", None, frozenset((2016,))) == {(2016, "")}
    assert told("The year before, 500 died in May.", None, frozenset((2016,))) == {(2015, "month 5")}


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
    assert day_of(library, library.record("herald.md").id) == date(1876, 5, 3)
    assert day_of(library, library.record("lamp.txt").id) is None


@pytest.mark.parametrize("name", ["xquad-a", "squad2-a"])
def test_ordinary_questions_are_left_alone(shared: Path, name: str) -> None:
    lines = (shared / "data" / name / "qa.jsonl").read_text().splitlines()
    taken = [q for q in (json.loads(line)["question"] for line in lines) if compared(q)]
    assert all("compare" in q for q in taken)
    assert len(taken) <= 2
