"""The benchmark's figures: all there, of the right kind, and of the documents that were given."""

from pathlib import Path

from eval.bench.alone import measure


def test_a_tiny_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The amber met the heron in 1932. It rained on the grove.", encoding="utf-8")
    figures = measure(tmp_path, 2)
    assert figures["documents"] == "1 from 1 files"
    assert figures["passages"] == 1
    assert {"encode", "search", "answer", "total"} <= {name.split(",")[0] for name in figures}
    total = figures["total, ms, p50 / p95"]
    assert isinstance(total, str)
    assert all(float(part) > 0 for part in total.split(" / "))
    memory = figures["resident memory with the web chat built, MB"]
    assert isinstance(memory, int)
    assert memory == 0 or memory > 100  # 0 where the system doesn't say
