"""The documents of a question set as a library knows them: names to documents, evidence to spans, gold passages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePath

from documents.errors import DocumentError, MissingExtra
from documents.model import Document
from documents.split import split
from eval.dataset import Question, Source
from eval.evidence import locate
from eval.metrics import Span, overlaps
from index.library import Library

__all__ = ["Corpus", "corpus_of", "take_in"]


@dataclass(frozen=True)
class Corpus:
    """What judging needs of the documents; `load` gives a document by its id.

    `names` maps a name that questions use to the ids of its documents (several for an archive, none for a file that
    could not be read: then `unread` says why). `originals` are the texts in which the offsets of evidence count. `cut`
    gives the spans of a document's passages as the library has them: one made by an earlier Footnote may be cut in
    another way than a document would be now.
    """

    load: Callable[[str], Document]
    names: Mapping[str, Sequence[str]]
    originals: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    cut: Callable[[str], Sequence[tuple[int, int]]] | None = None

    @cached_property
    def _name_of(self) -> dict[str, str]:
        """Document id -> the first of its names."""
        found: dict[str, str] = {}
        for name, ids in self.names.items():
            for document_id in ids:
                found.setdefault(document_id, name)
        return found

    def name_of(self, document_id: str) -> str:
        """The name that stands for a document, the same for all names of one text; its id where it has none."""
        return self._name_of.get(document_id, document_id)

    def gold_names(self, question: Question) -> tuple[str, ...]:
        """The question's documents, each by the name that stands for it."""
        ids = {name: self.names.get(name, ()) for name in question.doc_ids}
        return tuple(dict.fromkeys(self.name_of(found[0]) if found else name for name, found in ids.items()))

    def gold_texts(self, question: Question) -> list[str]:
        """The canonical texts of the question's documents, as far as they were read."""
        return [self._load(document_id).text for name in question.doc_ids for document_id in self.names.get(name, ())]

    def parts(self, question: Question) -> tuple[tuple[Span, ...], ...]:
        """The spans of the question's evidence, interchangeable ones together; parts that can't be found are empty."""
        found: dict[int, list[Span]] = {}
        for evidence in question.evidence:
            spans = found.setdefault(evidence.part, [])
            for document_id in self.names.get(evidence.doc_id, ()):
                text = self._load(document_id).text
                place = locate(evidence, text, self.originals.get(evidence.doc_id))
                if place:
                    spans.append((document_id, *place))
                    break
        return tuple(tuple(spans) for spans in found.values())

    def passages_with(self, span: Span) -> tuple[Span, ...]:
        """The passages that hold at least half of a span, or that it holds half of."""
        return tuple(passage for passage in self._passages(span[0]) if overlaps(passage, span))

    @cached_property
    def _load(self) -> Callable[[str], Document]:
        return lru_cache(maxsize=256)(self.load)

    @cached_property
    def _passages(self) -> Callable[[str], tuple[Span, ...]]:
        def passages(document_id: str) -> tuple[Span, ...]:
            cut = self.cut or (lambda known: [(p.start, p.end) for p in split(self._load(known))])
            return tuple((document_id, start, end) for start, end in cut(document_id))

        return lru_cache(maxsize=256)(passages)


def take_in(library: Library, sources: Sequence[Source], progress: Callable[[int, int], None] | None = None) -> Corpus:
    """Adds the documents of a set to a library; one that can't be read is noted, not raised."""
    names: dict[str, list[str]] = {}
    unread: dict[str, str] = {}
    for number, source in enumerate(sources):
        if progress:
            progress(number, len(sources))
        names[source.id] = []
        try:
            for document in source.read():
                library.add(document)
                names[source.id].append(document.id)
        except (DocumentError, MissingExtra) as error:
            unread[source.id] = str(error)
    if progress:
        progress(len(sources), len(sources))
    originals = {source.id: source.text for source in sources if source.text is not None}
    return Corpus(library.document, names, originals, unread, library.spans)


def corpus_of(library: Library) -> Corpus:
    """A library's own documents, named by their sources, the file names at the end of these, and their ids."""
    names: dict[str, list[str]] = {}
    for record in library.documents():
        for source in record.sources:
            for name in dict.fromkeys((source, PurePath(source).name, record.id)):
                names.setdefault(name, []).append(record.id)
    return Corpus(library.document, names, cut=library.spans)
