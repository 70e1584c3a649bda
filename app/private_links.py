"""Private links: what opens a client's page or calendar to somebody who has not signed in.

A link is a secret in an address. It is stored as a hash, so it is shown once; who revokes it shuts it at once,
and so does archiving or erasing the client, and ending the access of who made it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sqlmodel import Session, col, select

from app import tables
from app.db import ANY_ORGANIZATION
from app.errors import NotFound
from app.link_table import PrivateLink
from app.secrets import hash_secret

LinkKind = Literal["page", "calendar"]

_PATHS: Final[dict[LinkKind, str]] = {"page": "/week/{}", "calendar": "/v1/calendars/{}.ics"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that was found by its token, and the client it opens."""

    link: PrivateLink
    client: tables.Client


def link_url(public_url: str, kind: LinkKind, token: str) -> str:
    """Return the address a token opens, given the service's own address."""
    return public_url + _PATHS[kind].format(token)


def open_link(session: Session, token: str, kind: LinkKind) -> Opened:
    """Return the link of a token in whichever organization it is; NotFound alike for all that open nothing.

    Those are unknown and malformed tokens, links of the other kind, revoked ones, those of clients who are archived
    and those of people who may not sign in any more or not see the client: a link reaches no further than its maker.
    """
    same_client = (col(tables.Client.organization_id) == PrivateLink.organization_id) & (
        col(tables.Client.id) == PrivateLink.client_id
    )
    person = tables.Person
    maker = (col(person.organization_id) == PrivateLink.organization_id) & (col(person.id) == PrivateLink.created_by)
    statement = (
        select(PrivateLink, tables.Client)
        .join(tables.Client, same_client)
        .join(person, maker)
        .where(
            PrivateLink.token_hash == hash_secret(token),
            PrivateLink.kind == kind,
            col(PrivateLink.revoked_at).is_(None),
            col(tables.Client.archived_at).is_(None),
            col(person.disabled_at).is_(None),
            (col(person.role) != "member") | (col(person.client_id) == PrivateLink.client_id),
        )
    )
    found = session.exec(statement, execution_options=ANY_ORGANIZATION).first()
    if found is None:
        raise NotFound
    return Opened(*found)
