"""The interactive docs page: vendored Swagger UI, our own sign-in, nothing from anywhere else."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.errors import NotFound

SWAGGER_UI_VERSION = "5.35.0"

_HERE = Path(__file__).resolve().parent
_FILES = {
    "docs.css": "text/css",
    "init.js": "text/javascript",
    "static/swagger-ui.css": "text/css",
    "static/swagger-ui-bundle.js": "text/javascript",
    "static/favicon-32x32.png": "image/png",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs_page() -> FileResponse:
    """Return the page; its policy lets it load and ask this server only."""
    headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-cache"}
    return FileResponse(_HERE / "page.html", media_type="text/html", headers=headers)


@router.get("/docs/{name:path}")
async def docs_file(name: str) -> FileResponse:
    """Return one of the page's files; there are no others."""
    if name not in _FILES:
        raise NotFound
    return FileResponse(_HERE / name, media_type=_FILES[name], headers={"Cache-Control": "no-cache"})
