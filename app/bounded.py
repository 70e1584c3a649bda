"""Connections to PostgreSQL that stop waiting by their own clock: a server that hangs cannot say so.

`statement_timeout` is kept by the server, and the kernel acknowledges what a stopped process will never read, so
that neither it nor TCP notices. A connection that was given up is closed: nobody knows what is still running on it.
"""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

Answer = TypeVar("Answer")

_INTERVAL_S = 0.1  # the driver's own: how often a wait looks for an interrupt
_UNSET_LIMIT_S = 10.0


class BoundedConnection(psycopg.Connection[Any]):
    """A connection on which nothing is waited for longer than `limit_s` seconds."""

    limit_s: float = _UNSET_LIMIT_S

    def wait(self, gen: PQGen[Answer], interval: float = _INTERVAL_S, timeout: float | None = None) -> Answer:
        """Wait for an answer of the server; OperationalError when none comes in time."""
        try:
            return super().wait(gen, interval, self.limit_s if timeout is None else timeout)
        except psycopg.OperationalError:
            _give_up(self)
            raise


def _give_up(connection: BoundedConnection) -> None:
    """Close a connection whose server still owes an answer."""
    if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
        connection.pgconn.finish()
