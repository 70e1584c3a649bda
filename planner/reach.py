"""What stands between one client and one squat: things, weights, conditions, range.

Made once per ladder; everything asked twice is kept.
"""

from datetime import date
from typing import Final

from planner.catalogue import Catalogue, LadderStep, Variation
from planner.client import (
    MOMENTARY,
    allowed_variation,
    has_code,
    missing_equipment,
    squat_depth_cap,
)
from planner.fit import Shortfall, needed_heel_cm, phrase, shortfalls
from planner.load import light_enough
from planner.position import Client
from planner.route import Key
from planner.rules.ladder import Obstacle
from planner.words import DEPTHS, STAGES, Joint, LimitingFactor, Stage, depth_index

TRAINED: Final[dict[LimitingFactor, Joint]] = {"hip": "hip", "ankle": "ankle"}
BARBELL_HEELS: Final = (("wedge", "lifting_shoes"),)
UNLOADED_STAGES: Final = STAGES[:2]

Block = tuple[Obstacle, str]
"""What is in the way, and its name for people; ("", "") for nothing."""
FREE: Final[Block] = ("", "")


class Reach:
    """What one client can do today, squat by squat."""

    def __init__(self, client: Client, on: date, catalogue: Catalogue) -> None:
        self.client = client
        self.on = on
        self.catalogue = catalogue
        self.cap = squat_depth_cap(client.codes, catalogue)
        wanted = depth_index(client.profile.preferred_squat.depth)
        self.deepest = min(wanted, self.cap, len(DEPTHS))
        finding = client.finding
        self.trained = {TRAINED.get(finding.limiting_factor), TRAINED.get(finding.second_factor or "none")}
        self._blocks: dict[tuple[str, Stage], Block] = {}
        self._shortfalls: dict[Key, tuple[Shortfall, ...]] = {}
        self._heels: dict[Key, float] = {}

    def variation(self, step: LadderStep) -> Variation:
        """Return the squat of a step."""
        return self.catalogue.variations[step.variation]

    def block(self, step: LadderStep) -> Block:
        """Return what keeps a step off the ladder for good, range of untrained joints included."""
        lasting = self.thing_missing(step)
        if lasting != FREE:
            return lasting
        short = [one for one in self.missing(step) if one.now is not None and one.joint not in self.trained]
        return ("range", phrase(short, self.catalogue)) if short else FREE

    def thing_missing(self, step: LadderStep) -> Block:
        """Return the thing, weight or condition that keeps a step off the ladder."""
        key = (step.variation, step.stage)
        found = self._blocks.get(key)
        if found is None:
            found = self._blocks[key] = self._squat_block(step)
        if found == FREE and "heels_up" in step.modifiers:
            return self._heels_block(self.variation(step))
        return found

    def _squat_block(self, step: LadderStep) -> Block:
        variation, codes = self.variation(step), self.client.codes
        against = allowed_variation(variation, self.client)
        if against:
            return self._named(against)
        acute = MOMENTARY in variation.contraindications and has_code(codes, MOMENTARY)
        if acute and step.stage in UNLOADED_STAGES:
            return self._named(MOMENTARY)
        light = light_enough(
            variation,
            stage=step.stage,
            client=self.client,
            on=self.on,
            catalogue=self.catalogue,
            modifiers=step.modifiers,
        )
        return FREE if light else ("weight", self.catalogue.texts.phrases["ladder.lighter"])

    def _heels_block(self, variation: Variation) -> Block:
        if variation.load.kind != "barbell":
            return FREE  # books will do
        missing = missing_equipment(BARBELL_HEELS, self.client.profile)
        return self._named(missing) if missing else FREE

    def _named(self, code: str) -> Block:
        phrases = self.catalogue.texts.phrases
        limit = phrases.get(f"code.{code}")
        return ("equipment", phrases[f"equipment.{code}"]) if limit is None else ("limit", limit)

    def missing(self, step: LadderStep) -> tuple[Shortfall, ...]:
        """Return the range a step lacks."""
        key = (step.variation, step.depth, step.modifiers)
        found = self._shortfalls.get(key)
        if found is None:
            found = self._shortfalls[key] = shortfalls(
                self.variation(step),
                depth=step.depth,
                modifiers=step.modifiers,
                heel_cm=self.heel_cm(step),
                client=self.client,
                catalogue=self.catalogue,
            )
        return found

    def fits(self, step: LadderStep) -> bool:
        """Return whether nothing keeps the client from a step now."""
        return self.thing_missing(step) == FREE and not self.missing(step)

    def waits_for(self, step: LadderStep) -> str:
        """Return the range a step waits for, "" when it fits."""
        return phrase(self.missing(step), self.catalogue)

    def heel_cm(self, step: LadderStep) -> float:
        """Return the heel lift of a step, 0 when it is done flat."""
        key = (step.variation, step.depth, step.modifiers)
        found = self._heels.get(key)
        if found is None:
            found = self._heels[key] = self._heel_cm(step)
        return found

    def _heel_cm(self, step: LadderStep) -> float:
        variation = self.variation(step)
        if "heels_up" not in step.modifiers and "heels_up" not in variation.built_in.modifiers:
            return 0.0
        return needed_heel_cm(
            variation,
            depth=step.depth,
            modifiers=step.modifiers,
            client=self.client,
            catalogue=self.catalogue,
        )

    def depth_cap_reason(self) -> str:
        """Return the condition behind the depth cap in words, "" when it caps nothing."""
        if depth_index(self.client.profile.preferred_squat.depth) <= self.cap:
            return ""
        hip = has_code(self.client.codes, "HR")
        return self.catalogue.texts.phrases["code.HR" if hip else "code.KN"]
