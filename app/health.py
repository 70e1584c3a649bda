"""Whether the process lives, whether it can serve, and what it has counted."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from app.errors import Unavailable
from app.metrics import Metrics
from app.schema import Standing
from app.schemas_base import AnswerModel

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
    """Tell whether requests can be served: database reachable, schema this version's, not shutting down."""
    state = request.app.state
    reason = "shutting_down" if state.stopping.is_set() else await state.schema_watch.look()
    if reason is not Standing.READY:
        raise Unavailable(members={"reason": reason})
    return Health(status="ready")


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> PlainTextResponse:
    """Return this process's request counters in the text format Prometheus reads."""
    counted: Metrics = request.app.state.metrics
    return PlainTextResponse(counted.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
