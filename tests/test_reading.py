"""The second look: which windows are read, and what becomes of the order, the answers and the confidence."""

from answer_support import Scripted, evidence, hit

from qa.evidence import Judgement
from qa.reader import NOTHING
from qa.reading import CONFIDENCE_FEATURES, FIRST, WINDOWS, WORDS, read, reread

PASSAGES = [
    hit(*(f"Sentence {n} of passage {p} has eight words." for n in range(12)), passage=p, start=1000 * p)
    for p in range(1, WINDOWS + 3)
]
RANKED = tuple(evidence(passage, n, score=-float(n)) for n in range(12) for passage in PASSAGES)


def test_the_sentence_that_the_reader_prefers_comes_first() -> None:
    reader = Scripted(lambda text: 8.0 if text.startswith("Sentence 1 of passage 2 ") else -8.0)
    judged = reread("Which?", Judgement(RANKED, 0.5), reader)
    best = judged.evidence[0]
    assert best.text.startswith("Sentence 1 of passage 2 ")
    assert best.answer == (best.start, best.end)
    assert reader.asked == ["Which?"]
    assert 0 < judged.confidence < 1


def test_no_sentence_is_lost_or_doubled() -> None:
    judged = reread("Which?", Judgement(RANKED, 0.5), Scripted(lambda text: float(len(text) % 3)))
    keys = [(e.hit.passage_id, e.index) for e in judged.evidence]
    assert sorted(keys) == sorted((e.hit.passage_id, e.index) for e in RANKED)
    shares = [e.share for e in judged.evidence]
    assert abs(sum(shares) - 1) < 1e-9
    unread = [e for e in judged.evidence if e.share == 0.0]
    assert unread == [e for e in judged.evidence if e in unread][-len(unread) :]
    assert [e.score for e in unread] == sorted((e.score for e in unread), reverse=True)  # in the order they had


def test_windows_are_few_short_and_apart() -> None:
    reader = Scripted(lambda text: 0.0)
    found = read("Which?", Judgement(RANKED, 0.5), reader)
    assert len(reader.windows) == len(found.readings) == WINDOWS
    sentences = [w.text[a:b] for w in reader.windows for a, b in w.sentences]
    assert len(set(sentences)) == len(sentences) == len(found.evidence)
    assert all(len(w.text.split()) <= WORDS for w in reader.windows)
    assert all(w.title == "Document a" for w in reader.windows)


def test_where_the_first_windows_answer_the_others_stay_unread() -> None:
    doubtful, sure = Scripted(lambda _: 1.0), Scripted(lambda _: 2.0)  # 1 + 1 + 1/2 and 2 + 2 + 2/2, and SURE is 4
    read("Which?", Judgement(RANKED, 0.5), doubtful)
    found = read("Which?", Judgement(RANKED, 0.5), sure)
    assert (len(doubtful.windows), len(sure.windows)) == (WINDOWS, FIRST)
    assert len(found.readings) == len(found.windows) == FIRST and set(found.places) == set(range(FIRST))
    assert sure.windows == doubtful.windows[:FIRST]
    judged = reread("Which?", Judgement(RANKED, 0.5), sure)
    assert {e.text for e in judged.evidence if e.share} == {e.text for e in found.evidence}


def test_a_sentence_longer_than_a_window_is_read_alone_and_whole() -> None:
    long = hit("Short.", "word " * (3 * WORDS) + "end.", "Short too.")
    reader = Scripted(lambda text: 0.0)
    read("Which?", Judgement((evidence(long, 1), evidence(long, 0), evidence(long, 2)), 0.5), reader)
    assert [len(w.sentences) for w in reader.windows] == [1, 1, 1]
    assert reader.windows[0].text.endswith("word end.")


def test_surer_readings_make_a_surer_answer() -> None:
    judgement = Judgement(RANKED, 0.5)
    low, high = (reread("Which?", judgement, Scripted(lambda _, z=z: z)).confidence for z in (-5.0, 5.0))
    assert 0 <= low < 0.5 < high <= 1


def test_a_reader_that_finds_no_word_answers_nothing() -> None:
    judged = reread("???", Judgement(RANKED, 0.5), Scripted(lambda _: NOTHING))
    assert {e.answer for e in judged.evidence} == {None}
    assert judged.confidence < 0.05


def test_what_describes_the_whole_by_hand() -> None:
    bridge = hit("The bridge was opened in 1932.", "It rained.")
    judgement = Judgement((evidence(bridge, 0), evidence(bridge, 1)), 0.2)
    found = read("When was the harbour of Sydney not opened?", judgement, Scripted(lambda _: 2.0))
    # window 2 + 2 + 2/2; log(0.2 / 0.8) = -1.386; "not"; Sydney; 1932 is a date
    assert dict(zip(CONFIDENCE_FEATURES, found.whole.round(3).tolist(), strict=True)) == {
        "window": 5.0, "first": -1.386, "turned": 1.0, "names": 1.0, "kind": 0.0,
    }  # fmt: skip


def test_that_the_topic_is_met_adds_nothing() -> None:
    same = {reread("Which?", Judgement(RANKED, p), Scripted(lambda _: 1.0)).confidence for p in (0.5, 0.9, 0.999, 1.0)}
    assert len(same) == 1
    (less,) = {reread("Which?", Judgement(RANKED, 0.1), Scripted(lambda _: 1.0)).confidence}
    assert less < same.pop()
