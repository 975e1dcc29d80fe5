"""Thanks and greetings get a short reply that claims nothing; whatever asks something as well is a question."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import document, opened
from markupsafe import escape

from index.library import Library
from qa import prompts
from qa.answer import Turn
from qa.chain import Options, ask, events
from qa.courtesy import courtesy_of
from qa.followup import plan
from qa.history import answer_from_json
from qa.web import html

PLAIN = Options(reader="none", threshold=0.0)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("courtesy")) as library:
        library.add(
            document("ferry.md", "The ferry opened in 1874. The ferry was closed in 1875. Thanks are due to Ann.")
        )
        yield library


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Thanks!", "thanks"),
        ("ok, thank you so much 👍", "thanks"),
        ("Great, that helps.", "thanks"),
        ("OK", "agreement"),
        ("all right then", "agreement"),
        ("¡Hola!", "greeting"),
        ("Hello there", "greeting"),
        ("hi again", "greeting"),
        ("Vielen Dank", "thanks"),
        ("Thanks, bye", "thanks"),
        ("Good night!", "farewell"),
    ],
)
def test_a_courtesy_is_known(message: str, kind: str) -> None:
    assert courtesy_of(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "Thanks! And who opened it?",
        "ok?",
        "thanks to whom",
        "Hello World program",
        "Nice",
        "then",
        "Who said thank you?",
        "hi fi",
        "good harbours",
        "no smoking",
        "ok " * 100,
        "",
        "👍",
    ],
)
def test_what_asks_something_is_a_question(message: str) -> None:
    assert courtesy_of(message) is None


def test_the_reply_claims_nothing(library: Library) -> None:
    answer = ask(library, "Thanks!", options=PLAIN)
    assert (answer.status, answer.answer) == ("not_in_documents", prompts.COURTESIES["thanks"])
    assert (answer.sentences, answer.citations, answer.passages, answer.searched, answer.notes) == ((), (), (), (), ())
    assert answer_from_json(json.loads(json.dumps(answer.to_json()))) == answer
    assert list(events(library, {"question": "Thanks!"}, PLAIN))[-1] == answer


def test_a_question_with_thanks_is_answered(library: Library) -> None:
    assert ask(library, "Thanks! When did the ferry open?", options=PLAIN).status == "answered"


def test_no_documents_are_said_before_anything_else(tmp_path: Path) -> None:
    with opened(tmp_path) as bare:
        assert ask(bare, "Hello", options=PLAIN).status == "nothing_indexed"


def test_a_courtesy_between_does_not_break_a_conversation(library: Library) -> None:
    said = (Turn("user", "When did the ferry open?"), Turn("agent", "The ferry opened in 1874. [1]"))
    thanks = (Turn("user", "Thanks!"), Turn("agent", prompts.COURTESIES["thanks"]))
    for question in ("And the year after?", "When was it closed?"):
        plain, thanked = (ask(library, question, history, PLAIN) for history in (said, (*said, *thanks)))
        assert thanked.searched == plain.searched
        assert thanked.answer == plain.answer
    assert plain.searched == tuple(text for text, _ in plan("When was it closed?", said))


def test_the_page_shows_a_plain_line(library: Library) -> None:
    shown = html.answer(2, ask(library, "Thanks!", options=PLAIN))
    assert shown == f'<div class="fn-answer" id="a-2"><p>{escape(prompts.COURTESIES["thanks"])}</p></div>'
