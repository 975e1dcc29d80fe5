"""The libraries of one server: the one it was started with, which all share, and one of each user's own.

A user's own library is a folder below the shared one's, made when the first document is put there. Only its user comes
to it: who asks is looked up each time, and the folder's name is never taken from what they send.

Whoever signs in reads the shared library; all but readers may change it. Nobody, whatever they may change, comes to
another's own.
"""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from documents.errors import NotPermitted
from index.library import Library
from qa.people import People
from qa.rights import Rights

__all__ = ["PRIVATE", "Libraries", "Which", "shelf_of"]

PRIVATE = "private"  # the folder, in the shared library's, of those that aren't shared
OPEN = 16  # of users' own that are kept open between two requests
Which = Literal["shared", "mine"]


class Libraries:
    """Safe to use from many threads; without `people` nobody signs in, and there is the shared one only.

    `opened` is called with each of the users' own when it is opened for the first time.
    """

    def __init__(
        self, shared: Library, people: People | None = None, opened: Callable[[Library], None] = lambda library: None
    ) -> None:
        self.shared = shared
        self.people = people
        self._opened = opened
        self._seen: set[Path] = set()
        self._own: OrderedDict[Path, Library] = OrderedDict()  # by use, the last one last
        self._opening: dict[Path, threading.Lock] = {}
        self._nothing: Library | None = None
        self._lock = threading.Lock()

    def reading(self, caller: str, which: Which = "shared") -> Library:
        """The library that a caller asks or looks at; an empty one in the place of one not made yet.

        Raises:
            NotPermitted: the caller is nobody any more, or has no library of their own.
        """
        rights = self._rights(caller)
        if which == "shared":
            return self.shared
        folder = self._folder(rights)
        return self._open(folder) if folder is not None and folder.is_dir() else self._empty()

    def changing(self, caller: str, which: Which = "shared") -> Library:
        """The library that a caller adds to or removes from, made where there is none yet; raises as `permit`."""
        rights = self.permit(caller, which)
        if which == "shared" or rights is None or rights.user is None or self.people is None:
            return self.shared
        return self._open(self.shared.path / PRIVATE / self.people.folder(rights.user))

    def permit(self, caller: str, which: Which = "shared") -> Rights | None:
        """Whether a caller may change a library, without making it.

        Raises:
            NotPermitted: they may not, or have none of their own.
        """
        rights = self._rights(caller)
        if which == "mine":
            self._folder(rights)
        if rights is not None and not (rights.change_shared if which == "shared" else rights.change_own):
            raise NotPermitted(
                "you can read this library and not change it, as who runs the server has set (--reader): ask them"
            )
        return rights

    def exists(self, caller: str, which: Which = "shared") -> bool:
        """Whether there is anything to read."""
        return self.reading(caller, which) is not self._nothing

    def owner(self, caller: str) -> str:
        """The user that a caller is, or whose token it is; the caller where it is nobody's. Raises NotPermitted."""
        rights = self._rights(caller)
        return caller if rights is None or rights.user is None else rights.user

    def _rights(self, caller: str) -> Rights | None:
        """None where nobody signs in."""
        if self.people is None:
            return None
        rights = self.people.rights(caller)
        if rights is None:
            raise NotPermitted("you can't use this server any more: ask the one who runs it to add you again")
        return rights

    def _folder(self, rights: Rights | None) -> Path | None:
        """Where a caller's own library is; None where it hasn't been made."""
        if rights is None:
            raise NotPermitted("there is one library here: people have their own where they sign in (--auth)")
        if rights.user is None:
            raise NotPermitted(
                "this token is nobody's: one that opens a user's own library is made by "
                "`footnote token add NAME --user USER`"
            )
        return None if rights.folder is None else self.shared.path / PRIVATE / rights.folder

    def _open(self, folder: Path) -> Library:
        with self._lock:
            opening = self._opening.setdefault(folder, threading.Lock())
        with opening:  # nobody else's waits meanwhile: to open one takes its time
            with self._lock:
                library = self._own.pop(folder, None)
            if library is None or not library.store.path.is_file():  # deleted by hand meanwhile
                library = self._opened_at(folder)
            with self._lock:
                self._own[folder] = library
                while len(self._own) > OPEN:
                    self._own.popitem(last=False)
            return library

    def _opened_at(self, folder: Path) -> Library:
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        library = self.shared.beside(folder)
        weakref.finalize(library, library.store.close)  # when nobody uses it any more
        if folder not in self._seen:
            self._seen.add(folder)
            self._opened(library)
        return library

    def _empty(self) -> Library:
        with self._lock:
            if self._nothing is None:
                folder = TemporaryDirectory(prefix="footnote-")
                self._nothing = self.shared.beside(Path(folder.name))
                weakref.finalize(self._nothing, _end, self._nothing.store.close, folder)
            return self._nothing


def _end(close: Callable[[], None], folder: "TemporaryDirectory[str]") -> None:
    close()
    folder.cleanup()


def shelf_of(owner: str, which: Which = "shared") -> str:
    """A name for the library that an owner means, to tell it from the others."""
    return which if which == "shared" else f"{which}:{owner}"
