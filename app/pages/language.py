"""In which language a page speaks to people whose week it does not show: by who they are, or by their browser."""

from datetime import UTC, tzinfo
from uuid import UUID

from sqlmodel import Session
from starlette.requests import Request

from app import tables
from app.accepted_language import accepted_language
from app.local_time import zone
from app.messages import SOURCE_LANGUAGE, Messages, messages_for, messages_in


def page_language(request: Request) -> str:
    """Return the language of a page for the browser's languages, before anybody is known."""
    return accepted_language(request.headers.get("accept-language"))


def own_words(session: Session, organization_id: UUID, person_id: UUID) -> tuple[Messages, tzinfo]:
    """Return a member's texts and time zone; nobody knows those of staff."""
    person = session.get_one(tables.Person, (organization_id, person_id))
    if person.client_id is None:
        return messages_in(SOURCE_LANGUAGE), UTC
    client = session.get_one(tables.Client, (organization_id, person.client_id))
    return messages_for(client.locale), zone(client.time_zone)
