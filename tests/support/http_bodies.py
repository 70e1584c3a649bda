"""Bodies of a story over HTTP: what a client sends, and how served weeks are read."""

from datetime import date

from tests.app.kit import Api, Json, sessions_of

_BY_FEEL_KG = 3.0  # what somebody takes who is asked for a load that feels right


def rule_ids(api: Api) -> frozenset[str]:
    """Return the id of every rule in the library."""
    found, cursor = set[str](), {}
    while True:
        page = api.get("/v1/library/rules", params={"limit": 100} | cursor)
        found |= {rule["id"] for rule in page["items"]}
        if page["next_cursor"] is None:
            return frozenset(found)
        cursor = {"cursor": page["next_cursor"]}


def squat_of(week: Json, on: date) -> Json | None:
    """Return the main squat of a day in a week, None without one."""
    items = (item for session in sessions_of(week, "squat", on) for item in session["items"])
    return next((item for item in items if "rung" in item), None)


def morning_of(now: int = 1, worst: int | None = None) -> Json:
    """Return a check-in of a morning that settled after 12 h."""
    return {"back_pain": {"now": now, "worst_24h": now if worst is None else worst}, "hours_to_settle": 12}


def done(session: Json, *, during: int = 1, after: int = 1) -> Json:
    """Return the log of a session done as served, one point of effort below each ceiling."""
    pain = {"before": 0, "during": during, "after": after}
    return {"session_id": session["id"], "back_pain": pain, "items": [_done(item) for item in session["items"]]}


def _done(item: Json) -> Json:
    one = {name: item[name] for name in ("reps", "hold_s", "load_kg") if name in item}
    if "rpe_max" in item:
        one["rpe"] = item["rpe_max"] - 1
    if item["category"] != "squat":
        return {"item_id": item["id"], "sets": [one] * item["sets"]}
    if item["load_position"] != "none" and "load_kg" not in item:
        one["load_kg"] = _BY_FEEL_KG
    gates = {"tempo_kept": True, "position_lost": False, "breath_ok": True, "unrack_calm": True}
    return {"item_id": item["id"], "sets": [one] * item["sets"], "depth_reached": item["depth"]} | gates


def contents(week: Json, after: date | None = None) -> list[Json]:
    """Return what the days of a week ask for, without the ids that belong to one block."""
    return [
        {name: value for name, value in item.items() if name != "id"}
        for day in week["days"]
        if after is None or day["date"] > after.isoformat()
        for session in day["sessions"]
        for item in session["items"]
    ]


def as_json(body: Json) -> Json:
    """Return a body read from YAML as JSON carries it: days are strings."""
    return {name: _value(value) for name, value in body.items()}


def _value(value: object) -> object:
    if isinstance(value, dict):
        return as_json(value)
    return value.isoformat() if isinstance(value, date) else value
