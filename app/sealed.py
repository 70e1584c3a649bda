"""Answers that hold a secret, kept so that only the sign-in that asked can read them again.

The key is the access token the request was signed in with: 256 random bits, stored nowhere but as a hash of another
kind, and gone after minutes. So what is stored opens nothing for whoever reads the database or a copy of it.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Final

_MARK: Final = "sealed:"
_PURPOSE: Final = b"answer kept under an idempotency key\x00"


def is_sealed(text: str) -> bool:
    """Tell whether a stored answer is sealed; JSON never begins like that."""
    return text.startswith(_MARK)


def seal(text: str, token: str) -> str:
    """Return a text that only the token opens, another one each time."""
    sealed: bytes = _cipher().encrypt(text, _key(token))
    return _MARK + b64encode(sealed).decode("ascii")


def unseal(sealed: str, token: str) -> str | None:
    """Return the text that was sealed with this token, None for any other."""
    text: str | None = _cipher().decrypt(b64decode(sealed.removeprefix(_MARK)), _key(token))
    return text


def _key(token: str) -> bytes:
    """Return the key of a token, which is not the hash that the database has of it."""
    return sha256(_PURPOSE + token.encode("utf-8", "surrogatepass")).digest()


def _cipher() -> ModuleType:
    return import_module("app.cipher")  # not before it is needed, which saves memory
