"""Texts encrypted with AES-GCM, the nonce in front: for the few of which a copy of the database must tell nothing.

Whoever encrypts loads this module with the first of them: the library takes seven MiB of a worker, and many never do.
"""

from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12


def encrypt(text: str, key: bytes, about: bytes | None = None) -> bytes:
    """Return a text that only the key of 32 bytes opens, and only together with `about`; other bytes each time."""
    nonce = token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), about)


def decrypt(kept: bytes, key: bytes, about: bytes | None = None) -> str | None:
    """Return the text that was encrypted with this key and `about`, None for any other."""
    try:
        return AESGCM(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], about).decode()
    except InvalidTag:
        return None
