"""What counts as right, which figures a question enters, and where a wrong answer was lost."""

import pytest

from documents.model import Document, Section
from eval.corpus import Corpus
from eval.dataset import Question
from eval.evidence import Evidence
from eval.judge import judge
from eval.scores import spoken
from tests.synthetic import answer_json

A = "Ada was born in 1815. She wrote notes on the engine. She died in 1852."
B = "Charles drew the engine in 1837. He was born in 1791."


def document(name: str, text: str) -> Document:
    return Document(name, name, name, "text/plain", text, (Section(0, 0, len(text)),))


CORPUS = Corpus(
    {"a": document("a", A), "b": document("b", B)}.__getitem__, {"a": ["a"], "a2": ["a"], "b": ["b"], "c": []}
)


def at(name: str, quote: str) -> tuple[str, int, int, str]:
    text = {"a": A, "b": B}[name]
    start = text.index(quote)
    return name, start, start + len(quote), quote


BORN, DIED = at("a", "Ada was born in 1815."), at("a", "She died in 1852.")
WHOLE_A, WHOLE_B = ("a", 0, len(A), A), ("b", 0, len(B), B)
QUESTION = Question("q", "When was Ada born?", ("1815",), ("a",), evidence=(Evidence("a", "Ada was born in 1815."),))
NONE = answer_json(passages=(WHOLE_A,), confidence=0.1)


def test_a_right_answer_and_its_figures() -> None:
    answer = answer_json(BORN, DIED, passages=(WHOLE_B, WHOLE_A))
    judged = judge(QUESTION, answer, answer, CORPUS)
    assert (judged.right, judged.would_be_right, judged.reached, judged.failure) == (True, True, "answered", None)
    # normalised: ada was born in 1815 she died in 1852 (9 tokens), gold 1815: P 1/9, R 1 -> 2/10
    expected = {
        "containment": 1,
        "exact_match": 0,
        "token_f1": 0.2,
        "citation_precision": 0.5,  # the sentence on her death is no evidence
        "citation_recall": 1,
        "evidence_recall": 1,
        "document_success@1": 0,
        "document_success@5": 1,
        "document_mrr": 0.5,
        "passage_recall@1": 0,
        "passage_recall@5": 1,
        "passage_mrr": 0.5,
        "evidence_in_passages@5": 1,
        "groundedness": 1,
    }
    assert {name: judged.scores[name] for name in expected} == pytest.approx(expected)
    assert "short_token_f1" not in judged.scores  # no words of the quote are marked


def test_marked_words_are_the_short_answer() -> None:
    answer = answer_json(BORN)
    answer["citations"][0]["answer_spans"] = [(16, 20)]
    assert judge(QUESTION, answer, answer, CORPUS).scores["short_exact_match"] == 1.0


def test_markers_are_no_part_of_what_is_said() -> None:
    answer = answer_json(BORN, text="Ada was born in 1815. [1]")
    assert spoken(answer) == "Ada was born in 1815."
    assert spoken(NONE) == ""


def test_abstaining_on_an_answerable_question_scores_zero_not_nothing() -> None:
    judged = judge(QUESTION, NONE, answer_json(BORN, passages=(WHOLE_A,)), CORPUS)
    assert (judged.right, judged.would_be_right, judged.failure) == (False, True, "abstaining")
    assert judged.reached == "chosen"
    assert judged.scores["token_f1"] == judged.scores["containment"] == judged.scores["citation_recall"] == 0.0
    assert "citation_precision" not in judged.scores and "groundedness" not in judged.scores


def test_unanswerable_questions_are_right_when_not_answered() -> None:
    question = Question("q", "When was Bob born?", doc_ids=("a",), answerable=False)
    refused, said = judge(question, NONE, NONE, CORPUS), judge(question, answer_json(BORN), answer_json(BORN), CORPUS)
    assert (refused.right, refused.would_be_right, refused.reached, refused.failure) == (True, False, None, None)
    assert (said.right, said.would_be_right, said.reached, said.failure) == (False, False, None, "abstaining")
    assert set(said.scores) == {"groundedness"}  # nothing to retrieve, nothing to cite


@pytest.mark.parametrize(
    ("answer", "reached", "failure"),
    [
        (answer_json(DIED, passages=(WHOLE_A,)), "retrieved", "ranking"),
        (answer_json(at("b", "He was born in 1791."), passages=(WHOLE_B,)), "read", "retrieval"),
        (answer_json(BORN, passages=(WHOLE_A,), text="Ada was born. [1]"), "chosen", "answering"),
    ],
)
def test_a_wrong_answer_is_lost_at_one_stage(answer, reached, failure) -> None:  # type: ignore[no-untyped-def]
    judged = judge(QUESTION, answer, answer, CORPUS)
    assert (judged.right, judged.reached, judged.failure) == (False, reached, failure)


def test_not_found_while_abstaining_is_put_down_to_the_search() -> None:
    forced = answer_json(at("b", "He was born in 1791."), passages=(WHOLE_B,))
    assert judge(QUESTION, NONE, forced, CORPUS).failure == "retrieval"


def test_unread_files_are_put_down_to_reading() -> None:
    said = answer_json(DIED, passages=(WHOLE_A,))
    unread = Question("q", "When?", ("1815",), ("c",), evidence=(Evidence("c", "in 1815"),))
    lost = Question("q", "When?", ("1816",), ("a",), evidence=(Evidence("a", "born in 1816"),))
    for question in (unread, lost):
        assert judge(question, said, said, CORPUS).failure == "reading"


def test_interchangeable_evidence_is_cited_once_and_parts_each() -> None:
    evidence = (Evidence("a", "born in 1815", part=0), Evidence("a", "died in 1852", part=0))
    either = Question("q", "?", ("1852",), ("a",), evidence=evidence)
    both = Question("q", "?", ("1852",), ("a",), evidence=(evidence[0], Evidence("b", "born in 1791", part=1)))
    answer = answer_json(DIED, passages=(WHOLE_A,))
    assert judge(either, answer, answer, CORPUS).scores["citation_recall"] == 1.0
    assert judge(either, answer, answer, CORPUS).scores["citation_precision"] == 1.0
    answer = answer_json(BORN, passages=(WHOLE_A,))
    assert judge(both, answer, answer, CORPUS).scores["citation_recall"] == 0.5


def test_a_text_with_two_names_is_one_document() -> None:
    question = Question("q", "?", ("1815",), ("a", "a2"))
    answer = answer_json(BORN, passages=(WHOLE_A, WHOLE_B))
    assert judge(question, answer, answer, CORPUS).scores["document_recall@1"] == 1.0


def test_long_answers_are_judged_by_the_evidence_or_by_order() -> None:
    long = "Ada, who was to write the notes on the engine, came into the world in eighteen fifteen in London"
    question = Question("q", "?", (long,), ("a",), evidence=(Evidence("a", "Ada was born in 1815."),))
    assert judge(question, answer_json(BORN), answer_json(BORN), CORPUS).right
    assert not judge(question, answer_json(DIED), answer_json(DIED), CORPUS).right
    free = Question("q", "?", (long,), ("a",))
    assert not judge(free, answer_json(BORN), answer_json(BORN), CORPUS).right
    half = answer_json(BORN, text="Ada was to write notes on engine, came into being")
    assert judge(free, half, half, CORPUS).right


def test_without_accepted_answers_the_citations_decide() -> None:
    by_quote = Question("q", "?", (), ("a",), evidence=(Evidence("a", "Ada was born in 1815."),))
    by_name = Question("q", "?", (), ("a",))
    died, other = answer_json(DIED), answer_json(at("b", "He was born in 1791."))
    assert [judge(by_quote, x, x, CORPUS).right for x in (answer_json(BORN), died)] == [True, False]
    assert [judge(by_name, x, x, CORPUS).right for x in (died, other)] == [True, False]
    assert "containment" not in judge(by_name, died, died, CORPUS).scores


def test_parts_of_an_answer_are_counted() -> None:
    question = Question("q", "?", ("1815", "1852"), ("a",), answer_parts=(("1815",), ("1852", "in 52")))
    one, two = answer_json(BORN), answer_json(BORN, DIED)
    assert judge(question, one, one, CORPUS).scores["parts_answered"] == 0.5
    assert judge(question, two, two, CORPUS).scores["parts_answered"] == 1.0


def test_evidence_over_several_passages_needs_them_all() -> None:
    sentences = [f"Sentence number {i} says one more thing about the engine." for i in range(40)]
    text = " ".join(sentences)
    corpus = Corpus(lambda _: document("t", text), {"t": ["t"]})
    gold = corpus.passages_with(("t", 0, len(text)))
    assert len(gold) > 1
    question = Question("q", "?", (text,), ("t",), evidence=(Evidence("t", text),))
    answer = answer_json(("t", 0, 5, "x"), passages=(("t", gold[0][1], gold[0][2], "x"),))
    assert judge(question, answer, answer, corpus).scores["passage_recall@5"] == pytest.approx(1 / len(gold))
