"""In which language the library is read: a member in that of their client's locale, staff in the source language."""

from typing import Annotated

from fastapi import Depends, Response

from app.deps import CatalogueDep, CurrentPerson, SessionDep
from app.messages import SOURCE_LANGUAGE, language_of
from app.tables import Client
from planner.catalogue import Catalogue


def reader_language(person: CurrentPerson, session: SessionDep) -> str:
    """Return the language of the texts that the signed-in person is shown."""
    if person.client_id is None:
        return SOURCE_LANGUAGE
    return language_of(session.get_one(Client, (person.organization_id, person.client_id)).locale)


ReaderLanguage = Annotated[str, Depends(reader_language)]


def reader_catalogue(catalogue: CatalogueDep, language: ReaderLanguage, response: Response) -> Catalogue:
    """Return the catalogue in the reader's language, and say in the answer which one that is."""
    response.headers["Content-Language"], response.headers["Vary"] = language, "Authorization"
    return catalogue.spoken(language)


ReaderCatalogue = Annotated[Catalogue, Depends(reader_catalogue)]


def in_source_language(response: Response) -> None:
    """Say that an answer is written in the source language, whoever reads it."""
    response.headers["Content-Language"] = SOURCE_LANGUAGE


def partly_in_source_language(language: ReaderLanguage, response: Response) -> None:
    """Say that an answer has texts in the reader's language and others in the source language."""
    response.headers["Content-Language"] = ", ".join(dict.fromkeys((language, SOURCE_LANGUAGE)))
