"""Listening: an address that is checked before it is used, who may come in there, and the server that runs on it."""

import errno
import socket
import sys
import threading
from dataclasses import dataclass

from documents.errors import FootnoteError
from index.library import Library
from qa.chain import Options
from qa.people import PEOPLE, People
from qa.web.app import LOCAL_NAMES, application
from qa.web.ending import server
from qa.web.guard import Rules, loopback
from qa.web.testing import Evaluation
from qa.web.throttle import Rate

__all__ = ["Door", "serve"]


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server listens and whom it lets in: with `auth` those who sign in, `force` anyone from anywhere.

    `names` are host names it also answers to, `rate` the requests to the API that one caller has in a minute.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    auth: bool = False
    force: bool = False
    names: tuple[str, ...] = ()
    rate: int = 600


def serve(
    library: Library,
    door: Door = Door(),
    *,
    options: Options | None = None,
    tests: Evaluation | None = None,
    open_browser: bool = False,
) -> None:
    """Serves page and API until Ctrl-C, printing the address once it takes requests; `tests` is the page's evaluation.

    Raises:
        FootnoteError: the address can't be used, or would let in people nobody knows.
    """
    import uvicorn

    rules = _rules(library, door)
    listening = _listen(door.host, door.port)
    address = f"http://{_shown(door.host)}:{listening.getsockname()[1]}"
    try:
        app = application(library, options=options, rules=rules, tests=tests)
        threading.Thread(target=_warm, args=(library,), daemon=True, name="footnote-warm").start()
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, access_log=False)
        sys.stdout.write(f"Footnote is at {address} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if open_browser:
            import webbrowser

            threading.Timer(0.5, webbrowser.open, [address]).start()
        server(config, app.state.end).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _rules(library: Library, door: Door) -> Rules:
    """Who may come in through a door."""
    near = loopback(door.host)
    if not (near or door.auth or door.force):
        raise FootnoteError(
            f"{door.host} can be reached from other machines, and whoever reaches it could read every document: "
            "have people sign in (--auth, after `footnote user add NAME`), or let everyone in with --force"
        )
    people = People(library.path / PEOPLE) if door.auth else None
    if people is not None and not people.users() and not people.tokens():
        raise FootnoteError("nobody could sign in: add a user first with `footnote user add NAME`")
    here = () if near else (socket.gethostname().lower(), socket.getfqdn().lower())
    hosts = (*LOCAL_NAMES, _shown(door.host).lower(), *here, *(name.lower() for name in door.names))
    return Rules(tuple(dict.fromkeys(hosts)), people, Rate(door.rate), any_address=not near)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise FootnoteError(
                f"port {port} of {host} is in use, perhaps by another Footnote: open http://{host}:{port}, "
                "or choose another port (--port, or PORT=… with make chat)"
            ) from error
        raise FootnoteError(f"can't listen on port {port} of {host}: {error}; choose another with --port") from error
    return listening


def _warm(library: Library) -> None:
    """Loads the encoder and the vectors, so that the first question doesn't wait for them."""
    if library.documents():
        library.search("warm up", k=1)
