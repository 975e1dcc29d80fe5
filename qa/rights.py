"""Who may come to a library over the network, and what each may do, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["PROGRAM", "Rights", "Token", "User"]

PROGRAM = "token:"  # before the name of a token, where callers are named


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in; a reader can't change the shared library. `folder` names their own, if there is one."""

    name: str
    added: datetime
    reader: bool = False
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A program that may call the API, by the name it was given; `user` is whose own library it may use too."""

    name: str
    added: datetime
    reader: bool = False
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a caller may do: whose own library they have, its folder where there is one, and what they may change."""

    user: str | None
    folder: str | None
    change_shared: bool
    change_own: bool
