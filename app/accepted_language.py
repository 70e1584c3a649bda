"""The language a request accepts: for error texts, and for pages that do not know yet who is reading."""

from typing import Final

from babel import negotiate_locale

from app.messages import SOURCE_LANGUAGE, language_of, languages

_LONGEST: Final = 500
_ANY: Final = "*"


def accepted_language(header: str | None) -> str:
    """Return the language that an Accept-Language header likes best, out of those there are texts in."""
    ranges = [_range(part) for part in (header or "")[:_LONGEST].split(",")]
    liked = sorted(ranges, key=lambda one: one[0], reverse=True)
    preferred = [SOURCE_LANGUAGE if tag == _ANY else tag.replace("-", "_") for quality, tag in liked if quality > 0]
    found = negotiate_locale(preferred, languages())
    return SOURCE_LANGUAGE if found is None else language_of(found)


def _range(part: str) -> tuple[float, str]:
    """Return the quality of a language range and its tag; what cannot be read is not liked at all."""
    tag, _, parameter = part.partition(";")
    name, _, value = parameter.strip().partition("=")
    if not parameter:
        return 1.0, tag.strip()
    quality = value.strip()
    known = name.strip().lower() == "q" and quality.replace(".", "", 1).isdecimal() and quality.isascii()
    return float(quality) if known else 0.0, tag.strip()
