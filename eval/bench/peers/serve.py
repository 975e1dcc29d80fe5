"""One system under test as a process: JSON lines in, JSON lines out. Runs in the system's own environment.

    python serve.py NAME [OPTIONS AS JSON]

NAME.py beside this file defines `imports()` and a class `System`:

    System(**options)                     loads the model
    passages: int                         how many passages it retrieves unless told otherwise
    index(files, folder) -> int           reads text files into an index in the folder; how many passages it made
    open(folder)                          opens such an index
    ask(question, history, k) -> dict     "passages": [[file name, text], …], best first; "shown" where an answer is

The first line out says that it is ready; each line in is {"do": …} and gets one line back.
"""

import importlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["Served", "cpu", "main"]


class Served:
    """A system and what can be asked of it, one method a request."""

    def __init__(self, system: Any) -> None:
        self._system = system

    def index(self, files: list[str], folder: str) -> dict[str, Any]:
        """Seconds from text files to an index on disk, and those that processors worked for it."""
        began, worked = time.perf_counter(), cpu()
        passages = self._system.index([Path(file) for file in files], Path(folder))
        return {"passages": passages, "seconds": time.perf_counter() - began, "cpu": cpu() - worked}

    def open(self, folder: str) -> dict[str, Any]:
        """Seconds until it can be asked."""
        began = time.perf_counter()
        self._system.open(Path(folder))
        return {"seconds": time.perf_counter() - began}

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """The answer, with at least k passages, of which it would use the first `used`."""
        used = self._system.passages
        return {**self._system.ask(question, history, max(k, used)), "used": used}

    def hurry(self, questions: list[str], askers: int) -> dict[str, Any]:
        """Milliseconds of every question, asked by so many threads at once, and what went wrong."""
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        for question in questions:
            waiting.put(question)
        took: list[float] = []
        errors: list[str] = []

        def work() -> None:
            while True:
                try:
                    question = waiting.get_nowait()
                except queue.Empty:
                    return
                began = time.perf_counter()
                try:
                    self._system.ask(question, [], self._system.passages)
                except (RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError) as error:
                    errors.append(f"{type(error).__name__}: {error}"[:200])
                else:
                    took.append(1000 * (time.perf_counter() - began))

        threads = [threading.Thread(target=work) for _ in range(askers)]
        began, worked = time.perf_counter(), cpu()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {"ms": took, "seconds": time.perf_counter() - began, "cpu": cpu() - worked, "errors": errors}

    def versions(self, names: list[str]) -> dict[str, Any]:
        """The versions of distributions that are installed here."""
        from importlib.metadata import PackageNotFoundError, version

        found = {}
        for name in names:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
        return {"versions": found}


def cpu() -> float:
    """Seconds that processors worked so far for this process and for those it started that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    """Serves the system named on the command line until its input ends."""
    # What a library prints must not stand between the lines of this protocol.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    name, options = sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    module = importlib.import_module(name)
    began = time.perf_counter()
    module.imports()
    imported = time.perf_counter()
    served = Served(module.System(**options))
    ready = {"import": imported - began, "load": time.perf_counter() - imported}
    out.write(json.dumps(ready) + "\n")
    out.flush()
    for line in sys.stdin:
        request = json.loads(line)
        reply = getattr(served, request.pop("do"))(**request)
        out.write(json.dumps(reply) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
