"""The language of pages that know no reader yet: the sign-in page, and pages of refusals."""

from starlette.requests import Request

from app.accepted_language import accepted_language


def page_language(request: Request) -> str:
    """Return the language of a page for the browser's languages."""
    return accepted_language(request.headers.get("accept-language"))
