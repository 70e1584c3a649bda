"""The cookie of a sign-in on a page, and the secret that its forms carry.

One cookie holds the access token, the refresh token and a secret for forms. Scripts cannot read it. `Lax`, not
`Strict`: people come from their e-mail or calendar, and a strict cookie would show them the sign-in page each time; no
form of another site carries it either way.
"""

from dataclasses import dataclass
from secrets import compare_digest
from typing import Final

from fastapi import Request, Response

from app.people.schemas import Tokens
from app.secrets import hash_secret, new_secret
from app.settings import Settings

NAME: Final = "squatback_week"
SAID: Final = "squatback_said"
_SECURE_PREFIX: Final = "__Secure-"
"""Of such a name a browser takes a cookie over TLS alone, so that nobody between can plant one."""
_SAID_FOR_S: Final = 60
PATH: Final = "/week"
_DAY_S: Final = 86_400
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """What the cookie holds."""

    access: str
    refresh: str
    form_secret: str

    @property
    def form_token(self) -> str:
        """Return what the forms of this sign-in carry: a page of somebody else cannot know it."""
        return hash_secret(f"form/{self.form_secret}")

    def fits(self, form_token: str) -> bool:
        """Tell whether a form belongs to this sign-in."""
        return compare_digest(self.form_token, form_token.encode("ascii", "replace").decode())


def read(request: Request) -> Kept | None:
    """Return what the browser's cookie holds, None without one."""
    value = request.cookies.get(_named(request, NAME), "")
    parts = value.split(".")
    return Kept(*parts) if len(value) <= _LONGEST and len(parts) == len(Kept.__slots__) and all(parts) else None


def sign_in(request: Request, tokens: Tokens) -> None:
    """Let the answer to this request carry the cookie of a new sign-in."""
    request.state.sign_in = Kept(tokens.access_token, tokens.refresh_token, new_secret())


def renew(request: Request, kept: Kept, tokens: Tokens) -> None:
    """Let the answer carry the renewed tokens; forms that are open stay good."""
    request.state.sign_in = Kept(tokens.access_token, tokens.refresh_token, kept.form_secret)


def sign_out(request: Request) -> None:
    """Let the answer to this request take the cookie away."""
    request.state.sign_in = None


def say(request: Request, response: Response, said: str) -> None:
    """Let the next page say something once: in a cookie, since addresses stay in histories and logs."""
    name, secure = _named(request, SAID), _is_secure(request)
    response.set_cookie(name, said, max_age=_SAID_FOR_S, path=PATH, secure=secure, httponly=True, samesite="lax")


def said_once(request: Request, response: Response) -> None:
    """Forget what a page has said."""
    name = _named(request, SAID)
    if name in request.cookies:
        response.delete_cookie(name, path=PATH, secure=_is_secure(request), httponly=True, samesite="lax")


def to_say(request: Request) -> str:
    """Return what a page has to say, "" for nothing."""
    return request.cookies.get(_named(request, SAID), "")


def keep_signed_in(request: Request, response: Response) -> None:
    """Put a changed sign-in on the answer."""
    if not hasattr(request.state, "sign_in"):
        return
    settings: Settings = request.app.state.settings
    name, secure = _named(request, NAME), _is_secure(request)
    kept: Kept | None = request.state.sign_in
    if kept is None:
        response.delete_cookie(name, path=PATH, secure=secure, httponly=True, samesite="lax")
        return
    value = f"{kept.access}.{kept.refresh}.{kept.form_secret}"
    lasts = settings.refresh_idle_days * _DAY_S
    response.set_cookie(name, value, max_age=lasts, path=PATH, secure=secure, httponly=True, samesite="lax")


def _is_secure(request: Request) -> bool:
    """Tell whether cookies travel over TLS alone: everywhere but on somebody's own machine."""
    settings: Settings = request.app.state.settings
    return settings.environment != "local"


def _named(request: Request, name: str) -> str:
    return f"{_SECURE_PREFIX}{name}" if _is_secure(request) else name
