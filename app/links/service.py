"""Private links of a client: made with a new secret, listed without it, revoked for good."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select, tuple_

from app import tables
from app.audit_chain import act_of
from app.errors import NotFound
from app.ids import new_id
from app.link_table import PrivateLink
from app.paging import cut, place_in_time
from app.private_links import LinkKind
from app.secrets import hash_secret
from app.signed_in import SignedIn


def add_link(
    session: Session,
    who: SignedIn,
    client: tables.Client,
    kind: LinkKind,
    *,
    token: str,
    now: datetime,
    link_id: UUID | None = None,
) -> PrivateLink:
    """Store a link under the hash of its token."""
    link = PrivateLink(
        organization_id=client.organization_id,
        id=link_id or new_id(),
        client_id=client.id,
        kind=kind,
        token_hash=hash_secret(token),
        created_by=who.person_id,
        created_at=now,
    )
    session.add(link)
    session.flush()
    act_of(session).about(link.id)
    return link


def list_links(
    session: Session, client: tables.Client, kind: LinkKind, *, limit: int, cursor: str | None
) -> tuple[Sequence[PrivateLink], str | None]:
    """Return a page of a client's links of one kind, newest first."""
    scope = f"{client.id}/links/{kind}"
    statement = (
        select(PrivateLink)
        .where(
            PrivateLink.organization_id == client.organization_id,
            PrivateLink.client_id == client.id,
            PrivateLink.kind == kind,
        )
        .order_by(col(PrivateLink.created_at).desc(), col(PrivateLink.id).desc())
        .limit(limit + 1)
    )
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(PrivateLink.created_at, PrivateLink.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.created_at.isoformat(), str(row.id)))


def find_link(session: Session, who: SignedIn, link_id: UUID, kind: LinkKind) -> PrivateLink:
    """Return a link of a client the person may see."""
    link = session.get(PrivateLink, (who.organization_id, link_id))
    if link is None or link.kind != kind or not (who.is_staff or who.client_id == link.client_id):
        raise NotFound
    return link


def revoke_link(session: Session, link: PrivateLink, *, now: datetime) -> None:
    """Shut a link; one that is shut already stays as it was."""
    link.revoked_at = link.revoked_at or now
    session.add(link)


def revoke_links(session: Session, client: tables.Client, kind: LinkKind, *, now: datetime) -> None:
    """Shut all links of one kind that a client has."""
    session.exec(
        update(PrivateLink)
        .where(
            col(PrivateLink.organization_id) == client.organization_id,
            col(PrivateLink.client_id) == client.id,
            col(PrivateLink.kind) == kind,
            col(PrivateLink.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
