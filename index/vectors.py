"""The index of passage vectors: derived from the library, thrown away and rebuilt at will. The only file with FAISS.

Exact inner product over unit vectors (cosine). One question is searched on one thread: FAISS's own threads make a
single query 40 times slower on ten thousand vectors.
"""

import os
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["VectorIndex", "out_of_date"]

# vectors-GENERATION.faiss, and its draft with the process that writes it. What else is called so isn't ours to delete:
# a library may be kept in a folder of documents.
_OURS = re.compile(r"vectors-(\d+)\.faiss(?:\.(\d{1,9})-\d+\.tmp)?")


def out_of_date(folder: Path, generation: int) -> list[Path]:
    """The files of vectors in a library's folder that serve no more: not of this generation, or half-written.

    What a running process is just writing of this generation is not among them.
    """
    found = [(file, name) for file in folder.glob("vectors-*") if (name := _OURS.fullmatch(file.name))]
    return [
        file for file, name in found if int(name[1]) != generation or (name[2] is not None and not _runs(int(name[2])))
    ]


def _runs(process: int) -> bool:
    """Whether a process of this number is there."""
    if os.name == "nt":
        return False  # an open file can't be deleted there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True


class VectorIndex:
    """Passage ids and their unit vectors, searched by cosine."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> "VectorIndex":
        """An index over vectors of shape (n, dimension) known by ids of shape (n,)."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.ascontiguousarray(ids, dtype=np.int64))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """The index saved at `path`, mapped into memory rather than read.

        Raises:
            RuntimeError: it is damaged, or an index of another kind.
        """
        import faiss

        index = faiss.read_index(os.fspath(path), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(index, faiss.IndexIDMap2) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise RuntimeError(f"an index of another kind: {type(index).__name__}")
        return cls(index)

    @property
    def dimension(self) -> int:
        """The length of its vectors."""
        return int(self._index.d)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids of its vectors, in the order they were added."""
        import faiss

        return np.array(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def vectors(self) -> NDArray[np.float32]:
        """All its vectors in the order of `ids`, shape (n, dimension)."""
        return np.array(self._index.index.reconstruct_n(0, len(self)), dtype=np.float32).reshape(-1, self.dimension)

    def save(self, path: Path) -> None:
        """Writes the index to `path` in one step: a reader sees the old file or the new one, never half of one."""
        import faiss

        draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            faiss.write_index(self._index, os.fspath(draft))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The k passages nearest to a unit vector of shape (dimension,): (id, cosine), best first.

        With `allowed`, only those ids are looked at, so that a filter never leaves fewer than k where k exist.
        """
        import faiss

        faiss.omp_set_num_threads(1)
        params = None
        if allowed is not None:
            chosen = np.fromiter(allowed, dtype=np.int64)
            params = faiss.SearchParameters(sel=faiss.IDSelectorBatch(chosen))  # type: ignore[call-arg]
        scores, ids = self._index.search(query.reshape(1, -1), k, params=params)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
