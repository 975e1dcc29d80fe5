"""Whether a citation still holds: its document is in the library and has the quoted words at the cited span."""

from documents.errors import CitationError, NotInLibrary
from index.library import Library
from qa.answer import Citation

__all__ = ["verify_citation"]


def verify_citation(library: Library, citation: Citation) -> str:
    """The text of the cited document, after checking that it has the quote at [start, end).

    Raises:
        CitationError: the document was removed, or the text at the span is another.
    """
    try:
        text = library.text(citation.document_id)
    except NotInLibrary as error:
        raise CitationError(
            f"citation [{citation.number}]: {citation.title!r} is no longer in the library; ask again to get an "
            "answer from what is there now"
        ) from error
    is_span = 0 <= citation.start < citation.end  # Python would slice other pairs too
    if not is_span or text[citation.start : citation.end] != citation.quote:
        raise CitationError(
            f"citation [{citation.number}]: {citation.title!r} has other words at {citation.start}-{citation.end} than "
            "were quoted; ask again, and run `footnote doctor`"
        )
    return text
