"""Cursors, keys and tags of somebody else: none of them opens or tells anything."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from app.key_table import IdempotencyKey
from tests.app.access import Access
from tests.app.matrix import CASES, WITHOUT, look
from tests.app.requests import Call, Operation, call
from tests.app.stage import Stage, stage
from tests.app.twins import MARK
from tests.app.world import World
from tests.gym import Account

__all__ = ["stage"]

pytestmark = pytest.mark.sqlite_only
_OF_ITS_OWN = {"erase_client"}  # keeps a hash of its key and no answer: see tests/app/test_records.py
_LISTS_OF_EVERYBODY = {"list_squat_variations", "list_rules", "list_sources"}


def test_a_cursor_goes_on_with_the_list_it_was_made_for_and_no_other(stage: Stage) -> None:
    """One of another list, of another organization or of another client is refused like one that was made up."""
    lists = [case for case in CASES if any(one["name"] == "cursor" for one in case[1].parameters("query"))]
    found = {
        (name, role): stage.send(role, _page(stage.world, case, role)).json().get("next_cursor")
        for case in lists
        for role in ("admin", "foreign_admin", "member")
        for name in [case[0]]
        if case[2].expected(role) == 200 or role == "foreign_admin"
    }
    cursors = {made: cursor for made, cursor in found.items() if cursor is not None}
    taken, others = [], list(cursors)
    for number, case in enumerate(lists):
        theirs = {(case[0], "foreign_admin")} - {(name, "foreign_admin") for name in _LISTS_OF_EVERYBODY}
        elsewhere = next(one for one in others[number % len(others) :] + others if one[0] != case[0])
        for made_for, by in {*theirs.intersection(cursors), elsewhere}:
            cursor = cursors[made_for, by]
            answer = stage.send("admin", _page(stage.world, case, "admin", cursor=cursor))
            if (answer.status_code, answer.json().get("code")) != (400, "invalid_cursor"):
                taken.append(f"{case[0]} takes that of {made_for} by {by}: {answer.status_code}")
    assert taken == []
    assert {
        ("list_people", "foreign_admin"),
        ("list_assessments", "foreign_admin"),
        ("list_revisions", "member"),
    } <= set(cursors)


def _page(world: World, case: tuple[str, Operation, Access], role: str, **query: str) -> Call:
    _, operation, access = case
    made = call(operation, access, world, role, world.own(role))
    return replace(made, query=dict(made.query) | {"limit": "1"} | query)


def test_a_key_answers_who_sent_it_and_nobody_else(stage: Stage) -> None:
    """What is stored under somebody's key, for this very path, is not found by anybody else who sends the same."""
    keyed = [case for case in CASES if any(one["name"] == "Idempotency-Key" for one in case[1].parameters("header"))]
    wrong = []
    for name, operation, access in keyed:
        headers = {"Idempotency-Key": name}
        owner = next(role for role in ("member", "coach", "admin") if access.expected(role) == 200)
        made = call(operation, access, stage.world, owner, stage.world.mine)
        with Session(stage.engine) as session:
            session.merge(_stored(getattr(stage.world.gym, owner), made, name))
            session.commit()
        if name not in _OF_ITS_OWN and "key_reused" not in stage.send(owner, made, headers).text:
            wrong.append(f"{name}: the owner's key is not found")
        for role in {"admin", "other_member", "foreign_admin"} - {owner}:
            keyless, answer = stage.send(role, made), stage.send(role, made, headers)
            if role != owner and (answer.status_code != keyless.status_code or MARK in answer.text):
                wrong.append(f"{name} as {role}: {answer.status_code} with a key, {keyless.status_code} without")
    assert wrong == []


def _stored(owner: Account, made: Call, key: str) -> IdempotencyKey:
    return IdempotencyKey(
        organization_id=owner.organization_id,
        person_id=owner.person_id,
        method=made.method.upper(),
        path=made.url,
        key=key,
        request_hash="of another request",
        status=201,
        body=f'{{"{MARK}": true}}',
        headers="{}",
        created_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
    )


def test_a_tag_tells_strangers_nothing(stage: Stage) -> None:
    """Who may not see a thing is answered alike with its true tag, an invented one and none, read or written."""
    told, tried = [], set[str]()
    for name, operation, access in CASES:
        mine = call(operation, access, stage.world, "coach", stage.world.mine)
        true = stage.send("coach", mine).headers.get("ETag") if operation.method == "get" else stage.tag
        takes_tag = operation.method == "get" or any(
            one["name"] == "if-match" for one in operation.parameters("header")
        )
        if not access.has_object or true is None or not takes_tag:
            continue
        tried.add(name)
        header = "If-None-Match" if operation.method == "get" else "If-Match"
        for role in WITHOUT:
            looks = {
                repr(look(stage.send(role, mine, {} if tag is None else {header: tag})))
                for tag in (None, true, '"never"', "*")
            }
            told += [f"{name} as {role}: {looks}"] if len(looks) > 1 else []
    assert told == []
    assert {"get_block", "get_block_week", "get_client_week", "adjust_block"} <= tried
