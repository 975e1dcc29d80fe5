"""Footnote, in the environment that runs the benchmark: whole answers, without the reader, or its search alone."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Literal

__all__ = ["System", "imports"]

_IMPORTS = ("index.library", "qa.chain")


def imports() -> None:
    """Everything the system imports."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as its command does
    for name in _IMPORTS:
        importlib.import_module(name)


class System:
    """See serve.py; `mode` is what a question gets: an answer, one without the reader, or passages only."""

    def __init__(self, mode: Literal["answer", "quick", "search"] = "answer") -> None:
        from index.encoder import default_encoder
        from qa.chain import Options
        from qa.reader import reader_named

        self._mode = mode
        self._encoder = default_encoder()
        self._options = Options(reader="none" if mode != "answer" else "default")
        self.passages = self._options.passages
        if mode == "answer":
            reader_named("default")
        self._library: Any = None
        self._chain: Any = None

    def index(self, files: list[Path], folder: Path) -> int:
        """See serve.py."""
        from index.library import Library

        with Library.open(folder, encoder=self._encoder) as library:
            library.add_files(files)
            library.search("anything")  # the vectors are written at the first search
            return sum(record.passages for record in library.documents())

    def open(self, folder: Path) -> None:
        """See serve.py."""
        from index.library import Library
        from qa.chain import build_chain

        self._library = Library.open(folder, encoder=self._encoder, create=False)
        self._chain = build_chain(self._library, self._options)

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """See serve.py."""
        if self._mode == "search":
            found = self._library.search(question, k=k)
            return {"passages": [[Path(hit.source).name, hit.text] for hit in found.hits]}
        answer = self._chain.invoke({"question": question, "history": history})
        shown = " ".join(sentence.text for sentence in answer.sentences)
        return {"passages": [[Path(p.source).name, p.text] for p in answer.passages], "shown": shown}
