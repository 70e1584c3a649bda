"""What may happen to a client whose training may have to be held, as steps that are chosen from a few values each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from tests.app.kit import Json, flags
from tests.support.flagged_life import FAILURES, FLAGS, UNCLEARED, Life
from tests.support.flagged_reads import Place, places, todays_week
from tests.support.flagged_world import World

_MAYBE: Final = (None, *FLAGS)
_LATE: Final = (0, 0, 1, 30, 100)
_EITHER: Final = (False, True)
_CHANGES: Final[tuple[Json, ...]] = (
    {"locale": "de"},
    {"locale": "en"},
    {"training_days": ["tue", "thu"]},
    {"session_minutes": 30},
    {"time_zone": "Pacific/Kiritimati"},
    {"time_zone": "America/Los_Angeles"},
    {"units": "imperial"},
    *({"limits": [one]} for one in UNCLEARED),
    {"limits": []},
)
_ADJUSTMENTS: Final[tuple[Json, ...]] = (
    {"kind": "hold_step", "scope": "rest_of_block"},
    {"kind": "pause", "scope": "week"},
    {"kind": "pause", "scope": "rest_of_block"},
    {"kind": "resume", "scope": "rest_of_block"},
    *({"kind": "place_on_rung", "scope": "rest_of_block", "rung": rung} for rung in (0, 2, 9)),
)
_OF_SESSIONS: Final[tuple[Json, ...]] = (
    {"kind": "add_exercise", "exercise": "suitcase_carry"},
    {"kind": "skip_session"},
    {"kind": "note", "note": "Slowly."},
    {"kind": "move_session"},
)
_OF_ITEMS: Final[tuple[Json, ...]] = (
    {"kind": "set_load", "load_kg": 60},
    {"kind": "cap_load", "load_kg": 20},
    {"kind": "set_dose", "sets": 5, "reps": 3},
    {"kind": "swap_exercise", "exercise": "suitcase_carry"},
    {"kind": "swap_exercise", "exercise": "back_squat"},
    {"kind": "remove_exercise"},
    {"kind": "cap_depth", "depth": "parallel"},
)

Choices = Mapping[str, Sequence[object]]
_Happening = TypeVar("_Happening", bound=Callable[..., None])

STEPS: Final[dict[str, Choices]] = {}
"""The names of all steps, each with what its parameters are chosen from; what is there twice is chosen more often."""


def _step(**choices: Sequence[object]) -> Callable[[_Happening], _Happening]:
    def listed(happening: _Happening) -> _Happening:
        STEPS[happening.__name__] = choices
        return happening

    return listed


class Lives:
    """A client of a gym of its own, and whoever comes after they were erased."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._staff = world.staff()
        self.life = world.begin(self._staff)

    def _later(self, minutes: int = 1) -> Life:
        self.life.clock.forward(minutes=minutes)
        return self.life

    # --- what has to hold ---

    def look(self, choose: Callable[[list[Place]], list[Place]] = list) -> None:
        """Check that what was told is kept, and while training is held that no chosen place shows a load.

        The block's lock and the week of today are read in any case.
        """
        life = self.life
        paths = [f"{life.path}/check-ins/{one}" for one in life.stored]
        assert [path for path in paths if life.coach.send("GET", path).status_code != 200] == []
        life.stored.clear()
        if life.held:
            _nothing_loaded(life, [Place("today", todays_week), *choose(places(life))])

    # --- what people tell ---

    @_step(flag=FLAGS, late=_LATE, pain=(0, 2, 8))
    def a_morning_with_a_flag(self, flag: str, late: int, pain: int) -> None:
        """Check in with a flag, hours late."""
        life = self._later()
        life.morning(life.member, {flag: "yes"}, late=late, pain=pain)

    @_step(answers=({}, flags(), {"numbness": "no"}), late=_LATE, pain=(0, 3, 7))
    def a_morning(self, answers: Json, late: int, pain: int) -> None:
        """Check in without a flag: what is answered with no ends nothing."""
        life = self._later()
        life.morning(life.coach, answers, late=late, pain=pain)

    @_step(flag=FLAGS)
    def a_refused_morning_with_a_flag(self, flag: str) -> None:
        """Send a check-in that is refused."""
        self._later().spoilt_morning(flag)

    @_step(pain=(0, 1, 4, 9))
    def a_session(self, pain: int) -> None:
        """Log a session."""
        life = self._later()
        life.session(life.member, pain)

    @_step(flag=_MAYBE, late=_LATE, spoilt=_EITHER)
    def a_batch(self, flag: str | None, late: int, spoilt: bool) -> None:
        """Upload several mornings out of order."""
        self._later().batch(flag, late=late, spoilt=spoilt)

    @_step(flag=(None, *_MAYBE), late=_LATE, partly=_EITHER)
    def a_checklist(self, flag: str | None, late: int, partly: bool) -> None:
        """Answer the checklist, or a part of it."""
        life = self._later()
        answers = ({} if partly else flags()) | ({flag: "yes"} if flag else {"numbness": "no"})
        life.screen(life.coach, answers, late=late)

    @_step()
    def a_clear_checklist_lets_training_go_on(self) -> None:
        """Answer everything with no: what holds training then is something else, or nothing does."""
        life = self._later()
        life.screen(life.coach, flags())
        if not (life.held or life.joined):
            assert life.coach.get(f"/v1/blocks/{life.block['id']}")["lock"] is None

    @_step(flag=_MAYBE, how=("yes", "none"))
    def warning_signs_by_link(self, flag: str | None, how: str) -> None:
        """Answer the warning signs on the page of a private link."""
        self._later().safety(flag, how)

    @_step()
    def a_morning_by_link(self) -> None:
        """Check in on the page of a private link."""
        self._later().linked_morning()

    @_step(flag=_MAYBE, at_home=_EITHER, ahead=(0, 0, 9))
    def an_assessment(self, flag: str | None, at_home: bool, ahead: int) -> None:
        """Assess, or be refused for a date ahead."""
        self._later().assess({flag: "yes"} if flag else {}, at_home=at_home, ahead=ahead)

    @_step(days_ago=(0, 0, 0, 1, 20), by_coach=(True, True, True, False))
    def a_clearance(self, days_ago: int, by_coach: bool) -> None:
        """Clear as a coach, or try to as a member."""
        life = self._later()
        life.clear(life.coach if by_coach or life.away else life.me, days_ago)

    # --- what coaches change ---

    @_step()
    def the_next_block(self) -> None:
        """Plan a block, and finish the one that runs."""
        self._later().plan()

    @_step(values=_CHANGES)
    def a_changed_record(self, values: Json) -> None:
        """Change the client's record."""
        self._later().change(values)

    @_step(values=_ADJUSTMENTS)
    def an_adjustment(self, values: Json) -> None:
        """Adjust the block."""
        self._later().adjust(values)

    @_step(values=_OF_SESSIONS + _OF_ITEMS, which=range(31), scope=("session", "rest_of_block"))
    def an_adjusted_session(self, values: Json, which: int, scope: str) -> None:
        """Adjust a session or an item of one, if any week shows one."""
        life = self._later()
        numbers = range(1, life.block["weeks"] + 1)
        weeks = [life.coach.get(f"/v1/blocks/{life.block['id']}/weeks/{number}") for number in numbers]
        sessions = [
            (day["date"], one) for week in weeks for day in week["days"] for one in day["sessions"] if one["items"]
        ]
        if not sessions:
            return
        day, session = sessions[which % len(sessions)]
        if values in _OF_ITEMS:
            more = {"item_id": session["items"][which % len(session["items"])]["id"], "scope": scope}
        else:
            more = {"session_id": session["id"]} | ({"to_date": day} if values["kind"] == "move_session" else {})
        life.adjust(values | more)

    @_step()
    def an_adjustment_is_taken_back(self) -> None:
        """Take the newest change back."""
        self._later().revoke()

    @_step(to_admin=_EITHER)
    def somebody_else_looks_after_them(self, to_admin: bool) -> None:
        """Hand the client over."""
        life = self._later()
        life.hand_over(life.admin if to_admin else life.coach)

    @_step()
    def the_member_loses_access_or_gets_it_back(self) -> None:
        """Disable the member, or enable them."""
        self._later().send_away()

    # --- time, trouble, and several at once ---

    @_step(hours=(1, 9, 24, 60, 170))
    def time_passes(self, hours: int) -> None:
        """Let hours or days go by."""
        self._later(60 * hours)

    @_step(names=FAILURES, flag=_MAYBE, by=("app", "batch", "link"))
    def planning_fails(self, names: tuple[str, ...], flag: str | None, by: str) -> None:
        """Tell something while no plan can be made."""
        life = self._later()
        with life.failing(names):
            if by == "app":
                life.morning(life.member, {flag: "yes"} if flag else {})
            elif by == "batch":
                life.batch(flag, late=0, spoilt=False)
            else:
                life.safety(flag, "yes") if flag else life.linked_morning()

    @_step(flag=FLAGS, other=("clear", "screen", "morning", "adjust", "plan", "change", "session"))
    def a_flag_and_something_else_at_once(self, flag: str, other: str) -> None:
        """Tell a flag while somebody else writes."""
        life = self._later()
        others: dict[str, Callable[[], object]] = {
            "clear": lambda: life.clear(life.coach, 0),
            "screen": lambda: life.screen(life.coach, flags()),
            "morning": lambda: life.morning(life.coach, {}),
            "adjust": lambda: life.adjust(_ADJUSTMENTS[0]),
            "plan": life.plan,
            "change": lambda: life.change(_CHANGES[2]),
            "session": lambda: life.session(life.coach, 1),
        }
        life.at_once(flag, others[other])

    @_step()
    def the_client_is_erased_and_another_comes(self) -> None:
        """Erase the client: nothing of them is found, and the gym goes on."""
        life = self._later()
        name = life.coach.get(life.path)["display_name"]
        life.coach.post(f"{life.path}/erasure", {"confirm": name}, 204)
        life.coach.get(life.path, 404)
        assert life.http.get(f"/week/{life.links['page']}").status_code == 404
        assert life.http.get(f"/v1/calendars/{life.links['calendar']}.ics").status_code == 404
        self.life = self._world.begin(self._staff)

    @_step()
    def a_backup_is_restored_elsewhere(self) -> None:
        """Read everything on a copy of the database, while training is held."""
        if self.life.held:
            with self._world.restored(self.life) as copy:
                if copy is not None:
                    _nothing_loaded(copy, places(copy))


def _nothing_loaded(life: Life, where: Sequence[Place]) -> None:
    shown = [(place.where, place.read(life)) for place in where]
    loaded = [(where, found) for where, found in shown if found]
    assert loaded == [], f"loads are shown while training is held: {loaded}"
    block = life.coach.get(f"/v1/blocks/{life.block['id']}")
    assert block["lock"] is not None or block["status"] == "finished", "the block is not locked while training is held"
