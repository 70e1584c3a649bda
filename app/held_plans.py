"""Training held because a plan could not be made: nothing loaded is shown, and a red flag is told as what it is."""

import json
import logging
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import tables
from app.facts import load_facts, newest_profile
from app.flag_standing import FLAGGED, standing
from app.notices import hold_notices
from app.plan_store import Saved, hold_training
from app.revisions import Cause
from planner.catalogue import Catalogue
from planner.plan import Lock
from planner.screening_state import STOPPED

LOG = logging.getLogger("squatback.planning")


def hold_plan(
    session: Session,
    client: tables.Client,
    block: tables.Block,
    *,
    cause: Cause,
    error: Exception,
    today: date,
    catalogue: Catalogue,
) -> tuple[Saved, Lock]:
    """Fail closed: lock the block until the plan can be made again; return what was stored and the lock."""
    _log("plan_not_updated", block, error)
    lock = _flagged(session, client, block, today, catalogue) or _unplanned(client, catalogue)
    document: Mapping[str, object] = json.loads(block.document) | {"status": "locked", "lock": asdict(lock)}
    saved = hold_training(
        session,
        block,
        lock,
        document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        cause=cause,
        today=today,
    )
    hold_notices(session, client, block=block, today=today, catalogue=catalogue)
    return saved, lock


def _unplanned(client: tables.Client, catalogue: Catalogue) -> Lock:
    phrases = catalogue.spoken(client.locale).texts.phrases
    return Lock(urgency="incomplete", text=phrases["plan_not_updated"], unlock=phrases["unlock_plan_not_updated"])


def _flagged(
    session: Session, client: tables.Client, block: tables.Block, today: date, catalogue: Catalogue
) -> Lock | None:
    """Return what a red flag asks for, None without one: it comes before what the service could not do."""
    try:
        result = standing(load_facts(session, client, *FLAGGED), newest_profile(client), today, catalogue)
    except SQLAlchemyError:
        raise
    except Exception as error:  # it may be what failed in the first place
        _log("flags_not_told", block, error)
        return None
    if result.status not in STOPPED:
        return None
    return Lock(urgency=result.status, text=result.text, unlock=result.unlock)


def _log(event: str, block: tables.Block, error: Exception) -> None:
    """Say where it failed; the text of an error may hold what somebody wrote about themselves."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"
    LOG.error(json.dumps({"event": event, "block_id": str(block.id), "error": type(error).__qualname__, "at": at}))
