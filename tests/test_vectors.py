"""The vector index against a NumPy oracle."""

from pathlib import Path

import numpy as np
import pytest

from index.vectors import VectorIndex


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(500, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return rng.permutation(10_000)[:500].astype(np.int64), vectors


def oracle(ids: np.ndarray, vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    return [int(ids[i]) for i in np.argsort(-(vectors @ query))[:k]]


def test_agrees_with_numpy(data: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    ids, vectors = data
    VectorIndex.build(ids, vectors).save(tmp_path / "v.faiss")
    index = VectorIndex.load(tmp_path / "v.faiss")
    assert len(index) == 500
    for query in vectors[:20] + 0.1:
        query = query / np.linalg.norm(query)
        found = index.search(query, 10)
        assert [i for i, _ in found] == oracle(ids, vectors, query, 10)
        best = vectors[list(ids).index(found[0][0])]
        assert found[0][1] == pytest.approx(float(best @ query), abs=1e-5)


def test_a_filter_still_gives_k(data: tuple[np.ndarray, np.ndarray]) -> None:
    ids, vectors = data
    allowed = np.sort(ids)[-12:]  # a dozen of five hundred
    keep = np.isin(ids, allowed)
    found = VectorIndex.build(ids, vectors).search(vectors[0], 10, allowed.tolist())
    assert [i for i, _ in found] == oracle(ids[keep], vectors[keep], vectors[0], 10)


def test_fewer_vectors_than_asked_for(data: tuple[np.ndarray, np.ndarray]) -> None:
    ids, vectors = data
    assert len(VectorIndex.build(ids[:3], vectors[:3]).search(vectors[0], 10)) == 3


def test_saving_leaves_no_draft_behind(data: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    index = VectorIndex.build(*data)
    with pytest.raises(RuntimeError):
        index.save(tmp_path / "no such folder" / "v.faiss")
    index.save(tmp_path / "v.faiss")
    assert [p.name for p in tmp_path.iterdir()] == ["v.faiss"]
