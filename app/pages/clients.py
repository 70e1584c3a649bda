"""Whose week a coach may open: the clients of the organization, by name."""

from typing import Final
from uuid import UUID

from fastapi import Request, Response
from sqlmodel import Session, col, select, tuple_

from app import tables
from app.messages import SOURCE_LANGUAGE, messages_in
from app.pages import cookie
from app.pages.site import rendered
from app.paging import cut, place
from app.signed_in import SignedIn

_MOST: Final = 200


def client_list(request: Request, session: Session, person: SignedIn, cursor: str | None) -> Response:
    """Return a page of clients, each with the way to their week, and the way to those who follow.

    It is in English, for nobody knows a coach's language.
    """
    client, scope = tables.Client, f"{person.organization_id}/pages"
    statement = (
        select(client.id, client.display_name)
        .where(client.organization_id == person.organization_id, col(client.archived_at).is_(None))
        .order_by(client.display_name, col(client.id))
        .limit(_MOST + 1)
    )
    after = place(cursor, scope=scope, parts=1)
    last = None if after is None else session.get(client, (person.organization_id, UUID(after[0])))
    if last is not None:
        statement = statement.where(
            tuple_(col(client.display_name), col(client.id)) > tuple_(last.display_name, last.id)
        )
    found, following = cut(session.exec(statement).all(), _MOST, scope=scope, key=lambda one: (str(one[0]),))
    kept = cookie.read(request)
    return rendered(
        "clients.html",
        messages_in(SOURCE_LANGUAGE),
        clients=found,
        following=following,
        form_token=kept.form_token if kept else "",
    )
