"""Phones of one client: what they were told, what they still have to tell, and what they make of an answer."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tests.app.kit import CALM_MORNING, Api, Json, as_prescribed, is_loaded, items_of, sessions_of

Key = tuple[str, str]
"""Type and id of a thing."""


@dataclass(slots=True)
class Phone:
    """One device: a copy of what the server told, an outbox, and a cursor that is kept only with an answer."""

    api: Api
    path: str
    luck: random.Random
    skew: timedelta
    copy: dict[Key, Json] = field(default_factory=dict)
    outbox: list[tuple[str, Json]] = field(default_factory=list)
    made: list[Json] = field(default_factory=list)
    cursor: str | None = None

    # --- offline ---

    def log(self, now: datetime, pain: int) -> None:
        """Do a session of the week as this phone knows it, or goblet squats when it knows none."""
        body: Json = {"items": [{"exercise": "goblet_squat", "sets": [{"reps": 6}]}]}
        planned = [one for week in self.weeks() for one in sessions_of(week) if one["kind"] in ("squat", "joint")]
        if planned and self.luck.random() < 0.8:
            body = as_prescribed(self.luck.choice(planned), back_pain={"during": pain, "after": pain})
        self._put("session_logs", body | {"performed_at": self._at(now)})

    def morning(self, now: datetime, pain: int, *, flag: bool = False) -> None:
        """Check in, with a red flag or without."""
        body = CALM_MORNING | {"back_pain": {"now": pain, "worst_24h": pain}, "at": self._at(now)}
        self._put("check_ins", body | ({"red_flags": {"numbness": "yes"}} if flag else {}))

    def correct(self, now: datetime, *, newest: bool = False) -> None:
        """Correct a morning: one made here, sent or not, or one that another phone told of, corrected or not."""
        own = [one["id"] for one in self.made if "at" in one]
        mornings = own + sorted(thing for kind, thing in self.copy if kind == "check_in" and thing not in own)
        told = [(body["at"], thing) for (kind, thing), body in self.copy.items() if kind == "check_in"]
        if newest and told:
            mornings = [max(told)[1]]
        if mornings:
            self._put("check_ins", CALM_MORNING | {"at": self._at(now), "replaces": self.luck.choice(mornings)})

    def spoil(self) -> None:
        """Put something into the outbox that cannot be stored, by a fault of this app."""
        bad: list[Json] = [{"mood": 3}, {"back_pain": 3}, {"leg_soreness": 11}, {"session_id": self._id()}]
        kind = self.luck.choice(("session_logs", "check_ins"))
        self.outbox.append((kind, {"id": self._id()} | self.luck.choice(bad)))

    def _put(self, kind: str, body: Json) -> None:
        named = {"id": self._id()} | body
        self.outbox.append((kind, named))
        self.made.append(named)

    def _id(self) -> str:
        return str(UUID(int=self.luck.getrandbits(128), version=4))

    def _at(self, now: datetime) -> str:
        """Return the time as this phone's clock shows it, some time ago."""
        return (now + self.skew - timedelta(minutes=self.luck.randrange(3000))).isoformat()

    # --- online ---

    def sync(self, *, lost: bool = False) -> Json:
        """Send the outbox shuffled, some of it twice; forget the answer when it is lost on its way."""
        sent = self.outbox + [one for one in self.outbox if self.luck.random() < 0.2]
        self.luck.shuffle(sent)
        batch = {kind: [body for one, body in sent if one == kind] for kind in ("session_logs", "check_ins")}
        answer = self.api.post(f"{self.path}/sync", {"cursor": self.cursor} | batch, 200)
        if not lost:
            self._take(answer)
        return answer

    def catch_up(self) -> None:
        """Sync until nothing is left to tell or to read."""
        while self.sync()["has_more"] or self.outbox:
            pass

    def _take(self, answer: Json) -> None:
        done = {one["id"] for one in answer["results"]}
        spoiled = done - {body["id"] for body in self.made}
        assert [one for one in answer["results"] if one["status"] == "conflict"] == []
        assert [one for one in answer["results"] if one["status"] == "refused" and one["id"] not in spoiled] == []
        self.outbox = [one for one in self.outbox if one[1]["id"] not in done]
        for change in answer["changes"]:
            key = (change["type"], change["id"])
            if change["deleted"]:
                self.copy.pop(key, None)
            else:
                self.copy[key] = change["body"]
        self.cursor = answer["next_cursor"]

    # --- what it knows ---

    def weeks(self) -> list[Json]:
        """Return the weeks as this phone knows them."""
        return [body for (kind, _), body in self.copy.items() if kind == "week"]

    def loaded(self) -> list[str]:
        """Return what this phone would ask to do under load."""
        return [item["exercise"] for week in self.weeks() for item in items_of(week) if is_loaded(item)]

    def seen(self) -> dict[Key, Json]:
        """Return the copy; of which revision a week was read is no part of it."""
        told = ("block_etag", "revision")
        return {
            key: {name: value for name, value in body.items() if key[0] != "week" or name not in told}
            for key, body in self.copy.items()
        }
