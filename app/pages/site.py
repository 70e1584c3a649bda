"""What all pages share: templates, files, headers, and refusals that people can read."""

from collections.abc import Callable, Coroutine, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.errors import CODE_OF, PROBLEMS, NotFound, Refusal
from app.messages import Messages, messages_in
from app.pages.cookie import keep_signed_in
from app.pages.language import page_language

_HERE = Path(__file__).resolve().parent
_FILES: Final = {"week.css": "text/css", "week.js": "text/javascript", "icon.svg": "image/svg+xml"}
_VERSIONS: Final = {name: sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12] for name in _FILES}
_FOR_GOOD = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_OUTAGES: Final = tuple(error for error in CODE_OF if not issubclass(error, Refusal))

_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class PageRefused(Exception):
    """A refusal on its way out of a page: past the transaction, which it undoes, to a page that says it."""

    def __init__(self, code: str, headers: Mapping[str, str]) -> None:
        super().__init__(code)
        self.code, self.headers = code, headers


class PageRoute(APIRoute):
    """A route of a page: what it refuses is told on a page, and a sign-in that was renewed is kept."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, wrapped."""
        handle = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                response = await handle(request)
            except RequestValidationError as error:
                raise PageRefused("not_found" if request.method == "GET" else "invalid_input", {}) from error
            except Refusal as refusal:
                raise PageRefused(CODE_OF[type(refusal)], refusal.headers) from refusal
            except _OUTAGES as error:
                raise PageRefused("unavailable", {}) from error
            keep_signed_in(request, response)
            return response

        return page


def rendered(
    name: str, words: Messages, *, status: int = 200, private_link: bool = False, **facts: object
) -> HTMLResponse:
    """Return a page. A private link is no address to hand on, so its pages tell no other page where they were."""
    template = _TEMPLATES.get_template(name)
    body = template.render(words=words, versions=_VERSIONS, **facts)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer" if private_link else "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
        "Vary": "Authorization, Cookie, Accept-Language",
    }
    return HTMLResponse(body, status_code=status, headers=headers)


def see_other(address: str) -> RedirectResponse:
    """Return the way to the page that shows what came of a form, so that reloading sends nothing again."""
    return RedirectResponse(address, status_code=303)


_TOLD: Final = {
    "not_found": ("page.not_found", "page.not_found_text"),
    "unavailable": ("page.unavailable", "page.unavailable_text"),
    "forbidden": ("page.refused", "page.stale_form"),
}


async def refused_page(request: Request, error: Exception) -> Response:
    """Answer what a page refuses with a page; its address may be a private link."""
    assert isinstance(error, PageRefused)
    words = messages_in(page_language(request))
    if error.code == "unauthenticated":
        response = sign_in_page(request, status=401)
    else:
        title, text = _TOLD.get(error.code, ("page.refused", "page.refused_text"))
        status = PROBLEMS[error.code].status
        response = rendered("notice.html", words, status=status, private_link=True, title=title, text=text)
    response.headers.update(error.headers)
    keep_signed_in(request, response)
    return response


def sign_in_page(
    request: Request, *, status: int, said: str = "", wanted: str | None = None, asks_code: bool = False
) -> HTMLResponse:
    """Return the form that signs people in, at the address they wanted to see; `wanted` is a client's id."""
    words = messages_in(page_language(request))
    client = request.query_params.get("client", "") if wanted is None else wanted
    return rendered("sign_in.html", words, status=status, said=said, wanted=client, asks_code=asks_code)


PAGE_HANDLERS: Final = {PageRefused: refused_page}

files = APIRouter(include_in_schema=False)


@files.get("/pages/{name}")
async def page_file(name: str) -> FileResponse:
    """Return one of the pages' files; its address holds its version, so it is read once."""
    if name not in _FILES:
        raise NotFound
    return FileResponse(_HERE / "static" / name, media_type=_FILES[name], headers={"Cache-Control": _FOR_GOOD})
