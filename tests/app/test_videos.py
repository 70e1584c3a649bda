"""Teaching: every exercise that a plan names can be looked up and learned, with a video where the gym links to one."""

import pytest
from fastapi.testclient import TestClient

from app.library.examples import HALO, OWN_ID
from app.library.video_schemas import LONGEST_LINK
from tests.app.kit import HIP, Api, Json, every, items_of, pointers, sessions_of
from tests.conftest import Clock
from tests.gym import Gym

EXERCISES, SQUATS = "/v1/library/exercises", "/v1/library/squat-variations"
CIRCLE, GOBLET = f"{EXERCISES}/hip_car_hands_and_knees", f"{SQUATS}/goblet_squat"
LINK, OTHER = {"url": "https://videos.example/hip?v=1#t=3"}, {"url": "https://videos.example/other"}


# --- what a plan names can be learned -----------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_every_entry_of_the_library_teaches(client: TestClient, gym: Gym) -> None:
    """All 115 say how to set up, three to six steps, what to feel, when to stop and the common mistake."""
    member = Api(client, gym.member)
    entries = [*every(member, EXERCISES), *every(member, SQUATS)]

    assert len(entries) == 115
    for entry in entries:
        assert 3 <= len(entry["steps"]) <= 6, entry["id"]
        for part in (*entry["steps"], *(entry[name] for name in ("cue", "setup", "feel", "stop_if", "mistake"))):
            assert part.strip(), entry["id"]
        assert entry["video_url"] is None


def test_every_item_of_a_week_leads_to_its_teaching(client: TestClient, gym: Gym, clock: Clock) -> None:
    """By the id it carries, own exercises in the version that was prescribed included."""
    coach, member = Api(client, gym.coach), Api(client, gym.member)
    coach.post(EXERCISES, HALO)
    path = f"/v1/clients/{gym.member.client_id}"
    block = coach.post(f"{path}/blocks", {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]})
    session = sessions_of(coach.week(block, 2), "squat")[0]
    adding = {"kind": "add_exercise", "session_id": session["id"], "exercise": OWN_ID, "acknowledges": ["AD14"]}
    tag = {"If-Match": coach.send("GET", f"/v1/blocks/{block['id']}").headers["ETag"]}
    coach.post(f"/v1/blocks/{block['id']}/adjustments", adding | {"reason": "Shoulders."}, headers=tag)
    coach.send("PUT", f"{EXERCISES}/{OWN_ID}/video", json=LINK)

    items = {item["exercise"]: item for number in range(1, 7) for item in items_of(member.week(block, number))}
    assert f"{OWN_ID}@1" in items
    for exercise, item in items.items():
        taught = member.get(f"{SQUATS if item['category'] == 'squat' else EXERCISES}/{exercise}")
        assert taught["id"] == exercise.partition("@")[0]
        assert taught["steps"]
    assert member.get(f"{EXERCISES}/{OWN_ID}@1")["video_url"] == LINK["url"]


# --- videos -------------------------------------------------------------------------------------------------------


def _link(api: Api, path: str, body: Json, status: int = 200) -> Json:
    answer = api.send("PUT", f"{path}/video", json=body)
    assert answer.status_code == status, answer.text
    read: Json = answer.json()
    return read


@pytest.mark.parametrize(("path", "listed"), [(CIRCLE, EXERCISES), (GOBLET, SQUATS)])
def test_a_link_is_seen_by_the_organizations_people_only(
    client: TestClient, gym: Gym, clock: Clock, path: str, listed: str
) -> None:
    """A coach sets it, members see it by id and in the list, others see none; it is replaced and taken away."""
    coach, member, foreign = (Api(client, who) for who in (gym.coach, gym.member, gym.foreign_coach))
    before = member.get(path)
    kept = _link(coach, path, LINK)

    assert kept["exercise_id"] == before["id"]
    assert kept["author_id"] == str(gym.coach.person_id)
    assert kept["changed_at"].startswith(clock.now.isoformat()[:16])
    assert member.get(path) == before | {"video_url": LINK["url"]}
    assert [one for one in every(member, listed) if one["video_url"]] == [member.get(path)]
    assert foreign.get(path) == before
    assert not [one for one in every(foreign, listed) if one["video_url"]]

    _link(foreign, path, OTHER)
    assert (
        _link(Api(client, gym.admin), path, OTHER | {"url": "https://videos.example/new"})["author_id"]
        != (kept["author_id"])
    )
    assert [who.get(path)["video_url"] for who in (member, foreign)] == ["https://videos.example/new", OTHER["url"]]
    for _ in range(2):
        assert coach.send("DELETE", f"{path}/video").status_code == 204
    assert [who.get(path)["video_url"] for who in (member, foreign)] == [None, OTHER["url"]]


def test_an_own_exercise_has_one_link_for_all_versions(client: TestClient, gym: Gym) -> None:
    """Set by id or by version; to another organization the exercise is as unknown as one that nobody has."""
    coach, foreign = Api(client, gym.coach), Api(client, gym.foreign_coach)
    coach.post(EXERCISES, HALO)
    coach.post(EXERCISES, HALO | {"version": 2, "cue": "Slow and close."})
    assert _link(coach, f"{EXERCISES}/{OWN_ID}@1", LINK)["exercise_id"] == OWN_ID

    for key in (OWN_ID, f"{OWN_ID}@1", f"{OWN_ID}@2"):
        assert coach.get(f"{EXERCISES}/{key}")["video_url"] == LINK["url"]
    assert [one["video_url"] for one in every(coach, EXERCISES) if one["own"]] == [LINK["url"]]
    for unknown in (f"{EXERCISES}/{OWN_ID}", f"{EXERCISES}/nothing", f"{SQUATS}/nothing", f"{SQUATS}/dead_bug"):
        assert _link(foreign, unknown, LINK, 404)["code"] == "not_found"
        assert foreign.send("DELETE", f"{unknown}/video").status_code == 404


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("locale", "label"), [("en", "Watch a video of it"), ("de", "Ein Video dazu ansehen")])
def test_the_week_page_leads_to_the_video_beside_the_teaching(
    client: TestClient, gym: Gym, locale: str, label: str
) -> None:
    """Of what is linked only, in the client's language, and the video does not learn where they came from."""
    coach, path = Api(client, gym.coach), f"/v1/clients/{gym.member.client_id}"
    coach.patch(path, {"locale": locale})
    coach.post(f"{path}/blocks", {"assessment_id": coach.post(f"{path}/assessments", HIP)["id"]})
    assert label not in client.get("/week", headers=gym.member.headers).text
    _link(coach, CIRCLE, LINK | {"url": LINK["url"] + "&x"})

    page = client.get("/week", headers=gym.member.headers).text
    address = LINK["url"] + "&amp;x"
    assert page.count(f'<a class="video" href="{address}" rel="noopener noreferrer">{label}</a>') == 1


@pytest.mark.sqlite_only
def test_members_set_no_links(client: TestClient, gym: Gym) -> None:
    """It is the staff's to say what their people are shown."""
    member = Api(client, gym.member)
    for path in (CIRCLE, GOBLET):
        assert _link(member, path, LINK, 403)["code"] == "forbidden"
        assert member.send("DELETE", f"{path}/video").status_code == 403


NO_LINKS: tuple[object, ...] = (
    "http://videos.example/a",
    "HTTPS://videos.example/a",
    "javascript:alert(1)//https://a.example",
    "https://",
    "https:///a",
    "https://nodots/a",
    "https://user:secret@videos.example/a",
    "https://videos.example/a b",
    "https://videos.example/\u202ea",
    "https://videos.example:port/a",
    "https://[::1/a",
    f"https://videos.example/{'a' * LONGEST_LINK}",
    "",
    None,
    7,
)


@pytest.mark.sqlite_only
def test_only_plain_https_links_are_taken(client: TestClient, gym: Gym) -> None:
    """Anything else is refused, named by its field and never echoed."""
    coach = Api(client, gym.coach)
    for url in NO_LINKS:
        answer = _link(coach, CIRCLE, {"url": url}, 422)
        assert pointers(answer) == {"/url"}, url
        assert not isinstance(url, str) or len(url) < 9 or url not in str(answer)
    assert coach.get(CIRCLE)["video_url"] is None


@pytest.mark.sqlite_only
def test_the_longest_link_is_taken(client: TestClient, gym: Gym) -> None:
    """Five hundred characters."""
    url = "https://videos.example/"
    longest = url + "a" * (LONGEST_LINK - len(url))
    assert _link(Api(client, gym.coach), GOBLET, {"url": longest})["url"] == longest
