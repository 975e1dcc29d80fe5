"""How the parts of a document that no query looks into are kept: compressed JSON and packed numbers, never pickle.

What can't be unpacked raises struct.error or zlib.error: bytes that aren't what was packed are damage.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from documents.model import Document, PageLayout, Place, Problem, Section, WordBox

__all__ = [
    "document_meta",
    "pack_layout",
    "pack_problems",
    "pack_spans",
    "pack_structure",
    "pack_vectors",
    "unpack_layout",
    "unpack_meta",
    "unpack_problems",
    "unpack_spans",
    "unpack_structure",
    "unpack_vectors",
]

_PAGE = struct.Struct("<IffI")  # number, width, height, how many words follow
_WORD = np.dtype([("start", "<u4"), ("end", "<u4"), ("box", "<f4", 4)])
_META = {"author", "language", "extra", "created", "modified"}


@contextmanager
def _unpacking(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        raise struct.error(f"{what}: {error}") from error


def pack_vectors(vectors: NDArray[np.floating]) -> bytes:
    """Vectors of any shape as little-endian float16: half the space, cosines the same to three digits."""
    return vectors.astype("<f2").tobytes()


def unpack_vectors(blob: bytes, dimension: int) -> NDArray[np.float32]:
    """The vectors of a blob as float32 of shape (n, dimension)."""
    with _unpacking("vectors"):
        return np.frombuffer(blob, dtype="<f2").reshape(-1, dimension).astype(np.float32)


def pack_spans(spans: list[tuple[int, int]]) -> bytes:
    """(start, end) pairs as little-endian uint32."""
    return np.array(spans, dtype="<u4").tobytes()


def unpack_spans(blob: bytes) -> list[tuple[int, int]]:
    """The (start, end) pairs of a blob."""
    with _unpacking("spans"):
        numbers = np.frombuffer(blob, dtype="<u4").tolist()
        return list(zip(numbers[::2], numbers[1::2], strict=True))


def pack_structure(document: Document) -> bytes:
    """Sections and places."""
    sections = [[s.start, s.body, s.end, list(s.path)] for s in document.sections]
    places = [[p.kind, p.start, p.end, p.number, p.label, p.method] for p in document.places]
    return zlib.compress(json.dumps([sections, places], ensure_ascii=False).encode())


def unpack_structure(blob: bytes) -> tuple[tuple[Section, ...], tuple[Place, ...]]:
    """Sections and places back."""
    with _unpacking("sections and places"):
        sections, places = json.loads(zlib.decompress(blob))
        return (
            tuple(Section(start, body, end, tuple(path)) for start, body, end, path in sections),
            tuple(Place(*fields) for fields in places),
        )


def pack_layout(layout: tuple[PageLayout, ...]) -> bytes:
    """Pages and their words' boxes; empty for a document without pages."""
    parts = []
    for page in layout:
        parts.append(_PAGE.pack(page.number, page.width, page.height, len(page.words)))
        rows = [(w.start, w.end, (w.left, w.top, w.right, w.bottom)) for w in page.words]
        parts.append(np.array(rows, dtype=_WORD).tobytes())
    return zlib.compress(b"".join(parts)) if parts else b""


def unpack_layout(blob: bytes) -> tuple[PageLayout, ...]:
    """Pages and their words' boxes back."""
    data, at, pages = zlib.decompress(blob) if blob else b"", 0, []
    while at < len(data):
        with _unpacking("layout"):
            number, width, height, count = _PAGE.unpack_from(data, at)
            rows = np.frombuffer(data, dtype=_WORD, count=count, offset=at + _PAGE.size)
        words = tuple(WordBox(int(r["start"]), int(r["end"]), *(float(x) for x in r["box"])) for r in rows)
        pages.append(PageLayout(number, width, height, words))
        at += _PAGE.size + count * _WORD.itemsize
    return tuple(pages)


def pack_problems(problems: tuple[Problem, ...]) -> str:
    """Problems as JSON."""
    return json.dumps([asdict(p) for p in problems], ensure_ascii=False)


def unpack_problems(text: str) -> tuple[Problem, ...]:
    """Problems back."""
    with _unpacking("problems"):
        return tuple(Problem(**fields) for fields in json.loads(text))


def document_meta(document: Document) -> str:
    """What the file says of itself, as JSON."""
    dates = {k: v.isoformat() for k in ("created", "modified") if (v := getattr(document, k)) is not None}
    meta = {"author": document.author, "language": document.language, "extra": document.extra, **dates}
    return json.dumps(meta, ensure_ascii=False)


def unpack_meta(text: str) -> dict[str, Any]:
    """Keyword arguments for Document."""
    with _unpacking("what the file says of itself"):
        meta: dict[str, Any] = json.loads(text)
        if strange := sorted(meta.keys() - _META):
            raise ValueError(f"it has no {', '.join(strange)}")
        return {k: datetime.fromisoformat(v) if k in ("created", "modified") else v for k, v in meta.items()}
