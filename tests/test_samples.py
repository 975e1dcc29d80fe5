"""The demo library is ours and names its sources; the question set over it says what the briefs say."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from documents.load import load
from documents.model import Document
from documents.split import split

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "documents" / "samples"
QUESTIONS = ROOT / "eval" / "sets" / "demo.jsonl"
RUN = 8

# The titles of works are named as they are; everything else must be in our own words.
DARK_WEB = ("The Globe and Mail", "18 June 2017")
AGREEMENT = ("The Globe and Mail", "24 November 2016")
MEMORANDUM = ("November 2016", "Chinese government to work with Canada on stopping flow of fentanyl")
DISPUTE = ("Global News", "China won't stop flood of fentanyl into Canada, sources say")
ROUNDTABLE = ("Public Safety Canada", "Fifth Law Enforcement Roundtable on Drugs", "September and October 2021")
ORIGINALS = {
    "rcmp-dark-web.md": DARK_WEB,
    "china-rcmp-agreement.html": AGREEMENT,
    "canada-china-memorandum.txt": MEMORANDUM,
    "canada-china-dispute.md": DISPUTE,
    "roundtable-drug-market.md": ROUNDTABLE,
    "roundtable-simple-possession.txt": ROUNDTABLE,
    "roundtable-gaps.html": ROUNDTABLE,
    "timeline.md": DARK_WEB + AGREEMENT + MEMORANDUM + DISPUTE + ROUNDTABLE,
    "whos-who.html": DARK_WEB + AGREEMENT + MEMORANDUM + DISPUTE + ROUNDTABLE,
}
TITLES = (
    MEMORANDUM[1],
    DISPUTE[1],
    ROUNDTABLE[1],
    "Decriminalization for Simple Possession of Illicit Drugs: Exploring Impacts on Public Safety & Policing",
    "Best Enforcement Practices to Disrupt Illegal Drug Markets",
    "Implications for Law Enforcement of Alternatives to Criminal Penalties for Simple Possession",
    "Looking Ahead: The Future of Illegal Drug Supply Reduction in Canada",
)


@cache
def library() -> dict[str, Document]:
    return {path.name: load(path)[0] for path in sorted(SAMPLES.iterdir())}


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("’", "'"))


def runs(text: str, length: int = RUN) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def normal(text: str) -> str:
    kept = re.sub(r"[^\w\s]", "", text.lower()).split()
    return " ".join(word for word in kept if word not in {"a", "an", "the"})


def untitled(text: str) -> str:
    for title in TITLES:
        text = text.replace(title, "|")
    return text


def test_a_copied_sentence_would_be_noticed() -> None:
    # Nine words have two runs of eight; one changed word in the middle leaves none.
    assert len(runs("One two three four five, six “seven” eight nine.")) == 2
    changed = runs("one two three four 5 six seven eight nine")
    assert not runs("one two three four five six seven eight nine") & changed


@pytest.mark.parametrize("name", ORIGINALS)
def test_no_run_of_eight_words_is_shared_with_the_originals(name: str, shared: Path) -> None:
    corpus = sorted((shared / "corpus").glob("*.txt"))
    if not corpus:
        pytest.skip("../shared/corpus, the originals, is not here")
    copied = set().union(*(runs(path.read_text(encoding="utf-8")) for path in corpus))
    assert runs(untitled(library()[name].text)) & copied == set()


def test_the_library_holds_these_briefs_and_no_other() -> None:
    assert sorted(library()) == sorted(ORIGINALS)
    assert {Path(name).suffix for name in ORIGINALS} == {".md", ".txt", ".html"}


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_brief_names_its_originals_before_its_first_section(name: str) -> None:
    document = library()[name]
    assert document.sections[0].level == 1
    opening = document.text[: document.sections[1].start].replace("’", "'")
    assert [part for part in ORIGINALS[name] if part not in opening] == []


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_brief_is_read_whole_with_a_title_and_headings(name: str) -> None:
    document = library()[name]
    assert 350 <= len(words(document.text)) <= 1100
    assert len(document.sections) >= 5
    assert document.title == document.sections[0].path[0]
    assert document.problems == ()
    if name.endswith((".txt", ".md")):  # nothing but marks, table headers and line breaks may differ
        raw = Counter(words((SAMPLES / name).read_text(encoding="utf-8")))
        assert raw - Counter(words(document.text)) == Counter()


def test_the_set_has_enough_of_every_kind() -> None:
    found = questions()
    kinds = Counter(question["kind"] for question in found)
    least = {"fact": 20, "number": 15, "who_said": 12, "list": 6, "two_documents": 12, "follow_up": 10}
    assert set(kinds) == {*least, "unanswerable"}
    assert len(found) >= 100
    assert all(kinds[kind] >= count for kind, count in least.items())
    assert kinds["unanswerable"] >= 26
    assert len({question["id"] for question in found}) == len(found)
    assert len({(question["question"], str(question["history"])) for question in found}) == len(found)


def test_the_table_of_the_readme_counts_the_questions() -> None:
    readme = (QUESTIONS.parent / "README.md").read_text(encoding="utf-8")
    table = {kind: int(count) for kind, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, re.MULTILINE)}
    assert table == Counter(question["kind"] for question in questions())
    assert f"{len(questions())} questions" in readme


@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question["id"]))
def test_evidence_is_quoted_exactly_and_holds_every_accepted_answer(question: dict[str, Any]) -> None:
    evidence = question["evidence"]
    for item in evidence:
        assert item["quote"] in library()[item["doc_id"]].text
    quotes = [normal(item["quote"]) for item in evidence]
    missing = [a for a in question["answers"] if not any(normal(a) in quote for quote in quotes)]
    assert missing == []
    assert question["doc_ids"] == sorted({item["doc_id"] for item in evidence})
    assert bool(question["answers"]) == bool(evidence) == question["answerable"]


@pytest.mark.parametrize("question", questions(), ids=lambda question: str(question["id"]))
def test_every_part_of_an_answer_has_its_own_evidence(question: dict[str, Any]) -> None:
    parts = question.get("answer_parts")
    if parts is None:  # any quote answers by itself; of two documents, the first may only lead to the second
        last = 1 if question["kind"] == "two_documents" else 0
        quotes = [normal(item["quote"]) for item in question["evidence"] if item.get("part", 0) == last]
        assert all(any(normal(answer) in quote for answer in question["answers"]) for quote in quotes)
        assert {item.get("part", 0) for item in question["evidence"]} <= set(range(last + 1))
        return
    assert [answer for part in parts for answer in part] == question["answers"]
    for number, accepted in enumerate(parts):
        quotes = [normal(item["quote"]) for item in question["evidence"] if item["part"] == number]
        assert quotes and all(any(normal(answer) in quote for answer in accepted) for quote in quotes)


def test_kinds_are_what_they_say() -> None:
    for question in questions():
        roles = [turn["role"] for turn in question["history"]]
        assert roles == ["user", "agent"] * (len(roles) // 2)
        if question["kind"] == "follow_up":
            assert roles
        if question["kind"] == "two_documents":
            by_part = [{item["doc_id"] for item in question["evidence"] if item["part"] == part} for part in (0, 1)]
            assert by_part[0] and by_part[1] and by_part[0] != by_part[1]
        assert question["answerable"] == (question["kind"] != "unanswerable")


def test_what_unanswerable_questions_ask_stands_in_no_sentence() -> None:
    sentences = [
        document.text[sentence.start : sentence.end].lower()
        for document in library().values()
        for passage in split(document)
        for sentence in passage.sentences
    ]
    for question in questions():
        if question["kind"] == "unanswerable":
            terms = [term.lower() for term in question["absent"]]
            assert terms and not any(all(term in sentence for term in terms) for sentence in sentences)
