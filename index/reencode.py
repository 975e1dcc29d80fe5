"""Changes a library's encoder: every passage is encoded again from the stored text, and then all vectors are switched.

Until the switch, which is one transaction, the old vectors serve. What has been encoded is kept in the library as it
comes, so a process that is killed loses a few passages' work, and the next call goes on where it stopped.
"""

import json
from collections.abc import Callable, Mapping

from documents.errors import LibraryBusy
from index.encoder import Encoder, PassageText
from index.kept_encoder import recipe
from index.library import Library
from index.prepared import context_of
from index.store import COMING, Store

__all__ = ["reencode"]

CHUNK = 64  # passages in one transaction: about two seconds of encoding


def reencode(
    library: Library, encoder: Encoder, progress: Callable[[int, int], None] | None = None, chunk: int = CHUNK
) -> int:
    """Encodes the library with another encoder and switches to it; returns how many passages this call encoded.

    Documents may be added and removed meanwhile. `progress` is called with the numbers of passages encoded and in all.

    Raises:
        LibraryBusy, LibraryFull: what was encoded so far is kept, and the old vectors still serve. Another process may
            be changing to another encoder.
    """
    store, made = library.store, recipe(encoder)
    done, last, come, total = 0, 0, 0, 0
    with store.errors():
        if _is_of(store, made):
            return 0
    with store.transaction():
        store.begin_coming(json.dumps(made))
    while True:
        with store.snapshot():
            overtaken = _overtaken(store, made)
            rows = store.to_come(chunk, last)
            if not last:
                total, come = store.count("passages"), store.count("coming")
        if overtaken or (not rows and _switched(store, made)):
            library.kept_encoder.use(encoder)
            library.tidy()
            return done
        texts = [
            PassageText(context_of(title, heading), text, tuple((a - start, b - start) for a, b in spans))
            for _, title, heading, text, start, spans in rows
        ]
        encoded = [(rows[n][0], vectors.halved()) for n, vectors in encoder.encode_passages(texts)]
        with store.transaction():
            if not _overtaken(store, made):
                for passage, vectors in encoded:
                    store.add_coming(passage, vectors)
        last = rows[-1][0] if rows else 0  # where a document was added since, from the first one again
        done, come = done + len(encoded), come + len(encoded)
        if progress and encoded:
            progress(min(come, total), total)


def _is_of(store: Store, made: Mapping[str, str]) -> bool:
    """Whether the library's vectors are of this recipe."""
    return all(store.setting(name) == value for name, value in made.items())


def _overtaken(store: Store, made: Mapping[str, str]) -> bool:
    """Whether another process has made the same change; raises LibraryBusy where it is at another."""
    coming = store.setting(COMING)
    if coming == json.dumps(made):
        return False
    if coming is None and _is_of(store, made):
        return True
    other = store.setting("encoder") if coming is None else json.loads(coming)["encoder"]
    raise LibraryBusy(
        f"another process changes the encoder of {store.path} to {other}: let it end, or end it, and then change the "
        f"encoder to {made['encoder']} again"
    )


def _switched(store: Store, made: Mapping[str, str]) -> bool:
    """Switches, unless a document was added since we looked."""
    with store.transaction():
        if _overtaken(store, made):
            return True
        if store.to_come(1):
            return False
        store.switch()
        for name, value in made.items():
            store.set_setting(name, value)
    return True
