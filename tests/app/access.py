"""Who may do what: one line for every operation of the API. A new operation needs a line here, or the tests fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.app.kit import CALM_MORNING, Json
from tests.app.world import World
from tests.gym import PASSWORD

Who = Literal[
    "everybody", "signed_in", "staff", "admins", "members", "client", "clients_staff", "staff_of", "admins_of"
]

WITHOUT_ACCESS = ("anonymous", "expired", "disabled", "demoted", "ex_coach")
"""No token, one whose time is over, one of a person without access, one from before a change of role, one of a coach
who looked after the member, handed them over and left."""
MEMBERS, STAFF, FOREIGN = ("member", "other_member"), ("coach", "admin"), ("foreign_coach", "foreign_admin")
ROLES = (*WITHOUT_ACCESS, *MEMBERS, *STAFF, *FOREIGN)

_YES, _MISSING, _FORBIDDEN = 200, 404, 403

SIGNED_IN_ROLES: Mapping[Who, Mapping[str, int]] = {
    # Functions: what they work on is the asker's own.
    "signed_in": dict.fromkeys((*MEMBERS, *STAFF, *FOREIGN), _YES),
    "staff": dict.fromkeys((*STAFF, *FOREIGN), _YES) | dict.fromkeys(MEMBERS, _FORBIDDEN),
    "admins": dict.fromkeys((*MEMBERS, "coach", "foreign_coach"), _FORBIDDEN)
    | dict.fromkeys(("admin", "foreign_admin"), _YES),
    "members": dict.fromkeys(MEMBERS, _YES) | dict.fromkeys((*STAFF, *FOREIGN), _FORBIDDEN),
    # Something of one client: the client, and the staff of their organization.
    "client": dict.fromkeys(("member", *STAFF), _YES) | dict.fromkeys(("other_member", *FOREIGN), _MISSING),
    "clients_staff": dict.fromkeys(STAFF, _YES)
    | {"member": _FORBIDDEN}
    | dict.fromkeys(("other_member", *FOREIGN), _MISSING),
    # Something of an organization that members have no business with.
    "staff_of": dict.fromkeys(STAFF, _YES) | dict.fromkeys(MEMBERS, _FORBIDDEN) | dict.fromkeys(FOREIGN, _MISSING),
    "admins_of": {"admin": _YES, "coach": _FORBIDDEN}
    | dict.fromkeys(MEMBERS, _FORBIDDEN)
    | dict.fromkeys(FOREIGN, _MISSING),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may call an operation, and with what it is called: by default its first examples."""

    who: Who
    example: str | None = None
    body: Callable[[World, str], Json] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    """Which of the world's ids stand for a parameter or field of another name."""

    def expected(self, role: str) -> int:
        """Return the class of status a role is answered with; 200 stands for every success."""
        if self.who == "everybody":
            return _YES
        return 401 if role in WITHOUT_ACCESS else SIGNED_IN_ROLES[self.who][role]

    @property
    def has_object(self) -> bool:
        """Tell whether it works on something that belongs to somebody."""
        return self.who in {"client", "clients_staff", "staff_of", "admins_of"}


def _may(who: Who) -> Access:
    return Access(who=who)


def _proof(world: World, _role: str) -> Json:
    """Return what proves twice who somebody is."""
    return {"current_password": PASSWORD, "code": world.code}


EVERYBODY, SIGNED_IN, ONLY_STAFF, ONLY_MEMBERS = _may("everybody"), _may("signed_in"), _may("staff"), _may("members")
CLIENT, CLIENTS_STAFF, STAFF_OF = _may("client"), _may("clients_staff"), _may("staff_of")

# "operation" or "operation/case": the cases are further ways to call it that other people may use.
OPERATIONS: Mapping[str, Access] = {
    "livez": EVERYBODY,
    "readyz": EVERYBODY,
    "metrics": EVERYBODY,
    # Sign-in
    "login": Access(
        who="everybody",
        body=lambda world, _: {"email": world.gym.coach.email, "password": PASSWORD, "code": world.code},
    ),
    "refresh": Access(who="everybody", body=lambda world, _: {"refresh_token": world.gym.coach.refresh_token}),
    "logout": SIGNED_IN,
    "change_password": Access(
        who="signed_in",
        body=lambda world, role: _proof(world, role) | {"new_password": "four words are plenty"},
    ),
    "list_sign_ins": SIGNED_IN,
    "end_sign_ins": Access(who="signed_in", body=lambda _world, _role: {"current_password": PASSWORD}),
    "get_second_factor": SIGNED_IN,
    "start_second_factor": Access(who="signed_in", body=_proof),
    "confirm_second_factor": Access(who="signed_in", body=lambda world, _: {"code": world.code}),
    "renew_recovery_codes": Access(who="signed_in", body=_proof),
    "remove_second_factor": Access(who="signed_in", body=_proof),
    "reset_password": Access(
        who="everybody", body=lambda world, _: {"code": world.reset_code, "new_password": "four words are plenty"}
    ),
    "get_me": SIGNED_IN,
    "change_me": SIGNED_IN,
    "accept_invitation": Access(
        who="everybody",
        body=lambda world, _: {"code": world.invitation_code, "display_name": "New", "password": PASSWORD},
    ),
    # Clients
    "list_clients": ONLY_STAFF,
    "add_client": ONLY_STAFF,
    "get_client": CLIENT,
    "change_client": CLIENT,
    "change_client/maximum": Access(who="clients_staff", example="maximum"),
    "change_client/limit": Access(who="clients_staff", example="limit"),
    "archive_client": CLIENTS_STAFF,
    "transfer_client": CLIENTS_STAFF,
    "list_transfers": CLIENTS_STAFF,
    "export_client": CLIENT,
    "erase_client": Access(who="clients_staff", body=lambda _world, _role: {"confirm": "member"}),
    # Screen
    "list_screenings": CLIENT,
    "add_screening": CLIENT,
    "get_screening": CLIENT,
    "list_clearances": CLIENT,
    "add_clearance": CLIENTS_STAFF,
    "get_clearance": CLIENT,
    # Assess
    "list_assessments": CLIENT,
    "add_assessment": Access(who="client", example="home"),
    "add_assessment/clinic": Access(who="clients_staff", example="hip"),
    "get_assessment": CLIENT,
    "compare_assessments": Access(who="client", ids={"baseline": "home_assessment_id"}),
    # Block and week
    "list_blocks": CLIENT,
    "plan_block": Access(who="client", query={"finish_current": "true"}, ids={"assessment_id": "home_assessment_id"}),
    "plan_block/clinic": Access(who="clients_staff", query={"finish_current": "true"}),
    "get_block": CLIENT,
    "get_block_week": CLIENT,
    "get_ladder": CLIENT,
    "list_decisions": CLIENT,
    "get_client_week": CLIENT,
    "get_client_week/dated": Access(who="client", query={"date": "2026-11-03"}),
    "get_my_week": ONLY_MEMBERS,
    "get_trend": CLIENT,
    "get_chart": CLIENT,
    "get_forecast": CLIENT,
    "list_revisions": CLIENT,
    "get_revision": CLIENT,
    "get_revision/compared": Access(who="client", query={"compare_with": "1"}),
    # Adjust
    "list_adjustments": CLIENT,
    "adjust_block": CLIENTS_STAFF,
    "adjust_block/move": Access(
        who="client",
        body=lambda world, _: {
            "kind": "move_session",
            "session_id": world.mine["session_id"],
            "to_date": "2026-11-03",
            "reason": "Work.",
        },
    ),
    "revoke_adjustment": CLIENTS_STAFF,
    "ask_what_if": CLIENTS_STAFF,
    # Log
    "list_session_logs": CLIENT,
    "add_session_log": CLIENT,
    "add_session_log/items": Access(
        who="client",
        body=lambda world, _: {
            "session_id": world.mine["session_id"],
            "items": [{"item_id": world.mine["item_id"], "sets": [{"reps": 5}]}],
        },
    ),
    "get_session_log": CLIENT,
    "list_check_ins": CLIENT,
    "add_check_in": CLIENT,
    "get_check_in": CLIENT,
    "sync": CLIENT,
    "sync/items": Access(
        who="client",
        body=lambda world, _: {
            "session_logs": [
                {
                    "session_id": world.mine["session_id"],
                    "items": [{"item_id": world.mine["item_id"], "sets": [{"reps": 5}]}],
                }
            ],
            "check_ins": [CALM_MORNING],
        },
    ),
    # Links
    "add_calendar_link": CLIENT,
    "list_calendar_links": CLIENT,
    "revoke_calendar_link": CLIENT,
    "add_page_link": CLIENT,
    "list_page_links": CLIENT,
    "revoke_page_link": Access(who="client", ids={"link_id": "page_link_id"}),
    "revoke_page_links": CLIENT,
    "get_calendar": EVERYBODY,
    # Delivery
    "get_my_delivery": ONLY_MEMBERS,
    "change_my_delivery": ONLY_MEMBERS,
    "list_webhooks": _may("admins"),
    "add_webhook": _may("admins"),
    "get_webhook": _may("admins_of"),
    "rotate_webhook_secret": _may("admins_of"),
    "remove_webhook": _may("admins_of"),
    "list_deliveries": ONLY_STAFF,
    "retry_delivery": STAFF_OF,
    # Coach
    "list_inbox": ONLY_STAFF,
    # Library
    "list_exercises": SIGNED_IN,
    "add_exercise": ONLY_STAFF,
    "get_exercise": SIGNED_IN,
    "link_exercise_video": ONLY_STAFF,
    "unlink_exercise_video": ONLY_STAFF,
    "link_variation_video": ONLY_STAFF,
    "unlink_variation_video": ONLY_STAFF,
    "list_squat_variations": SIGNED_IN,
    "get_squat_variation": SIGNED_IN,
    "list_rules": SIGNED_IN,
    "get_rule": SIGNED_IN,
    "list_sources": SIGNED_IN,
    "get_norms": SIGNED_IN,
    "get_home_assessment": SIGNED_IN,
    "get_words": SIGNED_IN,
    # Admin
    "list_audit_events": Access(who="admins", ids={"actor_id": "person_id"}),
    "list_people": ONLY_STAFF,
    "get_person": STAFF_OF,
    "change_person": STAFF_OF,
    "change_person/of_staff": Access(who="admins_of", ids={"person_id": "coach_id"}),
    "issue_reset_code": STAFF_OF,
    "issue_reset_code/of_staff": Access(who="admins_of", ids={"person_id": "coach_id"}),
    "reset_second_factor": _may("admins_of"),
    "invite": Access(who="admins", example="coach"),
    "invite/member": Access(who="staff", example="member"),
    "get_invitation": STAFF_OF,
}

# Served, but not described to API clients: pages and their files.
PAGES = frozenset(
    {f"{base}{form}" for base in ("/week", "/week/{token}") for form in ("", "/session", "/check-in", "/safety")}
    | {"/week/sign-in", "/week/sign-ins", "/week/sign-out", "/pages/{name}"}
    | {"/week/second-factor", "/week/second-factor/change"}
)
"""Who may open the pages: tests/app/test_page_access.py."""
UNDESCRIBED = frozenset({"/docs", "/docs/{name:path}", "/openapi.json", "/unsubscribe/{token}"}) | PAGES

# Ids of somebody else that are taken like an id nobody has: an app may send a correction before what it corrects,
# names its own logs, and a list narrowed to an unknown coach is empty. Items of a batch are refused inside the answer.
_OF_ITEMS = ("session_logs/id", "session_logs/replaces", "session_logs/session_id", "session_logs/items/item_id")
TAKEN_LIKE_A_MISSING_ID = frozenset(
    {"body/id", "body/replaces", "body/check_ins/id", "body/check_ins/replaces"}
    | {"query/coach_id", "query/client_id", "query/actor_id"}
    | {f"body/{place}" for place in _OF_ITEMS}
)
