"""OpenAI's own client and LangChain's, against a real server on loopback: they need nothing but another address."""

from collections.abc import Iterator
from typing import Any

import pytest
from api_support import MINUTES, QUESTION, library_in, running
from web_support import TRAM

from index.library import Library
from qa.answer import Answer, AnswerSentence, Citation
from qa.history import answer_from_json
from qa.web.api.openai import Reply, annotations

openai = pytest.importorskip("openai")
MESSAGES: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
ANSWERING = {"footnote": {"options": {"threshold": 0}}}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library_in(tmp_path_factory.mktemp("openai"))


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with running(library) as address:
        yield address


@pytest.fixture(scope="module")
def chat(address: str) -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none needed", max_retries=0) as made:
        yield made


def test_the_model_is_listed(chat: Any) -> None:
    assert [model.id for model in chat.models.list()] == ["footnote"]
    assert chat.models.retrieve("footnote").owned_by == "footnote"
    with pytest.raises(openai.NotFoundError, match="ask for 'footnote'"):
        chat.models.retrieve("gpt-4o")


def test_a_completion_carries_its_citations(chat: Any, address: str, library: Library) -> None:
    import httpx

    made = chat.chat.completions.create(model="footnote", messages=MESSAGES, extra_body=ANSWERING, temperature=0)
    (choice,) = made.choices
    assert choice.finish_reason == "stop" and f"{TRAM} [1]" in choice.message.content
    cited = choice.message.annotations[0].url_citation
    assert choice.message.content[cited.start_index : cited.end_index] in library.text(MINUTES)
    assert cited.title == "Minutes of March" and cited.url.startswith(f"{address}/api/documents/{MINUTES}")
    assert TRAM in httpx.get(cited.url, headers={"accept": "text/plain"}).text
    answer = answer_from_json(made.footnote)
    assert answer.answer == choice.message.content and len(choice.message.annotations) == len(answer.citations)
    assert (made.usage.total_tokens, made.model, made.object) == (0, "footnote", "chat.completion")


def test_a_stream_says_the_same_piece_by_piece(chat: Any) -> None:
    whole = chat.chat.completions.create(model="footnote", messages=MESSAGES, extra_body=ANSWERING)
    chunks = list(
        chat.chat.completions.create(
            model="footnote",
            messages=MESSAGES,
            extra_body=ANSWERING,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant" and len({chunk.id for chunk in chunks}) == 1
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    (cited,) = [delta.annotations for delta in deltas if getattr(delta, "annotations", None)]
    assert len(cited) == len(whole.choices[0].message.annotations)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == 0


def test_earlier_messages_are_the_history_and_parts_are_read(chat: Any) -> None:
    messages = [
        {"role": "user", "content": "Is there a harbour bridge?"},
        {"role": "assistant", "content": "Yes. [1]"},
        {"role": "user", "content": [{"type": "text", "text": "When was it painted?"}]},
    ]
    searched = chat.chat.completions.create(model="footnote", messages=messages).footnote["searched"]
    assert searched[0] == "When was it painted?" and any("harbour" in text for text in searched[1:])


def test_what_is_refused_comes_as_the_clients_own_errors(chat: Any) -> None:
    create = chat.chat.completions.create
    with pytest.raises(openai.UnprocessableEntityError, match="the last message must be the user's"):
        create(model="footnote", messages=[*MESSAGES, {"role": "assistant", "content": "Hm."}])
    with pytest.raises(openai.UnprocessableEntityError, match="20,001 characters"):
        create(model="footnote", messages=[{"role": "user", "content": "x" * 20_001}], stream=True)
    with pytest.raises(openai.NotFoundError, match="no model 'gpt-4o'"):
        create(model="gpt-4o", messages=MESSAGES)
    with pytest.raises(openai.APIStatusError) as told:
        create(model="footnote", messages=MESSAGES, extra_body={"footnote": {"filters": {"types": ["spoon"]}}})
    assert told.value.body["type"] == "filter_error"


def test_langchain_asks_and_streams(address: str) -> None:
    langchain = pytest.importorskip("langchain_openai")
    model = langchain.ChatOpenAI(
        model="footnote", base_url=f"{address}/v1", api_key="none", extra_body=ANSWERING, max_retries=0
    )
    reply = model.invoke([("system", "Be brief."), ("human", QUESTION)])
    assert f"{TRAM} [1]" in reply.content
    assert "".join(chunk.content for chunk in model.stream([("human", QUESTION)])) == reply.content


def test_annotations_point_at_each_cited_sentence_and_pieces_make_up_the_text() -> None:
    def cite(number: int) -> Citation:
        return Citation(number, "d" * 64, "a.txt", "A", None, None, 10 * number, 10 * number + 4, "quot")

    answer = Answer(
        "Q?",
        ("Q?",),
        "answered",
        "Yes. [1][2]\n\nYes. [3] In other words. [2] End",
        0.5,
        "m",
        (
            AnswerSentence("Yes.", (1, 2), "supported"),
            AnswerSentence("Yes.", (3,), "supported"),
            AnswerSentence("Worded otherwise.", (2,), "partial"),
        ),
        (cite(1), cite(2), cite(3)),
    )
    spans = [
        (a["url_citation"]["start_index"], a["url_citation"]["end_index"], a["url_citation"]["url"].rpartition("=")[2])
        for a in annotations(answer, "http://h")
    ]
    # "Yes." stands at 0 and at 13; what is worded otherwise is placed where the sentence before it ends
    assert spans == [(0, 4, "10,14"), (0, 4, "20,24"), (13, 17, "30,34"), (17, 17, "20,24")]
    said = b"".join(Reply(answer, "http://h").chunks(usage=False)).decode()
    assert said.endswith("data: [DONE]\n\n") and said.count("annotations") == 1
