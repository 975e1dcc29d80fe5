"""A document's passages with their vectors, made before they are written: another may be written meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from documents.model import Document, Passage
from documents.split import split
from index.encoder import Encoded, Encoder, PassageText
from index.records import heading_of

__all__ = ["Prepared", "context_of", "passage_text", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document's passages and their vectors by the encoder of this name; none where the library had it already."""

    passages: Sequence[Passage]
    encoded: Sequence[Encoded]
    encoder: str


def prepare(document: Document, encoder: Encoder, progress: Callable[[int, int], None] | None = None) -> Prepared:
    """Splits and encodes a document; `progress` is called with the numbers of passages encoded and to encode."""
    passages = split(document)
    texts = [passage_text(document, passage) for passage in passages]
    encoded: dict[int, Encoded] = {}
    for i, vectors in encoder.encode_passages(texts):
        encoded[i] = vectors.halved()
        if progress:
            progress(len(encoded), len(passages))
    return Prepared(passages, [encoded[i] for i in range(len(passages))], encoder.name)


def context_of(title: str, heading: str) -> str:
    """What the encoder is told before a passage's text."""
    return heading if heading.startswith(title) else f"{title} › {heading}" if heading else title


def passage_text(document: Document, passage: Passage) -> PassageText:
    """What the encoder sees of a passage."""
    return PassageText(
        context=context_of(document.title, heading_of(passage)),
        text=document.text[passage.start : passage.end],
        sentences=tuple((s.start - passage.start, s.end - passage.start) for s in passage.sentences),
    )
