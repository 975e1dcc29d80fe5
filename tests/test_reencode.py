"""Another encoder: encoded from the stored text, resumable after kill -9, old vectors serving until one switch."""

import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from library_support import child, document, finished, opened, prose, unwell

from documents.errors import EncoderMismatch, LibraryBusy
from index.encoder import Encoded, HashEncoder, PassageText
from index.library import Library
from index.reencode import reencode

QUESTION = "who met the amber of grove?"


class Counting(HashEncoder):
    """The hash encoder of 32 dimensions, which counts what it encodes, and does something before each passage."""

    def __init__(self, before: object = None) -> None:
        super().__init__(32)
        self.seen: list[str] = []
        self.before = before

    def encode_passages(self, passages: Sequence[PassageText]) -> Iterator[tuple[int, Encoded]]:
        for i, encoded in super().encode_passages(passages):
            if callable(self.before):
                self.before()
            self.seen.append(passages[i].text)
            yield i, encoded


def filled(folder: Path, encoder: HashEncoder | None = None) -> Library:
    library = Library.open(folder, encoder=encoder or HashEncoder(64))
    for n in range(6):
        library.add(document(f"{n}.md", f"# Title {n}\n\n## Part\n\n{prose(n, 30)}"))
    return library


def order(library: Library) -> list[tuple[str, int, float]]:
    return [(h.document_id, h.start, round(h.score, 3)) for h in library.search(QUESTION).hits]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, float]]:
    """What a library that was made with the new encoder gives."""
    with filled(tmp_path_factory.mktemp("fresh"), HashEncoder(32)) as library:
        return order(library)


def test_the_switched_library_is_as_one_made_with_the_new_encoder(
    tmp_path: Path, expected: list[tuple[str, int, float]]
) -> None:
    told: list[tuple[int, int]] = []
    with filled(tmp_path) as library:
        passages = library.store.count("passages")
        assert order(library) != expected
        assert reencode(library, HashEncoder(32), lambda *at: told.append(at), chunk=5) == passages
        assert order(library) == expected
        assert unwell(library) == []
        assert library.store.count("coming") == 0
        assert reencode(library, HashEncoder(32)) == 0, "there is nothing to do"
    assert [at for at, _ in told] == [*range(5, passages, 5), passages]
    assert {total for _, total in told} == {passages}
    with Library.open(tmp_path) as library:  # and it opens with it
        assert library.encoder.name == "hash-32"
        assert order(library) == expected
    with opened(tmp_path) as library, pytest.raises(EncoderMismatch, match="footnote reencode --encoder"):
        library.search(QUESTION)


def test_old_vectors_serve_until_the_switch(tmp_path: Path) -> None:
    with filled(tmp_path) as library, opened(tmp_path) as reader:
        before, seen = order(reader), []
        reencode(library, Counting(lambda: seen.append(order(reader) == before)), chunk=4)
        assert all(seen)
        assert len(seen) == library.store.count("passages")
        with pytest.raises(EncoderMismatch):
            reader.search(QUESTION)  # it was told to use the old one


def test_a_reader_without_an_encoder_of_its_own_follows_the_switch(
    tmp_path: Path, expected: list[tuple[str, int, float]]
) -> None:
    with filled(tmp_path) as library, Library.open(tmp_path) as reader:
        assert reader.encoder.name == "hash-64"
        assert order(reader) != expected
        reencode(library, HashEncoder(32))
        assert order(reader) == expected


def test_what_is_added_and_removed_meanwhile_is_switched_too(tmp_path: Path) -> None:
    with filled(tmp_path) as library, opened(tmp_path) as other:
        steps = iter(range(1_000))

        def meanwhile() -> None:
            step = next(steps)
            if step == 2:
                other.remove("0.md")
            if step == 8:
                other.add(document("new.md", prose(77, 20)))

        reencode(library, Counting(meanwhile), chunk=3)
        assert unwell(library) == []
        assert {h.source for h in library.search(QUESTION, k=100).hits} == {*(f"{n}.md" for n in range(1, 6)), "new.md"}


def test_what_was_encoded_before_the_switch_and_is_written_after_it_is_encoded_again(tmp_path: Path) -> None:
    new = document("new.md", prose(77, 20))
    with filled(tmp_path / "a") as library, Library.open(tmp_path / "a") as adder:
        prepared = adder.prepare(new)
        reencode(library, HashEncoder(32))
        assert prepared.encoder == "hash-64"
        assert adder.add(new, prepared) == "added"
        assert unwell(adder) == []
        with filled(tmp_path / "b", HashEncoder(32)) as fresh:
            fresh.add(new)
            assert order(adder) == order(fresh)


def test_a_third_encoder_begins_anew(tmp_path: Path) -> None:
    with filled(tmp_path) as library:
        passages = library.store.count("passages")
        with pytest.raises(KeyboardInterrupt):
            reencode(library, Counting(Stop(7)), chunk=3)
        assert library.store.count("coming") == 6
        assert reencode(library, HashEncoder(16), chunk=3) == passages
        assert library.encoder.dimension == 16
        assert unwell(library) == []


class Stop:
    """Interrupts at the nth call."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


KILLED = """
import os, signal, sys
from pathlib import Path
from index.library import Library
from index.reencode import reencode
from test_reencode import Counting

def die(left=[int(sys.argv[2])]):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

with Library.open(Path(sys.argv[1])) as library:
    reencode(library, Counting(die), chunk=2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_killed_change_goes_on_where_it_stopped(tmp_path: Path, expected: list[tuple[str, int, float]]) -> None:
    with filled(tmp_path) as library:
        before, passages = order(library), library.store.count("passages")
    for _ in range(2):
        process = child(KILLED, tmp_path, 6)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        with opened(tmp_path) as library:
            assert order(library) == before, "the old vectors serve"
            assert unwell(library) == []
    with opened(tmp_path) as library:
        assert library.store.count("coming") == 8  # twice two chunks of two, and the sixth passage died
    rest = Counting()
    with opened(tmp_path) as library:
        assert reencode(library, rest) == passages - 8
        assert len(rest.seen) == passages - 8
        assert order(library) == expected
        assert unwell(library) == []


KILLED_AT_THE_SWITCH = """
import os, signal, sys
from pathlib import Path
from index.encoder import HashEncoder
from index.library import Library
from index.reencode import reencode
from index.store import Store

switch = Store.switch
def die(self):
    switch(self)
    os.kill(os.getpid(), signal.SIGKILL)
Store.switch = die
with Library.open(Path(sys.argv[1])) as library:
    reencode(library, HashEncoder(32))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_switch_is_whole_or_not_at_all(tmp_path: Path, expected: list[tuple[str, int, float]]) -> None:
    with filled(tmp_path) as library:
        before = order(library)
    process = child(KILLED_AT_THE_SWITCH, tmp_path)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    with Library.open(tmp_path) as library:
        assert order(library) == before
        assert unwell(library) == []
        assert reencode(library, HashEncoder(32)) == 0, "only the switch was left"
        assert order(library) == expected


def test_the_command_line_changes_the_encoder(tmp_path: Path) -> None:
    with filled(tmp_path):
        pass
    code = "import sys\nfrom footnote import main\nmain(sys.argv[1:])"
    out = finished(child(code, "reencode", "--encoder", "hash-32", "--library", tmp_path))
    assert "hash-32" in out
    with Library.open(tmp_path) as library:
        assert library.encoder.name == "hash-32"


def test_two_at_once_to_different_encoders_do_not_mix(tmp_path: Path) -> None:
    """The second to begin goes on, and the first is told; else some vectors would be of neither's passages' encoder."""
    with filled(tmp_path) as library, opened(tmp_path) as other:
        steps = iter(range(1_000))

        def meanwhile() -> None:
            if next(steps) == 5:
                reencode(other, HashEncoder(16))

        with pytest.raises(LibraryBusy, match="another process changes the encoder"):
            reencode(library, Counting(meanwhile), chunk=3)
        assert library.store.setting("encoder") == "hash-16"
        assert unwell(other) == []


def test_two_at_once_to_the_same_encoder_share_the_work(tmp_path: Path, expected: list[tuple[str, int, float]]) -> None:
    with filled(tmp_path) as library, opened(tmp_path) as other:
        passages, steps = library.store.count("passages"), iter(range(1_000))

        def meanwhile() -> None:
            if next(steps) == 5:
                assert reencode(other, HashEncoder(32), chunk=3) < passages

        encoder = Counting(meanwhile)
        reencode(library, encoder, chunk=3)
        assert len(encoder.seen) == 6, "the first two chunks, the second of which came too late"
        assert order(library) == expected
        assert library.store.count("coming") == 0


def test_the_work_grows_with_the_passages_and_not_with_their_square(tmp_path: Path) -> None:
    """SQLite's own count of its steps, for twice the passages: about twice as many, chunk by chunk."""

    def steps(n: int) -> int:
        with opened(tmp_path / str(n)) as library:
            for i in range(n):
                library.add(document(f"{i}.txt", f"The amber number {i} is here."))
            made = 0

            def step() -> None:
                nonlocal made
                made += 1

            library.store._db.set_progress_handler(step, 100)
            reencode(library, HashEncoder(32), chunk=4)
            library.store._db.set_progress_handler(None, 0)
            return made

    assert steps(240) < 2.6 * steps(120)
