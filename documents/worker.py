"""The process that reads files for pool.py: `python -m documents.worker MEMORY`, a JSON request a line on stdin.

A request is {"path", "source", "timeout"}; the answer is its length as eight bytes and JSON: {"documents"} or
{"error", "message"}. Memory is limited by the system, and an alarm ends a process whose parent is gone.
"""

import json
import math
import os
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from documents.errors import FootnoteError, LimitExceeded
from documents.load import load
from documents.readers import ocr
from documents.wire import to_json

__all__ = ["LENGTH", "main"]

LENGTH = struct.Struct("<Q")
"""How an answer's length in bytes is written in front of it."""


# Libraries and models that are mapped, not filled, count in the address space: OCR alone maps 0.8 GB.
_MAPPED = 1 << 30


def main(memory: int) -> None:
    """Serves requests until stdin ends; `memory` is the limit in bytes, 0 for none."""
    # Libraries print; what they print must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _limit(memory)
    for line in sys.stdin.buffer:
        request: dict[str, Any] = json.loads(line)
        _alarm(request["timeout"])
        ocr.allow(0.6 * request["timeout"] or math.inf)  # the rest is for rendering, and for the page under way
        _send(answers, _answer(Path(os.fsdecode(bytes.fromhex(request["path"]))), request["source"]))
        _alarm(0)


def _answer(path: Path, source: str | None) -> str:
    try:
        return f'{{"documents":{to_json(load(path, source=source))}}}'
    except FootnoteError as error:
        failure: Exception = error
    except MemoryError:
        failure = LimitExceeded(f"{str(path)!r} needs more memory to read than it may have.")
    return json.dumps({"error": type(failure).__name__, "message": str(failure)})


def _send(answers: BinaryIO, text: str) -> None:
    data = text.encode()
    answers.write(LENGTH.pack(len(data)) + data)
    answers.flush()


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; time and the readers' own limits remain
        return
    limits = {resource.RLIMIT_CORE: 0}
    if memory:
        limits |= {resource.RLIMIT_DATA: memory, resource.RLIMIT_AS: memory + _MAPPED}
    for what, limit in limits.items():
        _, most = resource.getrlimit(what)
        limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(what, (limit, limit))


def _alarm(seconds: float) -> None:
    try:
        from signal import alarm
    except ImportError:  # Windows
        return
    alarm(int(seconds * 2) + 1 if seconds else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
