"""`squatback verify`: what is stored is what its facts lead to, and whatever is changed behind our back is found."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text
from sqlmodel import Session, select

from app.audit_check import chain_faults
from app.db import ANY_ORGANIZATION
from app.plan_check import Checked, check_block
from app.tables import Block
from planner.catalogue import Catalogue
from tests.app.kit import CALM_MORNING, HIP, Api
from tests.app.test_copying import held, run
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.http_story import HttpStory


def live(client: TestClient, gym: Gym, clock: Clock) -> HttpStory:
    """Live through everything that may happen to a block; return the story of the one that still runs."""
    coach = Api(client, gym.coach)
    story = HttpStory.of(coach, clock, "V1", weeks=4)
    first, second = story.squat_days(1)[:2]
    story.squat(first)
    morning = story.morning(first + timedelta(days=1))
    story.at(second, 12)
    coach.post(f"{story.path}/check-ins", CALM_MORNING | {"at": _hours_before(clock, 24)})
    coach.post(f"{story.path}/check-ins", CALM_MORNING | {"replaces": morning["log"]["id"]})
    story.squat(second, during=5, after=6, words=["sharp"])
    block = f"/v1/blocks/{story.created['id']}"
    tag = coach.send("GET", block).headers["ETag"]
    hold = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    adjusted = coach.post(f"{block}/adjustments", hold, headers={"If-Match": tag})
    coach.patch(story.path, {"locale": "de", "time_zone": "Europe/Berlin", "units": "imperial"})
    story.at(second + timedelta(days=3), 11)
    tag = coach.send("GET", block).headers["ETag"]
    path = f"/v1/adjustments/{adjusted['adjustment']['id']}"
    assert coach.send("DELETE", path, headers={"If-Match": tag}).status_code == 200
    coach.post(f"{story.path}/assessments", HIP)
    coach.post(f"{story.path}/check-ins", CALM_MORNING | {"red_flags": {"numbness": "yes"}})
    assert coach.get(block)["status"] == "locked"
    story.clear(second + timedelta(days=5))
    assessed = coach.post(f"{story.path}/assessments", HIP)
    again = {"assessment_id": assessed["id"], "starts_on": story.today.isoformat(), "weeks": 4}
    coach.post(f"{story.path}/blocks?finish_current=true", again)
    story.at(story.today + timedelta(days=1), 8)
    coach.post(f"{story.path}/check-ins", CALM_MORNING)
    return story


def _hours_before(clock: Clock, hours: int) -> str:
    return (clock.now - timedelta(hours=hours)).isoformat()


def checked(connection: Connection, catalogue: Catalogue) -> list[Checked]:
    """Check every block of a database, oldest first."""
    with Session(connection) as session:
        statement = select(Block).order_by(Block.created_at)  # type: ignore[arg-type]
        blocks = session.exec(statement, execution_options=ANY_ORGANIZATION).all()
        session.expunge_all()
    with Session(connection) as session:
        return [check_block(session, block, catalogue) for block in blocks]


_RUNNING = "(SELECT id FROM blocks WHERE status <> 'finished')"
_EARLIER = "(SELECT id FROM blocks WHERE status = 'finished')"
CHANGED = {
    f"UPDATE blocks SET state = replace(state, '\"P1\"', '\"P2\"') WHERE id IN {_RUNNING}": "its state is not",
    f"UPDATE blocks SET document = replace(document, 'squat', 'sqvat') WHERE id IN {_RUNNING}": "its document is not",
    f"UPDATE blocks SET status = 'paused' WHERE id IN {_RUNNING}": "its status is paused",
    f"UPDATE blocks SET revision = revision + 1 WHERE id IN {_RUNNING}": "its revisions are not those from 1 to",
    f"UPDATE blocks SET starts_on = '2026-11-03' WHERE id IN {_EARLIER}": "its facts, or what it was asked for",
    f"UPDATE block_weeks SET body = replace(body, '\"sets\":2', '\"sets\":3') WHERE block_id IN {_EARLIER}": (
        "(earned, revision 1) is not what was written"
    ),
    f"UPDATE block_weeks SET packed = body WHERE packed IS NOT NULL AND week_number = 1 AND block_id IN {_RUNNING}": (
        "is compressed otherwise than it reads"
    ),
    f"DELETE FROM block_weeks WHERE week_number = 4 AND is_current AND block_id IN {_RUNNING}": "is missing",
    f"UPDATE block_revisions SET decisions = '[]' WHERE decisions <> '[]' AND block_id IN {_EARLIER}": (
        "is not what was written"
    ),
    f"UPDATE block_revisions SET cause_kind = 'profile' WHERE revision = 2 AND block_id IN {_EARLIER}": (
        "revision 2 is not what was written"
    ),
    f"DELETE FROM block_revisions WHERE revision = 1 AND block_id IN {_RUNNING}": "its revisions are not",
    "UPDATE facts SET body = replace(body, '\"during\":5', '\"during\":2') WHERE kind = 'session_log'": (
        "its facts, or what it was asked for, are not those it was made from"
    ),
    "UPDATE facts SET received_at = performed_at WHERE kind = 'check_in'": "its facts, or what it was asked for",
    "DELETE FROM facts WHERE kind = 'clearance'": "its facts, or what it was asked for",
}


def test_what_was_lived_is_built_again_and_every_change_of_it_is_found(
    client: TestClient, app: FastAPI, gym: Gym, clock: Clock, catalogue: Catalogue
) -> None:
    """Late logs, corrections, adjustments, another language, a red flag, a clearance, a second block: all the same.

    Then one stored byte, fact, revision or week after the other is changed, and found in the block it belongs to.
    """
    live(client, gym, clock)
    with app.state.database.engine.connect() as connection:
        assert [(one.verdict, one.faults) for one in checked(connection, catalogue)] == [("same", ())] * 2
        assert list(chain_faults(connection)) == []
        connection.rollback()
        missed = list(_missed(connection, catalogue))

    assert missed == []


def _missed(connection: Connection, catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    """Yield each change that was not found."""
    for statement, fault in CHANGED.items():
        if connection.dialect.name == "postgresql":
            statement = statement.replace("packed = body", "packed = CAST(body AS bytea)")  # noqa: PLW2901
        touched = connection.execute(text(statement.replace(":", "\\:")), execution_options=ANY_ORGANIZATION).rowcount
        found = [one.faults for one in checked(connection, catalogue)] if touched else "nothing was changed"
        connection.rollback()
        if fault not in str(found):
            yield statement, found


def test_blocks_of_other_versions_are_listed_as_older(
    monkeypatch: pytest.MonkeyPatch, full: str, tmp_path: Path
) -> None:
    """An upgrade takes effect at the next fact; until then a block is not compared, and that is no difference."""
    code, said = run(monkeypatch, full, "verify")
    assert (code, "4 blocks built again" in said, "No difference." in said) == (0, True, True)
    _change(full, "UPDATE blocks SET planner_version = '0.0.9' WHERE starts_on = (SELECT max(starts_on) FROM blocks)")
    code, said = run(monkeypatch, full, "verify")

    assert (code, "planner 0.0.9" in said, "No difference." in said) == (0, True, True)


def test_a_difference_ends_with_one_and_a_report(monkeypatch: pytest.MonkeyPatch, full: str) -> None:
    """The report names the block and what differs, and the chain and its row; the database stays as it was."""
    _change(full, "UPDATE facts SET body = replace(body, '\"now\":1', '\"now\":9') WHERE kind = 'check_in'")
    _change(full, "DROP TRIGGER audit_events_no_update")
    _change(full, "UPDATE audit_events SET action = 'nothing'")
    before = held(full)
    code, said = run(monkeypatch, full, "verify")

    assert code == 1
    assert "its facts, or what it was asked for, are not those it was made from" in said
    assert "its state is not what its facts add up to" in said
    assert "row 1 is not what was written (nothing" in said
    assert held(full) == before


def test_a_database_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty file has no schema; that is no proof of anything."""
    code, said = run(monkeypatch, f"sqlite:///{tmp_path / 'new.db'}", "verify")

    assert (code, "was not checked" in said) == (2, True)


def test_the_audit_trail_goes_on_after_a_restore(monkeypatch: pytest.MonkeyPatch, full: str, tmp_path: Path) -> None:
    """Every link is carried; what is done afterwards goes on with the same chain."""
    kept, again = tmp_path / "kept.db", f"sqlite:///{tmp_path / 'again.db'}"
    assert run(monkeypatch, full, "backup", kept)[0] == 0
    assert run(monkeypatch, again, "restore", kept)[0] == 0
    assert held(again)["audit_events"] == held(full)["audit_events"]
    run(monkeypatch, again, "demo-data")
    code, said = run(monkeypatch, again, "verify")

    assert (code, "2 rows, last hash" in said) == (0, True)


@pytest.fixture
def full(demo_gym: Path, tmp_path: Path) -> str:
    """Return the address of a file with the demo gym."""
    path = tmp_path / "full.db"
    shutil.copyfile(demo_gym, path)
    return f"sqlite:///{path}"


def _change(url: str, statement: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement)
