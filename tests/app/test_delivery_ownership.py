"""Workers read, send and write what is one organization's and one member's, though others' rows look the same."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from app import tables
from app.db import Database, open_database
from app.delivery import queue
from app.delivery.content import WebhookCall, content_of
from app.delivery.outcome import Dead, Failed, Outcome, Sent, Skipped
from app.delivery.service import remove_webhook
from app.delivery.week_mail import WeekLetter
from app.delivery_table import Channel, Delivery, Webhook
from app.notice_table import ClientNotice
from tests.app.twins import MARK, TWIN_ID, beside_a_twin
from tests.conftest import Clock, settings_for
from tests.support.outbox import MONDAY, Member, add_member, add_organization, add_webhook, rows_of

_HOOK, _OTHER_HOOK = "https://gym.example/hook", "https://gym.example/other-hook"
_BOTH: tuple[Channel, ...] = ("email", "webhook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gym:
    """An organization that has a twin: two members, each of whom looks like the other, and two webhooks."""

    database: Database
    member: Member
    other: Member
    webhook: Webhook
    other_webhook: Webhook

    def told(self) -> Mapping[tuple[UUID, UUID], Delivery]:
        """Return the messages by receiver and client."""
        return {(row.receiver_id, row.client_id): row for row in rows_of(self.database, self.member.organization_id)}

    def end(self, clock: Clock, outcome: Outcome, channel: Channel = "email") -> Delivery:
        """Claim the message that is due first and write down what came of it."""
        organization_id = self.member.organization_id
        with self.database.write() as session:
            held = queue.claim(session, organization_id, (channel,), now=clock.now, lease=timedelta(minutes=5))
        assert held is not None
        with self.database.write() as session:
            queue.finish(session, held, outcome, now=clock.now, jitter=lambda: 0.5)
        return held.delivery


@pytest.fixture
def gym(database_url: str, clock: Clock) -> Iterator[Gym]:
    """Return an organization whose weeks are told, beside its twin."""
    database = open_database(settings_for(database_url))
    with database.write() as session:
        admin = add_organization(session)
        hooks = [add_webhook(session, admin, url) for url in (_HOOK, _OTHER_HOOK)]
        member, other = add_member(session, admin, "Sam"), add_member(session, admin, "Kim")
        _mark_week(session, other)
    with beside_a_twin(database.engine, admin.organization_id):
        with database.write() as session:
            queue.tell_weeks(session, admin.organization_id, now=clock.now, mail_domain="squat.example")
        yield Gym(database=database, member=member, other=other, webhook=hooks[0], other_webhook=hooks[1])
    database.engine.dispose()


def _mark_week(session: Session, member: Member) -> None:
    week = tables.BlockWeek
    theirs = update(week).where(
        col(week.organization_id) == member.organization_id, col(week.block_id) == member.block.id
    )
    session.execute(theirs.values(body=json.dumps({MARK: True})))


def test_a_week_is_told_to_its_own_members_and_webhooks(gym: Gym) -> None:
    """Each member's week to the member, and to every webhook of the organization; to nobody else."""
    hooks = (gym.webhook, gym.other_webhook)

    assert gym.told().keys() == {
        (receiver, who.client_id)
        for who in (gym.member, gym.other)
        for receiver in (who.person_id, *(hook.id for hook in hooks))
    }
    assert {row.block_id for row in gym.told().values()} == {gym.member.block.id, gym.other.block.id}


def test_a_message_says_what_its_own_client_has_to_its_own_receiver(gym: Gym, clock: Clock) -> None:
    """Names, addresses, weeks and links are those of the client and organization it was written for."""
    told = gym.told()
    with gym.database.read() as session:
        letter, call = (
            content_of(session, told[receiver, gym.member.client_id], now=clock.now, public_url="https://squat.example")
            for receiver in (gym.member.person_id, gym.webhook.id)
        )
    assert isinstance(letter, WeekLetter)
    assert isinstance(call, WebhookCall)

    assert (letter.to, letter.name) == (f"{gym.member.client_id.hex}@home.example", "Sam")
    assert letter.week["days"][0]["sessions"][0]["title"] == "Squat session"
    assert letter.unsubscribe_url.endswith(f"/{gym.member.person_id.hex}")
    assert call.webhook.url == _HOOK
    assert json.loads(call.body)["data"]["client_id"] == str(gym.member.client_id)


def test_nobody_is_sent_the_week_of_a_client_who_they_are_not(gym: Gym, clock: Clock) -> None:
    """A member who belongs to another client by now is told nothing of the first one."""
    message = gym.told()[gym.member.person_id, gym.member.client_id]
    person = tables.Person
    with gym.database.write() as session:
        whose = col(person.organization_id) == gym.member.organization_id, col(person.id) == gym.member.person_id
        session.execute(update(person).where(*whose).values(client_id=gym.other.client_id))
        assert content_of(session, message, now=clock.now, public_url="") == Skipped("person_disabled")


def test_what_came_of_a_message_is_written_for_its_own_client(gym: Gym, clock: Clock) -> None:
    """The inbox says until the end of the client's own week what did not arrive, and forgets it for them alone."""
    dead = [gym.end(clock, Dead("refused")) for _ in range(2)]
    last = gym.member.block.starts_on + timedelta(days=6)
    assert {(one.client_id, one.block_id, one.ends_at.date()) for one in _notices(gym) if one.ends_at} == {
        (row.client_id, row.block_id, last + timedelta(days=1)) for row in dead
    }
    with gym.database.write() as session:
        due = update(Delivery).where(
            col(Delivery.organization_id) == gym.member.organization_id, col(Delivery.id) == dead[0].id
        )
        session.execute(due.values(state="pending", finished_at=None, due_at=MONDAY))
    gym.end(clock, Sent())

    assert [one.client_id for one in _notices(gym)] == [dead[1].client_id]


def test_a_webhook_that_does_not_answer_or_is_gone_holds_up_no_other(gym: Gym, clock: Clock) -> None:
    """What is due to it is put off, and it is disabled; the organization's other webhook is told in time."""
    failed = gym.end(clock, Failed("timeout"), "webhook")
    states = {row.state for row in gym.told().values() if row.receiver_id == failed.receiver_id}
    others = {row.state for row in gym.told().values() if row.receiver_id != failed.receiver_id}
    assert (states, others) == ({"failed"}, {"pending"})
    gone = gym.end(clock, Dead("gone", receiver_gone=True), "webhook")
    with gym.database.read() as session:
        hooks = session.exec(select(Webhook).where(Webhook.organization_id == gym.member.organization_id)).all()
        assert [hook.id for hook in hooks if hook.disabled_at is not None] == [gone.receiver_id]


def test_with_a_webhook_go_its_own_messages(gym: Gym) -> None:
    with gym.database.write() as session:
        remove_webhook(session, session.get_one(Webhook, (gym.webhook.organization_id, gym.webhook.id)))
    left = {row.receiver_id for row in gym.told().values()}
    assert left == {gym.member.person_id, gym.other.person_id, gym.other_webhook.id}


def test_only_organizations_with_something_due_are_looked_at(gym: Gym, clock: Clock) -> None:
    """What another organization has due is not taken for one's own; what ended there long ago is not forgotten here."""
    with gym.database.read() as session:
        assert queue.organizations_with_messages(session, _BOTH, now=clock.now) == [gym.member.organization_id]
        assert queue.organizations_with_weeks(session, now=clock.now) == [TWIN_ID]
    gym.end(clock, Sent())
    with gym.database.write() as session:
        queue.forget_old(session, gym.member.organization_id, now=clock.now + queue.KEPT)
    assert "sent" not in {row.state for row in gym.told().values()}


def _notices(gym: Gym) -> list[ClientNotice]:
    with gym.database.read() as session:
        whose = ClientNotice.organization_id == gym.member.organization_id
        return list(session.exec(select(ClientNotice).where(whose)))
