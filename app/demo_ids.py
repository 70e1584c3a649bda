"""Fixed ids of the demo gym: the examples in the API's description name them, so they never change."""

from uuid import NAMESPACE_DNS, UUID, uuid5

_DEMO = uuid5(NAMESPACE_DNS, "demo.example")


def demo_id(name: str) -> UUID:
    """Return the id of a thing of the demo gym, derived from its name."""
    return uuid5(_DEMO, name)


ORGANIZATION = demo_id("organization")
COACH = demo_id("person/coach")
ADMIN = demo_id("person/admin")
MEMBER = demo_id("person/member")

INVITATION_CODE = "demo-invitation-code"
"""Opens the one invitation that is waiting there: known to everybody, like the demo passwords."""

CALENDAR_LINK = "demo-calendar-link"
PAGE_LINK = "demo-page-link"
"""What the demo gym's private links to Sam's calendar and week page end in: known to everybody too."""

BLOCK_AGE_DAYS = 21
"""How long the member's block has been running on the day the demo gym is loaded: that day is a squat day."""
