"""The line of uploads: whose turn it is, how many wait before one, and that nobody can fill it for all."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from web_support import ScriptedChain, small_library

from documents.errors import ServerBusy
from index.library import Library
from qa.history import History
from qa.web.guard import person
from qa.web.holdings import NOWHERE
from qa.web.line import Line, Place
from qa.web.page import Page, Told
from qa.web.session import Session
from qa.web.uploading import add, stop


def reads(line: Line, place: Place, shelf: str = "") -> bool:
    return line.turn(place, shelf, 0)


def test_one_library_is_read_into_by_one_and_so_many_libraries_at_a_time() -> None:
    line = Line(at_once=2)
    first, second, other, third = (line.enter("") for _ in range(4))
    assert reads(line, first, "a") and not reads(line, second, "a")
    assert reads(line, other, "b") and not reads(line, third, "c")
    assert [line.ahead(place) for place in (second, third)] == [2, 3]
    line.leave(other)
    assert reads(line, third, "c") and not reads(line, second, "a")
    line.leave(first)
    line.leave(first)
    assert reads(line, second, "a")


def test_each_person_has_one_in_each_round() -> None:
    line = Line(at_once=1)
    ann = [line.enter("ann") for _ in range(4)]
    bob = [line.enter("bob") for _ in range(2)]
    order: list[Place] = []
    waiting = [*ann, *bob]
    while waiting:
        (place,) = (p for p in waiting if reads(line, p))
        if place is bob[0]:
            waiting.append(line.enter("cid"))
            assert not reads(line, waiting[-1])
        order.append(place)
        waiting.remove(place)
        line.leave(place)
    assert [p.person for p in order] == ["ann", "bob", "cid", "ann", "bob", "ann", "ann"]


def test_how_many_are_before_one_is_counted_in_the_order_they_come() -> None:
    line = Line(at_once=1)
    ann = [line.enter("ann") for _ in range(3)]
    bob = line.enter("bob")
    assert reads(line, ann[0]) and not any(reads(line, place) for place in (*ann, bob)[1:])
    assert [line.ahead(place) for place in (*ann[1:], bob)] == [2, 3, 1]


def test_one_person_cannot_fill_it_and_all_together_only_to_the_brim() -> None:
    line = Line(most=5, each=2)
    ann = [line.enter("ann") for _ in range(2)]
    with pytest.raises(ServerBusy, match="2 uploads of yours") as told:
        line.enter("ann")
    assert told.value.after > 1
    for _ in range(3):
        line.enter("")  # whom nothing is known of, it may be anyone
    with pytest.raises(ServerBusy, match="5 uploads wait"):
        line.enter("bob")
    line.leave(ann[0])
    line.enter("bob")


def test_a_turn_comes_as_soon_as_there_is_room() -> None:
    line = Line(at_once=1)
    first, second = line.enter(""), line.enter("")
    assert reads(line, first)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(line.turn, second, "", 20)
        assert not waiting.done()
        line.leave(first)
        assert waiting.result(5)


def test_its_end_stops_all_and_lets_nobody_in() -> None:
    line = Line()
    place = line.enter("ann")
    line.close()
    assert place.stopping.is_set() and not line.ended(0)
    with pytest.raises(ServerBusy, match="being ended"):
        line.enter("ann")
    line.leave(place)
    assert line.ended(0)


@pytest.mark.parametrize(
    ("caller", "address", "who"),
    [
        ("ann", "10.0.0.7", "ann"),
        ("", "10.0.0.7", "10.0.0.7"),
        ("", "127.0.0.1", ""),
        ("", "::1", ""),
        ("", "", ""),
    ],
)
def test_where_nobody_signs_in_it_goes_by_address_but_for_this_machines_own(
    caller: str, address: str, who: str
) -> None:
    assert person(caller, address) == who


# ---- the page's uploads, which stand in the same line


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return small_library(tmp_path / "library")


@pytest.fixture
def page(library: Library) -> Page:
    return Page(library, ScriptedChain(library), History(library.path / "c.db"))  # type: ignore[arg-type]


def sent(folder: Path, name: str = "note.txt") -> Path:
    (folder / name).write_text("The ferry sails at nine.")
    return folder / name


def adding(page: Page, file: Path, client: str = "tab") -> Iterator[Told]:
    return add(page, client, "ann", [str(file)], Session(), NOWHERE)


def until(told: Iterator[Told], words: str) -> Told:
    return next(values for values in told if words in values.get("report", ""))


def test_an_upload_that_waits_says_for_how_many_and_goes_on(page: Page, library: Library, tmp_path: Path) -> None:
    before = [page.line.enter(name) for name in ("bob", "cid")]
    assert reads(page.line, before[0], "shared")
    reads(page.line, before[1], "shared")
    told = adding(page, sent(tmp_path))
    assert "waiting for 2 before it" in until(told, "note.txt")["report"]
    page.line.leave(before[0])
    until(told, "waiting for 1 before it")
    page.line.leave(before[1])
    until(told, "added")
    list(told)
    assert len(library) == 3 and page.line.ended(0) and page.stops == {}


def test_an_upload_that_waits_can_be_stopped_and_leaves_nothing(page: Page, library: Library, tmp_path: Path) -> None:
    assert reads(page.line, page.line.enter("bob"), "shared")
    told, file = adding(page, sent(tmp_path)), tmp_path / "note.txt"
    assert "fn-report busy" in until(told, "waiting for 1")["report"]
    assert stop(page, "tab") == {}
    report = until(told, "not added")["report"]
    assert 'class="stopped"' in report and "busy" not in report
    list(told)
    assert len(library) == 2 and not file.exists() and page.stops == {}


def test_an_upload_that_is_refused_leaves_nothing_and_frees_the_drop_zone(page: Page, tmp_path: Path) -> None:
    for _ in range(page.line.each):
        page.line.enter("ann")
    (told,) = adding(page, sent(tmp_path))
    assert "of yours" in told["notice"] and told["drop"] is None
    assert not (tmp_path / "note.txt").exists()


def test_a_page_that_is_closed_waits_for_nothing_and_loses_nothing(
    page: Page, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, prepare = threading.Event(), Library.prepare

    def slow(*given: Any) -> Any:
        assert go.wait(20)
        return prepare(*given)

    monkeypatch.setattr(Library, "prepare", slow)
    told = adding(page, sent(tmp_path))
    until(told, "reading")
    began = time.monotonic()
    told.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 2 and len(library) == 2
    assert not page.line.ended(0), "it is still in line"
    go.set()
    assert page.line.ended(20) and len(library) == 3 and not (tmp_path / "note.txt").exists()


def test_the_end_of_the_server_ends_an_upload_between_two_files_and_settles_it(
    page: Page, library: Library, tmp_path: Path
) -> None:
    files = [str(sent(tmp_path, f"note{n}.txt")) for n in range(40)]
    for n, file in enumerate(files):
        Path(file).write_text(f"The ferry {n} sails at nine.")
    told = add(page, "tab", "ann", files, Session(), NOWHERE)
    until(told, "reading")
    page.end()
    ending = threading.Thread(target=page.ended)
    ending.start()
    list(told)
    ending.join(5)
    assert not ending.is_alive() and 2 <= len(library) < 42
    assert len(list((library.path / "uploads").iterdir())) == len(library) - 2


def test_nothing_is_lost_of_what_is_on_its_way_to_disk(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    go, save = threading.Event(), History.save

    def slow(*given: Any) -> None:
        assert go.wait(10)
        save(*given)

    monkeypatch.setattr(History, "save", slow)
    page.ask("What was approved?", Session(), "")
    threading.Timer(0.3, go.set).start()
    page.end()
    page.ended()
    assert len(page.history.conversations()) == 1
