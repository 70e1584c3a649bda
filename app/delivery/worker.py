"""Sends what is due: claim, commit, send, commit. No transaction is open while anything is sent.

A few threads work side by side, e-mails and webhooks apart, and never two at one receiver: who does not answer holds up
what is due to them, nothing else.

Killed between any two steps, nothing is lost: what was not claimed stays due, and what was left in `sending` is taken
over when its lease ends, with the same Message-ID or webhook-id.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from secrets import SystemRandom
from threading import Event, Lock
from typing import Final
from uuid import UUID

from sqlmodel import select

from app.db import Database
from app.delivery.content import WebhookCall, content_of
from app.delivery.faults import AWAY, LOG, report_fault
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
from app.delivery.week_mail import WeekLetter, compose
from app.delivery_table import Channel
from app.idempotency import forget_expired_keys
from app.local_time import utc_now
from app.tables import Organization

LEASE: Final = timedelta(minutes=5)
"""How long a claimed message belongs to its worker: longer than sending may take."""

LANES: Final[tuple[tuple[Channel, ...], ...]] = (("email",),) * 2 + (("webhook",),) * 5
"""The threads that send, and what each sends: with the one that looks for weeks as many as there are connections."""

_IN_TURN: Final = 5
"""Messages of one organization before it is the next one's turn."""

_TIDIES_EVERY_S: Final = 24 * 3600.0


class _Busy:
    """The receivers that something is being sent to."""

    def __init__(self) -> None:
        self._receivers: set[UUID] = set()
        self._lock = Lock()

    @contextmanager
    def taking(self, take: Callable[[frozenset[UUID]], Claim | None]) -> Iterator[Claim | None]:
        """Yield what is taken while these receivers are passed over; its own is one of them until the block ends."""
        with self._lock:
            held = take(frozenset(self._receivers))
            if held is not None:
                self._receivers.add(held.delivery.receiver_id)
        try:
            yield held
        finally:
            if held is not None:
                with self._lock:
                    self._receivers.discard(held.delivery.receiver_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker: where it reads, how it sends, what its clock says."""

    database: Database
    mailer: Mailer | None
    mail_from: str
    webhook_keys: tuple[str, ...]
    public_url: str
    local: bool
    now: Callable[[], datetime] = utc_now
    jitter: Jitter = SystemRandom().random
    lease: timedelta = LEASE
    lanes: tuple[tuple[Channel, ...], ...] = LANES
    waits_s: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    """Waits between tries to write down what came of a message."""
    reached: Callable[[str], None] = field(default=lambda _step: None)
    """Called at each step of the way: tests end the process there."""
    busy: _Busy = field(default_factory=_Busy)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return what this worker can send; the rest waits for one that can."""
        return ("webhook",) if self.mailer is None else ("email", "webhook")

    def run(self, stopping: Event, *, every_s: float) -> None:
        """Send what becomes due until told to stop; what is being sent is finished first."""
        _guarded(self._tell_weeks, stopping)
        work: list[Callable[[Event], object]] = [self._tell_weeks]
        work += [partial(self._send_due, lane) for lane in self.lanes]
        with ThreadPoolExecutor(len(work) + 1, thread_name_prefix="delivery") as pool:
            for one in work:
                pool.submit(_keep_on, one, stopping, every_s)
            pool.submit(_keep_on, lambda _: self.tidy(), stopping, _TIDIES_EVERY_S)
            stopping.wait()

    def tidy(self) -> None:
        """Forget messages that ended long ago, and answers kept for requests that nobody repeats any more."""
        with self.database.read() as session:
            organizations = session.exec(select(Organization.id)).all()
        for organization_id in organizations:
            with self.database.write() as session:
                forget_old(session, organization_id, now=self.now())
                forget_expired_keys(session, organization_id, now=self.now())

    def deliver(self, stopping: Event) -> int:
        """Send everything that is due now; return how many messages were tried."""
        self._tell_weeks(stopping)
        with ThreadPoolExecutor(len(self.lanes), thread_name_prefix="delivery") as pool:
            return sum(pool.map(lambda lane: self._send_due(lane, stopping), self.lanes))

    def _send_due(self, lane: Sequence[Channel], stopping: Event) -> int:
        """Send what is due and nobody else is sending, some messages of each organization in turn; return how many."""
        channels, tried = [channel for channel in self.channels if channel in lane], 0
        while not stopping.is_set():
            with self.database.read() as session:
                waiting = organizations_with_messages(session, channels, now=self.now())
            done = sum(self._deliver_some(organization, channels, stopping) for organization in waiting)
            if not done:
                break
            tried += done
        return tried

    def _deliver_some(self, organization_id: UUID, channels: Sequence[Channel], stopping: Event) -> int:
        done = 0
        while done < _IN_TURN and not stopping.is_set() and self._deliver_one(organization_id, channels):
            done += 1
        return done

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

    def _deliver_one(self, organization_id: UUID, channels: Sequence[Channel]) -> bool:
        """Send one message of an organization; tell whether there was one."""
        with self.busy.taking(partial(self._claim, organization_id, channels)) as held:
            if held is None:
                return False
            self.reached("claimed")
            outcome = self._send(held)
            self.reached("sent")
            state = self._write_down(held, outcome)
            self.reached("finished")
            _report(held, outcome, state)
            return True

    def _claim(self, organization_id: UUID, channels: Sequence[Channel], passing: frozenset[UUID]) -> Claim | None:
        with self.database.write() as session:
            held = claim(session, organization_id, channels, now=self.now(), lease=self.lease, passing=passing)
            self.reached("claim_written")
        return held

    def _write_down(self, held: Claim, outcome: Outcome) -> str:
        """Keep what came of a message. It has left: a database that is busy or away for a moment is asked again.

        What cannot be kept for another reason is like a worker that died: the lease ends, and nobody waits for it.
        """
        try:
            for wait_s in self.waits_s:
                try:
                    return self._finish(held, outcome)
                except AWAY:
                    time.sleep(wait_s)
            return self._finish(held, outcome)
        except AWAY:
            raise
        except Exception as error:
            report_fault("delivery_not_kept", error, delivery_id=str(held.delivery.id))
            return "sending"

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
        except AWAY:
            raise
        except Exception as error:
            report_fault("delivery_broken", error, delivery_id=str(held.delivery.id))
            return Failed("broken")

    def _mail(self, letter: WeekLetter) -> Outcome:
        assert self.mailer is not None
        return self.mailer.send(compose(letter, sender=self.mail_from, at=self.now()), letter.to)

    def _call(self, held: Claim, content: WebhookCall) -> Outcome:
        now, webhook, body = self.now(), content.webhook, content.body
        headers = signed(webhook, self.webhook_keys, message_id=held.delivery.message_id, body=body, now=now)
        calls = import_module("app.delivery.webhook_call")  # most gyms have no webhook, and httpx takes six MiB
        outcome: Outcome = calls.call(webhook.url, body, headers, local=self.local, now=now)
        return outcome


def _report(held: Claim, outcome: Outcome, state: str) -> None:
    row, reason = held.delivery, getattr(outcome, "reason", "")
    told = {"event": "delivery", "delivery_id": str(row.id), "channel": row.channel, "type": row.event}
    line = json.dumps(told | {"state": state, "attempts": row.attempts, "reason": reason})
    LOG.log(logging.ERROR if state == "dead" else logging.INFO, line)


def _keep_on(work: Callable[[Event], object], stopping: Event, every_s: float) -> None:
    while not stopping.is_set():
        _guarded(work, stopping)
        stopping.wait(every_s)


def _guarded(work: Callable[[Event], object], stopping: Event) -> None:
    """Do a piece of work; whatever goes wrong with it, it is done again later."""
    try:
        work(stopping)
    except AWAY as error:  # what is due stays due
        LOG.warning(json.dumps({"event": "delivery_waits", "error": type(error).__qualname__}))
    except Exception as error:
        report_fault("delivery_failed", error)
