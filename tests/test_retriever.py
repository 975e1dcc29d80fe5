"""Footnote's search in a LangChain chain: page content is the passage, metadata says where it stands."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableLambda
from library_support import document, opened, prose

from index.library import Library
from index.records import Filter
from qa.retriever import FootnoteRetriever


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("retriever")) as library:
        for n in range(4):
            library.add(document(f"{n}.md", f"# Title {n}\n\n{prose(n, 12)}"), collection=("", "work")[n % 2])
        yield library


def test_documents_are_the_hits_in_their_order(library: Library) -> None:
    found = FootnoteRetriever(library=library, k=3).invoke("Who met the amber?")
    hits = library.search("Who met the amber?", k=3).hits
    assert [d.id for d in found] == [str(h.passage_id) for h in hits]
    for one in found:
        m = one.metadata
        assert library.text(m["document_id"])[m["start"] : m["end"]] == one.page_content
        assert json.loads(json.dumps(m)) == m


def test_a_limit_is_kept(library: Library) -> None:
    retriever = FootnoteRetriever(library=library, where=Filter(collections=("work",)))
    assert {d.metadata["source"] for d in retriever.invoke("amber")} <= {"1.md", "3.md"}
    nothing = FootnoteRetriever(library=library, where=Filter(collections=()))
    assert nothing.invoke("amber") == []


@pytest.mark.parametrize("question", ["", "???", "amber\ud800", "\x00"])
def test_any_question_finds_the_closest(library: Library, question: str) -> None:
    assert len(FootnoteRetriever(library=library, k=2).invoke(question)) == 2


def test_it_is_a_runnable(library: Library, tmp_path: Path) -> None:
    chain = FootnoteRetriever(library=library, k=2) | RunnableLambda(len)
    assert chain.batch(["amber", "grove"]) == [2, 2]
    assert asyncio.run(chain.ainvoke("amber")) == 2
    with opened(tmp_path) as empty:
        assert FootnoteRetriever(library=empty).invoke("amber") == []
