"""A citation holds only while its document is there and says just what was quoted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from library_support import document, opened

from documents.errors import CitationError
from index.library import Library
from qa.answer import Citation
from qa.verify import verify_citation

TEXT = "Ann signed the paper.\n\nBob — naïve as he was — left. 😀 Then it rained."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with opened(tmp_path) as library:
        library.add(document("a.txt", TEXT))
        yield library


def cited(library: Library, quote: str) -> Citation:
    (record,) = library.documents()
    start = library.text(record.id).index(quote)
    return Citation(1, record.id, "a.txt", "a", None, None, start, start + len(quote), quote)


@pytest.mark.parametrize("quote", ["Ann signed the paper.", "naïve", "Then it rained.", TEXT])
def test_a_true_quote_holds(library: Library, quote: str) -> None:
    assert verify_citation(library, cited(library, quote)) == TEXT


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "Ann signed the paper"},
        {"quote": "ann signed the paper."},
        {"quote": ""},
        {"start": 1},
        {"end": 20},
        {"start": 10_000, "end": 10_021},
        {"start": -len(TEXT) - 5, "end": -1},
    ],
)
def test_a_quote_that_differs_by_anything_fails(library: Library, change: dict[str, object]) -> None:
    with pytest.raises(CitationError, match=r"citation \[1\]: 'a' has other words"):
        verify_citation(library, replace(cited(library, "Ann signed the paper."), **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "end"), [(-16, -1), (5, 5), (9, 3)])
def test_a_span_that_is_none_fails_though_python_would_slice_it(library: Library, start: int, end: int) -> None:
    citation = replace(cited(library, "Ann"), start=start, end=end, quote=TEXT[start:end])
    with pytest.raises(CitationError):
        verify_citation(library, citation)


def test_a_removed_document_is_named(library: Library) -> None:
    citation = cited(library, "Ann signed the paper.")
    library.remove(citation.document_id)
    with pytest.raises(CitationError, match=r"'a' is no longer in the library; ask again"):
        verify_citation(library, citation)
