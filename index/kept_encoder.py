"""The one encoder that a library's vectors are made by: which it is, loaded when first needed, and never another.

An empty library takes any; one with documents only the encoder it was made with, until all is encoded anew.
"""

import threading
from pathlib import Path

from documents.errors import EncoderMismatch
from index.encoder import Encoder, built_in, default_encoder, encoder_named
from index.store import Store

__all__ = ["KeptEncoder", "recipe"]


def recipe(encoder: Encoder) -> dict[str, str]:
    """What a library's vectors depend on, as its settings say it."""
    return {"encoder": encoder.name, "dimension": str(encoder.dimension)}


class KeptEncoder:
    """The encoder of the library in `path`: the one given, else the recorded one, else the built-in one."""

    def __init__(self, path: Path, store: Store, given: Encoder | None) -> None:
        self._path = path
        self._store = store
        self.given = given
        self._loaded: Encoder | None = None
        self._lock = threading.Lock()

    def current(self) -> Encoder:
        """The encoder, loaded at first use; another where the library was switched to another since.

        Raises:
            EncoderMismatch: the library's vectors were made by another than the one given.
            EncoderError, MissingExtra: it can't be loaded.
        """
        with self._lock:
            if self._loaded is not None and self.given is None and self.recorded() not in (None, self._loaded.name):
                self._loaded = None
            if self._loaded is None:
                encoder = self.given or self._of_record()
                self.check(encoder)
                self._loaded = encoder
            return self._loaded

    def recorded(self) -> str | None:
        """The name of the encoder that the library was made with; None while it is empty."""
        with self._store.errors():
            return self._store.setting("encoder") if self._store.holds_any() else None

    def use(self, encoder: Encoder) -> None:
        """Goes on with another encoder, which the library's vectors are of by now."""
        with self._lock:
            self.given, self._loaded = encoder, None

    def lend(self, other: "KeptEncoder") -> None:
        """Lets another library that would load the same encoder, or any, have this one's.

        Raises what `current` raises.
        """
        if self.given is None and other.recorded() in (None, (own := self.current()).name):
            other._loaded = own

    def check(self, encoder: Encoder) -> None:
        """Compares what the library was made with to what would be used now; an empty one takes any encoder."""
        with self._store.errors():
            for name, value in recipe(encoder).items():
                recorded = self._store.setting(name)
                if recorded is not None and recorded != value and self._store.holds_any():
                    raise EncoderMismatch(
                        f"the library {self._path} was made with the {name} {recorded!r}, and {value!r} is in use: "
                        f"vectors of two kinds can't be compared. Use that {name} again, change the library's with "
                        "`footnote reencode --encoder NAME`, or make a new library (--library another folder) and add "
                        "the documents to it"
                    )

    def record(self, encoder: Encoder) -> None:
        """Writes down what the vectors of this transaction are made by; raises as `check`."""
        self.check(encoder)
        for name, value in recipe(encoder).items():
            self._store.set_setting(name, value)

    def _of_record(self) -> Encoder:
        recorded = self.recorded()
        return default_encoder() if recorded is None or built_in(recorded) else encoder_named(recorded)
