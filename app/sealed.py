"""Answers that hold a secret, kept so that only the sign-in that asked can read them again.

The key is the access token the request was signed in with: 256 random bits, stored nowhere but as a hash, and gone
after minutes. So what is stored opens nothing for whoever reads the database or a copy of it.
"""

import hmac
from base64 import b64decode, b64encode
from hashlib import shake_256
from secrets import token_bytes
from typing import Final

_MARK: Final = "sealed:"
_SALT_BYTES: Final = 16
_SUM_BYTES: Final = 32


def is_sealed(text: str) -> bool:
    """Tell whether a stored answer is sealed; JSON never begins like that."""
    return text.startswith(_MARK)


def seal(text: str, token: str) -> str:
    """Return a text that only the token opens, another one each time."""
    salt, plain = token_bytes(_SALT_BYTES), text.encode()
    hidden = _crossed(plain, salt, token)
    return _MARK + b64encode(salt + _sum(salt + hidden, token) + hidden).decode("ascii")


def unseal(sealed: str, token: str) -> str | None:
    """Return the text that was sealed with this token, None for any other."""
    kept = b64decode(sealed.removeprefix(_MARK))
    salt, proof = kept[:_SALT_BYTES], kept[_SALT_BYTES : _SALT_BYTES + _SUM_BYTES]
    hidden = kept[_SALT_BYTES + _SUM_BYTES :]
    if not hmac.compare_digest(proof, _sum(salt + hidden, token)):
        return None
    return _crossed(hidden, salt, token).decode()


def _crossed(text: bytes, salt: bytes, token: str) -> bytes:
    """Return a text exclusive-or a stream of bytes of its own, which undoes itself."""
    stream = shake_256(salt + token.encode("utf-8", "surrogatepass")).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, stream, strict=True))


def _sum(text: bytes, token: str) -> bytes:
    return hmac.digest(token.encode("utf-8", "surrogatepass"), text, "sha256")
