"""Files read in worker processes: one that hangs, crashes or eats all memory costs only itself.

Each thread here owns one process (worker.py), hands it one file at a time and kills it when its time is up. Nothing
is imported into the calling process that a file's content could reach.
"""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from documents import errors
from documents.errors import FootnoteError, LimitExceeded, UnreadableFile
from documents.model import Document
from documents.wire import from_json
from documents.worker import LENGTH

__all__ = ["ReadResult", "read_files"]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What became of one file: its documents, or the error that says why there are none."""

    path: Path
    documents: tuple[Document, ...] = ()
    error: FootnoteError | None = None


def read_files(
    paths: Iterable[Path], *, workers: int = 2, timeout: float = 60.0, memory: int = 1 << 30
) -> Generator[ReadResult, None, None]:
    """Reads files side by side, each result as soon as it is there; closing the iterator ends the workers.

    `timeout` is in seconds a file, `memory` in bytes a worker may fill (0: no limit; none on Windows). A file
    over a limit gives LimitExceeded, one that crashes the reader UnreadableFile; the others go on.
    """
    files = list(paths)
    todo: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for path in files:
        todo.put(path)
    # Bounded, so that reading runs only a little ahead of whoever uses the results.
    done: queue.Queue[ReadResult | BaseException] = queue.Queue(maxsize=2 * workers)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_serve, args=(todo, done, stop, timeout, memory), daemon=True, name="footnote-reader")
        for _ in range(min(workers, len(files)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in files:
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _serve(
    todo: "queue.SimpleQueue[Path]",
    done: "queue.Queue[ReadResult | BaseException]",
    stop: threading.Event,
    timeout: float,
    memory: int,
) -> None:
    worker = _Worker(timeout, memory, stop)
    try:
        while not stop.is_set():
            try:
                result: ReadResult | BaseException = worker.read(todo.get_nowait())
            except queue.Empty:
                return
            except OSError as error:  # no process can be started
                result = error
            while not stop.is_set():
                with suppress(queue.Full):
                    done.put(result, timeout=0.1)
                    break
    finally:
        worker.end()


class _Worker:
    """One process, started at its first file and again after it was killed."""

    def __init__(self, timeout: float, memory: int, stop: threading.Event) -> None:
        self._timeout, self._memory, self._stop = timeout, memory, stop
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def read(self, path: Path) -> ReadResult:
        result = self._try(path)
        if isinstance(result.error, LimitExceeded) and self._served > 1 and self._process is None:
            # What earlier files left behind in the process may have filled the memory: once more in a fresh one.
            return self._try(path)
        return result

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process = None

    def _try(self, path: Path) -> ReadResult:
        process = self._started()
        request = {"path": os.fsencode(path).hex(), "source": None, "timeout": self._timeout}
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = self._answer(process)
        except BrokenPipeError:
            answer = None
        self._served += 1
        if answer is not None:
            return self._result(path, answer)
        out_of_time = process.poll() is None
        self.end()
        return ReadResult(path, error=_death(path, None if out_of_time else process.returncode, self._timeout))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            root = str(Path(__file__).resolve().parents[1])
            known = os.environ.get("PYTHONPATH")
            environment = os.environ | {
                "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root,
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            }
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "documents.worker", str(self._memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                process_group=0,  # Ctrl-C is for us: a file under way must not be told to have crashed
            )
            self._served = 0
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes | None:
        """The worker's answer, None where it died, ran out of time or nobody waits any more."""
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        deadline = time.monotonic() + self._timeout
        data, wanted = bytearray(), LENGTH.size
        while len(data) < wanted:
            ready, _, _ = select.select([pipe], [], [], 0.1)
            if self._stop.is_set() or (not ready and time.monotonic() > deadline):
                return None
            if ready:
                chunk = os.read(pipe, min(wanted - len(data), 1 << 20))
                if not chunk:
                    process.wait()
                    return None
                data += chunk
                if len(data) == LENGTH.size == wanted:
                    wanted += LENGTH.unpack(data)[0]
        return bytes(data[LENGTH.size :])

    def _result(self, path: Path, answer: bytes) -> ReadResult:
        parsed = json.loads(answer)
        if "error" not in parsed:
            return ReadResult(path, tuple(from_json(parsed["documents"])))
        kind = getattr(errors, parsed["error"], UnreadableFile)
        if kind is LimitExceeded:
            self.end()
        return ReadResult(path, error=kind(parsed["message"]))


def _death(path: Path, code: int | None, timeout: float) -> FootnoteError:
    if code is None:
        return LimitExceeded(f"{str(path)!r} took more than {timeout:g} s to read. Allow more time, or split the file.")
    if -code in (signal.SIGABRT, signal.SIGKILL):
        return LimitExceeded(f"{str(path)!r} needs more memory to read than it may have.")
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return UnreadableFile(f"{str(path)!r} made its reader crash ({how}). Save it again, or as PDF.")
