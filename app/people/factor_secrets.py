"""The secrets of one-time passwords (RFC 6238), encrypted with a key of the operator, and what is typed from an app.

Whoever reads the database alone makes no codes. The person is authenticated with the secret: moved to another row it
opens nothing.
"""

import hashlib
import hmac
from base64 import b32encode, b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from secrets import token_bytes
from types import ModuleType
from typing import Final, NamedTuple
from uuid import UUID

from pyotp import TOTP, random_base32

from app.settings import Settings
from app.settings_checks import LOCAL_KEY

ISSUER: Final = "squatback"
_STEP_S: Final = 30
_DRIFT: Final = (0, -1, 1)
"""Clocks may differ by one step."""
_RECOVERY_BYTES: Final = 15  # 120 bits: more than the 112 from which a fast hash is enough
RECOVERY_CODES: Final = 10


class Whose(NamedTuple):
    """A person, by their ids."""

    organization_id: UUID
    person_id: UUID


def new_secret_key() -> str:
    """Return a new secret of 160 random bits, as authenticator apps take it."""
    return random_base32()


def address_of(secret: str, email: str) -> str:
    """Return the otpauth address that an app reads the secret from."""
    return TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the time step a code belongs to, None for a wrong one; each try does the same work."""
    present = int(now.timestamp()) // _STEP_S
    codes = TOTP(secret)
    fitting = [
        present + drift
        for drift in _DRIFT
        if hmac.compare_digest(codes.generate_otp(present + drift).encode(), code.encode("utf-8", "surrogatepass"))
    ]
    return fitting[0] if fitting else None


def typed(code: str) -> str:
    """Return a code without the gaps people type."""
    return code.replace(" ", "").replace("-", "").upper()


def new_recovery_codes() -> list[str]:
    """Return codes of 120 random bits, in groups that people can copy from paper."""
    codes = (b32encode(token_bytes(_RECOVERY_BYTES)).decode("ascii") for _ in range(RECOVERY_CODES))
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


# --- encrypted ----------------------------------------------------------------------------------------------------


def factor_keys(settings: Settings) -> tuple[str, ...]:
    """Return the operator's keys: the one secrets are encrypted with, then the one it replaces, if any."""
    if settings.factor_key is None:
        return (LOCAL_KEY,)
    keys = (settings.factor_key, settings.factor_key_previous)
    return tuple(key.get_secret_value() for key in keys if key is not None)


def encrypted(secret: str, whose: Whose, keys: tuple[str, ...]) -> str:
    """Return what is stored of a secret, another text each time."""
    kept: bytes = _cipher().encrypt(secret, _key(keys[0]), _named(whose))
    return b64encode(kept).decode("ascii")


def decrypted(stored: str, whose: Whose, keys: tuple[str, ...]) -> str | None:
    """Return a secret; None for one of another person, or of a key that is gone."""
    kept = b64decode(stored)
    found: Iterator[str | None] = (_cipher().decrypt(kept, _key(key), _named(whose)) for key in keys)
    return next((secret for secret in found if secret is not None), None)


def is_of_newest_key(stored: str, whose: Whose, keys: tuple[str, ...]) -> bool:
    """Tell whether a secret is encrypted with the key that is used now."""
    return decrypted(stored, whose, keys[:1]) is not None


def _key(key: str) -> bytes:
    return hmac.new(key.encode(), b"secrets of one-time passwords", hashlib.sha256).digest()


def _cipher() -> ModuleType:
    return import_module("app.cipher")  # not before it is needed, which saves memory


def _named(whose: Whose) -> bytes:
    return f"{whose.organization_id}/{whose.person_id}".encode()
