"""A server that speaks OpenAI's protocol badly, over HTTP: each failure ends in quotations and a note that says why."""

import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import document, opened
from model_support import Behave, Talk, bad_server

pytest.importorskip("langchain_openai", reason="pip install langchain langchain-openai")

from index.library import Library
from qa.answer import Answer
from qa.chain import Options, build_chain
from qa.writer.llm import model_named
from qa.writer.stream import Limits

KEY = "sk-footnote-test-0123456789abcdef"
PATIENCE = Limits(5, 8)
GOOD = "The Harrow bridge was opened in 1931 [1]."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("failures")) as library:
        library.add(document("bridge.txt", "The Harrow bridge was opened in 1931. It cost 40,000 pounds."))
        yield library


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    model_named.cache_clear()
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def asked(library: Library, url: str, limits: Limits = PATIENCE) -> Answer:
    options = Options(reader="none", threshold=0.0, llm="openai:bad", base_url=url, limits=limits)
    began = time.perf_counter()
    answer = build_chain(library, options).invoke({"question": "When was the Harrow bridge opened?"})
    assert time.perf_counter() - began < limits.total + 3
    assert KEY not in str(answer.to_json())
    return answer


def broken(talk: Talk) -> None:
    talk.begin()
    talk.piece("The Harrow bridge ")
    talk.cut()


def stopped(talk: Talk) -> None:
    talk.begin()
    talk.piece(GOOD)
    talk.end()  # in good order, but no word that the answer ended


def garbage(talk: Talk) -> None:
    talk.begin()
    talk.piece("The ")
    talk.raw("data: {this is no json\n\n")
    talk.end()


def wrong_shape(talk: Talk) -> None:
    talk.begin()
    talk.raw('data: {"choices": "none", "object": 5}\n\n')
    talk.end()


def error_in_the_middle(talk: Talk) -> None:
    talk.begin()
    talk.piece("The ")
    talk.raw('data: {"error": {"message": "the key ' + KEY + ' has run dry", "code": 500}}\n\n')
    talk.end()


def no_stream_at_all(talk: Talk) -> None:
    talk.handler.send_response(200)
    talk.handler.send_header("Content-Length", "0")
    talk.handler.end_headers()


def a_web_page(talk: Talk) -> None:
    data = b"<html>Please sign in</html>"
    talk.handler.send_response(200)
    talk.handler.send_header("Content-Type", "text/html")
    talk.handler.send_header("Content-Length", str(len(data)))
    talk.handler.end_headers()
    talk.handler.wfile.write(data)


def empty(talk: Talk) -> None:
    talk.say("")


def endless(talk: Talk) -> None:
    talk.begin()
    while True:
        talk.piece("and so on " * 50)


def cut_by_length(talk: Talk) -> None:
    talk.begin()
    talk.piece("The Harrow bridge was opened and opened and")
    talk.piece(finish="length")
    talk.end()


def silent(talk: Talk) -> None:
    talk.begin()
    talk.sleep(3)


def drip(talk: Talk) -> None:
    talk.begin()
    for _ in range(100):
        talk.piece("so ")
        talk.sleep(0.1)


BEHAVIOURS: list[tuple[Behave, str]] = [
    (lambda t: t.fail(401, f"Incorrect API key provided: {KEY}"), "refused the key .status 401"),
    (lambda t: t.fail(403, f"{KEY} may not"), "refused the key .status 403"),
    (lambda t: t.fail(404, "model not found"), "does not know this model"),
    (lambda t: t.fail(429, f"Rate limit reached for {KEY}", Retry_After="30"), "rate limit"),
    (lambda t: t.fail(400, "bad request"), "refused the request .status 400"),
    (lambda t: t.fail(500, "boom"), "it failed .status 500"),
    (lambda t: t.fail(503, "overloaded"), "it failed .status 503"),
    (lambda t: t.fail(400, "maximum context length is 4096 tokens", "context_length_exceeded"), "too long for it"),
    (lambda t: t.fail(400, "request (9031 tokens) is too much", "exceed_context_size_error"), "too long"),
    (broken, "broke|could not be reached|understood"),
    (stopped, "broke off in the middle"),
    (garbage, "could not be understood"),
    (wrong_shape, "could not be understood"),
    (error_in_the_middle, "could not be understood|failed"),
    (no_stream_at_all, "could not be understood|broke off"),
    (a_web_page, "could not be understood|broke off"),
    (empty, "empty"),
    (endless, "6,000 characters"),
    (cut_by_length, "did not come to an end"),
    (lambda t: t.cut(), "could not be reached|broke"),
]  # fmt: skip
NAMES = [
    "401", "403", "404", "429", "400", "500", "503", "overflow", "llama-overflow", "broken", "stopped", "garbage",
    "shape", "error-in-the-middle", "no-stream", "web-page", "empty", "endless", "length", "cut",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize(("behave", "reason"), BEHAVIOURS, ids=NAMES)
def test_a_failure_ends_in_quotations_and_a_note(library: Library, behave: Behave, reason: str) -> None:
    with bad_server(behave) as (url, talks):
        answer = asked(library, url)
    assert talks, "the server was not asked"
    assert len(talks) <= 2
    assert talks[0].key == f"Bearer {KEY}"
    quoted(answer, reason)


def quoted(answer: Answer, reason: str) -> None:
    assert (answer.model, answer.status) == ("extractive", "answered")
    assert answer.sentences[0].text == answer.citations[0].quote == "The Harrow bridge was opened in 1931."
    (note,) = answer.notes
    assert re.search(reason, note), note
    assert note.startswith("The language model openai:bad gave no answer: ")


@pytest.mark.parametrize(
    ("behave", "limits", "reason"),
    [(silent, Limits(0.5, 5), "said nothing for 0.5 seconds"), (drip, Limits(2, 1), "not done after 1 seconds")],
    ids=["silent", "drip"],
)
def test_a_server_that_is_too_slow(library: Library, behave: Behave, limits: Limits, reason: str) -> None:
    with bad_server(behave) as (url, _):
        quoted(asked(library, url, limits), reason)


def test_a_server_that_is_not_there(library: Library) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quoted(asked(library, f"http://127.0.0.1:{port}/v1"), "could not be reached")


def test_a_context_overflow_is_tried_again_with_less(tmp_path: Path) -> None:
    def behave(talk: Talk) -> None:
        if len(talk.body["messages"][-1]["content"]) > 2_500:
            talk.fail(400, "This model's maximum context length is 600 tokens.")
        else:
            talk.say(GOOD)

    with opened(tmp_path) as library, bad_server(behave) as (url, talks):
        library.add(document("a.txt", "The Harrow bridge was opened in 1931. " + "It is long and made of iron. " * 200))
        answer = asked(library, url)
    assert len(talks) == 2
    assert answer.model == "openai:bad"
    assert answer.sentences[0].support == "verbatim"


def test_a_good_answer_with_its_tokens_counted(library: Library) -> None:
    with bad_server(lambda talk: talk.say(GOOD)) as (url, talks):
        answer = asked(library, url)
    assert (answer.model, answer.notes) == ("openai:bad", ())
    assert answer.usage == {"input": 11, "output": 7}
    assert (talks[0].body["stream"], talks[0].body["temperature"]) == (True, 0.0)


def test_a_key_is_not_sent_where_there_is_none(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with bad_server(lambda talk: talk.say(GOOD)) as (url, talks):
        asked(library, url)
    assert talks[0].key == "Bearer none"
    assert "OPENAI_API_KEY" not in os.environ
