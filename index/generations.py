"""The vectors of a library's present state: vectors-N.faiss belongs to generation N of the database and to no other."""

import threading
from logging import getLogger
from pathlib import Path

import numpy as np

from index.store import Store
from index.vectors import VectorIndex, out_of_date

__all__ = ["KeptVectors"]

log = getLogger(__name__)


class KeptVectors:
    """The index of the database's generation, kept in memory and on disk; made again wherever it is missing."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._kept: tuple[int, VectorIndex] | None = None
        self._lock = threading.Lock()
        self._saved = False

    def current(self, dimension: int) -> VectorIndex:
        """The vectors of the snapshot's generation: in memory, else from the file, else made from the database."""
        generation = self._store.generation
        with self._lock:
            if self._kept is None or self._kept[0] != generation:
                self._kept = (generation, self._load_or_build(generation, dimension))
            return self._kept[1]

    def forget(self) -> None:
        """Lets go of what is in memory."""
        self._kept = None

    def settle(self) -> None:
        """After a search: what was written may be of a state that is past by now, with vectors since removed."""
        if self._saved:
            self._saved = False
            self.drop_stale()

    def drop_stale(self) -> None:
        """Deletes the vector files of other generations, and what killed processes left half-written."""
        with self._store.errors():
            generation = self._store.generation
        with self._lock:
            if self._kept is not None and self._kept[0] != generation:
                self._kept = None
            for file in out_of_date(self._folder, generation):
                try:
                    file.unlink(missing_ok=True)
                except OSError as error:
                    log.warning("%s is out of date and can't be deleted: %s", file, error.strerror)

    def _load_or_build(self, generation: int, dimension: int) -> VectorIndex:
        file = self._folder / f"vectors-{generation}.faiss"
        if file.is_file():
            try:
                index = VectorIndex.load(file)
                if index.dimension == dimension and np.array_equal(index.ids, self._store.passage_ids()):
                    return index
                log.warning("%s belongs to other passages: made again from library.db", file)
            except RuntimeError as error:
                log.warning("%s can't be read (%s): made again from library.db", file, error)
        index = VectorIndex.build(*self._store.vectors(dimension))
        try:
            index.save(file)
            self._saved = True
        except (OSError, RuntimeError) as error:
            log.warning("%s can't be written (%s): the vectors are kept in memory", file, error)
        return index
