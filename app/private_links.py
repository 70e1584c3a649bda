"""Private links: what opens a client's page or calendar to somebody who has not signed in.

A link is a secret in an address. It is stored as a hash, so it is shown once; who revokes it shuts it at once,
and so does archiving or erasing the client.
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

    Those are unknown and malformed tokens, links of the other kind, revoked ones and those of clients who are
    archived.
    """
    same_client = (col(tables.Client.organization_id) == PrivateLink.organization_id) & (
        col(tables.Client.id) == PrivateLink.client_id
    )
    statement = (
        select(PrivateLink, tables.Client)
        .join(tables.Client, same_client)
        .where(
            PrivateLink.token_hash == hash_secret(token),
            PrivateLink.kind == kind,
            col(PrivateLink.revoked_at).is_(None),
            col(tables.Client.archived_at).is_(None),
        )
    )
    found = session.exec(statement, execution_options=ANY_ORGANIZATION).first()
    if found is None:
        raise NotFound
    return Opened(*found)
