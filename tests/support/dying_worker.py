"""A delivery worker in a process of its own that is killed when it reaches a step."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from app.db import open_database
from app.delivery.mailer import open_mailer
from app.delivery.signing import signing_keys
from app.delivery.worker import LANES, Worker
from app.delivery_table import Channel
from app.settings import Settings
from tests.support.forked import FORKSERVER

STEPS = (
    "weeks_written", "weeks_told", "claim_written", "claimed", "content_made", "sent", "result_written", "finished",
)  # fmt: skip
"""Every step of the way that a worker reports; those named `written` lie before a commit."""

ONE_LANE: tuple[tuple[Channel, ...], ...] = (("email", "webhook"),)
"""One message at a time: what a test says of the order of steps holds."""

_BOUND_S = 60


def worker_for(
    settings: Settings,
    now: Callable[[], datetime],
    reached: Callable[[str], None] = lambda _step: None,
    lanes: tuple[tuple[Channel, ...], ...] = LANES,
) -> Worker:
    """Return a worker as `squatback deliver` has it, on a test's clock and with waits that chance does not change."""
    return Worker(
        database=open_database(settings),
        mailer=open_mailer(settings),
        mail_from=settings.smtp_from,
        webhook_keys=signing_keys(settings),
        public_url="https://squat.example",
        local=True,
        now=now,
        jitter=lambda: 0.5,
        lease=timedelta(seconds=60),
        lanes=lanes,
        reached=reached,
    )


def run_until(settings: Settings, now: datetime, step: str | None, time: int = 1) -> int:
    """Let a worker process deliver what is due; kill it when it reaches a step for a time. Return its exit code."""
    process = FORKSERVER.Process(target=_deliver, args=(settings, now, step, time))
    process.start()
    process.join(_BOUND_S)
    assert process.exitcode is not None, "the worker did not end"
    return process.exitcode


def _deliver(settings: Settings, now: datetime, step: str | None, time: int) -> None:
    seen: Counter[str] = Counter()

    def reached(name: str) -> None:
        seen[name] += 1
        if name == step and seen[name] == time:
            os.kill(os.getpid(), signal.SIGKILL)

    worker = worker_for(settings, lambda: now, reached, lanes=ONE_LANE)
    worker.deliver(Event())
    worker.database.engine.dispose()
