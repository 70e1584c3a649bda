"""The audit trail: each transaction that changes something ends with a row that says who did what, to whom and when.

A row holds ids and names of operations, never what somebody wrote, measured or signs in with. Rows of an organization
are a chain: each carries a hash of itself and of the hash before it, so one that is edited, removed or moved shows
(`app.audit_check`). The last link is one row for each organization. It is taken in the last statement before the
commit, so that writers of an organization wait for each other's commits only, and for nothing else.

Names of events are those of the OWASP Logging Vocabulary.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, String, bindparam, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session

from app.audit_table import AuditEvent, AuditHead
from app.statements import Statement
from app.table_kit import table_of

_Text = ColumnElement[str]
_Insert = Callable[[type[AuditHead]], Any]

Event = Literal[
    "authn_login_success",
    "authn_login_fail",
    "authn_login_fail_max",
    "authn_password_change",
    "authn_token_created",
    "authn_token_revoked",
    "authn_token_reuse",
    "authz_admin",
    "authz_change",
    "authz_fail",
    "sensitive_create",
    "sensitive_read",
    "sensitive_update",
    "sensitive_delete",
    "user_created",
    "user_updated",
]
ActorKind = Literal["person", "link", "command", "nobody"]

NO_ORGANIZATION: Final = UUID(int=0)
"""Whose chain takes what cannot be told to belong to any: a sign-in with an address that nobody has."""

AUDIT_TABLES: Final = frozenset({"audit_events", "audit_heads"})
BOOKKEEPING: Final = AUDIT_TABLES | {"client_changes", "idempotency_keys", "login_attempts"}
"""Tables that the service keeps for itself: a transaction that changes nothing else has no row."""


@dataclass(slots=True, kw_only=True)
class Act:
    """What one transaction does. Who does it, and about whom, is filled in by whoever finds out on the way."""

    action: str
    event: Event
    at: datetime
    organization_id: UUID = NO_ORGANIZATION
    actor_kind: ActorKind = "nobody"
    actor_id: UUID | None = None
    client_id: UUID | None = None
    object_id: UUID | None = None
    request_id: str = ""
    day: date | None = None
    kept: bool = False

    def by(self, organization_id: UUID, actor_id: UUID, kind: ActorKind = "person") -> None:
        """Say whose doing it is."""
        self.organization_id, self.actor_id, self.actor_kind = organization_id, actor_id, kind

    def about(self, object_id: UUID) -> None:
        """Say what was made; what the request itself names stays."""
        self.object_id = self.object_id or object_id


class Told(Protocol):
    """What a row says, before it is one or afterwards."""

    @property
    def organization_id(self) -> UUID:
        """Return whose chain it is in."""

    @property
    def at(self) -> datetime:
        """Return when it happened."""


_SAID: Final = (
    *("organization_id", "at", "event", "action", "actor_kind", "actor_id", "client_id", "object_id"),
    *("request_id", "day"),
)


def content_of(told: Told) -> str:
    """Return all that a row says as one text, the same whichever database it was read from."""
    return json.dumps([_plain(getattr(told, name)) for name in _SAID], separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID | date) else value


def chained(before: str, content: str) -> str:
    """Return the hash of a row, given the hash of the row before it: empty for the first."""
    return sha256((before + content).encode()).hexdigest()


def _hashed_by_sqlite(before: _Text, content: _Text) -> _Text:
    return func.chained(before, content, type_=String)  # `chained` above: every connection of `app.db` knows it


def _hashed_by_postgresql(before: _Text, content: _Text) -> _Text:
    return func.encode(func.sha256(func.convert_to(before + content, "UTF8")), "hex", type_=String)


def _link(insert: _Insert, hashed: Callable[[_Text, _Text], _Text]) -> ReturningInsert[tuple[int, str]]:
    """Return the statement that locks a chain, moves its head on and answers number and hash of the new row."""
    head, content = AuditHead.__table__.c, bindparam("content", type_=String)  # type: ignore[attr-defined]
    first = insert(AuditHead).values(
        organization_id=bindparam("organization_id"), number=1, hash=hashed(literal("", String), content)
    )
    onwards = {"number": head.number + 1, "hash": hashed(head.hash, content)}
    moved = first.on_conflict_do_update(index_elements=[head.organization_id], set_=onwards)
    linked: ReturningInsert[tuple[int, str]] = moved.returning(head.number, head.hash)
    return linked


_INSERT: Final[Mapping[str, _Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_EVENTS: Final = table_of(AuditEvent)
_LINK: Final = Statement(_link(sqlite.insert, _hashed_by_sqlite))
_ROW: Final = Statement(insert(_EVENTS), sets=_EVENTS.c.keys())


def _linked_row() -> Insert:
    """Return the statement that does both at once, for PostgreSQL, to which each is a journey."""
    link = _link(postgresql.insert, _hashed_by_postgresql).cte("link")
    said = [bindparam(name, type_=_EVENTS.c[name].type) for name in _SAID]
    return insert(_EVENTS).from_select([*_SAID, "number", "hash"], select(*said, link.c.number, link.c.hash))


_LINKED_ROW: Final = Statement(_linked_row())


def hold(session: Session, organization_id: UUID) -> None:
    """Lock an organization's chain, so that nobody adds to it until the transaction ends."""
    connection = session.connection()
    head = _INSERT[connection.dialect.name](AuditHead).values(organization_id=organization_id, number=0, hash="")
    unchanged = head.on_conflict_do_update(index_elements=["organization_id"], set_={"number": AuditHead.number})
    connection.execute(unchanged)


def append(session: Session, act: Act) -> None:
    """Write an act's row as the next link of its organization's chain, which is locked until the transaction ends."""
    said = {name: getattr(act, name) for name in _SAID}
    asked = said | {"content": content_of(act)}
    if session.get_bind().dialect.name == "postgresql":
        _LINKED_ROW.run(session, asked)
    else:
        number, digest = _LINK.first(session, asked)
        _ROW.run(session, said | {"number": number, "hash": digest})
    act.kept = True


_ACT: Final = "act"


def begin(session: Session, act: Act | None) -> None:
    """Note what a transaction is about to do; None for what the service does for itself."""
    session.info[_ACT] = act


def act_of(session: Session) -> Act:
    """Return what a transaction does, to say more about it; what is said of one without a row is lost."""
    act: Act | None = session.info.get(_ACT)
    return act or Act(action="", event="authz_admin", at=datetime.min.replace(tzinfo=UTC))
