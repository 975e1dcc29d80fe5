"""Changes a library's encoder: every passage is encoded again from the stored text, and then all vectors are switched.

Until the switch, which is one transaction, the old vectors serve. What has been encoded is kept in the library as it
comes, so a process that is killed loses a few passages' work, and the next call goes on where it stopped.
"""

import json
from collections.abc import Callable

from index.encoder import Encoder, PassageText
from index.kept_encoder import recipe
from index.library import Library
from index.prepared import context_of

__all__ = ["reencode"]

CHUNK = 64  # passages in one transaction: about two seconds of encoding


def reencode(
    library: Library, encoder: Encoder, progress: Callable[[int, int], None] | None = None, chunk: int = CHUNK
) -> int:
    """Encodes the library with another encoder and switches to it; returns how many passages this call encoded.

    Documents may be added and removed meanwhile. `progress` is called with the numbers of passages encoded and in all.

    Raises:
        LibraryBusy, LibraryFull: what was encoded so far is kept, and the old vectors still serve.
    """
    store = library.store
    made = recipe(encoder)
    done = 0
    with store.errors():
        if all(store.setting(name) == value for name, value in made.items()):
            return 0
    with store.transaction():
        store.begin_coming(json.dumps(made))
    while True:
        with store.snapshot():
            rows = store.to_come(chunk)
            total, come = store.count("passages"), store.count("coming")
        if not rows and _switched(library, encoder):
            return done
        texts = [
            PassageText(context_of(title, heading), text, tuple((a - start, b - start) for a, b in spans))
            for _, title, heading, text, start, spans in rows
        ]
        encoded = [(rows[n][0], vectors.halved()) for n, vectors in encoder.encode_passages(texts)]
        with store.transaction():
            for passage, vectors in encoded:
                store.add_coming(passage, vectors)
        done += len(encoded)
        if progress and encoded:
            progress(min(come + len(encoded), total), total)


def _switched(library: Library, encoder: Encoder) -> bool:
    """Switches, unless a document was added since we looked."""
    store = library.store
    with store.transaction():
        if store.to_come(1):
            return False
        store.switch()
        for name, value in recipe(encoder).items():
            store.set_setting(name, value)
    library.kept_encoder.use(encoder)
    library.tidy()
    return True
