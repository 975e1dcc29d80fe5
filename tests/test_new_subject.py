"""A change of subject: a question that says enough by itself isn't refused for the conversation it comes behind."""

from collections.abc import Iterator

import pytest
from library_support import document, opened

from index.library import Library
from qa import judging
from qa.answer import Turn
from qa.chain import Options, ask
from qa.evidence import Judgement
from qa.retrieve import Found

TEXTS = {
    "ferry.md": "The ferry opened in 1874, built in Japan. It carried horses. A storm sank the ferry in March.",
    "lamp.md": "The keeper lit the lamp before the boats left. The lamp burned oil. It stood on a tower.",
}
BEFORE = (Turn("user", "When did the ferry open?"), Turn("agent", "The ferry opened in 1874. [1]"))
PLAIN = Options(reader="none")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("subject")) as library:
        for name, text in TEXTS.items():
            library.add(document(name, text))
        yield library


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Whatever is searched with a conversation is not enough, and what is searched without it is; the searches made."""
    made: list[tuple[str, ...]] = []

    def read(found: Found, options: Options) -> tuple[Judgement, str, tuple[str, ...]]:
        made.append(found.result.searched)
        _, before = found.alone
        judgement = judging.judge(found.ask.question, found.result.hits, found.result.rarity, before)
        return Judgement(judgement.evidence, 1.0 if len(found.result.searched) == 1 else 0.0), "first", ()

    monkeypatch.setattr(judging, "_read", read)
    return made


@pytest.mark.parametrize(
    "question",
    ["Who lit the lamp on the tower?", "Who lit the lamp before the boats left?"],  # "before" seems to point back
)
def test_a_new_subject_is_answered_by_itself(library: Library, doubtful: list[tuple[str, ...]], question: str) -> None:
    answer = ask(library, question, BEFORE, PLAIN)
    assert [len(searched) for searched in doubtful] == [3, 1]
    assert (answer.status, answer.searched) == ("answered", (question,))
    assert answer.citations == ask(library, question, (), PLAIN).citations


@pytest.mark.parametrize("question", ["What is oil?", "Who lit the lamp?"])
def test_a_short_question_is_tried_alone_first(
    library: Library, doubtful: list[tuple[str, ...]], question: str
) -> None:
    answer = ask(library, question, BEFORE, PLAIN)
    assert [len(searched) for searched in doubtful] == [1]
    assert answer.citations == ask(library, question, (), PLAIN).citations


def test_what_says_too_little_is_not_tried_alone(library: Library, doubtful: list[tuple[str, ...]]) -> None:
    answer = ask(library, "When was it sunk?", BEFORE, PLAIN)
    assert [len(searched) for searched in doubtful] == [3]
    assert answer.status == "not_in_documents"


@pytest.fixture
def convinced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is searched with a conversation is enough, and what is searched without it is not."""

    def read(found: Found, options: Options) -> tuple[Judgement, str, tuple[str, ...]]:
        _, before = found.alone
        judgement = judging.judge(found.ask.question, found.result.hits, found.result.rarity, before)
        return Judgement(judgement.evidence, 1.0 if len(found.result.searched) > 1 else 0.0), "first", ()

    monkeypatch.setattr(judging, "_read", read)


LONG = (*BEFORE, *(Turn(t.role, f"{t.text} {n}") for n in range(6) for t in BEFORE), *BEFORE)


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of Brazil?",
        "what is the population of brazil?",
        "What about Brazil?",
        "how about brazil?",
        "And in Brazil?",
        "Did it sink in Brazil?",
        "Who is Pelé?",
        "Who discovered penicillin?",
    ],
)
@pytest.mark.parametrize("history", [BEFORE, LONG])
def test_what_no_document_names_is_not_answered_with_what_was_said_before(
    library: Library, convinced: None, history: tuple[Turn, ...], question: str
) -> None:
    answer = ask(library, question, history, PLAIN)
    assert (answer.status, answer.searched) == ("not_in_documents", (question,))


@pytest.mark.parametrize(
    "question",
    ["When did it sink?", "What about horses?", "And the Japanese?", "Which storm sank?", "Why?", "Who opened it?"],
)
def test_what_goes_on_with_the_subject_is_answered_with_it(library: Library, convinced: None, question: str) -> None:
    answer = ask(library, question, LONG, PLAIN)
    assert answer.status == "answered"
    assert len(answer.searched) == 3


NEVER = Options(reader="none", threshold=1.1)


@pytest.mark.parametrize("question", ["Which painter designed the harbour museum?", "What is copper?"])
def test_a_refusal_shows_what_was_searched_for_it(library: Library, question: str) -> None:
    alone, behind = ask(library, question, (), NEVER), ask(library, question, BEFORE, NEVER)
    assert behind.searched == alone.searched == (question,)
    assert behind.passages == alone.passages
    assert behind.confidence == alone.confidence
    assert behind.timings_ms["search"] > 0


def test_a_refused_follow_up_shows_what_the_conversation_found(library: Library) -> None:
    question = "Which painter designed it before the museum did?"
    assert len(ask(library, question, BEFORE, NEVER).searched) == 3
