"""Documents that an app loads once and keeps: the home assessment, the words for codes. In the reader's language."""

from fastapi import APIRouter, Response

from app.compressed import GzipDep
from app.documents import IfNoneMatch, Responses, packed
from app.library.home_schemas import HomeAssessment
from app.library.home_service import home_document
from app.library.word_service import Words, word_document
from app.reader import ReaderLanguage

router = APIRouter(prefix="/v1/library", tags=["Library"])

_UNCHANGED: Responses = {304: {"description": "Your copy is current"}}
_HOME: Responses = {200: {"model": HomeAssessment, "description": "The home assessment"}, **_UNCHANGED}
_WORDS: Responses = {200: {"model": Words, "description": "The words"}, **_UNCHANGED}


@router.get("/home-assessment", responses=_HOME, response_model=None)
def get_home_assessment(language: ReaderLanguage, gzip: GzipDep, if_none_match: IfNoneMatch = None) -> Response:
    """Read how to assess yourself at home, step by step.

    Each step says what to do, what to measure with, how to read it, when to stop, and where its answers go in the
    assessment that is sent.
    """
    return packed(home_document(language), gzip=gzip, if_none_match=if_none_match, language=language)


@router.get("/words", responses=_WORDS, response_model=None)
def get_words(language: ReaderLanguage, gzip: GzipDep, if_none_match: IfNoneMatch = None) -> Response:
    """Read what to show for codes such as a depth, a stage or a status. Load it once and keep it by its tag."""
    return packed(word_document(language), gzip=gzip, if_none_match=if_none_match, language=language)
