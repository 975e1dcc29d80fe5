"""Models of the Hugging Face hub: from its cache without a word to the network, and fetched only where it is reached.

Left to itself, the hub's client asks the network even for what it has, and where there is none tries for minutes.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from documents.errors import MissingExtra

__all__ = ["hub_reachable", "loaded", "require_torch"]

Model = TypeVar("Model")
SECONDS = 5.0
_LOCK = threading.Lock()
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_PACKAGES = ("torch", "transformers", "sentence_transformers")
_INSTALL = "pip install torch==2.13.0 sentence-transformers"


def require_torch(what: str, otherwise: str) -> None:
    """Makes sure that what runs models of the hub is installed, which Footnote itself does without; keeps it quiet.

    Raises:
        MissingExtra: it isn't. The message begins with `what`, gives the command, and ends with `otherwise`.
    """
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise MissingExtra(f"{what} needs {', '.join(missing)}: {_INSTALL}; {otherwise}")
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it writes to the terminal of whoever called us


def hub_reachable() -> bool:
    """Whether the hub answers, by one connection; taken for granted behind a proxy, ruled out by HF_HUB_OFFLINE."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    if any(os.environ.get(name) for name in _PROXIES):
        return True
    address = urlsplit(constants.ENDPOINT)
    try:
        socket.create_connection((address.hostname or "", address.port or 443), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def loaded(name: str, load: Callable[[bool], Model]) -> Model:
    """What load(local_files_only) gives: from a folder or the cache, else from the hub where it can be reached.

    Raises:
        OSError, ValueError: as `load` does; of the first attempt where the hub can't be reached.
    """
    try:
        with _offline():
            return load(True)
    except (OSError, ValueError):
        if Path(name).exists() or not _may_be_on_hub(name) or not hub_reachable():
            raise
    return load(False)


def _may_be_on_hub(name: str) -> bool:
    """Whether the hub's models can have such a name; "/no/such/folder" is none of theirs."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


@contextmanager
def _offline() -> Iterator[None]:
    """Inside, the hub's client stays off the network, which some loaders use even for local files only."""
    from huggingface_hub import constants

    with _LOCK:
        before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = before
