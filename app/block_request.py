"""Stored blocks as the planner was asked for them."""

import json

from app import tables
from app.fact_bodies import load_body
from planner.begin import BlockRequest
from planner.carry import Carried
from planner.plan import Rung
from planner.wire import load_carried


def block_request(block: tables.Block) -> BlockRequest:
    """Return what a stored block was asked for with."""
    return BlockRequest(
        id=str(block.id),
        assessment_id=str(block.assessment_id),
        starts_on=block.starts_on,
        weeks=block.weeks,
        created_at=block.created_at,
        created_on=block.created_on,
        carried=None if block.carried is None else _load_carried(block.carried),
    )


def _load_carried(text: str) -> Carried:
    """Return what a block was handed on; blocks of earlier versions were handed the rung alone."""
    if "rung" in json.loads(text):
        return load_carried(text)
    return Carried(rung=load_body(Rung, text))
