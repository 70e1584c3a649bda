"""The way out of the weekly e-mail: one click in the mail program (RFC 8058), or a page that asks first."""

import base64
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Response
from fastapi import Path as PathParameter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import StringConstraints

from app import tables
from app.delivery import service
from app.delivery.content import UNSUBSCRIBE
from app.deps import NowDep, SessionDep
from app.messages import messages_for

router = APIRouter(include_in_schema=False)

_STYLE: Final = Markup(
    "body{margin:0;font:18px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}"
    "main{max-width:34rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.5rem}"
    "button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#0b5c4a;color:#fff}"
)
_STYLE_HASH: Final = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
}
_PAGE: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
).get_template("unsubscribe.html")

Token = Annotated[str, StringConstraints(max_length=100), PathParameter()]


@router.get(UNSUBSCRIBE)
def ask_to_unsubscribe(token: Token, session: SessionDep) -> Response:
    """Show a page that asks. It changes nothing: mail programs open links by themselves."""
    _, client = service.subscription_behind(session, token)
    return _page(client, "unsubscribe_title", "unsubscribe_ask", "unsubscribe_button")


@router.post(UNSUBSCRIBE)
def unsubscribe(token: Token, session: SessionDep, now: NowDep) -> Response:
    """End the weekly e-mail of whoever was sent the link."""
    return _page(service.unsubscribe(session, token, now=now), "unsubscribe_done_title", "unsubscribe_done")


def _page(client: tables.Client, title: str, text: str, button: str | None = None) -> Response:
    words = messages_for(client.locale)
    written = _PAGE.render(
        language=words.language,
        title=words(f"mail.{title}"),
        text=words(f"mail.{text}"),
        button=button and words(f"mail.{button}"),
        style=_STYLE,
    )
    return Response(written, media_type="text/html", headers=_HEADERS)
