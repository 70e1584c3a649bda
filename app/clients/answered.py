"""A client's record as it is answered."""

from app import tables
from app.clients.schemas import Client
from app.facts import newest_profile


def to_client(row: tables.Client) -> Client:
    """Return a client as answered."""
    profile = newest_profile(row)
    record = {
        "id": row.id,
        "display_name": row.display_name,
        "time_zone": row.time_zone,
        "session_time": row.session_time,
        "coach_id": row.coach_id,
        "archived": row.archived_at is not None,
        "created_at": row.created_at,
    }
    names = set(Client.model_fields) - set(record)
    return Client.model_validate(record | {name: getattr(profile, name) for name in names}, from_attributes=True)
