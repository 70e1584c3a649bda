"""Argon2id, with one cost for a known and an unknown account."""

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.secrets import new_secret
from app.settings import Settings


class Hasher:
    """Hashes and verifies passwords at the configured cost."""

    def __init__(self, settings: Settings) -> None:
        argon2 = Argon2Hasher(time_cost=settings.argon2_rounds, memory_cost=settings.argon2_memory_kib, parallelism=1)
        self._hash = PasswordHash((argon2,))
        self._nobody = self._hash.hash(new_secret())

    def hash(self, password: str) -> str:
        """Return what is stored."""
        return self._hash.hash(password)

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Tell whether the password fits, and the hash to store instead when the cost has changed.

        Without an account the same work is done against a hash nobody knows the password of.
        """
        fits, renewed = self._hash.verify_and_update(password, stored or self._nobody)
        return (fits and stored is not None), renewed
