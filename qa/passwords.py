"""Passwords as argon2id hashes; a wrong name takes as long to refuse as a wrong password."""

import secrets
from functools import cached_property
from typing import TYPE_CHECKING

from documents.errors import PeopleError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["LONGEST", "SHORTEST", "Passwords"]

SHORTEST = 10  # characters
LONGEST = 1000


class Passwords:
    """Hashes passwords and compares them with hashes."""

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher()  # RFC 9106, low memory: 64 MiB, three passes

    @cached_property
    def _decoy(self) -> str:
        """A hash that no password has, so that an unknown name takes as long as a known one."""
        return str(self._hasher.hash(secrets.token_hex(32)))

    def hashed(self, password: str) -> str:
        """The hash to keep; raises PeopleError for one that is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise PeopleError(
                f"a password has {SHORTEST} to {LONGEST} characters, and this one {len(password)}: "
                "a few words in a row are easy to keep in mind"
            )
        return str(self._hasher.hash(_bytes(password)))

    def right(self, password: str, hashed: str | None) -> bool:
        """Whether a password is the one that was hashed; never where there is no hash."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._hasher.verify(hashed or self._decoy, _bytes(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
