"""Whose week a coach may open: the clients of the organization, by name."""

from typing import Final

from fastapi import Request, Response
from sqlmodel import Session, col, select

from app import tables
from app.deps import SignedIn
from app.messages import SOURCE_LANGUAGE, messages_in
from app.pages import cookie
from app.pages.site import rendered

_MOST: Final = 500


def client_list(request: Request, session: Session, person: SignedIn) -> Response:
    """Return the page of clients, each with the way to their week; in English, for nobody knows a coach's language."""
    client = tables.Client
    statement = (
        select(client.id, client.display_name)
        .where(client.organization_id == person.organization_id, col(client.archived_at).is_(None))
        .order_by(client.display_name, col(client.id))
        .limit(_MOST)
    )
    kept = cookie.read(request)
    return rendered(
        "clients.html",
        messages_in(SOURCE_LANGUAGE),
        clients=session.exec(statement).all(),
        form_token=kept.form_token if kept else "",
    )
