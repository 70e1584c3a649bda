"""What-if questions: see what a log would change before it happens."""

from typing import Annotated

from fastapi import APIRouter, Body

from app.desk import CoachBlockDesk
from app.idempotency import KeyedDep, KeyedRoute
from app.logs import examples
from app.logs.what_if import what_if
from app.logs.what_if_schemas import WhatIf, WhatIfAnswer
from app.visible import VisibleBlock

router = APIRouter(prefix="/v1", tags=["Adjust"], route_class=KeyedRoute)


@router.post("/blocks/{block_id}/what-if")
def ask_what_if(
    desk: CoachBlockDesk,
    block: VisibleBlock,
    body: Annotated[WhatIf, Body(openapi_examples=examples.WHAT_IF)],
    _key: KeyedDep,
) -> WhatIfAnswer:
    """See what logs that have not happened would change, such as 4/10 tomorrow morning; nothing is kept."""
    return what_if(desk, block, body)
