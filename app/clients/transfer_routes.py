"""Who looks after a client: hand over, read the hand-overs."""

from typing import Annotated

from fastapi import APIRouter, Body

from app.clients import examples
from app.clients import transfer_service as transfers
from app.clients.answered import to_client
from app.clients.schemas import Client
from app.clients.transfer_schemas import Transfer, TransferCreate, TransferPage
from app.desk import CoachDesk
from app.idempotency import KeyedDep, KeyedRoute
from app.paging import Cursor, Limit

router = APIRouter(prefix="/v1/clients/{client_id}", tags=["Clients"], route_class=KeyedRoute)


@router.post("/transfer")
def transfer_client(
    desk: CoachDesk,
    body: Annotated[TransferCreate, Body(openapi_examples=examples.TRANSFER)],
    _key: KeyedDep,
) -> Client:
    """Hand a client over to another coach, who looks after them from now on.

    Every coach of the organization goes on seeing the client. Hand them back to undo; both are kept on record.
    """
    return to_client(transfers.transfer_client(desk, body))


@router.get("/transfers")
def list_transfers(desk: CoachDesk, limit: Limit = 20, cursor: Cursor = None) -> TransferPage:
    """List who handed the client over to whom, newest first."""
    rows, following = transfers.list_transfers(desk.session, desk.client, limit=limit, cursor=cursor)
    return TransferPage(
        items=[Transfer.model_validate(row, from_attributes=True) for row in rows], next_cursor=following
    )
