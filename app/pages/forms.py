"""What a form sends, and whether it came from one of our own pages."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from fastapi import Depends, Request

from app.errors import Forbidden, InvalidInput, NotFound

_MOST_FIELDS: Final = 200


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with all its values in their order."""

    fields: dict[str, tuple[str, ...]]

    def one(self, name: str) -> str | None:
        """Return the last value of a field, None for an absent or empty one."""
        return (self.fields.get(name) or ("",))[-1] or None

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return self.fields.get(name, ())

    def has(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return name in self.fields

    def number(self, name: str) -> int | None:
        """Return a whole number from 0 to 999, None for an absent one; anything else is refused."""
        value = self.one(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 3):
            raise InvalidInput
        return int(value)

    def id(self, name: str) -> UUID | None:
        """Return an id, None for an absent one; anything else names nothing."""
        value = self.one(name)
        try:
            return None if value is None else UUID(value)
        except ValueError as error:
            raise NotFound from error

    def day(self, name: str) -> date | None:
        """Return a day, None for an absent one; anything else is refused."""
        value = self.one(name)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError as error:
            raise InvalidInput from error


async def read_form(request: Request) -> Form:
    """Return the fields of a form that our own page sent."""
    if not _is_ours(request):
        raise Forbidden
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidInput from error
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


def _is_ours(request: Request) -> bool:
    """Tell whether a form came from this site, by what every browser says of it; what is no browser says nothing.

    A page that tells nobody where it was (a private link) sends the origin `null`; then the other sign counts. Browsers
    give that sign to encrypted sites only; of a private link's form its address is the secret, so it may be missing.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin == "null":
        return "sec-fetch-site" in headers or "token" in request.path_params
    return origin is None or urlsplit(origin).netloc == headers.get("host")


FormDep = Annotated[Form, Depends(read_form)]
