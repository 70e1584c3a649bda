"""What a new password may be: anything from 8 to 128 characters that is not among what people guess first."""

from functools import cache
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr

from app.resources import resource_directory
from app.schemas_base import Unfit

_OUR_OWN: Final = ("squatback", "password", "passwort")
"""Words that stand for a password here, whatever digits and signs are put around them."""


@cache
def common_passwords() -> frozenset[str]:
    """Return the most common passwords that are long enough, lower-cased; the file travels with the code."""
    path = resource_directory("seeds") / "passwords" / "common.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_common(password: str) -> bool:
    """Tell whether a password is on the list, or is one of our own words with nothing but signs around it."""
    folded = password.casefold()
    letters = "".join(sign for sign in folded if sign.isalpha())
    return folded in common_passwords() or letters in _OUR_OWN


def _uncommon(password: SecretStr) -> SecretStr:
    """Refuse a common password; every other one is taken as it is, character by character."""
    if is_common(password.get_secret_value()):
        raise Unfit("common_password")
    return password


Password = Annotated[SecretStr, Field(min_length=8, max_length=128), AfterValidator(_uncommon)]
"""A new password: 8 to 128 characters, no composition rules, none of the most common."""
