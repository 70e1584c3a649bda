"""Red flags of logs and check-ins that are refused: kept as a screening made now, and the refusal says so."""

from uuid import UUID

from app.errors import Refusal
from app.planning import Desk
from app.red_flags import told_yes
from app.screenings import keep_refused


def with_flags_kept(desk: Desk, sent: object, refusal: Refusal) -> Refusal | None:
    """Return the refusal of what was sent, telling that its red flags were kept; None when it tells of none."""
    flags = told_yes(sent)
    if not flags:
        return None
    kept = keep_refused(desk, flags, readable_id(sent))
    told = {"screening": {"id": str(kept), "red_flags": dict.fromkeys(flags, "yes")}}
    return type(refusal)("flag_stored", faults=refusal.faults, members=refusal.members | told)


def readable_id(sent: object) -> UUID | None:
    """Return the id of something that may be unreadable otherwise."""
    try:
        return UUID(sent["id"]) if isinstance(sent, dict) else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
