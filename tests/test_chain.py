"""From question to answer: every promise of the contract, whatever was asked and whatever the library holds."""

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_support import document, opened, prose

from documents.errors import QuestionError
from index.library import Library
from index.records import Filter
from qa import prompts
from qa.answer import Answer, Step, Turn
from qa.ask import LONGEST_QUESTION
from qa.chain import Options, ask, build_chain, events

ALWAYS = Options(reader="none", threshold=0.0)
NEVER = Options(reader="none", threshold=1.0)
SAMPLES = Path(__file__).resolve().parents[1] / "documents" / "samples"

FIELDS = {
    "question": str, "searched": list, "status": str, "answer": str, "confidence": float, "model": str,
    "sentences": list, "citations": list, "passages": list, "timings_ms": dict, "notes": list,
}  # fmt: skip
CITATION = {
    "number": int, "document_id": str, "source": str, "title": str, "page": int | None, "heading": str | None,
    "start": int, "end": int, "quote": str,
}  # fmt: skip
PASSAGE = {"document_id": str, "source": str, "start": int, "end": int, "page": int | None, "score": float}
SENTENCE = {"text": str, "citations": list, "support": str}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("chain")) as library:
        for n in range(6):
            library.add(document(f"{n}.md", f"# Title {n}\n\n{prose(n, 12)}"), collection=("", "work")[n % 2])
        yield library


def typed(value: dict[str, Any], fields: dict[str, Any]) -> None:
    for name, kind in fields.items():
        assert isinstance(value[name], kind), f"{name} is {value[name]!r}"


def check(library: Library, given: object, options: Options = ALWAYS) -> dict[str, Any]:
    """The JSON of an answer, after holding it to the contract."""
    plain = build_chain(library, options).invoke(given).to_json()
    answer: dict[str, Any] = json.loads(json.dumps(plain, allow_nan=False))
    assert answer == plain, "to_json holds something that JSON changes"
    typed(answer, FIELDS)
    assert answer["timings_ms"].keys() >= {"encode", "search", "answer", "total"}
    assert all(isinstance(ms, float) and ms >= 0 for ms in answer["timings_ms"].values())
    assert 0 <= answer["confidence"] <= 1
    for passage in answer["passages"]:
        typed(passage, PASSAGE)
        assert library.text(passage["document_id"])[passage["start"] : passage["end"]] == passage["text"]
        assert math.isfinite(passage["score"])
    scores = [p["score"] for p in answer["passages"]]
    assert scores == sorted(scores, reverse=True)
    check_citations(library, answer)
    return answer


def check_citations(library: Library, answer: dict[str, Any]) -> None:
    citations, sentences = answer["citations"], answer["sentences"]
    assert [c["number"] for c in citations] == list(range(1, len(citations) + 1))
    assert [n for s in sentences for n in s["citations"]] == [c["number"] for c in citations]
    spans = [(c["document_id"], c["start"], c["end"]) for c in citations]
    assert len(set(spans)) == len(spans), "one span is cited twice"
    for c in citations:
        typed(c, CITATION)
        assert library.text(c["document_id"])[c["start"] : c["end"]] == c["quote"] != ""
        assert all(c["start"] <= start < end <= c["end"] for start, end in c["answer_spans"])
    for s in sentences:
        typed(s, SENTENCE)
        assert s["support"] == "verbatim"
        assert s["citations"], "a sentence without a footnote"
        assert s["text"] == citations[s["citations"][0] - 1]["quote"]
        assert " ".join([s["text"], *(f"[{n}]" for n in s["citations"])]) in answer["answer"]
    assert bool(citations) == bool(sentences) == (answer["status"] == "answered")


AWKWARD = (
    "Who met the amber of grove?", "number 3004", "???", "¿?!", "…", "who is it", "the the the", "😀", "a",
    "\u200f\u202emet\x00 the amber\u200b", "مرحبا بالعالم", "中国和加拿大签署了什么协议？", "amber\ud800 grove",
    "x" * LONGEST_QUESTION, "amber " * 3_000, '"; DROP TABLE passages; --', "[1] [2]", "{question} {0} %s",
)  # fmt: skip


@pytest.mark.parametrize("question", AWKWARD)
def test_the_contract_holds_for_any_question(library: Library, question: str) -> None:
    answer = check(library, {"question": question})
    assert answer["status"] == "answered"
    refused = check(library, {"question": question}, NEVER)
    assert (refused["status"], refused["answer"]) == ("not_in_documents", prompts.NOT_IN_DOCUMENTS)
    assert len(refused["passages"]) == 6  # all there are: the closest are shown still


@pytest.mark.parametrize("question", ["", "  \n", "\x00\x07", "\u200b\u202e\ufeff", "x" * (LONGEST_QUESTION + 1)])
def test_no_question_and_too_much_of_one_are_refused(library: Library, question: str) -> None:
    with pytest.raises(QuestionError, match=r"the question (is empty: ask|has 20,001 characters)"):
        ask(library, question)


@pytest.mark.parametrize("given", [{}, {"question": None}, {"question": 5}, "Who?", None, ["Who?"]])
def test_what_is_no_question_is_refused_by_name(library: Library, given: object) -> None:
    with pytest.raises(QuestionError, match="the chain takes"):
        build_chain(library, ALWAYS).invoke(given)


@pytest.mark.parametrize(
    "history",
    [
        [Turn("user", "The amber?"), Turn("agent", "The grove. [1]")],
        [{"role": "user", "text": "The amber?"}, {"role": "agent", "text": "The grove. [1]"}],
        [{"role": "human", "content": "The amber?"}, {"role": "assistant", "content": "The grove. [1]"}],
        [Turn("user", "The amber?"), {"role": "ai", "text": "The grove."}],
    ],
)
def test_a_conversation_may_come_in_many_forms(library: Library, history: list[object]) -> None:
    answer = check(library, {"question": "Who met it?", "history": history})
    assert answer["searched"] == ["Who met it?", "The amber? Who met it?", "The grove. Who met it?"]


@pytest.mark.parametrize("history", [None, [], ()])
def test_no_conversation_is_searched_alone(library: Library, history: object) -> None:
    assert check(library, {"question": "Who?", "history": history})["searched"] == ["Who?"]


@pytest.mark.parametrize(
    "history",
    ["Who?", 5, [5], [None], [{}], [{"role": "user"}], [{"role": "user", "text": None}], {"role": "user", "text": "x"},
     [{"role": "tool", "text": "x"}], [{"role": ["user"], "text": "x"}], [{"text": "x"}]],
)  # fmt: skip
def test_what_is_no_conversation_is_refused_by_name(library: Library, history: object) -> None:
    with pytest.raises(QuestionError, match="history"):
        build_chain(library, ALWAYS).invoke({"question": "Who?", "history": history})


def test_five_hundred_turns(library: Library) -> None:
    turns = [{"role": ("user", "agent")[n % 2], "text": f"turn {n} " * 100} for n in range(500)]
    assert len(check(library, {"question": "Who?", "history": turns})["searched"]) == 3


def test_a_limit_that_nothing_meets_is_said(library: Library) -> None:
    answer = check(library, {"question": "Who met the amber?", "where": Filter(collections=("none such",))})
    assert (answer["status"], answer["answer"]) == ("not_in_documents", prompts.NOTHING_MATCHES)
    assert (answer["confidence"], answer["passages"]) == (0.0, [])


def test_a_limit_is_kept(library: Library) -> None:
    where = Filter(collections=("work",))
    allowed = {record.id for record in library.documents(where)}
    answer = check(library, {"question": "Who met the amber?", "where": where})
    assert {p["document_id"] for p in answer["passages"]} == allowed
    assert {c["document_id"] for c in answer["citations"]} <= allowed


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with opened(tmp_path) as empty:
        answer = check(empty, {"question": "Who?"})
    assert (answer["status"], answer["answer"]) == ("nothing_indexed", prompts.NOTHING_INDEXED)
    assert (answer["searched"], answer["confidence"]) == ([], 0.0)


@pytest.mark.parametrize("text", ["Amber met grove.", "Amber", "好", "***", "1.", "She left."])
def test_a_library_of_one_sentence(tmp_path: Path, text: str) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", text))
        answer = check(library, {"question": "Who met grove?"})
        assert answer["answer"] == f"{text} [1]"


def test_a_document_of_one_line_of_two_megabytes(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add(document("a.txt", "amber " * 330_000 + "met the heron."))
        answer = check(library, {"question": "Who met the heron?"})
        assert any("met the heron." in c["quote"] for c in answer["citations"])
        assert len(answer["answer"]) < 10_000


def test_copies_are_quoted_once_and_cited_once_each(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        for name in "abc":
            library.add(document(f"{name}.txt", f"The amber cost $5. [{name}] is what this is called."))
        library.add(document("d.txt", "The amber cost £5. It is [d]."))
        answer = check(library, {"question": "What did the amber cost?"})
        dollars = next(s for s in answer["sentences"] if s["text"].startswith("The amber cost $5."))
        cited = [answer["citations"][n - 1] for n in dollars["citations"]]
        assert len(cited) == len({c["document_id"] for c in cited}) == 3
        assert all(c["quote"].startswith("The amber cost $5.") for c in cited)


def test_eight_threads_answer_as_one(library: Library) -> None:
    questions = [f"Who met the number {n * 1000 + n}?" for n in range(6)] * 8
    chain = build_chain(library, ALWAYS)

    def answered(question: str) -> tuple[str, float]:
        answer = chain.invoke({"question": question})
        return answer.answer, answer.confidence

    alone = {question: answered(question) for question in questions[:6]}
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answered, questions)) == [alone[question] for question in questions]


def test_a_reader_that_is_not_there_is_noted_and_the_answer_given(library: Library, tmp_path: Path) -> None:
    answer = check(library, {"question": "Who met the amber?"}, Options(reader=str(tmp_path), threshold=0.0))
    assert answer["status"] == "answered"
    assert "without the reader" in answer["notes"][0]
    assert str(tmp_path) in answer["notes"][0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("demo")) as library:
        library.add_files([SAMPLES])
        yield library


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("How many people died of overdoses in British Columbia from January to October 2016?", "622"),
        ("How much more powerful than morphine is fentanyl?", "100 times"),
        ("Who is Chen Zhimin?", "vice-minister"),
        ("What was Terry Lake's office?", "Health Minister"),
    ],
)
def test_the_demo_library_answers_with_the_real_models(demo: Library, question: str, figure: str) -> None:
    answer = check(demo, {"question": question}, Options())
    assert answer["status"] == "answered"
    assert figure in answer["answer"]


@pytest.mark.parametrize(
    "question", ["???", "Who won the football world cup?", "How high is the Eiffel tower?", "مرحبا"]
)
def test_the_demo_library_refuses_with_the_real_models(demo: Library, question: str) -> None:
    answer = check(demo, {"question": question}, Options())
    assert answer["status"] == "not_in_documents"
    assert len(answer["passages"]) == 10


@pytest.mark.parametrize(
    "question", ["-" * 20_000, "桥" * 20_000, " ".join(map(str, range(4_000)))], ids=lambda q: q[:5]
)
def test_a_question_of_twenty_thousand_characters_is_refused_by_the_real_models(demo: Library, question: str) -> None:
    answer = check(demo, {"question": question}, Options())
    assert answer["status"] == "not_in_documents"
    assert [len(text) < 5_000 for text in answer["searched"]] == [True]  # so the time is bounded


def test_real_models_in_eight_threads(demo: Library) -> None:
    chain = build_chain(demo)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: chain.invoke({"question": "Who is Chen Zhimin?"}).answer, range(16)))
    assert len(set(answers)) == 1


def test_the_steps_are_told_as_they_end_and_the_answer_last(library: Library) -> None:
    given = {"question": "Who met the amber?"}
    *steps, answer = events(library, given, ALWAYS)
    assert [step.name for step in steps if isinstance(step, Step)] == ["search", "read"]
    whole = build_chain(library, ALWAYS).invoke(given)
    assert isinstance(answer, Answer)
    assert replace(answer, timings_ms={}) == replace(whole, timings_ms={})
