"""Screenings stored with what they mean, and the red flags of check-ins that are refused: those are never lost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from app import tables
from app.client_locks import lock_client
from app.clients.screening_schemas import ScreeningResult
from app.facts import NewFact, find_fact, keep_answer, load_facts, newest_profile
from app.flag_standing import FLAGGED, standing
from app.ids import new_id
from app.planning import Desk, record_fact
from planner.facts import Clearance, Screening
from planner.words import RedFlag

RESULT = TypeAdapter(ScreeningResult)


def keep_answers(
    desk: Desk, body: Screening | Clearance, *, fact_id: UUID, performed_at: datetime, sent_hash: str = ""
) -> tables.Fact:
    """Store a checklist or a clearance with what held on receipt: later answers change it, not what was told."""
    new = NewFact(id=fact_id, body=body, performed_at=performed_at, sent_hash=sent_hash)
    row, _ = record_fact(desk, new)
    facts = load_facts(desk.session, desk.client, *FLAGGED)
    result = standing(facts, newest_profile(desk.client), desk.today, desk.catalogue)
    keep_answer(desk.session, row, RESULT.dump_json(RESULT.validate_python(result, from_attributes=True)).decode())
    return row


def keep_refused(desk: Desk, flags: Sequence[RedFlag], sent_id: UUID | None) -> UUID:
    """Store the red flags of something that is refused as a screening made now; return its id.

    The same sent again under its id is stored once, so that a clearance is not undone by a repetition.
    """
    fact_id = new_id() if sent_id is None else uuid5(sent_id, f"{desk.client.id}/{'/'.join(flags)}")
    lock_client(desk.session, desk.client)
    if find_fact(desk.session, desk.client, fact_id) is None:
        keep_answers(desk, Screening(red_flags=dict.fromkeys(flags, "yes")), fact_id=fact_id, performed_at=desk.now)
    return fact_id
