"""Cut the weeks of one block as another divides its days, so that both can be compared."""

from collections.abc import Mapping
from dataclasses import replace

from planner.plan import Week


def recut(weeks: Mapping[int, Week], like: Mapping[int, Week]) -> dict[int, Week]:
    """Return the days of some weeks under the numbers of others; a day that only one of them has is left out.

    What a week is for is that of the week which held its first day.
    """
    holding = {day.date: (week, day) for week in weeks.values() for day in week.days}
    cut: dict[int, Week] = {}
    for number, week in like.items():
        held = [holding[day.date] for day in week.days if day.date in holding]
        if held:
            days = tuple(day for _, day in held)
            cut[number] = replace(
                held[0][0], week_number=number, starts_on=week.starts_on, ends_on=week.ends_on, days=days
            )
    return cut
