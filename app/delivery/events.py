"""What webhooks are told, for the description of the API; nothing here is served."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header

from app.delivery.schemas import BlockEvent, WeekEvent


def signature(
    webhook_id: Annotated[str, Header(alias="webhook-id", description="The same in every repetition: go by it.")],
    webhook_timestamp: Annotated[
        int, Header(alias="webhook-timestamp", description="Second of this attempt; refuse it when it is far off.")
    ],
    webhook_signature: Annotated[
        str, Header(alias="webhook-signature", description="One signature, or two after a new secret was made.")
    ],
) -> None:
    """Describe the headers that prove a message (Standard Webhooks)."""


events = APIRouter(tags=["Delivery"], dependencies=[Depends(signature)])


@events.post("week.ready", status_code=204)
def week_ready(body: WeekEvent) -> None:
    """A week is due, at the weekday and hour its client chose."""


@events.post("block.changed", status_code=204)
def block_changed(body: BlockEvent) -> None:
    """A block has a new revision: a log, an adjustment, a new block, the end of one."""


@events.post("block.locked", status_code=204)
def block_locked(body: BlockEvent) -> None:
    """Training has just been stopped. Read why before you show anything."""
