"""In which language somebody reads: a member in that of their client's locale, staff in the one they accept."""

from typing import Annotated

from fastapi import Depends, Request, Response

from app.accepted_language import accepted_language
from app.deps import CatalogueDep, CurrentPerson, SessionDep
from app.messages import language_of
from app.tables import Client
from planner.catalogue import Catalogue


def reader_language(request: Request, person: CurrentPerson, session: SessionDep) -> str:
    """Return the language of the texts that the signed-in person is shown."""
    if person.client_id is None:
        return accepted_language(request.headers.get("accept-language"))
    return language_of(session.get_one(Client, (person.organization_id, person.client_id)).locale)


ReaderLanguage = Annotated[str, Depends(reader_language)]


def reader_catalogue(catalogue: CatalogueDep, language: ReaderLanguage, response: Response) -> Catalogue:
    """Return the catalogue in the reader's language, and say in the answer which one that is."""
    response.headers["Content-Language"], response.headers["Vary"] = language, "Accept-Language, Authorization"
    return catalogue.spoken(language)


ReaderCatalogue = Annotated[Catalogue, Depends(reader_catalogue)]
