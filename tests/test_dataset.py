"""Question sets in their formats, and where their evidence stands in canonical text."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.errors import DatasetError
from eval.dataset import Question, Source, evenly, load_documents, load_questions
from eval.evidence import Evidence, locate
from qa.answer import Turn


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_jsonl_row_by_row(tmp_path: Path) -> None:
    path = write(
        tmp_path / "qa.jsonl",
        {
            "id": "a",
            "question": "When?",
            "answers": ["1999", "in 1999"],
            "doc_ids": ["d"],
            "answerable": True,
            "history": [{"role": "user", "text": "Who?"}, {"role": "agent", "text": "Ada."}],
            "evidence": [{"doc_id": "d", "quote": "It was 1999."}, {"doc_id": "e", "quote": "In 1999.", "part": 1}],
            "kind": "number",
            "answer_parts": [["1999"], ["in"]],
        },
        {"question": "Where?", "answers": [], "answerable": False, "doc_ids": ["d"]},
    )
    first, second = load_questions(path)
    assert first == Question(
        id="a",
        question="When?",
        answers=("1999", "in 1999"),
        doc_ids=("d",),
        history=(Turn("user", "Who?"), Turn("agent", "Ada.")),
        evidence=(Evidence("d", "It was 1999.", part=0), Evidence("e", "In 1999.", part=1)),
        kind="number",
        answer_parts=(("1999",), ("in",)),
    )
    assert (second.id, second.answerable, second.doc_ids) == ("2", False, ("d",))


def test_answerable_is_told_by_what_is_there(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.jsonl",
        {"question": "a?", "answers": ["x"]},
        {"question": "b?"},
        {"question": "c?", "doc_ids": ["d"]},
    )
    assert [q.answerable for q in load_questions(path)] == [True, False, True]


def test_offsets_become_evidence(tmp_path: Path) -> None:
    path = write(
        tmp_path / "q.jsonl",
        {"question": "a?", "answers": ["308", "three hundred"], "doc_ids": ["d"], "answer_start": 34},
        {"question": "b?", "answers": ["one", "two"], "doc_ids": ["d"], "spans": [[0, 3], [9, 12]]},
        {"question": "c?", "answers": ["one and two"], "doc_ids": ["d"], "spans": [[0, 3], [9, 12]]},
    )
    a, b, c = (q.evidence for q in load_questions(path))
    assert a == (Evidence("d", "308", 34, 37),)
    assert b == (Evidence("d", "one", 0, 3, part=0), Evidence("d", "two", 9, 12, part=1))
    assert [e.quote for e in c] == ["", ""]  # told apart by their spans alone


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{oops", "line 2: not JSON"),
        ("[1]", "line 2: expected a JSON object, found list"),
        ('{"answers": ["x"]}', "line 2: expected a text 'question', found None"),
        ('{"question": "\\u200b \\u0007"}', "line 2: expected a text 'question'"),
        ('{"question": "q?", "answers": [4]}', "line 2: 'answers' is [4]"),
        ('{"question": "q?", "answerable": "yes"}', "line 2: 'answerable' is 'yes'"),
        ('{"question": "q?", "history": [{"role": "bot", "text": "x"}]}', "line 2: the role 'bot'"),
        ('{"question": "q?", "history": ["x"]}', "line 2: 'history' needs a list"),
        ('{"question": "q?", "evidence": [{"quote": "x"}]}', "line 2: KeyError('doc_id')"),
        ('{"question": "q?", "doc_ids": ["d"], "answers": ["x"], "spans": [[1]]}', "line 2: ValueError"),
        ('{"question": "q?", "answer_parts": "x"}', "line 2: 'answer_parts' is 'x'"),
        ('{"id": "1", "question": "q?"}', "has the id '1' twice"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1", "question": "fine?"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        load_questions(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_missing_empty_and_undecodable_sets(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(DatasetError, match="holds no questions"):
        load_questions(tmp_path / "empty.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "caf\xe9?"}')
    with pytest.raises(DatasetError, match="isn't UTF-8"):
        load_questions(tmp_path / "latin.jsonl")


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "qa.csv"
    path.write_text(
        "Question,Answers,Doc_ids,Answerable,Evidence\n"
        '"Who, when?",Ada | Lady Lovelace,notes.md,,"Ada wrote it, in 1843."\n'
        "How many?,,,no,\n"
    )
    first, second = load_questions(path)
    assert first.question == "Who, when?"
    assert first.answers == ("Ada", "Lady Lovelace")
    assert first.evidence == (Evidence("notes.md", "Ada wrote it, in 1843."),)
    assert not second.answerable


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text,answer\na,b\n", "has no column 'question'"),
        ("question,answerable\na,perhaps\n", "line 2: answerable is 'perhaps'"),
        ("question,evidence\na,quote\n", "line 2: a quote in column 'evidence' needs exactly one"),
        ('question,id\n"a"b,c\n', "Check the quotation marks"),
    ],
)
def test_csv_errors(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "qa.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match=said):
        load_questions(path)


SQUAD = {
    "data": [
        {
            "title": "Ada_Lovelace",
            "paragraphs": [
                {
                    "context": "Ada was born in 1815.",
                    "qas": [
                        {
                            "id": "s1",
                            "question": "When was Ada born?",
                            "answers": [{"text": "1815", "answer_start": 16}, {"text": "in 1815", "answer_start": 13}],
                            "is_impossible": False,
                        }
                    ],
                },
                {
                    "context": "She wrote notes.",
                    "qas": [
                        {
                            "id": "s2",
                            "question": "What did she write?",
                            "answers": [{"text": "notes", "answer_start": 10}],
                        },
                        {"id": "s3", "question": "What did she sing?", "answers": [], "is_impossible": True},
                    ],
                },
            ],
        }
    ]
}


def test_squad_brings_questions_and_documents(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    (source,) = load_documents(path)
    assert (source.id, source.title) == ("Ada_Lovelace", "Ada Lovelace")
    assert source.text is not None
    questions = load_questions(path)
    assert [(q.id, q.answerable) for q in questions] == [("s1", True), ("s2", True), ("s3", False)]
    assert questions[0].answers == ("1815", "in 1815")
    for question in questions[:2]:  # offsets count in the article, not in the paragraph
        (evidence,) = question.evidence
        assert source.text[evidence.start : evidence.end] == evidence.quote


def test_json_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]")
    with pytest.raises(DatasetError, match="isn't SQuAD JSON"):
        load_questions(path)


def test_documents_of_a_folder_are_known_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("Some text that is here.")
    (tmp_path / "sub" / "b.md").write_text("# B\n\nMore text.")
    sources = load_documents(tmp_path)
    assert sorted(source.id for source in sources) == ["a.txt", "sub/b.md"]
    assert {document.title for source in sources for document in source.read()} >= {"B"}


def test_documents_of_a_list(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Text of a file.")
    path = write(
        tmp_path / "docs.jsonl",
        {"id": "a", "title": "The A", "text": "One line.\r\n\r\nAnother\u200b line."},
        {"id": "b", "file": "b.txt"},
        {"id": "twin", "title": "Other", "text": "One line.\r\n\r\nAnother\u200b line."},
    )
    a, b, twin = (source.read()[0] for source in load_documents(path))
    assert (a.title, a.source, a.text) == ("The A", "a", "One line.\n\nAnother line.")
    assert a.id == twin.id == hashlib.sha256("One line.\r\n\r\nAnother\u200b line.".encode()).hexdigest()
    assert b.text == "Text of a file."


@pytest.mark.parametrize(
    "row", [{"id": "a"}, {"text": "x"}, {"id": "a", "text": 4}, {"id": "a", "title": 4, "text": "x"}]
)
def test_document_rows_are_checked(tmp_path: Path, row: object) -> None:
    with pytest.raises(DatasetError, match="line 1"):
        load_documents(write(tmp_path / "docs.jsonl", row))


def test_locate_takes_the_place_nearest_to_the_offset() -> None:
    original = "In 12 cases, 12 people.\r\n\r\n*  Of  12  dogs,  none."
    canonical = "In 12 cases, 12 people.\n\nOf 12 dogs, none."
    third = original.rindex("12")
    assert locate(Evidence("d", "12", third, third + 2), canonical, original) == (28, 30)
    assert canonical[28:30] == "12"
    assert locate(Evidence("d", "", third, third + 8), canonical, original) == (28, 35)  # "12  dogs"
    assert locate(Evidence("d", "12"), canonical) == (3, 5)  # no offset: the first
    assert locate(Evidence("d", "people. Of 12"), canonical) == (16, 30)  # spacing differs


def test_locate_what_is_not_there() -> None:
    assert locate(Evidence("d", "cats"), "dogs") is None
    assert locate(Evidence("d", "…"), "dogs …") is None
    assert locate(Evidence("d", ""), "dogs") is None


@given(st.text(alphabet="abc1 .\n-", min_size=1, max_size=60), st.data())
def test_locate_finds_every_span_of_an_unchanged_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    kept = [i for i in range(start, end) if text[i].isalnum()]
    found = locate(Evidence("d", text[start:end], start, end), text, text)
    assert found == ((kept[0], kept[-1] + 1) if kept else None)


def test_evidence_of_the_measuring_sets_is_found(shared: Path) -> None:
    for name in ("xquad-a", "squad2-a", "chroma-chunking"):
        sources = {source.id: source for source in load_documents(shared / "data" / name / "docs.jsonl")}
        texts = {key: source.read()[0].text for key, source in sources.items()}
        questions = load_questions(shared / "data" / name / "qa.jsonl")
        evidence = [e for question in questions for e in question.evidence]
        assert len(evidence) >= sum(question.answerable for question in questions)
        lost = [e for e in evidence if locate(e, texts[e.doc_id], sources[e.doc_id].text) is None]
        # Answers of symbols alone ("+") can't be found; nothing else may be lost.
        assert [e for e in lost if any(map(str.isalnum, e.quote))] == []


def test_sources_without_text_or_file_read_as_empty() -> None:
    assert Source("x").read()[0].text == ""


def test_so_many_questions_evenly_from_the_whole_set() -> None:
    asked = [Question(str(n), "Who?") for n in range(10)]
    assert [q.id for q in evenly(asked, 3)] == ["0", "3", "6"]
    assert evenly(asked, 10) == evenly(asked, 99) == evenly(asked, None) == asked


def test_ids_may_be_numbers_from_0(tmp_path: Path) -> None:
    path = write(tmp_path / "qa.jsonl", *({"id": n, "question": "When?"} for n in range(3)), {"question": "Where?"})
    assert [question.id for question in load_questions(path)] == ["0", "1", "2", "4"]


@pytest.mark.parametrize(
    "row",
    [
        {"history": [{"role": "user", "text": 5}]},
        {"evidence": [{"doc_id": "d", "quote": None}]},
        {"evidence": [{"doc_id": ["d"], "quote": "q"}]},
        {"answers": ["a"], "doc_ids": ["d"], "spans": [[9, 3]]},
        {"answers": ["a"], "doc_ids": ["d"], "spans": [[-9, 3]]},
    ],
    ids=str,
)
def test_a_row_of_another_form_is_named(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(DatasetError, match="line 1"):
        load_questions(write(tmp_path / "qa.jsonl", {"question": "When?", **row}))


@pytest.mark.parametrize("line", ["[" * 100_000, '{"id": ' + "1" * 5_000 + "}"])
def test_more_than_json_can_hold_is_told(tmp_path: Path, line: str) -> None:
    for name, load in (("qa.jsonl", load_questions), ("qa.json", load_questions), ("docs.json", load_documents)):
        (tmp_path / name).write_text(line)
        with pytest.raises(DatasetError):
            load(tmp_path / name)


@pytest.mark.parametrize(
    "paragraphs",
    [
        [{"qas": [{"id": "1", "question": "When?", "answers": []}]}],
        [{"context": "x", "qas": [{"id": "1"}]}],
        [{"context": "x", "qas": [{"id": "1", "question": "When?", "answers": [{"text": "x"}]}]}],
        ["x"],
    ],
    ids=str,
)
def test_half_a_squad_file_is_told(tmp_path: Path, paragraphs: list[object]) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}))
    with pytest.raises(DatasetError, match=r"squad\.json"):
        load_questions(path)


def test_a_squad_document_without_a_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": [{"qas": []}]}]}))
    with pytest.raises(DatasetError, match="isn't SQuAD JSON"):
        load_documents(path)


def test_a_csv_row_ends_at_a_line_break_alone(tmp_path: Path) -> None:
    path = tmp_path / "qa.csv"
    path.write_text("question,answer\nWhat\u2028is it?,x\nA form\x0cfeed?,y\n", encoding="utf-8")
    assert [(q.question, q.answers) for q in load_questions(path)] == [
        ("What\u2028is it?", ("x",)),
        ("A form\x0cfeed?", ("y",)),
    ]


def test_a_csv_head_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "qa.csv").write_text('"question"x,answer\nWhat?,x\n')
    with pytest.raises(DatasetError, match="line 1"):
        load_questions(tmp_path / "qa.csv")
