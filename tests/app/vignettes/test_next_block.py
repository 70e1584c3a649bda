"""A second block over HTTP: it goes on where the first one ended, and what older blocks were handed on still loads."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import tables
from tests.app.kit import Api, Json
from tests.conftest import Clock
from tests.gym import Gym
from tests.support.http_bodies import morning_of
from tests.support.http_story import HttpStory

WEEKS = 5


@pytest.fixture
def story(client: TestClient, gym: Gym, clock: Clock) -> HttpStory:
    """Return V1 after a block of five calm weeks."""
    told = HttpStory.of(Api(client, gym.coach), clock, "V1", weeks=WEEKS)
    told.calm_weeks(*range(1, WEEKS + 1))
    return told


def followed(story: HttpStory) -> Json:
    """Plan the next block on the day after the last one, from a new assessment with the same readings."""
    first, on = story.block, story.day(WEEKS + 1)
    story.at(on, 6)
    body = {name: story.assessment[name] for name in ("setting", "measurements", "signs", "tests", "irritability")}
    body |= {"back_pain": story.assessment["back_pain"], "red_flags": story.screening["red_flags"]}
    assessed = story.api.post(f"{story.path}/assessments", body)
    story.starts_on, story.created = on, {}
    wanted = {"assessment_id": assessed["id"], "starts_on": on.isoformat(), "weeks": 4}
    block = story.api.post(f"{story.path}/blocks", wanted)
    story.created = block
    assert block["id"] != first["id"]
    return block


def test_the_next_block_goes_on_where_the_first_ended(story: HttpStory) -> None:
    """Rung and load of the second block's first squat are those the first block had earned."""
    first = story.block
    last = story.squat_item(story.squat_days(WEEKS)[-1])
    block = followed(story)
    here, left = (one["ladder"][one["current_rung"]] for one in (block, first))
    squat = story.next_squat(story.starts_on - timedelta(days=1))

    assert last is not None
    assert block["current_rung"] > 1
    assert (here["variation"], here["depth"]) == (left["variation"], left["depth"])
    assert squat["exercise"] == last["exercise"]
    assert squat["load_kg"] >= last["load_kg"]


def test_a_block_that_was_handed_the_rung_alone_still_loads(story: HttpStory, app: FastAPI) -> None:
    """A row of an earlier version holds only the rung: logs are folded and corrections rebuild the block as ever."""
    block = followed(story)
    with app.state.database.write() as session:
        row = session.get(tables.Block, (story.api.who.organization_id, UUID(block["id"])))
        carried = json.loads(row.carried)
        row.carried = json.dumps(carried["rung"])
        session.add(row)
    story.at(story.starts_on, 7)
    wrong = story.api.post(f"{story.path}/check-ins", morning_of(9))
    right = story.api.post(f"{story.path}/check-ins", morning_of(1) | {"replaces": wrong["log"]["id"]})

    assert set(carried) >= {"rung", "factor", "progress", "history", "readings"}
    assert right["lock"] is None
    assert story.here["variation"] == carried["rung"]["variation"]
