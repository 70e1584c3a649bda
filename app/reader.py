"""In which language somebody reads: a member in that of their client's locale, staff in the source language."""

from typing import Annotated

from fastapi import Depends

from app.deps import CurrentPerson, SessionDep
from app.messages import SOURCE_LANGUAGE, language_of
from app.tables import Client


def reader_language(person: CurrentPerson, session: SessionDep) -> str:
    """Return the language of the texts that the signed-in person is shown."""
    if person.client_id is None:
        return SOURCE_LANGUAGE
    return language_of(session.get_one(Client, (person.organization_id, person.client_id)).locale)


ReaderLanguage = Annotated[str, Depends(reader_language)]
