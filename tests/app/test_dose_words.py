"""Doses in words, as page, calendar and e-mail share them."""

import pytest

from app.dose_words import Dose, dose_text, phase_text
from app.library.word_service import CODES
from app.messages import languages, messages_in
from app.pages.doses import clock

SAID = {
    "2 × 5, hold 10 s": Dose(sets=2, reps=5, hold_s=10),
    "1 × 5 breaths": Dose(sets=1, breaths=5),
    "1 × 600 s": Dose(sets=1, duration_s=600),
    "2 × 20 m": Dose(sets=2, distance_m=20),
    "3 ×": Dose(sets=3),
    "2 × easy stretch 60 s + RAILs 20 s": Dose(sets=2, phases=(("passive", 60), ("RAILs", 20))),
}


@pytest.mark.parametrize("text", SAID)
def test_a_dose_is_one_short_line(text: str) -> None:
    assert dose_text(SAID[text], messages_in("en")) == text


def test_beside_a_clock_times_are_written_as_it_shows_them() -> None:
    assert dose_text(Dose(sets=2, hold_s=90), messages_in("de"), clock) == "2 × 1:30 halten"
    assert phase_text("settle", clock(30), messages_in("de")) == "zur Ruhe kommen 0:30"
    assert phase_text("PAILs", clock(28), messages_in("de"), percent=40) == "PAILs 0:28 mit 40 %"


@pytest.mark.parametrize("language", languages())
def test_every_phase_has_a_short_word(language: str) -> None:
    words = messages_in(language)
    said = [words(f"dose.phase.{name}") for name in CODES["phase"]]
    assert {"PAILs", "RAILs"} < set(said)
    assert max(map(len, said)) <= 16
    assert language == "en" or not set(said) & {"passive", "settle"}
