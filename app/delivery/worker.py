"""Sends what is due: claim, commit, send, commit. No transaction is open while anything is sent.

Killed between any two steps, nothing is lost: what was not claimed stays due, and what was left in `sending` is taken
over when its lease ends, with the same Message-ID or webhook-id.
"""

import json
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import SystemRandom
from threading import Event
from typing import Final
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select

from app.db import Database
from app.delivery.content import WebhookCall, content_of
from app.delivery.mailer import Mailer
from app.delivery.outcome import MOST_ATTEMPTS, Dead, Failed, Jitter, Outcome, Skipped
from app.delivery.queue import (
    Claim,
    claim,
    finish,
    forget_old,
    organizations_with_messages,
    organizations_with_weeks,
    tell_weeks,
)
from app.delivery.signing import signed
from app.delivery.webhook_call import call
from app.delivery.week_mail import WeekLetter, compose
from app.delivery_table import Channel
from app.tables import Organization

LOG = logging.getLogger("squatback.delivery")

LEASE: Final = timedelta(minutes=5)
"""How long a claimed message belongs to its worker: longer than sending may take."""

_AWAY: Final = (OperationalError, InterfaceError, PoolTimeout)
"""How a database says that it is away or busy."""

_TIDIES_EVERY: Final = timedelta(days=1)


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker: where it reads, how it sends, what its clock says."""

    database: Database
    mailer: Mailer | None
    mail_from: str
    webhook_key: str | None
    public_url: str
    local: bool
    now: Callable[[], datetime] = utc_now
    jitter: Jitter = SystemRandom().random
    lease: timedelta = LEASE
    waits_s: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    """Waits between tries to write down what came of a message."""
    reached: Callable[[str], None] = field(default=lambda _step: None)
    """Called at each step of the way: tests end the process there."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return what this worker can send; the rest waits for one that can."""
        mail: tuple[Channel, ...] = () if self.mailer is None else ("email",)
        return (*mail, "webhook") if self.webhook_key is not None else mail

    def run(self, stopping: Event, *, every_s: float) -> None:
        """Send what becomes due until told to stop; the message that is being sent is finished first."""
        tidied = datetime.min.replace(tzinfo=UTC)
        while not stopping.is_set():
            try:
                self.deliver(stopping)
                if self.now() - tidied > _TIDIES_EVERY:
                    self.tidy()
                    tidied = self.now()
            except _AWAY as error:  # the database is away: what is due stays due
                LOG.warning(json.dumps({"event": "delivery_waits", "error": type(error).__qualname__}))
            stopping.wait(every_s)

    def tidy(self) -> None:
        """Forget messages that ended long ago."""
        with self.database.read() as session:
            organizations = session.exec(select(Organization.id)).all()
        for organization_id in organizations:
            with self.database.write() as session:
                forget_old(session, organization_id, now=self.now())

    def deliver(self, stopping: Event) -> int:
        """Send everything that is due now, one message of each organization in turn; return how many were tried."""
        self._tell_weeks(stopping)
        tried = 0
        while not stopping.is_set():
            with self.database.read() as session:
                waiting = organizations_with_messages(session, self.channels, now=self.now())
            done = sum(self._deliver_one(organization, stopping) for organization in waiting)
            if not done:
                break
            tried += done
        return tried

    def _tell_weeks(self, stopping: Event) -> None:
        with self.database.read() as session:
            waiting = organizations_with_weeks(session, now=self.now())
        domain = self.mail_from.rpartition("@")[2].strip(" >")
        for organization_id in waiting:
            told = 1
            while told and not stopping.is_set():
                with self.database.write() as session:
                    told = tell_weeks(session, organization_id, now=self.now(), mail_domain=domain)
                    self.reached("weeks_written")
                self.reached("weeks_told")

    def _deliver_one(self, organization_id: UUID, stopping: Event) -> bool:
        """Send one message of an organization; tell whether there was one."""
        if stopping.is_set():
            return False
        with self.database.write() as session:
            held = claim(session, organization_id, self.channels, now=self.now(), lease=self.lease)
            self.reached("claim_written")
        if held is None:
            return False
        self.reached("claimed")
        outcome = self._send(held)
        self.reached("sent")
        state = self._write_down(held, outcome)
        self.reached("finished")
        _report(held, outcome, state)
        return True

    def _write_down(self, held: Claim, outcome: Outcome) -> str:
        """Keep what came of a message. It has left: a database that is busy or away for a moment is asked again."""
        for wait_s in self.waits_s:
            try:
                return self._finish(held, outcome)
            except _AWAY:
                time.sleep(wait_s)
        return self._finish(held, outcome)

    def _finish(self, held: Claim, outcome: Outcome) -> str:
        with self.database.write() as session:
            state = finish(session, held, outcome, now=self.now(), jitter=self.jitter)
            self.reached("result_written")
        return state

    def _send(self, held: Claim) -> Outcome:
        """Make the message and send it; a fault of ours is a failed attempt like any other."""
        if held.delivery.attempts > MOST_ATTEMPTS:  # each time its worker died
            return Dead("never_finished")
        try:
            with self.database.read() as session:
                content = content_of(session, held.delivery, now=self.now(), public_url=self.public_url)
            self.reached("content_made")
            if isinstance(content, Skipped):
                return content
            return self._call(held, content) if isinstance(content, WebhookCall) else self._mail(content)
        except _AWAY:
            raise
        except Exception as error:
            _report_fault(held, error)
            return Failed("broken")

    def _mail(self, letter: WeekLetter) -> Outcome:
        assert self.mailer is not None
        return self.mailer.send(compose(letter, sender=self.mail_from, at=self.now()), letter.to)

    def _call(self, held: Claim, content: WebhookCall) -> Outcome:
        assert self.webhook_key is not None
        now, webhook, body = self.now(), content.webhook, content.body
        headers = signed(webhook, self.webhook_key, message_id=held.delivery.message_id, body=body, now=now)
        return call(webhook.url, body, headers, local=self.local, now=now)


def _report(held: Claim, outcome: Outcome, state: str) -> None:
    row, reason = held.delivery, getattr(outcome, "reason", "")
    told = {"event": "delivery", "delivery_id": str(row.id), "channel": row.channel, "type": row.event}
    line = json.dumps(told | {"state": state, "attempts": row.attempts, "reason": reason})
    LOG.log(logging.ERROR if state == "dead" else logging.INFO, line)


def _report_fault(held: Claim, error: Exception) -> None:
    """Log the kind of error and its line of code; its text may hold what is nobody's business."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    told = {"event": "delivery_broken", "delivery_id": str(held.delivery.id), "error": type(error).__qualname__}
    LOG.error(json.dumps(told | {"at": f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno} {where.name}"}))
