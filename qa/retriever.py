"""A LangChain retriever over a library, so that any LangChain chain can use Footnote's search."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.library import Library
from index.records import Filter
from index.search import Hit

__all__ = ["FootnoteRetriever"]


class FootnoteRetriever(BaseRetriever):
    """Gives the k passages that best match a question, as LangChain documents.

    The metadata of each says where it comes from (source, title, heading, document_id, start, end) and its score; the
    page content is exactly the document's text at [start, end).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = 10
    where: Filter | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [as_langchain(hit) for hit in self.library.search(query, k=self.k, where=self.where).hits]


def as_langchain(hit: Hit) -> LangChainDocument:
    """A hit as a LangChain document."""
    metadata: dict[str, Any] = {
        name: getattr(hit, name) for name in ("document_id", "source", "title", "heading", "start", "end", "score")
    }
    return LangChainDocument(page_content=hit.text, metadata=metadata, id=str(hit.passage_id))
