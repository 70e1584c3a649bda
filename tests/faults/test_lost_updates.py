"""Coaches who change one plan at the same moment: of those who read the same tag one is heard, the others are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from threading import Barrier
from time import sleep

import httpx
import pytest
from sqlalchemy import text

from tests.app.kit import HIP, SAM
from tests.support.log_book import Json, LogBook
from tests.support.migrating import looking
from tests.support.serving import Serving, serving

WRITERS = 8
_BOUND_S = 60
_ROUNDS_OF_A_BLOCK = 25
Send = Callable[[httpx.Client, int], httpx.Response]


class _Coaches:
    """Eight coaches with a connection each, who send at the same moment."""

    def __init__(self, server: Serving, book: LogBook, opened: ExitStack) -> None:
        self.server, self.book = server, book
        self.connections = [
            opened.enter_context(httpx.Client(base_url=server.url, timeout=_BOUND_S, trust_env=False))
            for _ in range(WRITERS)
        ]
        self.pool = opened.enter_context(ThreadPoolExecutor(WRITERS))
        self.start = Barrier(WRITERS)
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in again: a campaign outlives an access token."""
        for connection in self.connections:
            connection.headers.update(self.book.sign_in(self.server))

    def ask(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        """Let the first of them do something alone."""
        answer = self.connections[0].request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer

    def race(self, send: Send) -> str:
        """Let all send at once; check that one is heard and the others are told the tag that it made; return it."""
        answers = list(self.pool.map(self._sent, repeat(send), range(WRITERS)))
        won = [answer for answer in answers if answer.is_success]
        assert len(won) == 1, [answer.text for answer in answers]
        lost = [(answer.status_code, answer.json().get("etag")) for answer in answers if answer not in won]
        assert lost == [(412, won[0].headers["ETag"])] * (WRITERS - 1)
        return won[0].text

    def _sent(self, send: Send, number: int) -> httpx.Response:
        self.start.wait(_BOUND_S)
        while (answer := send(self.connections[number], number)).status_code == 503:
            sleep(0.02)  # a busy database asks to come again
        return answer


def _change_at_once(book: LogBook, url: str, directory: Path, *, rounds: int) -> None:
    """Let eight coaches change plans round after round; check what is kept and what the audit trail tells."""
    with serving(directory, url) as server, ExitStack() as opened:
        server.wait_until("ready")
        coaches = _Coaches(server, book, opened)
        for done in range(0, rounds, _ROUNDS_OF_A_BLOCK):
            coaches.sign_in()
            _change_one_block(coaches, min(_ROUNDS_OF_A_BLOCK, rounds - done))
    with looking(url) as connection:
        actions = "action IN ('adjust_block', 'revoke_adjustment')"
        told = connection.execute(text(f"SELECT count(*) FROM audit_events WHERE {actions}"))
        assert told.scalar_one() == rounds


def _change_one_block(coaches: _Coaches, rounds: int) -> None:
    """Let them adjust a new block and take that back by turns."""
    client = f"/v1/clients/{coaches.ask('POST', '/v1/clients', SAM).json()['id']}"
    assessed = coaches.ask("POST", f"{client}/assessments", HIP).json()
    block = f"/v1/blocks/{coaches.ask('POST', f'{client}/blocks', {'assessment_id': assessed['id']}).json()['id']}"
    kept: list[str] = []
    for turn in range(rounds):
        headers = {"If-Match": coaches.ask("GET", block).headers["ETag"]}
        send = _taking_back(kept[-1], headers) if turn % 2 else _adjusting(f"{block}/adjustments", headers)
        won = httpx.Response(200, text=coaches.race(send)).json()
        if turn % 2 == 0:
            kept.append(won["adjustment"]["id"])
        assert won["block_revision"] == turn + 2
    listed = coaches.ask("GET", f"{block}/adjustments?limit=100").json()["items"]
    assert [one["id"] for one in listed] == kept[::-1]
    revisions = coaches.ask("GET", f"{block}/revisions?limit=100").json()["items"]
    assert [one["revision"] for one in revisions] == list(range(rounds + 1, 0, -1))


def _adjusting(path: str, headers: dict[str, str]) -> Send:
    hold = {"kind": "hold_step", "scope": "rest_of_block"}
    return lambda http, number: http.post(path, json=hold | {"reason": f"Coach {number}."}, headers=headers)


def _taking_back(adjustment_id: str, headers: dict[str, str]) -> Send:
    return lambda http, _: http.delete(f"/v1/adjustments/{adjustment_id}", headers=headers)


def test_of_eight_changes_with_one_tag_one_is_kept(log_book: LogBook, filled_url: str, tmp_path: Path) -> None:
    """Each round has one winner, seven are told the tag it made, and the audit trail counts the winners."""
    _change_at_once(log_book, filled_url, tmp_path, rounds=3)


@pytest.mark.campaign
def test_of_eight_changes_with_one_tag_one_is_kept_in_a_thousand_rounds(
    log_book: LogBook, filled_url: str, tmp_path: Path
) -> None:
    """The same, on forty blocks."""
    _change_at_once(log_book, filled_url, tmp_path, rounds=1000)
