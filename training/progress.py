"""Where a run stands, what it tells of itself, and how much of the machine it may take."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

__all__ = ["Crowd", "Journal", "Progress"]


@dataclass(slots=True)
class Progress:
    """Where a run stands; saved with the weights."""

    tokens: int = 0
    steps: int = 0
    epoch: int = 0
    batch: int = 0
    seconds: float = 0.0


class Journal:
    """A progress bar, and a line of mean losses every 100 steps."""

    def __init__(self, path: Path, progress: Progress, budget: int) -> None:
        self._path, self._progress, self._budget = path, progress, budget
        self._sums: dict[str, float] = {}

    def __enter__(self) -> "Journal":
        from tqdm import tqdm

        self._file = self._path.open("a", encoding="utf-8")
        self._bar = tqdm(total=self._budget, unit="tok", mininterval=10)
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.close()
        self._file.close()

    def note(self, parts: dict[str, Tensor]) -> None:
        """The losses of one more step."""
        self._bar.update(self._progress.tokens - self._bar.n)
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.item() / 100
        if self._progress.steps % 100 == 0:
            line = {**asdict(self._progress), **{k: round(v, 4) for k, v in self._sums.items()}}
            print(json.dumps(line), file=self._file, flush=True)
            self._sums = {}


class Crowd:
    """How many processors others leave free. A thread that waits for a preempted one costs more than it brings."""

    def __init__(self) -> None:
        self._before = self._read()

    def _read(self) -> tuple[float, int]:
        """Ticks of all other programs, and of all time."""
        ticks = [int(t) for t in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        own = sum(os.times()[:2]) * os.sysconf("SC_CLK_TCK")
        return sum(ticks) - ticks[3] - ticks[4] - own, sum(ticks)

    def free(self) -> int:
        """At least one, counted since the last call."""
        now, before = self._read(), self._before
        self._before = now
        count = os.cpu_count() or 1
        busy = count * (now[0] - before[0]) / max(1, now[1] - before[1])
        return max(1, round(count - busy + 0.15))
