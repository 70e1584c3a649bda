"""The forecast of a block."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.block_days import tag
from app.deps import CatalogueDep, CurrentPerson, DatabaseDep, NowDep, SettingsDep
from app.documents import MEDIA_TYPE, IfNoneMatch, Responses, document
from app.forecasts import service
from app.forecasts.queue import ForecastQueue
from app.forecasts.schemas import Forecast, ForecastRunning
from app.forecasts.service import POLL_S, Asking, Running
from app.problems import documented
from app.visible import BlockId

router = APIRouter(prefix="/v1")

_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait before asking again", "schema": {"type": "integer"}}}
_FORECAST: Responses = {
    200: {"model": Forecast, "description": "The forecast of the block's present revision"},
    202: {"model": ForecastRunning, "description": "It is being computed", "headers": _RETRY_AFTER},
    304: {"description": "Your copy is current"},
    409: documented(409)[409]
    | {"description": "`block_locked`: nothing loaded is planned; `block_finished`: no weeks lie ahead"},
    503: documented(503)[503]
    | {
        "description": "`forecast_failed`: the last run failed and may be asked for again; `unavailable`",
        "headers": _RETRY_AFTER,
    },
}


def get_queue(request: Request) -> ForecastQueue:
    """Return the queue of this server process."""
    queue: ForecastQueue = request.app.state.forecasts
    return queue


def asking(
    person: CurrentPerson,
    database: DatabaseDep,
    queue: Annotated[ForecastQueue, Depends(get_queue)],
    catalogue: CatalogueDep,
    settings: SettingsDep,
    now: NowDep,
) -> Asking:
    """Return who asks, with transactions of its own: reading must not keep others from writing."""
    return Asking(who=person, database=database, queue=queue, catalogue=catalogue, settings=settings, now=now)


@router.get("/blocks/{block_id}/forecast", tags=["Block"], responses=_FORECAST, response_model=None)
def get_forecast(
    block_id: BlockId, ask: Annotated[Asking, Depends(asking)], if_none_match: IfNoneMatch = None
) -> Response:
    """Look ahead to the preferred squat: a simulation of stated assumptions, not a prediction about this person.

    Virtual clients who start where this client stands train on under the assumptions it names; show them with it.
    The first request for a revision starts the simulation and answers 202; ask again after `Retry-After` seconds.
    A log that changes the block makes a new revision, and so a new forecast.
    """
    found = service.read_or_start(ask, block_id)
    if isinstance(found, Running):
        running = ForecastRunning(revision=found.revision).model_dump_json()
        return Response(running, status_code=202, media_type=MEDIA_TYPE, headers={"Retry-After": str(POLL_S)})
    return document(found, etag=tag(found), if_none_match=if_none_match)
