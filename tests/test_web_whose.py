"""The page's handlers over two libraries: what a reader may not change, and what one's own library keeps to itself."""

from pathlib import Path

import pytest
from api_support import library_in
from web_support import TRAM, answered, document

from documents.errors import NotPermitted
from eval.page import Bench
from index.library import Library
from qa.history import CONVERSATIONS, History
from qa.libraries import Libraries
from qa.people import PEOPLE, People
from qa.web.actions import At, act
from qa.web.holdings import NOWHERE
from qa.web.page import Page
from qa.web.service import Service
from qa.web.session import Session
from qa.web.uploading import add
from qa.web.whose import which_of

PASSWORD = "four words in row"
BEGUN = Session()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = library_in(tmp_path)
    people = People(library.path / PEOPLE)
    people.add_user("ann", PASSWORD)
    people.add_user("bob", PASSWORD, reader=True)
    return library


@pytest.fixture
def page(library: Library) -> Page:
    bench = Bench(library)
    libraries = Libraries(library, People(library.path / PEOPLE))
    service = Service(library, tests=bench, libraries=libraries)
    return Page(library, service, History(library.path / CONVERSATIONS), bench, False, libraries=libraries)


def at(session: Session = BEGUN) -> At:
    return At(session, session.id, NOWHERE)


def test_a_reader_changes_neither_the_library_nor_its_questions(page: Page, library: Library, tmp_path: Path) -> None:
    bob = page.of("bob")
    answer = answered(library, "What was approved?", TRAM)
    Bench(library).save(answer, ())
    (kept,) = Bench(library).kept()
    session = Session().answered("What was approved?", answer)
    bob.history.save(session.id, "What was approved?", answer)
    for name, given in (
        ("keep", {"turn": 1}),
        ("discard", {"ref": kept.id}),
        ("accept", {"ref": kept.id, "changes": {"question": "What else?"}}),
        ("make", {}),
    ):
        with pytest.raises(NotPermitted, match="--reader"):
            act(bob, at(session), {"name": name, **given})
    assert Bench(library).kept() == [kept]
    (tmp_path / "note.txt").write_text("The ferry sails at nine.")
    told = list(add(bob, "", "bob", [str(tmp_path / "note.txt")], Session(), NOWHERE))
    assert "--reader" in told[0]["notice"] and len(library) == 2
    removed = bob.remove(library.documents()[0].id, Session())
    assert "--reader" in removed["notice"] and len(library) == 2
    assert "fn-fixed" in bob.shelf(NOWHERE)["documents"] and "data-remove" not in removed["documents"]
    assert page.of("ann").fixed is False and bob.of("bob", "mine").fixed is False


def test_ones_own_questions_and_answers_are_of_ones_own_library(page: Page, library: Library) -> None:
    empty = page.of("ann", "mine")
    assert empty.tests is None and "nothing to evaluate" in act(empty, at(), {"name": "evaluation"})["notice"]
    own = empty.changing().library
    own.add(document("diary.txt", "Diary", "The unmistakable xylophone is buried under the oak."))
    mine = page.of("ann", "mine")
    assert mine.library is own and isinstance(mine.chain, Service) and mine.chain.library is own
    told = mine.ask("Where is the unmistakable xylophone buried?", Session(), "")
    asked = told["session"]
    act(mine, at(asked), {"name": "keep", "turn": 1})
    assert len(Bench(own).kept()) == 1 and not Bench(library).kept()
    mine.rest(asked)
    for other in (page.of("ann"), page.of("bob"), page.of("bob", "mine")):
        assert other.current(Session(), asked.id).exchanges == ()
        assert act(other, At(Session(), asked.id, NOWHERE), {"name": "switch", "ref": asked.id})["talk"] == ""
    assert len(page.of("ann", "mine").current(Session(), asked.id).exchanges) == 1


def test_the_switch_goes_there_and_back(page: Page, library: Library) -> None:
    ann = page.of("ann")
    there = act(ann, at(), {"name": "library", "ref": "mine"})
    assert there["whose"] == "mine" and there["talk"] == "" and "None yet" in there["documents"]
    back = act(page.of("ann", "mine"), at(), {"name": "library", "ref": "shared"})
    assert back["whose"] == "shared" and "Minutes of March" in back["documents"]
    shared = page.of("ann", "mine").of("ann")
    assert shared.library is library and shared.tests == page.tests and shared.chain is page.chain
    for odd in ("", "private/ann-0", None, ["mine"], "Mine"):
        assert which_of(odd) == "shared"
    assert which_of("mine") == "mine"
