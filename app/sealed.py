"""Answers that hold a secret, kept so that only the sign-in that asked can read them again.

The key is the access token the request was signed in with: 256 random bits, stored nowhere but as a hash of another
kind, and gone after minutes. So what is stored opens nothing for whoever reads the database or a copy of it.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from importlib import import_module
from secrets import token_bytes
from typing import Any, Final

_MARK: Final = "sealed:"
_NONCE_BYTES: Final = 12
_PURPOSE: Final = b"answer kept under an idempotency key\x00"


def is_sealed(text: str) -> bool:
    """Tell whether a stored answer is sealed; JSON never begins like that."""
    return text.startswith(_MARK)


def seal(text: str, token: str) -> str:
    """Return a text that only the token opens, another one each time."""
    nonce = token_bytes(_NONCE_BYTES)
    return _MARK + b64encode(nonce + _cipher(token).encrypt(nonce, text.encode(), None)).decode("ascii")


def unseal(sealed: str, token: str) -> str | None:
    """Return the text that was sealed with this token, None for any other."""
    kept = b64decode(sealed.removeprefix(_MARK))
    try:
        text: bytes = _cipher(token).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], None)
    except import_module("cryptography.exceptions").InvalidTag:
        return None
    return text.decode()


def _cipher(token: str) -> Any:
    """Return the AES-GCM cipher of a token; its key is not the hash that the database has of it.

    The library is loaded with the first one: it takes seven MiB, and few workers ever seal an answer.
    """
    return import_module("cryptography.hazmat.primitives.ciphers.aead").AESGCM(
        sha256(_PURPOSE + token.encode("utf-8", "surrogatepass")).digest()
    )
