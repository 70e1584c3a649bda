"""Who sends a request: an access token looked up together with its person, so that revocation counts at once."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.secrets import hash_secret
from app.tables import AccessToken, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who sends the request, as the database knew them a moment ago."""

    organization_id: UUID
    person_id: UUID
    role: str
    client_id: UUID | None
    family_id: UUID
    seen: set[UUID] = field(default_factory=set, compare=False)
    """The clients whom the request turned out to be about, for the audit trail."""

    @property
    def is_staff(self) -> bool:
        """Tell whether they may see every client of the organization."""
        return self.role in {"admin", "coach"}


BEARER: Final = (
    select(*(col(column) for column in (Person.organization_id, Person.id, Person.role, Person.client_id)))
    .add_columns(col(AccessToken.family_id))
    .select_from(AccessToken)
    .join(
        Person,
        (col(Person.organization_id) == AccessToken.organization_id) & (col(Person.id) == AccessToken.person_id),
    )
    .where(
        col(AccessToken.token_hash) == bindparam("token"),
        col(AccessToken.expires_at) > bindparam("now"),
        col(AccessToken.session_version) == Person.session_version,
        col(Person.disabled_at).is_(None),
    )
)
"""Finds the person of a token by its hash; the columns are the fields of `SignedIn`."""
_FIELDS: Final = tuple(one.name for one in fields(SignedIn) if one.name != "seen")


def to_signed_in(*values: object) -> SignedIn:
    """Return a row of `BEARER`."""
    return SignedIn(**dict(zip(_FIELDS, values, strict=True)))  # type: ignore[arg-type]


def signed_in(session: Session, *, token: str, now: datetime) -> SignedIn | None:
    """Return whose access token this is, None when it is nobody's any more."""
    row = session.execute(BEARER, {"token": hash_secret(token), "now": now}).first()
    return None if row is None else to_signed_in(*row)
