"""The line of uploads: how many may come in and be read at a time, of all people and of one, and whose turn it is.

Reading is work for the processor and what waits takes room on the disk, so both have a limit, and no one person can
take all of it. Uploads into one library are read one after the other. Those that wait come in rounds, one of each
person's in each (start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM 1996). Nothing here knows HTTP, or reads
anything.
"""

import threading
from dataclasses import dataclass, field
from typing import Literal

from documents.errors import ServerBusy

__all__ = ["MOST", "Line", "Place"]

AT_ONCE = 2  # uploads read at a time
MOST = 16  # that may be coming in, waiting or being read: each may hold the largest body on disk
EACH = 4  # of them one person's
AGAIN = 10  # seconds after which it is worth sending one again that was refused


@dataclass(eq=False, slots=True)
class Place:
    """One upload's place in line; `stopping` ends it, and whoever reads it looks at that."""

    person: str
    round: int = 0
    shelf: str = ""
    state: Literal["coming", "waiting", "reading"] = "coming"
    stopping: threading.Event = field(default_factory=threading.Event)


class Line:
    """The uploads of one server; safe to use from many threads."""

    def __init__(self, at_once: int = AT_ONCE, most: int = MOST, each: int = EACH) -> None:
        self.at_once, self.most, self.each = at_once, most, each
        self._places: list[Place] = []  # by arrival
        self._round = 0  # of the last that was called
        self._closed = False
        self._changed = threading.Condition()

    def enter(self, person: str) -> Place:
        """A place from the first byte of an upload until it leaves; "" is whoever nothing is known of.

        Raises:
            ServerBusy: too many uploads, of all or of this person, aren't done; or the server is about to end.
        """
        with self._changed:
            self._admit(person)
            own = [place.round for place in self._places if place.person == person] if person else []
            place = Place(person, max([self._round, *(n + 1 for n in own)]))
            self._places.append(place)
        return place

    def leave(self, place: Place) -> None:
        """Gives a place up; twice is as good as once."""
        with self._changed:
            if place in self._places:
                self._places.remove(place)
                self._changed.notify_all()

    def _admit(self, person: str) -> None:
        if self._closed:
            raise ServerBusy("Footnote is being ended: send this again when it is back", after=AGAIN)
        if len(self._places) >= self.most:
            raise ServerBusy(
                f"{len(self._places)} uploads wait or are being read, as many as may: send this one again in a moment",
                after=AGAIN,
            )
        if person and sum(p.person == person for p in self._places) >= self.each:
            raise ServerBusy(
                f"{self.each} uploads of yours wait or are being read, as many as one may have: "
                "send this one again when one of them is done",
                after=AGAIN,
            )

    def turn(self, place: Place, shelf: str, seconds: float) -> bool:
        """Waits at most so long until a place may be read into the library that `shelf` names; whether it may."""
        with self._changed:
            if place.state == "coming":
                place.shelf, place.state = shelf, "waiting"
            if place.state == "waiting" and self._changed.wait_for(lambda: self._next() is place, seconds):
                place.state, self._round = "reading", place.round
                self._changed.notify_all()  # another may be next for another library
            return place.state == "reading"

    def ahead(self, place: Place) -> int:
        """How many are read before a place that waits."""
        with self._changed:
            waiting = self._waiting()
            before = waiting.index(place) if place in waiting else 0
            return before + sum(p.state == "reading" for p in self._places)

    def _waiting(self) -> list[Place]:
        return sorted((p for p in self._places if p.state == "waiting"), key=lambda p: p.round)

    def _next(self) -> Place | None:
        shelves = {p.shelf for p in self._places if p.state == "reading"}
        if sum(p.state == "reading" for p in self._places) >= self.at_once:
            return None
        return next((p for p in self._waiting() if p.shelf not in shelves), None)

    def close(self) -> None:
        """Lets nobody in any more, and stops all who are."""
        with self._changed:
            self._closed = True
            for place in self._places:
                place.stopping.set()
            self._changed.notify_all()

    def ended(self, seconds: float) -> bool:
        """Waits at most so long until all have left; whether they have."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._places, seconds)
