"""Ids of sessions, items and decisions are UUIDv5 of what they are."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from planner.identity import SLOTS, SLOTS_PER_DAY, decision_id, item_id, session_id, session_ordinal

KINDS = st.sampled_from(sorted(SLOTS))
SIDES = st.sampled_from(["left", "right", "both"])


@given(block=st.uuids(), ordinal=st.integers(0, 600), kind=KINDS)
def test_a_session_id_is_what_the_standard_library_makes(block: UUID, ordinal: int, kind: str) -> None:
    """The fast way gives the bytes of uuid.uuid5."""
    assert session_id(str(block), ordinal, kind) == str(uuid5(block, f"{ordinal}/{kind}"))  # type: ignore[arg-type]


@given(session=st.uuids(), exercise=st.text(min_size=1), side=SIDES, ordinal=st.integers(0, 9))
def test_an_item_id_is_what_the_standard_library_makes(session: UUID, exercise: str, side: str, ordinal: int) -> None:
    """The fast way gives the bytes of uuid.uuid5, whatever the exercise is called."""
    made = item_id(str(session), exercise, side, ordinal)  # type: ignore[arg-type]

    assert made == str(uuid5(session, f"{exercise}/{side}/{ordinal}"))


@given(fact=st.uuids(), rule=st.from_regex(r"[A-Z]{2}[0-9]{2}", fullmatch=True))
def test_a_decision_id_is_what_the_standard_library_makes(fact: UUID, rule: str) -> None:
    """The fast way gives the bytes of uuid.uuid5, so that a decision of an earlier version keeps its id."""
    assert decision_id(str(fact), rule) == str(uuid5(fact, rule))


def test_every_kind_of_session_has_its_own_slot_of_the_day() -> None:
    """Two sessions of a day never share an ordinal, nor do sessions of different days."""
    ordinals = {session_ordinal(day, slot) for day in range(60) for slot in SLOTS.values()}

    assert max(SLOTS.values()) < SLOTS_PER_DAY
    assert len(ordinals) == 60 * len(SLOTS)
