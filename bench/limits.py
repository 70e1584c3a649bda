"""Figures that may not exceed a limit, as they are printed and kept."""

Figure = dict[str, object]


def at_most(name: str, value: float, limit: float, database: str = "") -> Figure:
    """Return a figure beside its limit."""
    return {"database": database, "name": name, "value": round(value, 2), "at_most": limit, "met": value <= limit}
