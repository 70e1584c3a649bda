"""A person's own sign-ins: which there are, and the end of those they do not want any more."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select, tuple_

from app.errors import NotFound
from app.paging import cut, place_in_time
from app.people import auth_service, tokens
from app.people.auth_service import Desk
from app.people.factor_secrets import Whose
from app.people.schemas import SignInEnd
from app.sign_in_tables import SignIn
from app.signed_in import SignedIn


def list_sign_ins(
    session: Session, who: SignedIn, *, limit: int, cursor: str | None, now: datetime
) -> tuple[Sequence[SignIn], str | None]:
    """Return a page of the person's sign-ins that are good now, newest first."""
    scope = f"{who.organization_id}/{who.person_id}/sign-ins"
    statement = (
        select(SignIn)
        .where(SignIn.organization_id == who.organization_id, SignIn.person_id == who.person_id, SignIn.ends_at > now)
        .order_by(col(SignIn.made_at).desc(), col(SignIn.id).desc())
        .limit(limit + 1)
    )
    after = place_in_time(cursor, scope=scope)
    if after is not None:
        statement = statement.where(tuple_(SignIn.made_at, SignIn.id) < tuple_(*after))
    rows = session.exec(statement).all()
    return cut(rows, limit, scope=scope, key=lambda row: (row.made_at.isoformat(), str(row.id)))


def end_sign_ins(desk: Desk, who: SignedIn, end: SignInEnd, *, now: datetime) -> None:
    """End one of the person's sign-ins, or all but the one that asks, on every worker at once."""
    whose = Whose(who.organization_id, who.person_id)
    auth_service.prove_password(desk, whose, end.current_password.get_secret_value(), now=now)
    desk.act.by(who.organization_id, who.person_id)
    if end.sign_in_id is not None:
        desk.act.about(end.sign_in_id)
    with desk.database.write(desk.act) as session:
        mine = select(SignIn.id).where(SignIn.organization_id == who.organization_id, SignIn.person_id == who.person_id)
        one = SignIn.id == end.sign_in_id
        asked = mine.where(SignIn.id != who.family_id if end.sign_in_id is None else one)
        found = session.exec(asked.order_by(col(SignIn.id))).all()
        if end.sign_in_id is not None and not found:
            raise NotFound
        for family_id in found:
            tokens.end_family(session, who.organization_id, family_id, now=now)
