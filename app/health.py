"""Whether the process lives, whether it can serve, and what it has counted."""

from anyio import move_on_after, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, schema_is_current
from app.errors import Unavailable
from app.metrics import Metrics
from app.schemas_base import AnswerModel

_READINESS_CAP_S = 1.0

router = APIRouter(tags=["Health"])


class Health(AnswerModel):
    """A short answer for load balancers."""

    status: str


@router.get("/livez")
async def livez() -> Health:
    """Tell that the process answers; touches nothing."""
    return Health(status="ok")


@router.get("/readyz")
async def readyz(request: Request) -> Health:
    """Tell whether requests can be served: database reachable, schema current, not shutting down."""
    state = request.app.state
    ready = False
    if not state.stopping.is_set():
        with move_on_after(_READINESS_CAP_S):
            ready = await to_thread.run_sync(
                _can_serve, state.database, limiter=state.readiness_limiter, abandon_on_cancel=True
            )
    if not ready:
        raise Unavailable
    return Health(status="ready")


def _can_serve(database: Database) -> bool:
    try:
        with database.reader.connect() as connection:
            return schema_is_current(connection)
    except SQLAlchemyError:
        return False


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """Return this process's request counters in the text format Prometheus reads."""
    counted: Metrics = request.app.state.metrics
    return PlainTextResponse(counted.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
