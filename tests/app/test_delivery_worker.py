"""Workers: everything that is due is sent, once, whatever happens on the way."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, update
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from alembic import command as alembic
from app.cli import cli
from app.db import Database, migration_connection, open_database
from app.delivery import command, queue
from app.delivery.command import CannotDeliver
from app.delivery.outcome import MOST_ATTEMPTS, Dead, Failed, Sent
from app.delivery.worker import Worker
from app.delivery_table import Channel, Delivery, MailSubscription, Webhook, WeekSchedule
from app.migrations import alembic_config
from app.notice_table import ClientNotice
from app.outbox import message, put
from app.settings import Settings
from app.tables import Client, Person
from app.week_schedule import next_week
from tests.conftest import Clock, settings_for
from tests.support.dying_worker import ONE_LANE, STEPS, run_until, worker_for
from tests.support.outbox import Member, add_member, add_organization, add_webhook, mail_to, rows_of
from tests.support.receivers import MailServer, Receiver, Request, mail_server, receiver


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Run a mail server."""
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """Run a webhook receiver."""
    with receiver() as received:
        yield received


@pytest.fixture
def settings(database_url: str, mail: MailServer) -> Settings:
    """Return settings that lead to the mail server."""
    return settings_for(database_url, smtp_host="127.0.0.1", smtp_port=mail.port, smtp_security="none")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Open the database."""
    opened = open_database(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def worker(settings: Settings, clock: Clock) -> Iterator[Worker]:
    """Return a worker on the test's clock."""
    made = worker_for(settings, lambda: clock.now)
    yield made
    made.database.engine.dispose()


def member_with_hook(database: Database, hook: Receiver) -> Member:
    with database.write() as session:
        admin = add_organization(session)
        add_webhook(session, admin, hook.url)
        return add_member(session, admin)


def test_a_week_is_sent_once_to_each_receiver(
    database: Database, worker: Worker, mail: MailServer, hook: Receiver, clock: Clock
) -> None:
    """The e-mail and the webhook of a week leave when it is due; looking again sends nothing; then comes the next."""
    member = member_with_hook(database, hook)
    assert worker.deliver(Event()) == 2
    assert worker.deliver(Event()) == 0
    clock.forward(days=7)
    assert worker.deliver(Event()) == 2
    clock.forward(days=7)
    assert worker.deliver(Event()) == 0
    worker.tidy()

    rows = rows_of(database, member.organization_id)
    assert [(row.channel, row.week_number, row.state, row.attempts) for row in rows] == [
        ("webhook", 1, "sent", 1), ("email", 1, "sent", 1), ("webhook", 2, "sent", 1), ("email", 2, "sent", 1),
    ]  # fmt: skip
    assert mail.ids == [row.message_id for row in rows if row.channel == "email"]
    assert hook.ids == [row.message_id for row in rows if row.channel == "webhook"]
    assert {message["List-Unsubscribe"] for message in mail.messages} == {
        f"<https://squat.example/unsubscribe/{member.person_id.hex}>"
    }
    told = json.loads(hook.requests[0].body)
    assert (told["type"], told["data"]["week_number"]) == ("week.ready", 1)
    assert told["data"]["url"] == f"https://squat.example/v1/blocks/{member.block.id}/weeks/1"
    clock.forward(days=80)
    worker.tidy()
    assert [row.week_number for row in rows_of(database, member.organization_id)] == [2, 2]


def test_what_has_become_untrue_is_skipped_and_says_why(
    database: Database, worker: Worker, mail: MailServer, clock: Clock
) -> None:
    """Nobody gets a week that is over, finished, archived or no longer wanted; nobody without access gets any."""
    changes = {
        "unsubscribed": lambda who: (MailSubscription, MailSubscription.person_id == who.person_id, {"enabled": False}),
        "person_disabled": lambda who: (Person, Person.id == who.person_id, {"disabled_at": clock.now}),
        "client_archived": lambda who: (Client, Client.id == who.client_id, {"archived_at": clock.now}),
        "block_finished": lambda who: (type(who.block), type(who.block).id == who.block.id, {"status": "finished"}),
        "week_over": lambda who: (
            type(who.block), type(who.block).id == who.block.id, {"starts_on": who.block.starts_on - timedelta(days=7)}
        ),
    }  # fmt: skip
    with database.write() as session:
        admin = add_organization(session)
        for reason, change in changes.items():
            who = add_member(session, admin, due_at=None)
            put(session, [mail_to(who, reason)])
            table, whose, values = change(who)
            statement = update(table).where(table.organization_id == who.organization_id, whose)
            session.execute(statement.values(**values))
    worker.deliver(Event())

    rows = rows_of(database, admin.organization_id)
    assert {row.message_id: (row.state, row.reason) for row in rows} == {
        f"<{reason}@home.example>": ("skipped", reason) for reason in changes
    }
    assert mail.messages == []


def test_a_receiver_that_fails_is_tried_for_a_day_and_then_given_up(
    database: Database, worker: Worker, hook: Receiver, clock: Clock
) -> None:
    """Waits grow, `Retry-After` is respected, each attempt has the same id, and twelve are enough."""
    with database.write() as session:
        admin = add_organization(session)
        webhook = add_webhook(session, admin, hook.url)
        who = add_member(session, admin, due_at=clock.now)
        session.exec(update(MailSubscription).where(col(MailSubscription.organization_id) == who.organization_id)
                     .values(enabled=False))  # fmt: skip
    hook.answer = lambda _: (503, {"Retry-After": "7200"} if len(hook.requests) == 1 else {})
    waits = []
    while worker.deliver(Event()):
        (row,) = rows_of(database, who.organization_id)
        if row.state == "dead":
            break
        assert (row.state, row.reason) == ("failed", "http_503")
        waits.append((row.due_at - clock.now) / timedelta(minutes=1))
        clock.now = row.due_at - timedelta(seconds=1)
        assert worker.deliver(Event()) == 0
        clock.now = row.due_at

    assert waits == [120, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert (row.state, row.attempts, row.reason) == ("dead", 12, "http_503")
    assert len(hook.ids) == 12
    assert set(hook.ids) == {row.message_id}
    with database.read() as session:
        assert session.get_one(Webhook, (webhook.organization_id, webhook.id)).disabled_at is None


def test_a_receiver_that_is_gone_is_told_nothing_more(
    database: Database, worker: Worker, hook: Receiver, clock: Clock
) -> None:
    """After 410 the webhook is disabled: no message is written for it."""
    member = member_with_hook(database, hook)
    hook.answer = lambda _: (410, {})
    worker.deliver(Event())
    clock.forward(days=7)
    worker.deliver(Event())

    rows = [row for row in rows_of(database, member.organization_id) if row.channel == "webhook"]
    assert [(row.state, row.reason) for row in rows] == [("dead", "gone")]
    assert len(hook.requests) == 1


def test_an_e_mail_that_is_given_up_shows_in_the_inbox_until_one_arrives(
    database: Database, worker: Worker, mail: MailServer, clock: Clock
) -> None:
    """An address that is refused for good is not tried again; the coach sees it, and no longer once mail arrives."""
    mail.answer = "550 nobody of that name"
    with database.write() as session:
        member = add_member(session, add_organization(session))
    worker.deliver(Event())

    (row,) = rows_of(database, member.organization_id)
    assert (row.state, row.reason, row.attempts) == ("dead", "address_refused", 1)
    (notice,) = _notices(database, member)
    assert (notice.kind, notice.action, json.loads(notice.facts)["delivery_id"]) == (
        "undelivered", "redeliver", str(row.id),
    )  # fmt: skip
    mail.answer = "250 OK"
    clock.forward(days=7)
    worker.deliver(Event())
    assert len(mail.messages) == 1
    assert _notices(database, member) == []


@pytest.mark.parametrize("channel", ["email", "webhook"])
def test_a_worker_that_was_taken_over_changes_nothing(channel: Channel, database: Database, clock: Clock) -> None:
    """The other one's message has arrived: no notice in the inbox, no webhook disabled; nor is theirs forgotten."""
    with database.write() as session:
        admin = add_organization(session)
        webhook = add_webhook(session, admin, "https://gym.example/hook")
        member = add_member(session, admin, due_at=None)
        receiver_id = member.person_id if channel == "email" else webhook.id
        about = {"message_id": "one", "at": clock.now, "week_number": 1}
        put(session, [message(member.block, "week.ready", channel, receiver_id, **about)])

    def finished(own: Dead | Sent, others: Dead | Sent) -> tuple[str, str]:
        held = []
        for _ in range(2):
            with database.write() as session:
                found = queue.claim(session, admin.organization_id, (channel,), now=clock.now, lease=timedelta(0))
                assert found is not None
                held.append(found)
        states = []
        for one, outcome in zip(reversed(held), (others, own), strict=True):
            with database.write() as session:
                states.append(queue.finish(session, one, outcome, now=clock.now, jitter=lambda: 0.5))
        return states[0], states[1]

    refused = Dead("refused", receiver_gone=True)
    assert finished(refused, Sent()) == ("sent", "taken_over")
    with database.write() as session:
        assert session.get_one(Webhook, (webhook.organization_id, webhook.id)).disabled_at is None
        session.exec(update(Delivery).where(col(Delivery.organization_id) == member.organization_id)
                     .values(state="pending", finished_at=None))  # fmt: skip
    assert _notices(database, member) == []
    assert finished(Sent(), refused) == ("dead", "taken_over")

    assert [one.kind for one in _notices(database, member)] == (["undelivered"] if channel == "email" else [])
    with database.read() as session:
        gone = session.get_one(Webhook, (webhook.organization_id, webhook.id)).disabled_at
    assert (gone is not None) == (channel == "webhook")


def _notices(database: Database, member: Member) -> list[ClientNotice]:
    with database.read() as session:
        statement = select(ClientNotice).where(ClientNotice.organization_id == member.organization_id)
        return list(session.exec(statement))


def test_the_running_message_is_finished_when_the_worker_is_told_to_stop(
    database: Database, worker: Worker, hook: Receiver, clock: Clock
) -> None:
    """It leaves and is written down as sent; the next one is not begun."""
    stopping = Event()
    with database.write() as session:
        admin = add_organization(session)
        for _ in range(2):
            add_webhook(session, admin, hook.url)
        member = add_member(session, admin)
    hook.answer = lambda _: (204 if stopping.set() is None else 500, {})
    replace(worker, lanes=ONE_LANE).run(stopping, every_s=60)

    states = sorted(row.state for row in rows_of(database, member.organization_id) if row.channel == "webhook")
    assert len(hook.requests) == 1
    assert states == ["pending", "sent"]


def test_without_a_mail_server_e_mails_wait_and_webhooks_leave(
    database: Database, settings: Settings, mail: MailServer, hook: Receiver, clock: Clock
) -> None:
    """What cannot be sent stays due; a worker that can send it does."""
    member = member_with_hook(database, hook)
    worker = worker_for(settings, lambda: clock.now)
    without = Worker(
        database=database, mailer=None, mail_from="a@b.example", webhook_keys=("key",), public_url="", local=True,
        now=lambda: clock.now,
    )  # fmt: skip
    assert without.deliver(Event()) == 1
    assert {row.channel: row.state for row in rows_of(database, member.organization_id)} == {
        "webhook": "sent", "email": "pending",
    }  # fmt: skip
    assert worker.deliver(Event()) == 1
    worker.database.engine.dispose()
    assert len(mail.messages) == 1


def test_a_database_that_is_busy_after_sending_is_asked_again(
    database: Database, worker: Worker, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that has left is written down as sent as soon as the database lets it: it does not leave twice."""
    member, left = member_with_hook(database, hook), [0, 1]

    def busy_at_first(*told: object, **how: object) -> str:
        if left:
            left.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return queue.finish(*told, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("app.delivery.worker.finish", busy_at_first)
    replace(worker, waits_s=(0, 0)).deliver(Event())

    assert {row.state for row in rows_of(database, member.organization_id)} == {"sent"}
    assert len(hook.ids) == 1


@pytest.mark.postgresql_only
def test_three_workers_deliver_each_message_once(
    database: Database, settings: Settings, hook: Receiver, clock: Clock
) -> None:
    """Sixty messages, no one twice, none left, and more than one worker took part."""
    with database.write() as session:
        admin = add_organization(session)
        for _ in range(3):
            add_webhook(session, admin, hook.url)
        for _ in range(20):
            member = add_member(session, admin)
        session.exec(update(MailSubscription).where(col(MailSubscription.organization_id) == admin.organization_id)
                     .values(enabled=False))  # fmt: skip
    workers = [worker_for(settings, lambda: clock.now) for _ in range(3)]
    workers[0]._tell_weeks(Event())
    with ThreadPoolExecutor(3) as pool:
        tried = list(pool.map(lambda one: one.deliver(Event()), workers))
    for one in workers:
        one.database.engine.dispose()

    rows = rows_of(database, member.organization_id)
    assert {row.state for row in rows} == {"sent"}
    assert (len(hook.ids), len(set(hook.ids)), len(rows)) == (60, 60, 60)
    assert len([one for one in tried if one]) > 1


@pytest.mark.sqlite_only
def test_a_second_worker_on_one_file_is_refused(
    database: Database, settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says why and exits with 2; when the first one has gone it may start."""
    monkeypatch.setenv("SQUATBACK_DATABASE_URL", database_url)
    with command.open_worker(settings):
        with pytest.raises(CannotDeliver, match="Another worker"), command.open_worker(settings):
            pass
        refused = CliRunner().invoke(cli, ["deliver", "--once"])
        assert (refused.exit_code, "Another worker" in refused.output) == (2, True)
    with command.open_worker(settings):
        pass


@pytest.mark.sqlite_only
def test_looking_for_what_is_due_reads_an_index(database: Database, worker: Worker, hook: Receiver) -> None:
    """However many clients and messages there are, only those that are due are looked at."""
    asked: list[tuple[str, object]] = []
    member_with_hook(database, hook)
    event.listen(worker.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    worker.deliver(Event())
    plans = [
        row.detail
        for statement, values in asked
        if statement.startswith("SELECT")
        and " due_at <= " in statement.replace("deliveries.", "").replace("week_schedules.", "")
        for row in _plan_of(database, statement, values)
    ]

    assert len(plans) >= 8
    assert not [plan for plan in plans if plan.startswith("SCAN") and "organizations" not in plan]
    assert {"week_schedules", "deliveries"} == {
        name for name in ("week_schedules", "deliveries") for plan in plans if f"ix_{name}_due" in plan
    }


def _plan_of(database: Database, statement: str, values: object) -> list[Any]:
    with database.reader.connect() as connection:
        return list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))  # type: ignore[arg-type]


def test_blocks_of_earlier_versions_are_told_too(
    database: Database, settings: Settings, worker: Worker, clock: Clock
) -> None:
    """The migration schedules what is running; the worker finds the week that is due now."""
    with database.write() as session:
        member = add_member(session, add_organization(session))
    database.engine.dispose()
    before = ScriptDirectory.from_config(alembic_config()).get_revision("41ba6109a108").down_revision
    for step, revision in ((alembic.downgrade, str(before)), (alembic.upgrade, "head")):
        with migration_connection(settings) as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            step(config, revision)
    key = (member.organization_id, member.client_id)
    with database.write() as session:
        session.get_one(WeekSchedule, key).due_at = clock.now  # the migration goes by the clock on the wall
    assert worker.deliver(Event()) == 0

    with database.read() as session:
        schedule = session.get_one(WeekSchedule, key)
    assert (schedule.block_id, schedule.week_number) == (member.block.id, 2)


def test_a_client_whose_week_cannot_be_told_keeps_nobody_waiting(
    database: Database, worker: Worker, mail: MailServer, clock: Clock
) -> None:
    """The others get theirs; that one is tried again an hour later."""
    with database.write() as session:
        admin = add_organization(session)
        broken = add_member(session, admin, due_at=clock.now - timedelta(hours=2))
        add_member(session, admin)
        session.get_one(Client, (broken.organization_id, broken.client_id)).time_zone = "Nowhere/Land"
    worker.deliver(Event())
    assert len(mail.messages) == 1
    with database.write() as session:
        session.get_one(Client, (broken.organization_id, broken.client_id)).time_zone = "UTC"
    clock.forward(minutes=61)
    worker.deliver(Event())

    assert len(mail.messages) == 2


def test_a_client_whose_block_is_missing_keeps_nobody_waiting(
    database: Database, worker: Worker, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the database does not find is one client's fault like any other; the log tells kind and place only."""
    with database.write() as session:
        admin = add_organization(session)
        broken = add_member(session, admin)
        add_member(session, admin)

    def missing_once(schedule: WeekSchedule, client: Client, *told: object, **how: object) -> int | None:
        if client.id == broken.client_id:
            raise NoResultFound
        return next_week(schedule, client, *told, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("app.delivery.queue.next_week", missing_once)
    worker.deliver(Event())

    assert len(mail.messages) == 1


# --- receivers that do not answer ---------------------------------------------------------------------------------


def _until(reached: Callable[[], bool], within_s: float) -> float:
    """Wait for something and return how long it took."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < within_s
        time.sleep(0.02)
    return time.monotonic() - began


@contextmanager
def _running(worker: Worker) -> Iterator[None]:
    stopping = Event()
    thread = Thread(target=worker.run, args=(stopping,), kwargs={"every_s": 0.05})
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def test_a_receiver_that_hangs_holds_up_nobody_else(
    database: Database, worker: Worker, mail: MailServer, hook: Receiver
) -> None:
    """One organization's webhook does not answer: another's thirty e-mails leave, and so does its own webhook's."""
    answering, asked = Event(), Event()
    with database.write() as session:
        for address, members in (("quick", 30), ("slow", 3)):
            admin = add_organization(session)
            add_webhook(session, admin, f"{hook.url}/{address}")
            for _ in range(members):
                add_member(session, admin)
        session.exec(update(MailSubscription).where(col(MailSubscription.organization_id) == admin.organization_id)
                     .values(enabled=False))  # fmt: skip

    def answer(request: Request) -> tuple[int, dict[str, str]]:
        if request.path.endswith("slow"):
            asked.set()
            answering.wait(15)
        return 204, {}

    hook.answer = answer
    with _running(worker):
        assert asked.wait(5)
        _until(lambda: len(mail.messages) == 30, 6)
        _until(lambda: sum(one.path.endswith("quick") for one in hook.requests) == 30, 6)
        hanging = sum(one.path.endswith("slow") for one in hook.requests)
        answering.set()

    assert hanging == 1


def test_an_attempt_without_an_answer_counts_for_all_that_is_due_to_the_receiver(
    database: Database, clock: Clock
) -> None:
    """It is not asked once for each message; those that had one attempt left are given up; others' are untouched."""
    with database.write() as session:
        admin = add_organization(session)
        away, other = (add_webhook(session, admin, f"https://gym.example/{name}") for name in ("away", "other"))
        member = add_member(session, admin, due_at=None)
        whom = ((1, away, 0), (2, away, 0), (3, away, 0), (4, other, 0), (5, away, 9))
        put(session, [
            message(member.block, "block.changed", "webhook", webhook.id, message_id=f"{number}",
                    at=clock.now + timedelta(minutes=later), revision=number)
            for number, webhook, later in whom
        ])  # fmt: skip
        session.exec(update(Delivery).where(col(Delivery.organization_id) == member.organization_id,
                                            Delivery.message_id == "3").values(attempts=MOST_ATTEMPTS - 1))  # fmt: skip
    with database.write() as session:
        held = queue.claim(session, admin.organization_id, ("webhook",), now=clock.now, lease=timedelta(minutes=5))
        assert held is not None
    with database.write() as session:
        queue.finish(session, held, Failed("timeout"), now=clock.now, jitter=lambda: 0.5)

    told = {
        row.message_id: (row.state, row.attempts, (row.due_at - clock.now) / timedelta(minutes=1))
        for row in rows_of(database, member.organization_id)
    }
    assert told == {
        "1": ("failed", 1, 1),
        "2": ("failed", 1, 1),
        "3": ("dead", MOST_ATTEMPTS, 0),
        "4": ("pending", 0, 0),
        "5": ("pending", 0, 9),
    }


# --- faults of a worker -------------------------------------------------------------------------------------------


def test_a_fault_of_a_round_ends_no_worker(
    database: Database,
    worker: Worker,
    mail: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is logged by kind and place, never by its text, and the next round sends."""
    faults = [KeyError("her back hurts")] * 9

    def broken(*told: object, **how: object) -> object:
        if faults:
            raise faults.pop()
        return queue.organizations_with_messages(*told, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("app.delivery.worker.organizations_with_messages", broken)
    with database.write() as session:
        add_member(session, add_organization(session))
    with _running(worker):
        _until(lambda: len(mail.messages) == 1, 5)

    assert "KeyError" in caplog.text
    assert "hurts" not in caplog.text


def test_a_result_that_cannot_be_kept_keeps_nobody_waiting(
    database: Database, worker: Worker, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        admin = add_organization(session)
        members = [add_member(session, admin) for _ in range(2)]

    def broken(session: Session, held: queue.Claim, *told: object, **how: object) -> str:
        if held.delivery.client_id == members[0].client_id:
            raise NoResultFound
        return queue.finish(session, held, *told, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("app.delivery.worker.finish", broken)
    worker.deliver(Event())

    assert sorted(row.state for row in rows_of(database, admin.organization_id)) == ["sending", "sent"]


@pytest.mark.sqlite_only
def test_a_worker_beside_a_server_starts_when_it_can_and_again_after_a_fault(
    database: Database, settings: Settings, mail: MailServer, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Another worker holds the file, then the worker breaks off: in the end the message leaves."""
    broken = [RuntimeError("her back hurts")]
    run = Worker.run

    def runs(worker: Worker, stopping: Event, *, every_s: float) -> None:
        if broken:
            raise broken.pop()
        run(replace(worker, now=lambda: Clock().now), stopping, every_s=every_s)

    monkeypatch.setattr(Worker, "run", runs)
    soon = settings.model_copy(update={"deliver_every_s": 0.1})
    with database.write() as session:
        add_member(session, add_organization(session))
    with command.open_worker(settings):
        beside = command.delivering_beside(soon, public_url="http://gym.example")
        beside.__enter__()
        _until(lambda: "Another worker" in caplog.text, 5)
    _until(lambda: len(mail.messages) == 1, 5)
    beside.__exit__(None, None, None)

    assert caplog.text.count("Another worker") == 1
    assert "RuntimeError" in caplog.text
    assert "hurts" not in caplog.text


# --- killed at every step -----------------------------------------------------------------------------------------


def _killed_and_started_again(
    database: Database, settings: Settings, mail: MailServer, hook: Receiver, step: str, times: int
) -> None:
    """Kill a worker process at a step, start another later: nothing is lost, one message comes at most twice."""
    clock = Clock()
    member = member_with_hook(database, hook)
    before = (len(mail.ids), len(hook.ids))
    assert run_until(settings, clock.now, step, times) == -9, f"{step} was not reached {times} times"
    left = {row.message_id for row in rows_of(database, member.organization_id) if row.state == "sending"}
    clock.forward(seconds=61)
    assert run_until(settings, clock.now, None) == 0

    rows = rows_of(database, member.organization_id)
    arrived = mail.ids[before[0] :] + hook.ids[before[1] :]
    assert {row.channel: row.state for row in rows} == {"webhook": "sent", "email": "sent"}
    assert set(arrived) == {row.message_id for row in rows}, step
    twice = {one for one in arrived if arrived.count(one) > 1}
    assert twice <= left
    assert len(arrived) <= 3
    assert (len(arrived) == 3) == (step in ("sent", "result_written")), step


@pytest.mark.parametrize("step", ["weeks_written", "claimed", "sent"])
@pytest.mark.sqlite_only
def test_a_worker_that_is_killed_loses_nothing(
    step: str, database: Database, settings: Settings, mail: MailServer, hook: Receiver
) -> None:
    """The three moments that matter most; `make campaign` tries all."""
    _killed_and_started_again(database, settings, mail, hook, step, 1)


@pytest.mark.campaign
@pytest.mark.sqlite_only
def test_the_command_finishes_its_message_and_ends_well(
    database: Database, settings: Settings, database_url: str, hook: Receiver
) -> None:
    """`squatback deliver` as an operator runs it: a signal while a message is under way ends it after that one."""
    arrived = Event()
    with database.write() as session:
        admin = add_organization(session)
        webhook = add_webhook(session, admin, hook.url)
        now = datetime.now(UTC)
        member = add_member(session, admin)
        rows = [
            message(member.block, "block.changed", "webhook", webhook.id, message_id=f"{one}", at=now, revision=one)
            for one in (1, 2)
        ]
        put(session, rows)
    hook.answer = lambda _: (arrived.set() or time.sleep(1) or 204, {})
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQUATBACK_")}
    environment = kept | {"SQUATBACK_DATABASE_URL": database_url, "SQUATBACK_WEBHOOK_KEY": "k" * 32}
    process = subprocess.Popen([Path(sys.executable).parent / "squatback", "deliver"], env=environment)
    assert arrived.wait(60)
    process.terminate()

    assert process.wait(30) == 0
    assert len(hook.ids) == 1
    assert sorted(row.state for row in rows_of(database, member.organization_id)).count("sent") == 1


@pytest.mark.campaign
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_is_killed_anywhere_loses_nothing(
    step: str, times: int, database: Database, settings: Settings, mail: MailServer, hook: Receiver
) -> None:
    """Every step, for the e-mail and for the webhook, on both databases."""
    times = 1 if step.startswith("weeks") else times  # those come once
    _killed_and_started_again(database, settings, mail, hook, step, times)
