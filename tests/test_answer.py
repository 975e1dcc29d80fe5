"""An answer as JSON: lists for tuples, and everything back again."""

import json

from qa.answer import Answer, AnswerSentence, Citation, RetrievedPassage
from qa.history import answer_from_json

ANSWER = Answer(
    question="Who?",
    searched=("Who?", "Before. Who?"),
    status="answered",
    answer="Ann. [1]",
    confidence=0.5,
    model="extractive",
    sentences=(AnswerSentence("Ann.", (1,), "partial", ("the year is not in the source",), (1,)),),
    citations=(Citation(1, "id", "a.txt", "A", None, None, 0, 4, "Ann.", None, ((0, 3),)),),
    passages=(RetrievedPassage("id", "a.txt", 0, 4, 2, 0.25),),
    timings_ms={"total": 1.5},
    notes=("A page was not read.",),
)


def test_json_changes_nothing() -> None:
    plain = ANSWER.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["sentences"] == [
        {
            "text": "Ann.",
            "citations": [1],
            "support": "partial",
            "findings": ["the year is not in the source"],
            "added": [1],
        }
    ]
    assert plain["citations"][0]["answer_spans"] == [[0, 3]]
    assert plain["searched"] == ["Who?", "Before. Who?"]


def test_there_and_back() -> None:
    assert answer_from_json(json.loads(json.dumps(ANSWER.to_json()))) == ANSWER


def test_the_json_is_a_copy() -> None:
    ANSWER.to_json()["timings_ms"]["total"] = 99.0
    assert ANSWER.timings_ms == {"total": 1.5}


def test_an_answer_of_nothing() -> None:
    plain = Answer("Who?", (), "nothing_indexed", "No documents.", 0.0, "extractive").to_json()
    empty = ("searched", "sentences", "citations", "passages", "notes")
    assert [plain[name] for name in empty] == [[]] * 5
