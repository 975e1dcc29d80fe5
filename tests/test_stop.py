"""Stopping a language model: what it wrote is checked and kept, and it really ends; its prompt is kept."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_support import document, opened
from model_support import ENDLESS, Slow, ended, saying

from index.library import Library
from qa import prompts
from qa.answer import Answer, Draft, Event
from qa.chain import Options, events
from qa.history import answer_from_json

QUESTION = "When was the Harrow bridge opened?"
PLAIN = Options(reader="none", threshold=0.0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with opened(tmp_path) as library:
        library.add(document("bridge.txt", "The Harrow bridge was opened in 1931. It cost 40,000 pounds."))
        yield library


def told(library: Library, llm: Any, stop: threading.Event, when: int = 0) -> list[Event]:
    """What is told when `stop` is set at the draft of this many characters, or before."""
    out: list[Event] = []
    for event in events(library, {"question": QUESTION, "stop": stop}, replace(PLAIN, llm=llm)):
        out.append(event)
        if isinstance(event, Draft) and when and len(event.text) >= when:
            stop.set()
    return out


def test_what_was_written_until_then_is_checked_and_marked_as_stopped(library: Library) -> None:
    chat = Slow(script=lambda s, u: ENDLESS)
    answer = told(library, chat, threading.Event(), when=50)[-1]
    assert isinstance(answer, Answer) and answer.status == "answered" and answer.model == "scripted"
    assert answer.sentences[0].text == "The Harrow bridge was opened in 1931."
    assert answer.sentences[0].support in ("verbatim", "supported") and answer.citations
    assert prompts.STOPPED.format(name="scripted") in answer.notes
    assert ended(chat) and len("".join(chat.spoken)) < 200


def test_a_model_that_has_not_written_yet_is_stopped_at_once(library: Library) -> None:
    chat = Slow(script=lambda s, u: ENDLESS, pause=3.0)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.perf_counter()
    answer = told(library, chat, stop)[-1]
    assert time.perf_counter() - began < 2
    assert isinstance(answer, Answer) and answer.model == "extractive" and answer.citations
    assert "stopped before it wrote anything" in " ".join(answer.notes)


def test_closing_the_events_ends_the_model(library: Library) -> None:
    chat = Slow(script=lambda s, u: ENDLESS)
    following = events(library, {"question": QUESTION}, replace(PLAIN, llm=chat))
    while not isinstance(next(following), Draft):
        pass
    following.close()  # type: ignore[attr-defined]
    assert ended(chat) and len("".join(chat.spoken)) < 200


def test_the_prompt_is_kept_word_for_word_and_only_where_a_model_was_asked(library: Library) -> None:
    chat = saying("The Harrow bridge was opened in 1931 [1].")
    answer = told(library, chat, threading.Event())[-1]
    assert isinstance(answer, Answer) and answer.prompt is not None
    ((system, user),) = chat.sent
    assert system in answer.prompt and user in answer.prompt
    assert answer_from_json(answer.to_json()) == answer
    plain = list(events(library, {"question": QUESTION}, PLAIN))[-1]
    assert isinstance(plain, Answer) and "prompt" not in plain.to_json() and answer_from_json(plain.to_json()) == plain
