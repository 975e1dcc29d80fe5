"""The systems that are compared, the environment each runs in, and one of them as a process that can be asked."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from documents.errors import FootnoteError

__all__ = ["FOOTNOTE", "LANGCHAIN", "SYSTEMS", "Process", "System", "SystemFailed", "environment", "tree_memory"]

PEERS = Path(__file__).parent / "peers"
_SAMPLE = 0.1  # seconds between two looks at the memory


class SystemFailed(FootnoteError):
    """A system under test could not be installed, or ended, or answered with no JSON."""


@dataclass(frozen=True, slots=True)
class System:
    """One system: the script that drives it, its options, and the distributions whose versions are named.

    `whole` are those that are measured everywhere; the others only where speed is.
    """

    name: str
    script: str
    distributions: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    whole: bool = True

    @property
    def requirements(self) -> Path | None:
        """What its environment holds; None for the one that runs the benchmark."""
        file = PEERS / f"{self.script}.txt"
        return file if file.is_file() else None


FOOTNOTE, LANGCHAIN = "Footnote", "LangChain tutorial"
_OURS = ("torch", "sentence-transformers", "onnxruntime", "faiss-cpu")
SYSTEMS = (
    System(FOOTNOTE, "footnote_library", _OURS),
    System("Footnote, --reader none", "footnote_library", _OURS, {"mode": "quick"}, whole=False),
    System("Footnote, search only", "footnote_library", _OURS, {"mode": "search"}, whole=False),
    System(
        LANGCHAIN,
        "langchain_tutorial",
        ("langchain-core", "langchain-community", "langchain-huggingface", "langchain-text-splitters", "faiss-cpu"),
    ),
    System("LlamaIndex", "llama_index_defaults", ("llama-index-core", "llama-index-embeddings-huggingface")),
    System("txtai", "txtai_defaults", ("txtai", "faiss-cpu")),
    System("Haystack hybrid", "haystack_hybrid", ("haystack-ai", "sentence-transformers-haystack")),
)


def environment(system: System, folder: Path) -> Path:
    """The Python that runs a system, in a virtual environment below `folder` that is made where it is missing.

    It is made again when the requirements change. Raises SystemFailed where pip fails.
    """
    if system.requirements is None:
        return Path(sys.executable)
    wanted = system.requirements.read_bytes()
    home = folder / f"{system.script}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    python, done = home / "bin" / "python", home / "installed"
    if not done.is_file():
        _run([sys.executable, "-m", "venv", str(home)], system)
        _run([str(python), "-m", "pip", "install", "--quiet", "-r", str(system.requirements)], system)
        done.touch()
    return python


def _run(command: list[str], system: System) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SystemFailed(
            f"{system.name}: {' '.join(command)!r} ended with {done.returncode}: {done.stderr[-2000:]} "
            f"Correct {system.requirements}, or leave the system out with --only."
        )


class Process:
    """A system running in its own process, and the most memory that it and its children held together."""

    def __init__(self, system: System, python: Path) -> None:
        self.system = system
        self.peak = 0  # bytes
        command = [str(python), str(PEERS / "serve.py"), system.script, json.dumps(dict(system.options))]
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "PYTHONPATH"))}
        # Threads that spin while they wait cost whoever else works: no one's do, though a peer's would by default.
        fixed = {"OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}
        offline = {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}
        began = time.perf_counter()
        self._log: list[str] = []
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=outside | fixed | offline,
        )
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._watch)]
        for thread in self._threads:
            thread.start()
        try:
            self.ready = {**self._read(), "start": time.perf_counter() - began}
        except SystemFailed:
            self.close()
            raise

    def call(self, do: str, **arguments: Any) -> dict[str, Any]:
        """What the system replies to a request; raises SystemFailed where it doesn't."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._process.wait()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._threads[0].join()  # all that it said
            raise SystemFailed(f"{self.system.name} ended: {''.join(self._log[-30:])[-3000:]}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as said:
            self._log.extend(said)

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE):
            self.peak = max(self.peak, tree_memory(self._process.pid))

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.peak = max(self.peak, tree_memory(self._process.pid))
        self.close()

    def close(self) -> None:
        """Ends the system: its input is closed, and after ten seconds it is killed."""
        self._over.set()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()
        self._process.stdout.close()


def tree_memory(pid: int) -> int:
    """Resident bytes of a process and its descendants, pages that they share counted once for each; 0 where unknown."""
    home = Path("/proc") / str(pid)
    try:
        status = (home / "status").read_text()
        children = (home / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it ended, or this is no Linux
        return 0
    resident = next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return resident + sum(tree_memory(int(child)) for child in children)
