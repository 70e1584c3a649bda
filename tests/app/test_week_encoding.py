"""How a week travels: compressed once when it is stored, in the coding that is asked for, told apart by its tag."""

import gzip
import json
import zlib

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select, update

from app import block_documents, block_weeks, compressed, tables
from app.compressed import deflated, gzipped, prefers_gzip
from tests.app.kit import Api, as_prescribed, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

GZIP, PLAIN = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}


# --- what a reader asks for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("x-gzip", True),
        ("GZIP;Q=0.3", True),
        ("br, gzip, deflate", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("identity", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("identity;q=0, *;q=0.2", True),
        ("br", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=nan", False),
        ("gzip;level=9", False),
    ],
)
def test_the_readers_weights_decide_the_coding(asked: str | None, answered: bool) -> None:
    """Gzip where it is wanted at least as much as the plain document; never where it is refused."""
    assert prefers_gzip(asked) is answered


@pytest.mark.parametrize("head", ["", "{", '{"name":"Zoë",' * 40])
@pytest.mark.parametrize("rest", ["", "}", '"days":["ü"]}' * 3000])
def test_a_spliced_document_is_one_gzip_member(head: str, rest: str) -> None:
    """Any reader inflates it to the whole text and checks its sum; nothing follows the one member."""
    whole = gzipped(head.encode(), rest.encode(), deflated(rest.encode()))
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)

    assert gzip.decompress(whole) == (head + rest).encode()
    assert reader.decompress(whole) == (head + rest).encode()
    assert (reader.eof, reader.unused_data) == (True, b"")


# --- over HTTP ----------------------------------------------------------------------------------------------------


def _raw(api: Api, path: str, headers: dict[str, str]) -> tuple[Response, bytes]:
    """Return an answer and the bytes that travelled."""
    address = api.http.build_request("GET", path, headers=headers | {"Authorization": f"Bearer {api.who.access_token}"})
    answer = api.http.send(address, stream=True)
    return answer, b"".join(answer.iter_raw())


def _reads(path: str, block_id: str) -> tuple[str, ...]:
    return f"/v1/blocks/{block_id}/weeks/1", f"{path}/week", f"/v1/blocks/{block_id}/weeks/6"


def test_a_week_is_the_same_in_either_coding(client: TestClient, gym: Gym) -> None:
    """Every read of a week: the same JSON, at most 5 KB compressed, tags that differ, a cache is told what varies."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    for read in _reads(path, block["id"]):
        small, packed = _raw(api, read, GZIP)
        large, text = _raw(api, read, PLAIN)

        assert gzip.decompress(packed) == text
        assert len(packed) <= 5_000
        assert len(text) <= 25_000
        assert int(small.headers["Content-Length"]) == len(packed)
        assert (small.headers["Content-Encoding"], "Content-Encoding" in large.headers) == ("gzip", False)
        assert small.headers["ETag"] != large.headers["ETag"]
        assert {answer.headers["Vary"] for answer in (small, large)} == {"Authorization, Accept-Encoding"}
        assert not small.headers["ETag"].startswith("W/")
        assert json.loads(text)["block_etag"] == block_tag(api, block["id"])


def block_tag(api: Api, block_id: str) -> str:
    """Return the block's own tag, which `If-Match` takes."""
    tag: str = api.send("GET", f"/v1/blocks/{block_id}").headers["ETag"]
    return tag


def test_either_copy_is_known_again(client: TestClient, gym: Gym, clock: Clock) -> None:
    """Whoever has the week in one coding gets 304 with that copy's tag, whatever they ask for now."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    read = _reads(path, block["id"])[0]
    tags = [api.send("GET", read, headers=asked).headers["ETag"] for asked in (GZIP, PLAIN)]
    for asked, own in ((GZIP, tags[0]), (PLAIN, tags[1])):
        for condition, named in ((tags[0], tags[0]), (tags[1], tags[1]), ("*", own), (", ".join(tags), own)):
            again = api.send("GET", read, headers=asked | {"If-None-Match": condition})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", named)
            assert again.headers["Vary"] == "Authorization, Accept-Encoding"
    clock.forward(hours=1)
    api.post(f"{path}/session-logs", as_prescribed(sessions_of(api.week(block, 1), "squat")[0]))
    for asked in (GZIP, PLAIN):
        assert api.send("GET", read, headers=asked | {"If-None-Match": ", ".join(tags)}).status_code == 200


@pytest.mark.sqlite_only
def test_adjustments_take_the_tag_the_week_names(client: TestClient, gym: Gym) -> None:
    """`block_etag` of a week read in gzip is what `If-Match` wants; the week's own tag is not."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    week = api.send("GET", f"{path}/week", headers=GZIP)
    body = {"kind": "hold_step", "scope": "rest_of_block", "reason": "Travelling."}
    target = f"/v1/blocks/{block['id']}/adjustments"

    api.post(target, body, 412, headers={"If-Match": week.headers["ETag"]})
    api.post(target, body, 201, headers={"If-Match": week.json()["block_etag"]})


@pytest.mark.sqlite_only
def test_nothing_is_compressed_while_reading(client: TestClient, gym: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stored bytes are served; only the few bytes that name the block come new."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    expected = [_raw(api, read, PLAIN)[1] for read in _reads(path, block["id"])]

    def refuse(_: str) -> bytes:
        raise AssertionError("compressed again")

    for module in (compressed, block_documents, block_weeks):
        monkeypatch.setattr(module, "deflated", refuse)
    assert [gzip.decompress(_raw(api, read, GZIP)[1]) for read in _reads(path, block["id"])] == expected


def test_weeks_of_earlier_versions_are_served_too(client: TestClient, gym: Gym, app: FastAPI) -> None:
    """Rows without compressed bytes give the same answer, byte for byte."""
    api = Api(client, gym.coach)
    path, block = api.planned_client()
    before = [_raw(api, read, GZIP)[1] for read in _reads(path, block["id"])]
    week = tables.BlockWeek
    with app.state.database.write() as session:
        mine = col(week.organization_id) == gym.coach.organization_id
        assert all(session.exec(select(week.packed).where(mine)))
        session.exec(update(week).where(mine).values(packed=None))

    assert [_raw(api, read, GZIP)[1] for read in _reads(path, block["id"])] == before
