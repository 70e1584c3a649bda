"""The language of a page whose reader is not known yet: what the browser asks for, among the languages there are."""

from typing import Final

from babel import negotiate_locale
from fastapi import Request

from app.messages import SOURCE_LANGUAGE, languages

_MOST_ASKED: Final = 20


def page_language(request: Request) -> str:
    """Return the language that a browser's `Accept-Language` prefers; its order counts, its weights do not."""
    asked = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    wanted = [tag for tag in asked[:_MOST_ASKED] if tag.replace("-", "").isalnum() and tag.isascii()]
    primary = [tag.partition("-")[0].lower() for tag in wanted]
    return negotiate_locale(primary, languages()) or SOURCE_LANGUAGE
